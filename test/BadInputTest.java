import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
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

import static java.util.regex.Pattern.compile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@DisplayName("What is wrong is said before anything is sent")
class BadInputTest {
    private static final LoopbackAws.Key ADMIN = LoopbackAws.ADMIN, ROLE_SESSION = LoopbackAws.ROLE_SESSION;

    @TempDir static Path home;
    private static LoopbackAws aws;
    private int before;

    @BeforeAll static void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterAll static void stop() {
        aws.close();
    }

    @BeforeEach void count() {
        before = aws.exchanges().size();
    }

    @AfterEach void nothingWasSent() {
        assertEquals(before, aws.exchanges().size());
    }

    private static Launch.Command command(String... arguments) {
        return Launch.of(arguments).at(aws);
    }

    // ---- Usage

    @DisplayName("Arguments that cannot be are a usage error, which names the flag and the value")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        --name
        --quiet --debug

        --name n
        --name n*33
        --name a/b
        --name jürgen

        --duration-seconds 899
        --duration-seconds 129601
        --duration-seconds 0
        --duration-seconds -1
        --duration-seconds +900
        --duration-seconds 1d
        --duration-seconds 1.5h
        --duration-seconds 14m
        --duration-seconds 37h
        --duration-seconds h
        --duration-seconds abc
        --duration-seconds 99999999999h
        --duration-seconds 4294968196
        --duration-seconds 18446744073709552516

        --region nowhere
        --region us-east
        --region US-EAST-1
        --region us-east-1.evil.example
        --region evil.example/us-east-1
        --region us-east-1a

        --destination https://evil.example/
        --destination https://console.aws.amazon.com.evil.example/
        --destination https://evilconsole.aws.amazon.com/
        --destination https://console.aws.amazon.com@evil.example/
        --destination https://evil.example/console.aws.amazon.com
        --destination https://evil.example?console.aws.amazon.com
        --destination https://evil.example#.console.aws.amazon.com
        --destination https://evil.example\\.console.aws.amazon.com/
        --destination http://console.aws.amazon.com/
        --destination https:console.aws.amazon.com
        --destination javascript:alert(1)
        --destination https://console.amazonaws.cn/
        --destination s3.evil.example

        --role-arn Admin
        --role-arn arn:aws:iam::123456789012:user/admin
        --role-arn arn:aws:iam::12345678901:role/Admin
        --role-arn arn:aws:sts::123456789012:role/Admin
        --role-arn arn:aws-cn:iam::123456789012:role/Admin

        --issuer intranet.example.com
        --issuer ftp://intranet.example.com/
        --issuer javascript:alert(1)
        --output URL
        --connect-timeout 0
        --connect-timeout abc
        --read-timeout 0
        --read-timeout abc
        --read-timeout -1
        --read-timeout 1.5
        --read-timeout 4294967297

        --endpoint-url http://example.com
        --endpoint-url http://127.0.0.1.example.com/
        --endpoint-url http://localhost.example.com/
        --endpoint-url https://example.com/?a=b
        --endpoint-url ftp://localhost/
        --endpoint-url localhost
        --endpoint-url https://
        --endpoint-url ::
        --signin-endpoint-url http://example.com
        --signin-endpoint-url https://example.com/#a
        """)
    void usage(String arguments) {
        usage("ADMIN", arguments, arguments);
    }

    @DisplayName("What does not go together, or not with the credentials, is a usage error that names it")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # credentials | arguments, in which n*33 stands for 33 n | what is mentioned
        ADMIN | --colour red | --colour
        ADMIN | --colour=red | --colour
        ADMIN | --Name feduser | --Name
        ADMIN | --n feduser | --n
        ADMIN | -- | --
        ADMIN | -h | argument 1
        ADMIN | s3 | argument 1
        ADMIN | --quiet feduser | argument 2
        ADMIN | --name fed user | argument 3
        ADMIN | --name= | --name
        ADMIN | --name --quiet | --name
        ADMIN | --quiet=yes | --quiet
        ADMIN | --help=name | --help
        ADMIN | --dry-run --debug --quiet | --debug --quiet
        ADMIN | --role-arn ROLE/Admin --name n | --name n
        ADMIN | --role-arn ROLE/Admin --name n*65 | --name n*65
        ADMIN | --role-arn ROLE/Admin --duration-seconds 43201 | --duration-seconds 43201 43200
        ADMIN | --role-arn ROLE/Admin --duration-seconds 13h | --duration-seconds 13h 43200
        ROLE_SESSION | --duration-seconds 43201 | --duration-seconds 43201 43200
        ROLE_SESSION | --role-arn ROLE/Admin --duration-seconds 3601 | --duration-seconds 3601 role
        ADMIN | --connect-timeout 601 | --connect-timeout 601 600
        ADMIN | --read-timeout 601 | --read-timeout 601 600
        ADMIN | --output xml | --output xml url json env process
        ADMIN | --endpoint-url http://localhost@example.com/ | --endpoint-url example.com
        ADMIN | --endpoint-url https://user@example.com/ | --endpoint-url example.com
        ADMIN | --policy {] | --policy
        ADMIN | --policy ReadOnlyAccess | --policy
        ADMIN | --policy [] | --policy
        ADMIN | --policy "text" | --policy
        ADMIN | --policy {"Statement":"n*2034"} | --policy 2048
        ROLE_SESSION | --policy {"Statement":[]} | --policy
        ROLE_SESSION | --policy-arn ReadOnlyAccess | --policy-arn ReadOnlyAccess
        ROLE_SESSION | --policy {} --policy-arn ReadOnlyAccess | --policy
        ADMIN | --destination https://console.aws.amazon.com/ --region cn-north-1 \
            | https://console.aws.amazon.com/ aws-cn
        ADMIN | --role-arn arn:aws:iam::123456789012:role/Admin --region us-gov-west-1 | --role-arn ROLE/Admin
        ADMIN | --external-id x | --external-id --role-arn
        ADMIN | --source-identity me | --source-identity --role-arn
        ADMIN | --serial-number arn:aws:iam::123456789012:mfa/admin | --serial-number --role-arn
        ROLE_SESSION | --external-id x | --external-id --role-arn
        ROLE_SESSION | --tag a=b | --tag a=b
        ADMIN | --tag a | --tag a
        ADMIN | --tag =b | --tag =b
        ADMIN | --principal-arn arn:aws:iam::123456789012:saml-provider/p | --principal-arn --saml-assertion
        ADMIN | --saml-assertion - | --saml-assertion --role-arn --principal-arn
        ADMIN | --saml-assertion - --role-arn ROLE/Admin | --saml-assertion --principal-arn
        ADMIN | --saml-assertion - --principal-arn arn:aws:iam::123456789012:saml-provider/p | --role-arn
        ADMIN | --role-arn ROLE/WithMfa --token-code 123456 | --serial-number --token-code
        ADMIN | --serial-number arn:aws:iam::123456789012:mfa/admin --token-code 123456 | --role-arn
        """)
    void usage(String key, String arguments, String mentioned) {
        command(words(arguments)).as(key.equals("ADMIN") ? ADMIN : ROLE_SESSION).here()
                .fails(Launch.USAGE, words(mentioned));
    }

    private static String[] words(String text) {
        return compile("n\\*(\\d+)").matcher(text.replace("ROLE/", "arn:aws:iam::123456789012:role/"))
                .replaceAll(count -> "n".repeat(Integer.parseInt(count.group(1)))).split(" +");
    }

    @DisplayName("An empty argument and blanks in values are usage errors")
    @Test void blanks() {
        command("").as(ADMIN).here().fails(Launch.USAGE, "argument 1");
        command("--name", "").as(ADMIN).here().fails(Launch.USAGE, "--name");
        command("--name", "fed user").as(ADMIN).here().fails(Launch.USAGE, "--name", "fed user");
        command("--name feduser").as(ADMIN).here().fails(Launch.USAGE);
        command("--destination", "s3 ").as(ADMIN).here().fails(Launch.USAGE, "--destination");
        command("--issuer", "https://a b/").as(ADMIN).here().fails(Launch.USAGE, "--issuer");
        command("--duration-seconds", " 900").as(ADMIN).here().fails(Launch.USAGE, "--duration-seconds");
    }

    @DisplayName("The eleventh managed policy is too many")
    @Test void elevenPolicies() {
        command("--policy-arn ReadOnlyAccess ".repeat(11).split(" ")).as(ADMIN).here()
                .fails(Launch.USAGE, "--policy-arn", "10");
    }

    @DisplayName("The 51st tag is too many")
    @Test void tags() {
        command("--tag a=b ".repeat(51).split(" ")).as(ADMIN).here().fails(Launch.USAGE, "--tag", "50");
    }

    @DisplayName("With no terminal and no code, or with something else than a code, nothing is sent")
    @Test void noCode() {
        String device = "arn:aws:iam::123456789012:mfa/admin";
        String[] arguments = {"--role-arn", "arn:aws:iam::123456789012:role/WithMfa", "--serial-number", device};
        command(arguments).as(ADMIN).here().fails(Launch.CONFIGURATION, "terminal", device, "--token-code");
        for (String typed : new String[] {"", "12345", "1234567", "12345x", "MARKER", "１２３４５６"}) {
            Launch launch = command(arguments).as(ADMIN).code(typed).here();
            launch.fails(Launch.CONFIGURATION, "six digits", device, "--token-code");
            assertFalse(!typed.isEmpty() && launch.err().matches("(?s).*\\b" + typed + "\\b.*"), launch.err());
        }
    }

    @DisplayName("A policy that is no object is not called too long")
    @Test void policyIsNoObject() {
        Launch launch = command("--policy", "[]").as(ADMIN).here();
        launch.fails(Launch.USAGE, "--policy");
        assertFalse(launch.err().contains("longer"), launch.err());
    }

    @DisplayName("Where AWS publishes no sign-in endpoint it has to be given")
    @Test void noSigninEndpoint() {
        Launch.of("--region", "us-iso-east-1", "--destination", "https://console.example.com/").as(ADMIN).here()
                .fails(Launch.USAGE, "--signin-endpoint-url");
        Launch.of("--region", "us-iso-east-1").as(ADMIN).here().fails(Launch.USAGE, "--signin-endpoint-url");
    }

    @DisplayName("What is repeated in an error steers no terminal and begins no line")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"--name", "--region", "--profile", "--destination", "--role-arn", "--output",
        "--credentials", "--endpoint-url", "--duration-seconds", "--ca-bundle", "--issuer", "--policy",
        "--unknown", "--policy-arn"})
    void control(String flag) {
        String hostile = "x\u001b[2J\u009b31m\u202e\r\nconsole-login: hint: y\u0007\n\n";
        Launch launch = command(flag + "=" + hostile).as(flag.equals("--policy-arn") ? ROLE_SESSION : ADMIN).here();
        launch.fails(launch.status());
        command(flag + hostile).as(ADMIN).here().fails(Launch.USAGE);
    }

    @DisplayName("So do those in the environment")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"AWS_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SIGNIN",
        "AWS_CA_BUNDLE"})
    void controlInEnvironment(String variable) {
        Launch launch = command().as(ADMIN).variable(variable, "x\u001b[2J\r\nconsole-login: error: y").here();
        launch.fails(launch.status(), "x [2J console-login: error: y");
    }

    // ---- Configuration

    private static Arguments row(String title, Launch.Command command, String... mentioned) {
        return Arguments.of(title, command, mentioned);
    }

    private static Path file(String name, String text) {
        return Launch.write(home.resolve(name), text);
    }

    /** With this as the file that a variable names. */
    private static Launch.Command with(String variable, String text, String... arguments) {
        return command(arguments).variable(variable, file("file-" + Math.abs(text.hashCode()), text).toString());
    }

    private static Launch.Command config(String text, String... arguments) {
        return with("AWS_CONFIG_FILE", text, arguments);
    }

    private static Launch.Command json(String text) {
        return command("--credentials", "-").input(text);
    }

    static Stream<Arguments> configurations() throws IOException {
        String id = "AKIALOOPBACKADMIN001", secret = ADMIN.secretAccessKey();
        String keys = "aws_access_key_id = " + id + "\naws_secret_access_key = " + secret + "\n";
        String folder = Files.createDirectories(home.resolve("folder")).toString();
        String missing = home.resolve("missing").toString();
        String halfJson = "{\"AccessKeyId\":\"" + id + "\"}";
        String key = "\"AccessKeyId\":\"" + id + "\",\"SecretAccessKey\":\"" + secret + "\"";
        return Stream.of(
            row("a region that is none in AWS_REGION", command().as(ADMIN).variable("AWS_REGION", "nowhere"),
                    "nowhere", "AWS_REGION"),
            row("a region that is none in AWS_DEFAULT_REGION",
                    command().as(ADMIN).variable("AWS_DEFAULT_REGION", "nowhere"), "nowhere"),
            row("a region that is none in a profile", config("[default]\nregion = nowhere\n").as(ADMIN),
                    "nowhere", "profile"),

            row("an access key ID without its secret", command().as(id, null, null),
                    "environment", "secret access key"),
            row("a secret without its access key ID", command().as(null, secret, null), "no credentials",
                    "the environment: AWS_ACCESS_KEY_ID is not set"),
            row("an access key ID without its secret in a file", config("[default]\naws_access_key_id = " + id + "\n"),
                    "default", "secret access key"),
            row("a secret without its access key ID in a file",
                    with("AWS_SHARED_CREDENTIALS_FILE", "[dev]\naws_secret_access_key = " + secret, "--profile=dev"),
                    "no credentials", "the profile dev", "has no credentials for it"),
            row("an access key ID without its secret in JSON", json(halfJson), "--credentials", "secret access key"),
            row("a secret without its access key ID in JSON", json("{\"SecretAccessKey\":\"" + secret + "\"}"),
                    "--credentials", "access key ID"),
            row("half a key of JSON as STS prints it", json("{\"Credentials\":" + halfJson + "}"), "--credentials"),
            row("a temporary key without session token", command().as("ASIALOOPBACKROLE0001", secret, null),
                    "environment", "session token"),
            row("a temporary key without session token in a file", config(
                    "[default]\naws_access_key_id=ASIALOOPBACKROLE0001\naws_secret_access_key=" + secret),
                    "session token"),
            row("a temporary key without session token in JSON", json("{" + key.replace("AKIA", "ASIA") + "}"),
                    "session token"),
            row("blanks in the access key ID", command().as(id + " ", secret, null), "environment", "blanks"),
            row("blanks in the secret", command().as(id, "a\t" + secret, null), "environment", "blanks"),
            row("a line break in the session token", command().as("ASIALOOPBACKROLE0001", secret, "a\nb"), "blanks"),

            row("no credentials", command().home(home), "no credentials", "AWS_ACCESS_KEY_ID",
                    home.resolve(".aws/config").toString(), home.resolve(".aws/credentials").toString(), "--profile"),
            row("no credentials in a profile", config("[profile dev]\nregion = us-east-1\n", "--profile=dev").as(ADMIN),
                    "no credentials", "the environment: --profile is given", "the profile dev",
                    "has no credentials for it"),
            row("a profile with a role", config("[default]\nrole_arn = arn:aws:iam::123456789012:role/Admin\n"
                    + "aws_access_key_id = " + id + "\naws_secret_access_key = " + secret), "role_arn"),
            row("a profile with half of SSO", config("[default]\nsso_session = my-sso\nsso_account_id = 1\n"),
                    "sso-session my-sso", "sso_role_name", "aws configure sso"),
            row("a profile with a process that there is not",
                    config("[default]\ncredential_process = exit 7\n"), "credential_process", "7"),
            row("a profile that does not exist", config("[dev]\nregion = us-east-1\n", "--profile", "dev").as(ADMIN),
                    "no profile dev", "[profile dev]"),
            row("a profile that does not exist in AWS_PROFILE", command().as(ADMIN).variable("AWS_PROFILE", "nobody"),
                    "no profile nobody"),

            row("a folder instead of a config file", command().variable("AWS_CONFIG_FILE", folder),
                    "no credentials", folder),
            row("a folder instead of a credentials file",
                    command().variable("AWS_SHARED_CREDENTIALS_FILE", folder), "no credentials", folder),
            row("a line that is no setting", config("# x\r\n\r\n[default]\r\nregion = us-east-1\r\nnonsense\r\n"),
                    "line 5"),
            row("a setting before all sections", config("region = us-east-1\n[default]\n").as(ADMIN), "line 1"),
            row("a section without its bracket", config("\n[default\nregion = us-east-1\n"), "line 2"),
            row("a setting without a name", config("[default]\n= us-east-1\n").as(ADMIN), "line 2"),

            row("a credentials file that does not exist", command("--credentials", missing), missing),
            row("a folder as the credentials", command("--credentials", folder), folder),
            row("credentials that are no JSON", json("[default]\n" + key), "--credentials", "JSON"),
            row("no credentials on standard input", json(""), "--credentials", "JSON"),
            row("JSON that ends too early", json("{" + key), "--credentials", "JSON"),
            row("JSON without credentials", json("[]"), "--credentials", "access key ID"),
            row("a key that is no string", json("{\"AccessKeyId\":1,\"SecretAccessKey\":[]}"), "access key ID"),
            row("JSON that is nested without end", json("[".repeat(100_000)), "--credentials", "JSON"),
            row("more JSON than there can be", json(" ".repeat(1 << 20) + "{" + key + "}"), "--credentials", "1 MiB"),
            row("expired credentials",
                    json("{" + key + ",\"SessionToken\":\"t\",\"Expiration\":\"2026-01-31T12:00:00Z\"}")
                            .now(Instant.parse("2026-01-31T12:00:00Z")), "--credentials", "expired",
                    "2026-01-31T12:00:00Z"),
            row("an expiration that is no time", json("{" + key + ",\"SessionToken\":\"t\",\"Expiration\":\"soon\"}"),
                    "--credentials", "odd expiration"),
            row("an endpoint that is none in a variable",
                    command().as(ADMIN).variable("AWS_ENDPOINT_URL_STS", "http://example.com"),
                    "http://example.com", "AWS_ENDPOINT_URL_STS"),
            row("a sign-in endpoint that is none in a variable",
                    command().as(ADMIN).variable("AWS_ENDPOINT_URL_SIGNIN", "ftp://localhost"), "ftp://localhost"),

            row("a policy file that does not exist", command("--policy", "file://" + missing).as(ADMIN),
                    "--policy", missing),
            row("a CA bundle that does not exist", command("--ca-bundle", missing).as(ADMIN), missing, "--ca-bundle"),
            row("a CA bundle without certificate", command("--ca-bundle", file("empty.pem", "# none\n").toString())
                    .as(ADMIN), "empty.pem", "certificate"),
            row("a CA bundle with a broken certificate", with("AWS_CA_BUNDLE",
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").as(ADMIN), "CA bundle"),
            row("a CA bundle without end", command("--ca-bundle", "/dev/zero").as(ADMIN), "--ca-bundle", "1 MiB"),
            row("SSO beside an access key",
                    config("[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = a\n" + keys),
                    "sso-session corp", "sso_region"),
            row("SSO of the older kind beside one", config("[default]\nsso_start_url = https://a/\nsso_role_name = a\n"
                    + keys), "sso_account_id"),
            row("a role beside an access key", config("[default]\nrole_arn = arn:aws:iam::1:role/a\n" + keys),
                    "role_arn"),
            row("the CA bundle of a profile", config("[default]\nca_bundle = " + missing + "\n").as(ADMIN), missing));
    }

    @DisplayName("Credentials and files that cannot be are a configuration error, which tells where")
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void configurations(String title, Launch.Command command, String... mentioned) {
        Launch launch = command.here();
        launch.fails(Launch.CONFIGURATION, mentioned);
        assertFalse(launch.err().contains(ADMIN.secretAccessKey()), launch.err());
    }

    @DisplayName("A federated user's session that was found takes no duration")
    @Test void foundFederatedUser() {
        command("--credentials", "-", "--duration-seconds", "2h").input("{\"Credentials\":{\"AccessKeyId\":\"ASIAX\","
                + "\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\"},\"FederatedUser\":{\"Arn\":"
                + "\"arn:aws:sts::123456789012:federated-user/a\"}}").here()
                .fails(Launch.USAGE, "--duration-seconds 2h");
        command("--output", "process", "--duration-seconds", "12h").as(ROLE_SESSION).here()
                .fails(Launch.USAGE, "--duration-seconds 12h");
    }

    @DisplayName("A flag and its value in one argument do not show the value")
    @Test void oneArgument() {
        Launch launch = command("--token-code 918273").as(ADMIN).here();
        launch.fails(Launch.USAGE, "--token-code");
        assertFalse(launch.err().contains("918273"), launch.err());
    }

    @DisplayName("A file that may not be read gives nothing, and the error says so")
    @Test void unreadable() throws IOException {
        Path file = file("unreadable", "[default]\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(file), "root may read everything");
        command().variable("AWS_CONFIG_FILE", file.toString()).here()
                .fails(Launch.CONFIGURATION, "no credentials", file + " cannot be read");
    }

    // ---- In a process of its own

    static Stream<Arguments> launched() {
        return Stream.of(
            Arguments.of("an unknown flag", Launch.USAGE, command("--colour", "red").as(ADMIN), "--colour"),
            Arguments.of("no credentials", Launch.CONFIGURATION, command().home(home), "no credentials"),
            Arguments.of("credentials that are no JSON", Launch.CONFIGURATION, json("no JSON"), "--credentials"));
    }

    @DisplayName("The exit status is that of the process")
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void launched(String title, int status, Launch.Command command, String mentioned) {
        command.alone().fails(status, mentioned);
    }
}
