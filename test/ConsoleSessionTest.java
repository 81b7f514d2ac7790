import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.notMatching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okXml;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("The console session has the right duration, rights, name and partition")
class ConsoleSessionTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final String ALL = "{\"Version\":\"2012-10-17\",\"Statement\":"
            + "[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
    private static final LoopbackAws.Key ADMIN = LoopbackAws.ADMIN, FEDERATED = LoopbackAws.FEDERATED_SESSION;
    private static final String TOKEN = "{\"SigninToken\":\"signin-token\"}";

    private static WireMockServer sts, signin;

    @TempDir Path home;
    private LoopbackAws aws;

    @BeforeAll static void startServers() {
        sts = new WireMockServer(options().dynamicPort());
        signin = new WireMockServer(options().dynamicPort());
        sts.start();
        signin.start();
    }

    @AfterAll static void stopServers() {
        sts.stop();
        signin.stop();
    }

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
        sts.resetAll();
        signin.resetAll();
        sts.stubFor(any(urlPathEqualTo("/")).willReturn(okXml("<a><Arn>" + LoopbackAws.arn("assumed-role/r/s")
                + "</Arn></a>")));
        signin.stubFor(any(urlPathEqualTo("/federation")).willReturn(okJson(TOKEN)));
    }

    @AfterEach void stop() {
        aws.close();
    }

    private Launch.Command command(String... arguments) {
        return Launch.of(arguments).at(aws).as(ADMIN).home(home);
    }

    private static String[] words(String arguments) {
        return arguments == null || arguments.isEmpty() ? new String[0] : roles(arguments).split(" +");
    }

    private static String roles(String text) {
        return text.replace("ROLE/", "arn:aws:iam::123456789012:role/");
    }

    /** One of the ways to have credentials, by its name in the tables. */
    private Launch.Command with(String credentials, String arguments) {
        return with(credentials, List.of(words(arguments)));
    }

    private Launch.Command with(String credentials, List<String> arguments) {
        List<String> line = new ArrayList<>(arguments);
        Map<String, LoopbackAws.Key> keys = Map.of("key", ADMIN, "root key", LoopbackAws.ROOT,
                "user session", LoopbackAws.SESSION_TOKEN, "federated session", FEDERATED,
                "role session", LoopbackAws.ROLE_SESSION, "chained session", LoopbackAws.CHAINED_SESSION);
        String key = "aws_access_key_id = " + ADMIN.accessKeyId() + "\naws_secret_access_key = "
                + ADMIN.secretAccessKey() + "\n";
        String role = roles("role_arn = ROLE/OneHour\n");
        Map<String, String> profiles = Map.of(
                "role profile", "[profile it]\n" + role + "source_profile = key\n[profile key]\n" + key,
                "profile chain", "[profile it]\n" + role + "source_profile = mid\n[profile mid]\n"
                        + roles("role_arn = ROLE/Admin\nsource_profile = key\n[profile key]\n") + key,
                "long profile", "[profile it]\n" + roles("role_arn = ROLE/Admin\n")
                        + "duration_seconds = 7200\nsource_profile = key\n[profile key]\n" + key);
        if (keys.containsKey(credentials)) {
            return Launch.of(line.toArray(String[]::new)).at(aws).home(home).as(keys.get(credentials));
        }
        if (profiles.containsKey(credentials)) {
            Launch.write(home.resolve(".aws/config"), profiles.get(credentials));
            line.addAll(List.of("--profile", "it"));
        }
        if (credentials.endsWith("as JSON")) {
            LoopbackAws.Key found = keys.get(credentials.replace(" as JSON", ""));
            line.addAll(List.of("--credentials", "-"));
            return Launch.of(line.toArray(String[]::new)).at(aws).home(home).input(json(found));
        }
        if (credentials.equals("SAML")) {
            line.addAll(List.of("--role-arn", roles("ROLE/OneHour"), "--principal-arn", LoopbackAws.SAML_PROVIDER,
                    "--saml-assertion", "-"));
        }
        Launch.Command command = Launch.of(line.toArray(String[]::new)).at(aws).home(home);
        switch (credentials) {
            case "SAML" -> command.input(LoopbackAws.SAML_ASSERTION);
            case "web identity" -> command.variable("AWS_ROLE_ARN", roles("ROLE/OneHour")).variable(
                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                    Launch.write(home.resolve("token"), LoopbackAws.WEB_IDENTITY_TOKEN).toString());
            case "container" -> command
                    .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.uri() + LoopbackAws.CONTAINER_PATH)
                    .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", LoopbackAws.CONTAINER_TOKEN);
            case "instance" -> command.variable("AWS_EC2_METADATA_DISABLED", null)
                    .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", aws.uri().toString());
            default -> assertTrue(profiles.containsKey(credentials), credentials);
        }
        return command;
    }

    private static String json(LoopbackAws.Key key) {
        String user = key.equals(FEDERATED) ? "FederatedUser" : "AssumedRoleUser";
        return """
                {"Credentials": {"AccessKeyId": "%s", "SecretAccessKey": "%s", "SessionToken": "%s",
                 "Expiration": "2026-01-31T12:30:00Z"}, "%s": {"Arn": "%s"}}""".formatted(key.accessKeyId(),
                key.secretAccessKey(), key.sessionToken(), user, key.arn("aws"));
    }

    /** Where a duration went, of all requests for a session or a sign-in token: "AssumeRole - getSigninToken 43200". */
    private String durations() {
        List<String> durations = new ArrayList<>();
        for (LoopbackAws.Exchange exchange : aws.exchanges()) {
            Map<String, String> parameters = exchange.parameters();
            String action = parameters.getOrDefault("Action", "GetCallerIdentity");
            if (!action.equals("GetCallerIdentity")) {
                String duration = parameters.getOrDefault("DurationSeconds", parameters.get("SessionDuration"));
                durations.add(action + " " + (duration == null ? "-" : duration)
                        + (exchange.status() == 200 ? "" : " refused"));
            }
        }
        return String.join(" ", durations);
    }

    /** The parameters of the only request to STS but for GetCallerIdentity. */
    private Map<String, String> asked() {
        List<Map<String, String>> asked = aws.exchanges().stream().filter(exchange -> exchange.path().equals("/"))
                .map(LoopbackAws.Exchange::parameters)
                .filter(parameters -> !parameters.get("Action").equals("GetCallerIdentity")).toList();
        assertEquals(1, asked.size());
        return new TreeMap<>(asked.get(0));
    }

    /** Fails with a usage error that names these, before anything is sent. */
    private void refusedBeforehand(Launch.Command command, String... mentioned) {
        command.here().fails(Launch.USAGE, mentioned);
        assertEquals(List.of(), aws.exchanges());
    }

    // ---- Duration

    @DisplayName("The duration goes to the parameter that is right for the credentials")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # credentials | arguments | requests with their durations
        key | | GetFederationToken 3600 getSigninToken -
        key | --duration-seconds 15m | GetFederationToken 900 getSigninToken -
        key | --duration-seconds 900 | GetFederationToken 900 getSigninToken -
        key | --duration-seconds 90m | GetFederationToken 5400 getSigninToken -
        key | --duration-seconds 12h | GetFederationToken 43200 getSigninToken -
        key | --duration-seconds 36h | GetFederationToken 129600 getSigninToken -
        key | --duration-seconds 2160m | GetFederationToken 129600 getSigninToken -
        key | --duration-seconds 129600 | GetFederationToken 129600 getSigninToken -
        key | --duration-seconds=1h --output json | GetFederationToken 3600 getSigninToken -
        key | --duration-seconds 36h --output env | GetFederationToken 129600
        key | --duration-seconds 36h --output process | GetFederationToken 129600
        root key | | GetFederationToken 3600 getSigninToken -
        root key | --duration-seconds 1h | GetFederationToken 3600 getSigninToken -
        key | --role-arn ROLE/OneHour | AssumeRole - getSigninToken -
        key | --role-arn ROLE/OneHour --duration-seconds 15m | AssumeRole - getSigninToken 900
        key | --role-arn ROLE/OneHour --duration-seconds 90m | AssumeRole - getSigninToken 5400
        key | --role-arn ROLE/OneHour --duration-seconds 12h | AssumeRole - getSigninToken 43200
        key | --role-arn ROLE/Admin --duration-seconds 12h --output env | AssumeRole 43200
        key | --role-arn ROLE/Admin --duration-seconds 12h --output process | AssumeRole 43200
        key | --role-arn ROLE/Admin --output env | AssumeRole -
        role profile | --duration-seconds 12h | AssumeRole - getSigninToken 43200
        long profile | | AssumeRole 7200 getSigninToken -
        long profile | --duration-seconds 12h | AssumeRole 7200 getSigninToken 43200
        long profile | --duration-seconds 3h --output env | AssumeRole 10800
        web identity | --duration-seconds 12h | AssumeRoleWithWebIdentity - getSigninToken 43200
        web identity | --duration-seconds 1h --output env | AssumeRoleWithWebIdentity 3600
        SAML | --duration-seconds 12h | AssumeRoleWithSAML - getSigninToken 43200
        SAML | --duration-seconds 1h --output process | AssumeRoleWithSAML 3600
        profile chain | | AssumeRole - AssumeRole - getSigninToken -
        profile chain | --duration-seconds 15m | AssumeRole - AssumeRole 900 getSigninToken -
        profile chain | --duration-seconds 1h | AssumeRole - AssumeRole 3600 getSigninToken -
        profile chain | --duration-seconds 1h --output env | AssumeRole - AssumeRole 3600
        role profile | --role-arn ROLE/Admin --duration-seconds 1h | AssumeRole - AssumeRole 3600 getSigninToken -
        role session | --role-arn ROLE/Admin --duration-seconds 1h | AssumeRole 3600 getSigninToken -
        user session | --role-arn ROLE/Admin --duration-seconds 1h | AssumeRole 3600 getSigninToken -
        container | --role-arn ROLE/Admin --duration-seconds 30m | AssumeRole 1800 getSigninToken -
        role session | | getSigninToken -
        role session | --duration-seconds 15m | getSigninToken 900
        role session | --duration-seconds 12h | getSigninToken 43200
        container | --duration-seconds 12h | getSigninToken 43200
        instance | --duration-seconds 12h | getSigninToken 43200
        chained session | | getSigninToken -
        chained session | --duration-seconds 15m | getSigninToken 900 refused getSigninToken -
        chained session | --duration-seconds 12h | getSigninToken 43200 refused getSigninToken -
        federated session | | getSigninToken -
        """)
    void durations(String credentials, String arguments, String expected) {
        Launch.Command command = with(credentials, arguments);
        command.here().succeeds();
        assertEquals(expected, durations());
    }

    @DisplayName("A duration that cannot be had is refused before anything is sent, with the reason")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # credentials | arguments | in the error
        profile chain | --duration-seconds 3601 | chaining
        profile chain | --duration-seconds 12h | chaining
        profile chain | --duration-seconds 2h --output env | chaining
        role profile | --role-arn ROLE/Admin --duration-seconds 2h | chaining
        role session | --role-arn ROLE/Admin --duration-seconds 61m | chaining
        role session | --role-arn ROLE/Admin --duration-seconds 36h | chaining
        web identity | --role-arn ROLE/Admin --duration-seconds 2h | chaining
        key | --role-arn ROLE/Admin --duration-seconds 43201 | only the session of a federated user
        key | --role-arn ROLE/Admin --duration-seconds 13h --output env | only the session of a federated user
        role profile | --duration-seconds 13h | only the session of a federated user
        web identity | --duration-seconds 13h | only the session of a federated user
        SAML | --duration-seconds 36h | only the session of a federated user
        role session | --duration-seconds 13h | only the session of a federated user
        role session | --duration-seconds 1h --output env | session that is there already
        role session | --duration-seconds 1h --output process | session that is there already
        federated session as JSON | --duration-seconds 1h | session that is there already
        """)
    void tooLong(String credentials, String arguments, String reason) {
        String duration = arguments.replaceAll(".*(--duration-seconds \\S+).*", "$1");
        refusedBeforehand(with(credentials, arguments).now(NOW), duration, reason, "hint: --duration-seconds");
    }

    @DisplayName("What is no duration from 15 minutes to 36 hours is refused, whatever the credentials are")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"0", "1", "899", "14m", "129601", "2161m", "37h", "1000000", "999999h", "0h", "00", "-900",
        "+900", "1d", "h", "m", "15 m", "12H", "15M", "1.5h", "1h30m", "0x384", "٩٠٠", "900s", "soon", " 900"})
    void noDuration(String duration) {
        for (String credentials : List.of("key", "role session", "role profile")) {
            refusedBeforehand(with(credentials, List.of("--duration-seconds", duration)),
                    "--duration-seconds " + duration.strip(), "900 to 43200", "36h");
        }
    }

    @DisplayName("A dry run refuses nothing that a process with a long-term key could have")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"--duration-seconds 36h", "--policy-arn ReadOnlyAccess", "--tag a=b"})
    void processInDryRun(String arguments) {
        Launch.write(home.resolve(".aws/config"), "[default]\ncredential_process = cat "
                + Launch.write(home.resolve("key.json"), """
                {"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s"}""".formatted(ADMIN.accessKeyId(),
                ADMIN.secretAccessKey())) + "\n");
        Launch.of(words(arguments)).at(aws).home(home).here().url();
        Launch.of(words(arguments + " --dry-run")).at(aws).home(home).here().succeeds();
    }

    @DisplayName("Over the role's maximum the error of STS comes with what would work")
    @ParameterizedTest(name = "{0} --output {1}")
    @CsvSource({"key, env", "key, process", "role profile, env", "web identity, env", "SAML, process"})
    void roleMaximum(String credentials, String output) {
        String role = credentials.equals("key") ? "--role-arn ROLE/OneHour " : "";
        Launch launch = with(credentials, role + "--duration-seconds 2h --output " + output).here();
        launch.fails(Launch.SERVICE, "ValidationError", "exceeds the MaxSessionDuration");
        String hint = launch.err().lines().toList().get(1);
        assertTrue(hint.contains("--duration-seconds") && hint.contains("maximum"), hint);
    }

    @DisplayName("A chain of roles whose profile has more than an hour gets the error of STS with what would work")
    @Test void chainedProfileDuration() {
        Launch.write(home.resolve(".aws/config"), roles("[default]\nrole_arn = ROLE/Admin\nduration_seconds = 7200\n"
                + "source_profile = mid\n[profile mid]\nrole_arn = ROLE/OneHour\nsource_profile = key\n[profile key]\n")
                + "aws_access_key_id = " + ADMIN.accessKeyId() + "\naws_secret_access_key = "
                + ADMIN.secretAccessKey() + "\n");
        Launch launch = Launch.of().at(aws).home(home).here();
        launch.fails(launch.status() == Launch.SERVICE ? Launch.SERVICE : Launch.CONFIGURATION, "chaining");
        String hint = launch.err().lines().toList().get(1);
        assertTrue(hint.matches(".*(duration_seconds|--duration-seconds|1h|3600|hour).*"), hint);
    }

    @DisplayName("A root user's key that gets less than was asked for is an error that says what would work")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"2h, url", "36h, json", "90m, env", "12h, process"})
    void rootKey(String duration, String output) {
        with("root key", "--duration-seconds " + duration + " --output " + output).here()
                .fails(Launch.SERVICE, "less than was asked for", "root user", "--duration-seconds 1h", "36h");
        assertEquals(1, aws.exchanges().size(), "no sign-in token is asked for");
    }

    @DisplayName("Where found credentials take no duration, the session ends with them, and the summary says so")
    @Test void leftOut() {
        aws.setClock(Clock.fixed(NOW, ZoneOffset.UTC));
        Launch launch = with("chained session as JSON", "--duration-seconds 12h --output json").now(NOW).here();
        assertEquals("getSigninToken 43200 refused getSigninToken -", durations());
        assertEquals("2026-01-31T12:30:00Z", member(launch, "sessionExpiration"));
        assertTrue(launch.err().matches("(?s).*\\Rconsole-login: .*no --duration-seconds.*left out.*"), launch.err());
        Launch unknown = with("chained session", "--duration-seconds 12h --output json").now(NOW).here();
        assertNull(member(unknown, "sessionExpiration"));
        assertTrue(unknown.err().contains("the session ends with its credentials"), unknown.err());
        assertTrue(unknown.err().contains("left out"), unknown.err());
    }

    @DisplayName("The end of the session is that of its duration where the sign-in endpoint took it, else of STS")
    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        key | | 2026-01-31T13:00:00Z
        key | --duration-seconds 36h | 2026-02-02T00:00:00Z
        key | --role-arn ROLE/OneHour | 2026-01-31T13:00:00Z
        key | --role-arn ROLE/OneHour --duration-seconds 12h | 2026-02-01T00:00:00Z
        role session | --duration-seconds 12h | 2026-02-01T00:00:00Z
        role session as JSON | --duration-seconds 90m | 2026-01-31T13:30:00Z
        role session as JSON | | 2026-01-31T12:30:00Z
        profile chain | --duration-seconds 15m | 2026-01-31T12:15:00Z
        role session | |
        """)
    void ends(String credentials, String arguments, String end) {
        aws.setClock(Clock.fixed(NOW, ZoneOffset.UTC));
        String line = (arguments == null ? "" : arguments + " ") + "--output json";
        Launch launch = with(credentials, line).now(NOW).here();
        assertEquals(end, member(launch, "sessionExpiration"));
        assertFalse(launch.err().contains("left out"), launch.err());
    }

    private static String member(Launch launch, String name) {
        return ConsoleLogin.Json.string(ConsoleLogin.Json.parse(launch.succeeds().out()), name);
    }

    // ---- Policy, tags, source identity

    @DisplayName("The policies, tags and source identity arrive at STS as they were given")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        # arguments | parameters of the operation
        | Policy=ALL
        --policy {"Statement":[]} | Policy={"Statement":[]}
        --policy-arn ReadOnlyAccess | PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess
        --policy-arn job-function/ViewOnlyAccess \
            | PolicyArns.member.1.arn=arn:aws:iam::aws:policy/job-function/ViewOnlyAccess
        --policy-arn arn:aws:iam::123456789012:policy/own --policy-arn ReadOnlyAccess --policy {} \
            | Policy={} PolicyArns.member.1.arn=arn:aws:iam::123456789012:policy/own \
            PolicyArns.member.2.arn=arn:aws:iam::aws:policy/ReadOnlyAccess
        --region cn-north-1 --policy-arn ReadOnlyAccess \
            | PolicyArns.member.1.arn=arn:aws-cn:iam::aws:policy/ReadOnlyAccess
        --region us-gov-east-1 --policy-arn ReadOnlyAccess \
            | PolicyArns.member.1.arn=arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess
        --tag a=b | Policy=ALL Tags.member.1.Key=a Tags.member.1.Value=b
        --tag a= --tag b=c=d | Policy=ALL Tags.member.1.Key=a Tags.member.1.Value= Tags.member.2.Key=b \
            Tags.member.2.Value=c=d
        --role-arn ROLE/Admin |
        --role-arn ROLE/Admin --policy {} | Policy={}
        --role-arn ROLE/Admin --tag a=b --source-identity jane | SourceIdentity=jane Tags.member.1.Key=a \
            Tags.member.1.Value=b
        """)
    void limits(String arguments, String expected) {
        command(words(arguments)).here().url();
        Map<String, String> asked = asked();
        asked.keySet().removeAll(List.of("Action", "Version", "Name", "RoleSessionName", "RoleArn",
                "DurationSeconds"));
        StringBuilder text = new StringBuilder();
        asked.forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
        assertEquals(expected == null ? "" : expected.replace("ALL", ALL).replaceAll(" +", " "),
                text.toString().strip());
    }

    @DisplayName("An inline policy may have 2048 characters, on the command line and in a file, as many as STS takes")
    @ParameterizedTest(name = "{0} characters, file: {1}")
    @CsvSource({"2, false", "2, true", "2047, false", "2048, false", "2048, true", "2049, false", "2049, true",
        "20000, true"})
    void policyLength(int length, boolean file) {
        String policy = "{" + " ".repeat(length - 2) + "}";
        String path = Launch.write(home.resolve("a policy, mine.json"), policy).toString();
        for (String role : new String[] {"", "ROLE/Admin"}) {
            List<String> line = new ArrayList<>(List.of("--policy", file ? "file://" + path : policy));
            if (!role.isEmpty()) {
                line.addAll(List.of("--role-arn", roles(role)));
            }
            Launch.Command command = command(line.toArray(String[]::new));
            if (length > 2048) {
                refusedBeforehand(command, "--policy", "2048");
            } else {
                command.here().url();
                assertEquals(policy, aws.exchanges().get(role.isEmpty() ? 0 : 2).parameters().get("Policy"));
            }
        }
    }

    @DisplayName("A policy that is no JSON object is refused before anything is sent, without being quoted")
    @ParameterizedTest(name = "{0}, file: {1}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        {"Statement":[}                         | false
        {"Statement":[}                         | true
        {Statement:[]}                          | false
        {"MARKER":1,}                           | false
        {"MARKER":1}x                           | true
        ["MARKER"]                              | false
        []                                      | true
        "MARKER"                                | false
        1                                       | false
        null                                    | true
        ReadOnlyAccess                          | false
        policy.json                             | false
        arn:aws:iam::aws:policy/ReadOnlyAccess  | false
        ``                                      | true
        """)
    void noPolicy(String text, boolean file) {
        Path path = Launch.write(home.resolve("policy"), text);
        Launch launch = command("--policy", file ? "file://" + path : text).here();
        launch.fails(Launch.USAGE, "--policy", "object", "file://PATH");
        assertFalse(launch.err().contains("MARKER"), launch.err());
        assertEquals(List.of(), aws.exchanges());
    }

    @DisplayName("A policy file that cannot be read is an error of configuration that names it")
    @Test void noPolicyFile() {
        command("--policy", "file://" + home.resolve("absent.json")).here()
                .fails(Launch.CONFIGURATION, "--policy", "absent.json");
        command("--policy", "file://").here().fails(Launch.CONFIGURATION, "--policy");
        assertEquals(List.of(), aws.exchanges());
    }

    @DisplayName("Ten managed policies and fifty tags are not too many, eleven and fifty-one are")
    @ParameterizedTest(name = "{0} x {1}")
    @CsvSource({"--policy-arn, 10", "--policy-arn, 11", "--tag, 50", "--tag, 51"})
    void howMany(String flag, int number) {
        List<String> line = new ArrayList<>();
        for (int i = 1; i <= number; i++) {
            line.addAll(List.of(flag, flag.equals("--tag") ? "key" + i + "=v" + i : "Policy" + i));
        }
        Launch.Command command = command(line.toArray(String[]::new));
        if (number == 11 || number == 51) {
            refusedBeforehand(command, flag, "one too many", "up to " + (number - 1));
        } else {
            command.here().url();
            String last = flag.equals("--tag") ? "Tags.member.50.Value" : "PolicyArns.member.10.arn";
            assertEquals(flag.equals("--tag") ? "v50" : "arn:aws:iam::aws:policy/Policy10", asked().get(last));
        }
    }

    @DisplayName("What does not go with the credentials, or is none, is refused before anything is sent")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        key | --tag a | key and a value
        key | --tag =a | key and a value
        key | --role-arn ROLE/Admin --tag a | key and a value
        key | --source-identity jane | --role-arn
        SAML | --source-identity jane | --role-arn
        web identity | --source-identity jane | --role-arn
        role session | --source-identity jane | --role-arn
        web identity | --tag a=b | GetFederationToken and AssumeRole
        SAML | --tag a=b | GetFederationToken and AssumeRole
        role session | --tag a=b | GetFederationToken and AssumeRole
        role session | --policy {} | --role-arn
        role session | --policy-arn ReadOnlyAccess | --role-arn
        container | --policy-arn ReadOnlyAccess | --role-arn
        federated session | --policy-arn ReadOnlyAccess | --role-arn
        """)
    void mismatched(String credentials, String arguments, String mentioned) {
        String flag = arguments.contains("--role-arn") ? "--tag" : arguments.split(" ")[0];
        refusedBeforehand(with(credentials, arguments), flag, mentioned);
    }

    // ---- Name

    static Stream<Arguments> users() {
        String long32 = "abcdefghijklmnopqrstuvwxyz012345", long64 = long32 + long32;
        return Stream.of(
                Arguments.of("jane", "jane", "jane"),
                Arguments.of("Jane Doe", "Jane-Doe", "Jane-Doe"),
                Arguments.of("CORP\\jane", "CORP-jane", "CORP-jane"),
                Arguments.of("jane@corp.example", "jane@corp.example", "jane@corp.example"),
                Arguments.of("_+=,.@-", "_+=,.@-", "_+=,.@-"),
                Arguments.of("jürgen", "j-rgen", "j-rgen"),
                Arguments.of("山田", "--", "--"),
                Arguments.of("\uD83D\uDE00", "--", "--"),
                Arguments.of("x", "x-user", "x-user"),
                Arguments.of("?", "--user", "--user"),
                Arguments.of(" ", "--user", "--user"),
                Arguments.of("", "-user", "-user"),
                Arguments.of("a\tb\nc", "a-b-c", "a-b-c"),
                Arguments.of(long32, long32, long32),
                Arguments.of(long32 + "6", long32, long32 + "6"),
                Arguments.of(long64, long32, long64),
                Arguments.of(long64 + "x", long32, long64),
                Arguments.of("ü".repeat(70), "-".repeat(32), "-".repeat(64)));
    }

    @DisplayName("The name of the user who runs it is made valid: 32 characters of a federated user, 64 of a role")
    @ParameterizedTest(name = "{0}")
    @MethodSource("users")
    void ownName(String user, String federated, String role) {
        command().user(user).here().url();
        command("--role-arn", roles("ROLE/Admin")).user(user).here().url();
        with("role profile", "").user(user).here().url();
        List<String> names = new ArrayList<>();
        for (LoopbackAws.Exchange exchange : aws.exchanges()) {
            names.add(exchange.parameters().get("Name"));
            names.add(exchange.parameters().get("RoleSessionName"));
        }
        names.removeAll(Collections.singleton(null));
        assertEquals(List.of(federated, role, role), names);
    }

    @DisplayName("A name that is given is taken as it is, or refused, but never repaired")
    @ParameterizedTest(name = "{0}, of a federated user: {1}, of a role session: {2}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        ab                | true  | true
        _+=,.@-           | true  | true
        32 characters     | true  | true
        33 characters     | false | true
        64 characters     | false | true
        65 characters     | false | false
        a                 | false | false
        ` `               | false | false
        a b               | false | false
        ` ab`             | false | false
        `ab `             | false | false
        jürgen            | false | false
        山田              | false | false
        a/b               | false | false
        a\\b              | false | false
        a:b               | false | false
        a*b               | false | false
        """)
    void givenName(String text, boolean federated, boolean role) {
        String name = text.endsWith("characters") ? "n".repeat(Integer.parseInt(text.split(" ")[0])) : text;
        for (String credentials : List.of("key", "role profile", "web identity", "role session")) {
            List<String> line = new ArrayList<>(List.of("--name", name));
            if (credentials.equals("role session")) {
                line.addAll(List.of("--role-arn", roles("ROLE/Admin")));
            }
            Launch.Command command = with(credentials, line);
            int before = aws.exchanges().size();
            if (credentials.equals("key") ? federated : role) {
                command.here().url();
                String parameter = credentials.equals("key") ? "Name" : "RoleSessionName";
                assertEquals(name, aws.exchanges().get(before).parameters().get(parameter));
            } else {
                command.here().fails(Launch.USAGE, "--name", "2 to 32 (64) of A-Z a-z 0-9 _+=,.@-");
                assertEquals(before, aws.exchanges().size());
            }
        }
    }

    // ---- Partitions and regions

    @DisplayName("A role of another partition than the region's is refused: the error says which, and what would do")
    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({
        "aws, us-gov-west-1, aws-us-gov", "aws, cn-north-1, aws-cn", "aws, eusc-de-east-1, aws-eusc",
        "aws-cn, us-east-1, aws", "aws-cn, us-gov-east-1, aws-us-gov", "aws-us-gov, eu-west-1, aws",
        "aws-us-gov, cn-northwest-1, aws-cn", "aws-eusc, eu-central-1, aws"})
    void roleOfAnotherPartition(String of, String region, String partition) {
        String role = "arn:" + of + ":iam::123456789012:role/Admin";
        String[] mentioned = {role, "of the partition " + of + ",", region + " is of " + partition,
            "--region of " + of, "role of " + partition};
        refusedBeforehand(command("--role-arn", role, "--region", region), mentioned);
        refusedBeforehand(command("--role-arn", role).variable("AWS_REGION", region), mentioned);
        Launch.write(home.resolve(".aws/config"), "[profile it]\nregion = " + region + "\nrole_arn = " + role
                + "\nsource_profile = it\naws_access_key_id = " + ADMIN.accessKeyId()
                + "\naws_secret_access_key = " + ADMIN.secretAccessKey() + "\n");
        Launch.of("--profile", "it").at(aws).home(home).here().fails(Launch.CONFIGURATION, mentioned);
        Launch.of("--profile", "it", "--output", "env").at(aws).home(home).here()
                .fails(Launch.CONFIGURATION, mentioned);
        assertEquals(List.of(), aws.exchanges());
    }

    @DisplayName("A role_arn that is no ARN is an error like others")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"Admin", "arn", "arn:", "arn::", "arn:aws", ":::::", "arn:aws:iam::1:role/Admin",
        "arn::iam::123456789012:role/Admin", "x:aws:iam::123456789012:role/Admin"})
    void noRole(String role) {
        Launch.write(home.resolve(".aws/config"), "[profile it]\nrole_arn = " + role + "\nsource_profile = it\n"
                + "aws_access_key_id = " + ADMIN.accessKeyId() + "\naws_secret_access_key = "
                + ADMIN.secretAccessKey() + "\n");
        Launch launch = Launch.of("--profile", "it").at(aws).home(home).here();
        launch.fails(launch.status() == Launch.SERVICE ? Launch.SERVICE : Launch.CONFIGURATION);
        Launch option = command("--role-arn", role).here();
        option.fails(Launch.USAGE, "--role-arn", "arn:aws:iam::123456789012:role/Admin");
    }

    @DisplayName("A destination in another partition than the region's is refused: the error says which")
    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({
        "https://console.aws.amazon.com/s3/home, cn-north-1, aws-cn",
        "https://console.aws.amazon.com/s3/home, us-gov-west-1, aws-us-gov",
        "https://console.amazonaws.cn/s3/home, us-east-1, aws",
        "https://cn-northwest-1.console.amazonaws.cn/, us-gov-west-1, aws-us-gov",
        "https://console.amazonaws-us-gov.com/s3/home, us-east-1, aws",
        "https://eusc-de-east-1.console.amazonaws-eusc.eu/, eu-central-1, aws",
        "https://eu-central-1.console.aws.amazon.com/, eusc-de-east-1, aws-eusc",
        "arn:aws:s3:::bucket, cn-north-1, aws-cn",
        "arn:aws-cn:s3:::bucket, us-east-1, aws",
        "arn:aws-us-gov:s3:::bucket, us-east-1, aws",
        "arn:aws:lambda:us-east-1:123456789012:function:f, us-gov-west-1, aws-us-gov"})
    void destinationOfAnotherPartition(String destination, String region, String partition) {
        refusedBeforehand(command("--destination", destination, "--region", region), "--destination " + destination,
                "of " + partition + ",", region);
        refusedBeforehand(command("--destination", destination, "--dry-run").variable("AWS_REGION", region),
                "--destination " + destination, "of " + partition + ",", region);
    }

    @DisplayName("Region, role and destination of one partition go together")
    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "aws, eu-west-1, https://us-west-2.console.aws.amazon.com/s3/home",
        "aws, us-east-1, arn:aws:lambda:eu-west-1:123456789012:function:f",
        "aws-cn, cn-north-1, https://cn-northwest-1.console.amazonaws.cn/s3/home",
        "aws-us-gov, us-gov-east-1, https://console.amazonaws-us-gov.com/s3/home",
        "aws-us-gov, us-gov-west-1, arn:aws-us-gov:s3:::bucket",
        "aws-eusc, eusc-de-east-1, https://eusc-de-east-1.console.amazonaws-eusc.eu/s3/home"})
    void onePartition(String partition, String region, String destination) {
        Launch launch = command("--role-arn", "arn:" + partition + ":iam::123456789012:role/Admin", "--region",
                region, "--destination", destination, "--output", "json").here();
        assertEquals("arn:" + partition + ":sts::123456789012:assumed-role/Admin/tester", member(launch, "arn"));
        assertEquals(partition, member(launch, "partition"));
        assertEquals("123456789012", member(launch, "account"));
        assertEquals(region, member(launch, "region"));
    }

    @DisplayName("Outside the partition's first region the regional sign-in host is used")
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "us-east-1, signin.aws.amazon.com", "us-east-2, us-east-2.signin.aws.amazon.com",
        "eu-central-1, eu-central-1.signin.aws.amazon.com", "ap-east-1, ap-east-1.signin.aws.amazon.com",
        "cn-north-1, signin.amazonaws.cn", "cn-northwest-1, cn-northwest-1.signin.amazonaws.cn",
        "us-gov-west-1, signin.amazonaws-us-gov.com", "us-gov-east-1, us-gov-east-1.signin.amazonaws-us-gov.com",
        "eusc-de-east-1, eusc-de-east-1.signin.amazonaws-eusc.eu"})
    void signinHost(String region, String host) {
        for (Launch.Command command : List.of(Launch.of("--dry-run", "--region", region),
                Launch.of("--dry-run").variable("AWS_REGION", region),
                Launch.of("--dry-run").variable("AWS_DEFAULT_REGION", region))) {
            Launch launch = command.as(ADMIN).here().succeeds();
            assertTrue(launch.out().lines().anyMatch(line -> line.matches("sign-in +https://" + host
                    + "/federation")), launch.out());
        }
    }

    @DisplayName("Where AWS publishes no sign-in host, one has to be given")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"})
    void noSigninHost(String region) {
        String[] line = {"--region", region, "--destination", "https://console.example.com/", "--dry-run"};
        Launch.of(line).as(ADMIN).here().fails(Launch.USAGE, "--signin-endpoint-url");
        Launch given = Launch.of(line).as(ADMIN).variable("AWS_ENDPOINT_URL_SIGNIN", "https://signin.example.com")
                .here().succeeds();
        assertTrue(given.out().contains("https://signin.example.com/federation"), given.out());
    }

    @DisplayName("The sign-in token is redeemed at the host that issued it, wherever its address comes from")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"flag", "flag with path", "variable", "flag before variable", "services of the profile"})
    void issuingHost(String place) {
        String url = signin.baseUrl(), path = place.contains("path") ? "/base" : "";
        signin.stubFor(any(urlPathEqualTo(path + "/federation")).willReturn(okJson(TOKEN)));
        boolean flag = place.contains("flag");
        List<String> line = new ArrayList<>(List.of("--endpoint-url", sts.baseUrl(), "--region", "eu-west-1"));
        if (flag) {
            line.addAll(List.of("--signin-endpoint-url", url + path));
        }
        Launch.write(home.resolve(".aws/config"), "[default]\nservices = local\n[services local]\nsignin =\n"
                + "  endpoint_url = " + url + "\n");
        Launch launch = Launch.of(line.toArray(String[]::new)).home(home).as("ASIAGIVEN", "secret", "token")
                .variable("AWS_ENDPOINT_URL_SIGNIN", place.equals("variable") ? url
                        : place.contains("before") ? Launch.nobody() : null).here();
        assertTrue(launch.url().startsWith(url + path + "/federation?Action=login&"), launch.out());
        assertEquals(List.of(path + "/federation"), signin.getAllServeEvents().stream()
                .map(event -> event.getRequest().getUrl()).toList());
        assertEquals(List.of("/"), sts.getAllServeEvents().stream()
                .map(event -> event.getRequest().getUrl()).toList());
    }

    // ---- POST first

    private static void answers(int status, RequestMethod method, String text) {
        ResponseDefinitionBuilder answer = status == 200 ? okJson(text)
                : aResponse().withStatus(status).withBody(text);
        signin.stubFor((method.equals(RequestMethod.POST) ? post(urlPathEqualTo("/federation"))
                : get(urlPathEqualTo("/federation"))).willReturn(answer));
    }

    /** Methods and durations of the requests to the sign-in endpoint: "POST 900, POST". */
    private static String requests() {
        List<String> requests = new ArrayList<>(signin.getAllServeEvents().stream()
                .map(event -> event.getRequest()).map(request -> {
                    String form = request.getMethod().equals(RequestMethod.POST) ? request.getBodyAsString()
                            : URI.create(request.getUrl()).getRawQuery();
                    return request.getMethod() + (form.contains("SessionDuration=")
                            ? form.replaceAll(".*SessionDuration=(\\d+).*", " $1") : "");
                }).toList());
        Collections.reverse(requests);
        return String.join(", ", requests);
    }

    private static Launch signin(String... arguments) {
        return Launch.of(arguments).at(sts.baseUrl()).variable("AWS_ENDPOINT_URL_SIGNIN", signin.baseUrl())
                .as("ASIAGIVEN", "MARKER/secret+key", "MARKER/session+token==").here();
    }

    @DisplayName("POST comes first; GET only after a 4xx; what is refused in the end, is refused as it was first")
    @ParameterizedTest(name = "POST {0}, GET {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        # answer to POST | answer to GET | requests | status shown, or success
        200 | 200 | POST | success
        200 | 500 | POST | success
        400 | 200 | POST, GET | success
        401 | 200 | POST, GET | success
        403 | 200 | POST, GET | success
        404 | 200 | POST, GET | success
        405 | 200 | POST, GET | success
        429 | 200 | POST, GET | success
        499 | 200 | POST, GET | success
        400 | 400 | POST, GET | 400
        400 | 403 | POST, GET | 400
        403 | 400 | POST, GET | 403
        405 | 400 | POST, GET | 405
        404 | 500 | POST, GET | 404
        400 | 503 | POST, GET | 400
        429 | 405 | POST, GET | 429
        500 | 200 | POST | 500
        502 | 200 | POST | 502
        503 | 200 | POST | 503
        302 | 200 | POST | 302
        201 | 200 | POST | 201
        """)
    void postFirst(int post, int get, String requests, String outcome) {
        answers(post, RequestMethod.POST, post == 200 ? TOKEN : "words of POST");
        answers(get, RequestMethod.GET, get == 200 ? TOKEN : "words of GET");
        Launch launch = signin();
        assertEquals(requests, requests());
        if (outcome.equals("success")) {
            assertTrue(launch.url().contains("SigninToken=signin-token"), launch.out());
        } else {
            launch.fails(Launch.SERVICE, "refused getSigninToken: " + outcome);
            assertFalse(launch.err().contains("words of GET"), launch.err());
        }
    }

    @DisplayName("In GovCloud there is only GET, and what it refuses is refused")
    @ParameterizedTest(name = "GET {0} in {2}")
    @CsvSource({"200, success, us-gov-west-1", "200, success, us-gov-east-1", "400, 400, us-gov-west-1",
        "404, 404, us-gov-west-1", "500, 500, us-gov-west-1"})
    void govCloud(int get, String outcome, String region) {
        answers(200, RequestMethod.POST, TOKEN);
        answers(get, RequestMethod.GET, get == 200 ? TOKEN : "words of GET");
        Launch launch = signin("--region", region);
        assertEquals("GET", requests());
        if (outcome.equals("success")) {
            launch.url();
        } else {
            launch.fails(Launch.SERVICE, "refused getSigninToken: " + outcome, "words of GET");
        }
    }

    @DisplayName("Found credentials try each method with the duration and without it, until one is accepted")
    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        # what is accepted | region | requests
        POST 43200 | us-east-1 | POST 43200
        POST | us-east-1 | POST 43200, POST
        GET 43200 | us-east-1 | POST 43200, POST, GET 43200
        GET | us-east-1 | POST 43200, POST, GET 43200, GET
        nothing | us-east-1 | POST 43200, POST, GET 43200, GET
        GET 43200 | us-gov-west-1 | GET 43200
        GET | us-gov-west-1 | GET 43200, GET
        nothing | us-gov-west-1 | GET 43200, GET
        """)
    void withAndWithoutDuration(String accepted, String region, String requests) {
        answers(400, RequestMethod.POST, "words of POST");
        answers(400, RequestMethod.GET, "words of GET");
        String[] parts = accepted.split(" ");
        if (parts[0].equals("POST")) {
            signin.stubFor((parts.length == 1 ? post(urlPathEqualTo("/federation"))
                    .withRequestBody(notMatching(".*Duration.*"))
                    : post(urlPathEqualTo("/federation")).withRequestBody(containing("SessionDuration=43200")))
                    .willReturn(okJson(TOKEN)));
        } else if (parts[0].equals("GET")) {
            signin.stubFor((parts.length == 1 ? get(urlPathEqualTo("/federation")).withQueryParam("SessionDuration",
                    absent())
                    : get(urlPathEqualTo("/federation")).withQueryParam("SessionDuration", containing("43200")))
                    .willReturn(okJson(TOKEN)));
        }
        Launch launch = signin("--duration-seconds", "12h", "--region", region);
        assertEquals(requests, requests());
        if (accepted.equals("nothing")) {
            launch.fails(Launch.SERVICE, "400", region.startsWith("us-gov") ? "words of GET" : "words of POST");
        } else {
            launch.url();
            assertEquals(parts.length == 1, launch.err().contains("--duration-seconds, so it was left out"),
                    launch.err());
        }
    }

    @DisplayName("A 5xx ends it at once, with a duration as well")
    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {500, 502, 503, 504})
    void serverError(int status) {
        answers(status, RequestMethod.POST, "words of POST");
        signin("--duration-seconds", "12h").fails(Launch.SERVICE, "" + status, "words of POST");
        assertEquals("POST 43200", requests());
    }

    @DisplayName("A 200 without a sign-in token is an error at once, and its text is not shown")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"{}", "[]", "MARKER", "", "{\"SigninToken\":\"\"}", "{\"SigninToken\":null}",
        "{\"SigninToken\":[\"MARKER\"]}", "{\"signinToken\":\"MARKER\"}", "<html>MARKER</html>"})
    void noToken(String text) {
        answers(200, RequestMethod.POST, text);
        Launch launch = signin("--duration-seconds", "12h");
        launch.fails(Launch.OTHER, "localhost:" + signin.port());
        assertFalse(launch.err().contains("MARKER"), launch.err());
        assertEquals("POST 43200", requests());
    }

    @DisplayName("A sign-in token that comes with a status of refusal is not taken")
    @Test void tokenWithRefusal() {
        answers(400, RequestMethod.POST, "{\"SigninToken\":\"not this one\"}");
        assertTrue(signin().url().contains("SigninToken=signin-token"));
    }

    @DisplayName("--debug shows each try and its status, and no secret")
    @ParameterizedTest(name = "POST {0}, GET {1}, {2}")
    @CsvSource({"200, 200, us-east-1, POST 200", "400, 200, us-east-1, POST 400 GET 200",
        "405, 403, us-east-1, POST 405 GET 403", "503, 200, us-east-1, POST 503",
        "400, 200, us-gov-west-1, GET 200"})
    void debug(int post, int get, String region, String tries) {
        answers(post, RequestMethod.POST, post == 200 ? TOKEN : "No.");
        answers(get, RequestMethod.GET, get == 200 ? TOKEN : "No.");
        Launch launch = signin("--debug", "--region", region);
        StringBuilder shown = new StringBuilder();
        String start = "console-login: debug: getSigninToken: ";
        for (String line : launch.err().lines().filter(text -> text.startsWith(start)).toList()) {
            shown.append(line.substring(start.length()).replaceAll(" localhost:\\d+: (\\d+) after \\d+ ms", " $1"))
                    .append(' ');
        }
        assertEquals(tries, shown.toString().strip());
        assertFalse(launch.err().contains("MARKER") || launch.err().contains("signin-token"), launch.err());
    }

    @DisplayName("The library tells which duration was accepted, takes the first that is, and hides the token")
    @Test void library() {
        signin.stubFor(post(urlPathEqualTo("/federation")).withRequestBody(containing("SessionDuration=43200"))
                .willReturn(aResponse().withStatus(400)));
        var federation = new ConsoleLogin.Federation(new ConsoleLogin.Http(5, 5, null, null),
                signin.baseUrl() + "/federation", ConsoleLogin.Partition.of("us-east-1"));
        var session = new ConsoleLogin.Credentials("ASIAGIVEN", "secret", "token", null, null, "a test");
        var token = federation.getSigninToken(session, 43200, 3600, 0);
        assertEquals("POST 43200, POST 3600", requests());
        assertEquals(3600, token.sessionDuration());
        assertEquals("signin-token", token.value());
        assertFalse(token.toString().contains("signin-token"), token.toString());
    }

    // ---- Summary

    /** The summary's lines, at noon UTC in a zone that is ahead. */
    private List<String> summary(Launch.Command command) {
        TimeZone zone = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        aws.setClock(Clock.fixed(NOW, ZoneOffset.UTC));
        try {
            Launch launch = command.now(NOW).here();
            launch.url();
            assertTrue(launch.err().lines().allMatch(line -> line.startsWith("console-login: ")), launch.err());
            return launch.err().lines().map(line -> line.substring("console-login: ".length())).toList();
        } finally {
            TimeZone.setDefault(zone);
            aws.setClock(Clock.systemUTC());
        }
    }

    @DisplayName("The summary says who is signed in, until when the link and the session last in local time")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # credentials | arguments | who | until when the session lasts
        key | | federated-user/tester | 2026-01-31T18:30+05:30
        key | --duration-seconds 36h --name jane | federated-user/jane | 2026-02-02T05:30+05:30
        key | --role-arn ROLE/Admin --duration-seconds 12h | assumed-role/Admin/tester | 2026-02-01T05:30+05:30
        web identity | | assumed-role/OneHour/tester | 2026-01-31T18:30+05:30
        SAML | | assumed-role/OneHour/saml-user | 2026-01-31T18:30+05:30
        profile chain | --duration-seconds 30m | assumed-role/OneHour/tester | 2026-01-31T18:00+05:30
        role session as JSON | | assumed-role/Admin/earlier | 2026-01-31T18:00+05:30
        role session | --duration-seconds 15m | assumed-role/Admin/earlier | 2026-01-31T17:45+05:30
        role session | | assumed-role/Admin/earlier | with its credentials
        """)
    void summary(String credentials, String arguments, String who, String end) {
        assertEquals(List.of("signs in as " + LoopbackAws.arn(who) + " (account 123456789012)",
                "the URL works until 2026-01-31T17:45+05:30 for whoever has it; the session ends " + end),
                summary(with(credentials, arguments)).subList(0, 2));
    }

    @DisplayName("The summary says what rights the session has, and what would narrow them")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # credentials | arguments | the third line
        key | | it has the rights of the caller; NARROW
        key | --tag a=b | it has the rights of the caller; NARROW
        key | --role-arn ROLE/Admin | it has the rights of the role; NARROW
        role profile | | it has the rights of the role; NARROW
        profile chain | | it has the rights of the role; NARROW
        web identity | | it has the rights of the role; NARROW
        SAML | | it has the rights of the role; NARROW
        role session | --role-arn ROLE/Admin | it has the rights of the role; NARROW
        key | --policy {"MARKER":1} | it has the rights of the caller, within --policy
        key | --policy-arn ReadOnlyAccess | it has the rights of the caller, within ReadOnlyAccess
        key | --policy-arn ReadOnlyAccess --policy {} --policy-arn arn:aws:iam::aws:policy/SecurityAudit \
            | it has the rights of the caller, within --policy, ReadOnlyAccess, arn:aws:iam::aws:policy/SecurityAudit
        SAML | --policy {} | it has the rights of the role, within --policy
        web identity | --policy-arn ReadOnlyAccess | it has the rights of the role, within ReadOnlyAccess
        profile chain | --policy-arn ReadOnlyAccess | it has the rights of the role, within ReadOnlyAccess
        role session | --role-arn ROLE/Admin --policy {} | it has the rights of the role, within --policy
        role session | | it has the rights of these credentials
        role session | --duration-seconds 12h | it has the rights of these credentials
        federated session | | it has the rights of these credentials
        federated session as JSON | | it has the rights of these credentials
        container | | it has the rights of these credentials
        instance | | it has the rights of these credentials
        """)
    void rights(String credentials, String arguments, String expected) {
        List<String> lines = summary(with(credentials, arguments));
        assertEquals(3, lines.size(), lines.toString());
        assertEquals(expected.replace("NARROW", "--policy-arn ReadOnlyAccess, say, or --policy narrows them"),
                lines.get(2));
    }

    @DisplayName("The duration that was left out has a line of its own, after the rights")
    @Test void leftOutLine() {
        List<String> lines = summary(with("chained session", "--duration-seconds 12h"));
        assertEquals(4, lines.size(), lines.toString());
        assertEquals("it has the rights of these credentials", lines.get(2));
        assertTrue(lines.get(3).contains("--duration-seconds"), lines.get(3));
    }

    @DisplayName("Nothing of the summary is on standard output, and --quiet leaves nothing of it at all")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"url", "json", "env", "process"})
    void quiet(String output) {
        Launch loud = command("--output", output).here().succeeds();
        Launch quiet = command("--output", output, "--quiet").here().succeeds();
        assertFalse(loud.err().isEmpty());
        assertEquals("", quiet.err());
        assertEquals(output.equals("env") ? 3 : 1, quiet.out().lines().count(), "lines");
        assertEquals(loud.out().lines().count(), quiet.out().lines().count());
        assertFalse(loud.out().contains("console-login") || loud.out().contains("signs in"), loud.out());
        Launch leftOut = with("chained session", "--duration-seconds 12h --quiet").here();
        leftOut.url();
        assertEquals("", leftOut.err());
    }

    @DisplayName("With --output env and process the summary says whose the credentials are and when they end")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"env", "process"})
    void exported(String output) {
        aws.setClock(Clock.fixed(NOW, ZoneOffset.UTC));
        Launch launch = command("--output", output).now(NOW).here().succeeds();
        assertTrue(launch.err().matches("console-login: credentials of " + LoopbackAws.arn("federated-user/tester")
                + ", which end 20\\S+:\\d\\dZ?\\S*\\R"), launch.err());
    }

    @DisplayName("As people launch it, the URL alone is what $(...) takes")
    @Test void alone() {
        Launch launch = with("chained session", "--duration-seconds 12h").alone();
        assertTrue(launch.url().startsWith(aws.uri() + "/federation?Action=login&"), launch.out());
        assertEquals(4, launch.err().lines().count(), launch.err());
        assertTrue(launch.err().contains("left out"), launch.err());
        assertEquals("getSigninToken 43200 refused getSigninToken -", durations());
    }
}
