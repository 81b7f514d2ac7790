import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The credentials provider chain")
class ChainTest {
    private static final LoopbackAws.Key ADMIN = LoopbackAws.ADMIN;
    private static final String ROLE = "arn:aws:iam::123456789012:role/";
    /** The places in order, and what --dry-run calls each when it wins; PROFILE stands for the profile's name. */
    private static final Map<String, String> PLACES = new LinkedHashMap<>();

    static {
        PLACES.put("--credentials", "--credentials ");
        PLACES.put("environment", "the environment, access key ID " + LoopbackAws.ROLE_SESSION.accessKeyId());
        PLACES.put("role", "the profile source, access key ID " + ADMIN.accessKeyId());
        PLACES.put("web-variables", "the web identity token file ");
        PLACES.put("web", "the web identity token file ");
        PLACES.put("sso", "IAM Identity Center of the profile PROFILE");
        PLACES.put("keys", "the profile PROFILE, access key ID " + LoopbackAws.CHAINED_SESSION.accessKeyId());
        PLACES.put("login", "aws login of the profile PROFILE");
        PLACES.put("process", "the credential_process of the profile PROFILE");
        PLACES.put("container", "container");
        PLACES.put("instance", "EC2 instance metadata");
    }

    @TempDir Path home;
    private LoopbackAws aws;

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterEach void stop() {
        aws.close();
    }

    private static String[] words(String text) {
        return text == null ? new String[0] : text.strip().split("\\s+");
    }

    private Path file(String name, String text) {
        return Launch.write(home.resolve(name), text);
    }

    private static String keys(LoopbackAws.Key key) {
        return "aws_access_key_id = %s\naws_secret_access_key = %s\n"
                .formatted(key.accessKeyId(), key.secretAccessKey())
                + (key.sessionToken().isEmpty() ? "" : "aws_session_token = " + key.sessionToken() + "\n");
    }

    private static String json(LoopbackAws.Key key) {
        return "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"%s}".formatted(key.accessKeyId(),
                key.secretAccessKey(), key.sessionToken().isEmpty() ? ""
                        : ",\"SessionToken\":\"" + key.sessionToken() + "\"");
    }

    /** A command that looks at the loopback AWS only. */
    private Launch.Command command(String... arguments) {
        return Launch.of(arguments).home(home).variable("AWS_ENDPOINT_URL", aws.uri().toString()).at(aws);
    }

    /**
     * A command around which these places are set up, each with an identity of its own.
     *
     * @param selected how the profile is chosen: nothing, an option, or variables such as AWS_PROFILE=dev
     */
    private Launch.Command around(String places, String selected, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        Map<String, String> variables = new LinkedHashMap<>();
        StringBuilder settings = new StringBuilder();
        String profile = "default";
        for (String word : words(selected)) {
            if (word.startsWith("AWS_")) {
                variables.put(word.split("=")[0], word.split("=")[1]);
            } else {
                arguments.add(word);
            }
            profile = word.startsWith("--") ? profile : word.replaceFirst(".*=", "");
        }
        for (String place : words(places)) {
            switch (place) {
                case "--credentials" -> arguments.addAll(List.of("--credentials",
                        file("given.json", json(LoopbackAws.FEDERATED_SESSION)).toString()));
                case "environment" -> {
                    variables.put("AWS_ACCESS_KEY_ID", LoopbackAws.ROLE_SESSION.accessKeyId());
                    variables.put("AWS_SECRET_ACCESS_KEY", LoopbackAws.ROLE_SESSION.secretAccessKey());
                    variables.put("AWS_SESSION_TOKEN", LoopbackAws.ROLE_SESSION.sessionToken());
                }
                case "role" -> {
                    file(".aws/credentials", "[source]\n" + keys(ADMIN));
                    settings.append("role_arn = ").append(ROLE).append("Admin\nrole_session_name = role\n")
                            .append("source_profile = source\n");
                }
                case "web-variables" -> {
                    variables.put("AWS_WEB_IDENTITY_TOKEN_FILE", token().toString());
                    variables.put("AWS_ROLE_ARN", ROLE + "Admin");
                    variables.put("AWS_ROLE_SESSION_NAME", "web-variables");
                }
                case "web" -> settings.append("role_arn = ").append(ROLE).append("Admin\nrole_session_name = web\n")
                        .append("web_identity_token_file = ").append(token()).append('\n');
                case "sso" -> {
                    // The SHA-1 of corp.
                    file(".aws/sso/cache/" + ConsoleLogin.SigV4.digest("SHA-1", "corp") + ".json", """
                            {"accessToken":"%s","expiresAt":"2099-12-31T23:59:59Z"}
                            """.formatted(LoopbackAws.SSO_ACCESS_TOKEN));
                    settings.append("sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\n");
                }
                case "keys" -> settings.append(keys(LoopbackAws.CHAINED_SESSION));
                case "login" -> {
                    file(".aws/login/cache/" + ConsoleLogin.SigV4.digest("SHA-256", "me") + ".json", """
                            {"accessToken":{"expiresAt":"2020-01-01T00:00:00Z"},"clientId":"%s","refreshToken":"%s",
                            "dpopKey":"%s"}""".formatted(LoopbackAws.LOGIN_CLIENT_ID, LoopbackAws.LOGIN_REFRESH_TOKEN,
                            LoopbackAws.LOGIN_DPOP_KEY.replace("\n", "\\n")));
                    settings.append("login_session = me\n");
                }
                case "process" -> settings.append("credential_process = touch '").append(ran()).append("'; cat '")
                        .append(file("process.json", json(ADMIN))).append("'\n");
                case "container" -> {
                    variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.uri() + LoopbackAws.CONTAINER_PATH);
                    variables.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", LoopbackAws.CONTAINER_TOKEN);
                }
                case "instance" -> {
                    variables.put("AWS_EC2_METADATA_DISABLED", null);
                    variables.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", aws.uri().toString());
                }
                default -> throw new IllegalArgumentException(place);
            }
        }
        file(".aws/config", (profile.equals("default") ? "[default]\n" : "[profile " + profile + "]\n") + settings
                + "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n");
        Launch.Command command = command(arguments.toArray(String[]::new));
        variables.forEach(command::variable);
        return command;
    }

    private Path token() {
        return file("token", LoopbackAws.WEB_IDENTITY_TOKEN);
    }

    /** Is there when the credential_process was run. */
    private Path ran() {
        return home.resolve("ran");
    }

    private static void assertSignsIn(String identity, Launch launch) {
        launch.succeeds();
        assertEquals("arn:aws:sts::123456789012:" + identity, ConsoleLogin.Json.string(
                ConsoleLogin.Json.parse(launch.out()), "arn"));
    }

    // ---- The order

    @DisplayName("The first place in the AWS CLI's order that is set up gives the credentials.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # places that are set up | selection of the profile | who signs in
        --credentials environment role web-variables sso keys login process container instance | \
            | federated-user/earlier
        environment role web-variables sso keys login process container instance | | assumed-role/Admin/earlier
        role web-variables sso keys login process container instance | | assumed-role/Admin/role
        web-variables web sso keys login process container instance | | assumed-role/Admin/web-variables
        web sso keys login process container instance | | assumed-role/Admin/web
        sso keys login process container instance | | assumed-role/AWSReservedSSO_Admin_0123456789abcdef/sso-user
        keys login process container instance | | assumed-role/Admin/chained
        login process container instance | | assumed-role/Admin/login-user
        process container instance | | federated-user/tester
        container instance | | assumed-role/Task/container-user
        instance | | assumed-role/Instance/i-0123456789abcdef0
        # who names a profile means neither the keys nor the web identity of the environment
        --credentials environment keys | --profile dev | federated-user/earlier
        environment role web-variables sso keys login process container instance | --profile dev \
            | assumed-role/Admin/role
        environment web-variables web sso keys container | --profile dev | assumed-role/Admin/web
        environment web-variables sso keys container | --profile dev \
            | assumed-role/AWSReservedSSO_Admin_0123456789abcdef/sso-user
        environment web-variables keys login | --profile dev | assumed-role/Admin/chained
        environment web-variables login process | --profile dev | assumed-role/Admin/login-user
        environment web-variables process container | --profile dev | federated-user/tester
        environment web-variables container instance | --profile dev | assumed-role/Task/container-user
        environment web-variables instance | --profile dev | assumed-role/Instance/i-0123456789abcdef0
        environment keys | --profile default | assumed-role/Admin/chained
        # but AWS_PROFILE only selects one
        environment role keys | AWS_PROFILE=dev | assumed-role/Admin/earlier
        role web-variables keys | AWS_PROFILE=dev | assumed-role/Admin/role
        web-variables sso keys | AWS_PROFILE=dev | assumed-role/Admin/web-variables
        keys container | AWS_PROFILE=dev | assumed-role/Admin/chained
        environment keys | AWS_DEFAULT_PROFILE=dev | assumed-role/Admin/earlier
        keys container | AWS_DEFAULT_PROFILE=dev | assumed-role/Admin/chained
        """)
    void order(String places, String selected, String identity) {
        assertSignsIn(identity, around(places, selected, "--output", "json").here());
    }

    @Test @DisplayName("A profile with a source and a web identity token assumes its role with the token.")
    void roleWithToken() {
        assertSignsIn("assumed-role/Admin/web", around("role web keys", null, "--output", "json").here());
        assertEquals("AssumeRoleWithWebIdentity", aws.exchanges().get(0).parameters().get("Action"));
    }

    static Stream<Arguments> pairs() {
        List<String> places = List.copyOf(PLACES.keySet());
        return IntStream.range(0, places.size()).boxed().flatMap(first -> IntStream.range(first, places.size())
                .mapToObj(second -> Arguments.of(places.get(first), places.get(second))))
                // These two share the profile's role_arn.
                .filter(pair -> !Arrays.equals(pair.get(), new Object[] {"role", "web"}));
    }

    @DisplayName("Of each two places the earlier one wins, and to find that out nothing is called or run.")
    @ParameterizedTest(name = "{0} before {1}") @MethodSource("pairs")
    void pair(String first, String second) {
        String both = first.equals(second) ? first : second + " " + first;
        Launch launch = around(both, null, "--dry-run").here().succeeds();
        String winner = line(launch.out(), "credentials  ");
        assertTrue(winner.startsWith(PLACES.get(first).replace("PROFILE", "default")), launch.out());
        assertEquals(first.equals("web") || first.equals("role") || first.equals("web-variables"),
                launch.out().contains("RoleSessionName=" + first + "\n"), launch.out());
        assertCallsNothing();
    }

    private static String line(String text, String beginning) {
        List<String> lines = text.lines().filter(line -> line.startsWith(beginning)).toList();
        assertEquals(1, lines.size(), text);
        return lines.get(0).substring(beginning.length());
    }

    private void assertCallsNothing() {
        assertEquals(List.of(), aws.exchanges());
        assertFalse(Files.exists(ran()), "the process was run");
    }

    @DisplayName("The profile is that of --profile, AWS_PROFILE, AWS_DEFAULT_PROFILE, or the default one.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        | default
        --profile one | one
        AWS_PROFILE=two | two
        AWS_DEFAULT_PROFILE=three | three
        AWS_PROFILE=two AWS_DEFAULT_PROFILE=three | two
        --profile one AWS_PROFILE=two AWS_DEFAULT_PROFILE=three | one
        --profile default AWS_PROFILE=two | default
        AWS_PROFILE= AWS_DEFAULT_PROFILE=three | three
        AWS_PROFILE= | default
        AWS_PROFILE=default AWS_DEFAULT_PROFILE=three | default
        AWS_PROFILE=missing --profile one | one
        AWS_DEFAULT_PROFILE=missing AWS_PROFILE=two | two
        """)
    void profile(String selected, String winner) {
        file(".aws/credentials", "[default]\n%1$s[one]\n%1$s[two]\n%1$s[three]\n%1$s".formatted(keys(ADMIN)));
        List<String> arguments = new ArrayList<>(List.of("--dry-run"));
        List<String> variables = new ArrayList<>();
        Arrays.stream(words(selected)).forEach(word -> (word.startsWith("AWS_") ? variables : arguments).add(word));
        Launch.Command command = command(arguments.toArray(String[]::new));
        variables.forEach(variable -> command.variable(variable.split("=", 2)[0],
                variable.endsWith("=") ? null : variable.split("=", 2)[1]));
        assertEquals("the profile " + winner + ", access key ID " + ADMIN.accessKeyId(),
                line(command.here().succeeds().out(), "credentials  "));
    }

    @Test @DisplayName("An empty variable is as good as none.")
    void empty() {
        file(".aws/credentials", "[default]\n" + keys(ADMIN));
        Launch.Command command = command("--dry-run");
        for (String name : List.of("ACCESS_KEY_ID", "SESSION_TOKEN", "PROFILE", "DEFAULT_PROFILE",
                "CREDENTIAL_EXPIRATION", "WEB_IDENTITY_TOKEN_FILE", "ROLE_ARN", "CONFIG_FILE",
                "SHARED_CREDENTIALS_FILE", "CONTAINER_CREDENTIALS_RELATIVE_URI", "CONTAINER_CREDENTIALS_FULL_URI",
                "EC2_METADATA_DISABLED")) {
            command.variable("AWS_" + name, "");
        }
        assertEquals("the profile default, access key ID " + ADMIN.accessKeyId(),
                line(command.alone().succeeds().out(), "credentials  "));
    }

    // ---- The environment

    @Test @DisplayName("AWS_SECURITY_TOKEN is the older name of AWS_SESSION_TOKEN, which comes before it.")
    void securityToken() {
        LoopbackAws.Key key = LoopbackAws.ROLE_SESSION;
        assertSignsIn(key.identity(), command("--output", "json").as(key).variable("AWS_SESSION_TOKEN", null)
                .variable("AWS_SECURITY_TOKEN", key.sessionToken()).here());
        assertSignsIn(key.identity(), command("--output", "json").as(key).variable("AWS_SECURITY_TOKEN", "old").here());
    }

    @DisplayName("A secret key without an ID is passed over.")
    @ParameterizedTest
    @ValueSource(strings = {"environment", "profile", "both"})
    void loneSecret(String where) {
        file(".aws/credentials", "[default]\naws_session_token = token\n"
                + (where.equals("environment") ? "" : "aws_secret_access_key = SECRET-IN-FILE\n"));
        Launch.Command command = around("container", null, "--output", "json");
        if (!where.equals("profile")) {
            command.variable("AWS_SECRET_ACCESS_KEY", "SECRET-IN-ENVIRONMENT").variable("AWS_SESSION_TOKEN", "token");
        }
        Launch launch = command.here();
        assertSignsIn(LoopbackAws.CONTAINER_IDENTITY, launch);
        assertFalse((launch.out() + launch.err()).contains("SECRET-IN"), launch.err());
    }

    @Test @DisplayName("An access key ID without its secret is an error, not a reason to look elsewhere.")
    void loneId() {
        around("keys container", null).variable("AWS_ACCESS_KEY_ID", "AKIALONE").here()
                .fails(Launch.CONFIGURATION, "the environment has no secret access key");
        file(".aws/credentials", "[dev]\naws_access_key_id = AKIALONE\n");
        command("--profile", "dev").as(ADMIN).here()
                .fails(Launch.CONFIGURATION, "the profile dev has no secret access key");
        around("environment", null, "--dry-run").variable("AWS_SECRET_ACCESS_KEY", null).here()
                .fails(Launch.CONFIGURATION, "the environment has no secret access key");
        assertCallsNothing();
    }

    @DisplayName("AWS_CREDENTIAL_EXPIRATION ends the keys of the environment, and is looked at only with them.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # expiration | arguments | error
        2099-12-31T23:59:59Z | |
        2026-01-31T12:00:01Z | |
        2026-01-31T13:00:01+01:00 | |
        2026-01-31T12:00:00Z | | the environment has credentials that expired at 2026-01-31T12:00:00Z
        2026-01-31T12:30:00+01:00 | | the environment has credentials that expired at 2026-01-31T11:30:00Z
        2020-01-01T00:00:00Z | | the environment has credentials that expired at 2020-01-01T00:00:00Z
        soon | | the environment has an odd expiration
        2020-01-01T00:00:00Z | --profile dev |
        soon | --profile dev |
        """)
    void expiration(String expiration, String arguments, String error) {
        file(".aws/credentials", "[dev]\n" + keys(ADMIN));
        List<String> line = new ArrayList<>(List.of("--dry-run"));
        line.addAll(List.of(words(arguments)));
        Launch launch = command(line.toArray(String[]::new)).as(LoopbackAws.ROLE_SESSION)
                .variable("AWS_CREDENTIAL_EXPIRATION", expiration).now(Instant.parse("2026-01-31T12:00:00Z")).here();
        if (error == null) {
            launch.succeeds();
        } else {
            launch.fails(Launch.CONFIGURATION, error);
        }
        assertCallsNothing();
    }

    // ---- A profile that is not there

    @DisplayName("A profile that was named but is in no file is an error, though the environment has keys.")
    @ParameterizedTest
    @ValueSource(strings = {"--profile dev", "AWS_PROFILE=dev", "AWS_DEFAULT_PROFILE=dev", "--profile=dev"})
    void missingProfile(String selected) {
        Path config = file(".aws/config", "[default]\n[dev]\nregion = us-east-1\n[profile Dev]\n[services dev]\n");
        Path credentials = file(".aws/credentials", "[profile dev]\n" + keys(ADMIN));
        Launch.Command command = selected.startsWith("--") ? command(words(selected)) : command();
        if (!selected.startsWith("--")) {
            command.variable(selected.split("=")[0], "dev");
        }
        command.as(ADMIN).here().fails(Launch.CONFIGURATION, "no profile dev: " + config + " has no [profile dev]",
                credentials + " has no [dev]", "check its name");
        assertCallsNothing();
    }

    // ---- Nothing found

    private Launch nothing(Launch.Command command, String... places) {
        Launch launch = command.here();
        launch.fails(Launch.CONFIGURATION);
        String beginning = "console-login: error: no credentials found: ";
        String error = launch.err().lines().findFirst().orElseThrow();
        assertTrue(error.startsWith(beginning), error);
        assertEquals(String.join("\n", places), error.substring(beginning.length()).replace("; ", "\n").strip());
        String hint = launch.err().lines().skip(1).findFirst().orElseThrow();
        List<String> remedies = List.of(hint.substring("console-login: hint: ".length()).split("; or "));
        assertEquals(3, remedies.size(), hint);
        List<String> named = List.of("AWS_ACCESS_KEY_ID", "--profile", "--credentials");
        IntStream.range(0, 3).forEach(i -> assertTrue(remedies.get(i).contains(named.get(i)), hint));
        return launch;
    }

    private static final String NO_ENVIRONMENT = "the environment: AWS_ACCESS_KEY_ID is not set";
    private static final String NO_WEB_IDENTITY = "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set";
    private static final String NO_CONTAINER =
            "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set";
    private static final String NO_INSTANCE = "EC2 instance metadata: AWS_EC2_METADATA_DISABLED is true";

    @Test
    @DisplayName("When nothing is found, the error lists every place in order with its reason, and three remedies.")
    void nothing() {
        nothing(command(), NO_ENVIRONMENT, NO_WEB_IDENTITY,
                "the profile default: " + home.resolve(".aws/config") + " is not there",
                home.resolve(".aws/credentials") + " is not there", NO_CONTAINER, NO_INSTANCE);
        assertCallsNothing();
    }

    @Test @DisplayName("The error names the files that were looked at, wherever the variables say that they are.")
    void otherFiles() {
        Path config = file("one/config.txt", "[profile dev]\nregion = us-east-1\n");
        nothing(command().variable("AWS_CONFIG_FILE", config.toString())
                .variable("AWS_SHARED_CREDENTIALS_FILE", "~/two/missing"), NO_ENVIRONMENT, NO_WEB_IDENTITY,
                "the profile default: " + config + " has no [default]", home + "/two/missing is not there",
                NO_CONTAINER, NO_INSTANCE);
    }

    @Test @DisplayName("The error says that with --profile the variables do not count.")
    void namedProfile() {
        Path config = file(".aws/config", "[profile dev]\nregion = us-east-1\n");
        Path credentials = file(".aws/credentials", "[other]\n" + keys(ADMIN));
        nothing(command("--profile", "dev").as(ADMIN), "the environment: --profile is given",
                "the profile dev: " + config + " has no credentials for it", credentials + " has no [dev]",
                NO_CONTAINER, NO_INSTANCE);
    }

    @Test @DisplayName("The error says that with --profile the web identity of the environment does not count either.")
    void webIdentityPassedOver() {
        file(".aws/config", "[profile dev]\nregion = us-east-1\n");
        Launch launch = around("web-variables", "--profile dev").here();
        launch.fails(Launch.CONFIGURATION, "web identity: --profile is given");
    }

    @DisplayName("A file that cannot be parsed is in the error with its name and line.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        # config file, a line each | what is said of it
        [profile dev],region=us-east-1,[profile broken | CONFIG has no [default], and CONFIG line 3 is not a section, \
        a setting or a comment
        [default],region=us-east-1,# comment,[services x | CONFIG has no credentials for it, and CONFIG line 4 is not \
        a section, a setting or a comment
        """)
    void malformed(String text, String said) {
        Path config = file(".aws/config", text.replace(",", "\n"));
        nothing(command(), NO_ENVIRONMENT, NO_WEB_IDENTITY,
                "the profile default: " + said.replace("CONFIG", config.toString()),
                home.resolve(".aws/credentials") + " is not there", NO_CONTAINER, NO_INSTANCE);
    }

    @DisplayName("A mistake in the profile that counts, or where no profile begins, is an error with file and line.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        [default],region=us-east-1,region eu-west-1 | 3
        region=us-east-1 | 1
        ,# comment,,what is this,[default] | 4
        """)
    void malformedProfile(String text, int line) {
        Path config = file(".aws/config", text.replace(",", "\n"));
        command().as(ADMIN).here().fails(Launch.CONFIGURATION, config + " line " + line + " is not a section");
        Path credentials = file(".aws/credentials", text.replace(",", "\n"));
        file(".aws/config", "");
        command().as(ADMIN).here().fails(Launch.CONFIGURATION, credentials + " line " + line + " is not a section");
    }

    @Test @DisplayName("A mistake in one profile does not spoil another.")
    void otherProfile() {
        file(".aws/credentials", "[broken]\nwhat is this\n[dev]\n" + keys(ADMIN) + "[alsobroken\n");
        assertSignsIn("federated-user/tester", command("--profile", "dev", "--output", "json").here());
    }

    private void assertUnreadable(Path config, String problem) {
        nothing(command(), NO_ENVIRONMENT, NO_WEB_IDENTITY, "the profile default: " + problem,
                home.resolve(".aws/credentials") + " is not there", NO_CONTAINER, NO_INSTANCE);
        assertSignsIn("federated-user/tester", command("--output", "json").as(ADMIN).here());
        file(".aws/credentials", "[dev]\n" + keys(ADMIN));
        assertSignsIn("federated-user/tester", command("--output", "json", "--profile", "dev").here());
        command("--profile", "other").here().fails(Launch.CONFIGURATION, "no profile other: ", config.toString());
    }

    @Test @DisplayName("A config file that is too long to be one is named with the reason, and spoils nothing else.")
    void tooLong() {
        Path config = file(".aws/config", "# comment\n".repeat(110_000));
        assertUnreadable(config, "the file " + config + " cannot be read: longer than 1 MiB");
    }

    @Test @DisplayName("A folder in the place of a config file spoils nothing else, and is not said to be absent.")
    void folder() throws IOException {
        Path config = Files.createDirectories(home.resolve(".aws/config"));
        assertSignsIn("federated-user/tester", command("--output", "json").as(ADMIN).here());
        Launch launch = command().here();
        launch.fails(Launch.CONFIGURATION, config.toString());
        assertFalse(launch.err().contains(config + " is not there"), launch.err());
    }

    @Test @DisplayName("A pipe in the place of a config file is not waited for.")
    @DisabledOnOs(OS.WINDOWS)
    void pipe() throws Exception {
        Files.createDirectories(home.resolve(".aws"));
        for (String name : List.of("config", "credentials")) {
            Process mkfifo = new ProcessBuilder("mkfifo", home.resolve(".aws").resolve(name).toString()).start();
            assertTrue(mkfifo.waitFor(10, TimeUnit.SECONDS) && mkfifo.exitValue() == 0);
        }
        command("--dry-run").as(ADMIN).alone().succeeds();
        command().alone().fails(Launch.CONFIGURATION, home.resolve(".aws/config").toString(),
                home.resolve(".aws/credentials").toString());
    }

    // ---- The metadata of an instance

    @Test @DisplayName("An instance without a role is the last place in the error, with its answer.")
    void noRole() {
        aws.setInstanceRole(false);
        nothing(around("instance", null), NO_ENVIRONMENT, NO_WEB_IDENTITY,
                "the profile default: " + home.resolve(".aws/config") + " has no credentials for it",
                home.resolve(".aws/credentials") + " is not there", NO_CONTAINER, "EC2 instance metadata: 127.0.0.1:"
                        + aws.uri().getPort() + " refused instance metadata: 404: "
                        + "Error 404 Error 404 There is nothing at this address.");
    }

    @Test
    @DisplayName("A machine that is no instance is told so within seconds, whether the address refuses or is silent.")
    void noInstance() throws IOException {
        Launch.Command command = command().variable("AWS_EC2_METADATA_DISABLED", null);
        String nobody = Launch.nobody();
        nothing(command.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", nobody), NO_ENVIRONMENT, NO_WEB_IDENTITY,
                "the profile default: " + home.resolve(".aws/config") + " is not there",
                home.resolve(".aws/credentials") + " is not there", NO_CONTAINER,
                "EC2 instance metadata: the connection to " + nobody.substring(7)
                        + " failed: nothing answers, or not in time (--connect-timeout)");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String host = "127.0.0.1:" + silent.getLocalPort();
            long start = System.nanoTime();
            nothing(command.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://" + host), NO_ENVIRONMENT,
                    NO_WEB_IDENTITY, "the profile default: " + home.resolve(".aws/config") + " is not there",
                    home.resolve(".aws/credentials") + " is not there", NO_CONTAINER,
                    "EC2 instance metadata: the connection to " + host + " gave no answer within 1 s");
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        }
    }

    // ---- What --dry-run, --debug and --quiet show of it

    private static final String PASSED_OVER = NO_ENVIRONMENT + "\n" + NO_WEB_IDENTITY + "\nthe profile default: ";

    @Test @DisplayName("--dry-run shows the places that were passed over, in order, before the one that won.")
    void dryRun() {
        Launch launch = around("container instance", null, "--dry-run").here().succeeds();
        assertEquals("", launch.err());
        assertTrue(launch.out().startsWith("passed over  " + (PASSED_OVER + home.resolve(".aws/config")
                + " has no credentials for it; " + home.resolve(".aws/credentials") + " is not there")
                .replace("\n", "\n             ") + "\ncredentials  container\n"), launch.out());
        assertCallsNothing();
        Launch first = around("environment", null, "--dry-run").here().succeeds();
        assertFalse(first.out().contains("passed over"), first.out());
        Launch named = around("environment process", "--profile dev", "--dry-run").here().succeeds();
        assertTrue(named.out().startsWith("passed over  the environment: --profile is given\n"
                + "credentials  the credential_process of the profile dev\n"), named.out());
        assertCallsNothing();
    }

    @Test @DisplayName("--dry-run shows no secret of any place.")
    void dryRunSecrets() {
        for (String place : PLACES.keySet()) {
            Launch launch = around(place, null, "--dry-run").here().succeeds();
            for (String secret : List.of(ADMIN.secretAccessKey(), LoopbackAws.ROLE_SESSION.sessionToken(),
                    LoopbackAws.ROLE_SESSION.secretAccessKey(), LoopbackAws.FEDERATED_SESSION.sessionToken(),
                    LoopbackAws.CHAINED_SESSION.sessionToken(), LoopbackAws.WEB_IDENTITY_TOKEN,
                    LoopbackAws.SSO_ACCESS_TOKEN, LoopbackAws.CONTAINER_TOKEN, LoopbackAws.LOGIN_REFRESH_TOKEN)) {
                assertFalse((launch.out() + launch.err()).contains(secret), launch.out());
            }
        }
    }

    @Test @DisplayName("--debug shows them too, and goes on; without it, and with --quiet, nothing is said of them.")
    void debug() {
        Launch debug = around("container", null, "--debug").here();
        debug.url();
        String places = ("console-login: debug: passed over  " + PASSED_OVER).replace("\n",
                "\nconsole-login: debug:              ");
        assertTrue(debug.err().startsWith(places), debug.err());
        assertTrue(debug.err().contains("\nconsole-login: debug: credentials  container\n"), debug.err());
        for (String option : List.of("--quiet", "--output=url")) {
            Launch launch = around("container", null, option).here();
            launch.url();
            assertFalse(launch.err().contains("passed over"), launch.err());
            assertFalse(launch.err().contains("AWS_ACCESS_KEY_ID"), launch.err());
            assertEquals(option.equals("--quiet"), launch.err().isEmpty(), launch.err());
        }
    }
}
