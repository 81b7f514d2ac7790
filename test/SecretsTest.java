import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okXml;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("No secret is shown but where it belongs, and none is stored")
class SecretsTest {
    // Every part of each is marked, so that what is hidden in part is found.
    private static final String SECRET = "MARKERsecret1+MARKERsecret2/MARKERsecret3=";
    private static final String TOKEN = "MARKERgiven1+MARKERgiven2/MARKERgiven3==";
    private static final String NEW_SECRET = "MARKERnewsecret1+MARKERnewsecret2/MARKERnewsecret3=";
    private static final String NEW_TOKEN = "MARKERnewtoken1+MARKERnewtoken2/MARKERnewtoken3==";
    private static final String SIGNIN_TOKEN = "MARKERsignin1+MARKERsignin2/MARKERsignin3=";
    private static final String POLICY = "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"MARKER:policy1*\","
            + "\"Resource\":\"arn:aws:s3:::MARKERpolicy2+/*\"}]}";
    /** It is nowhere else: no port, no time, no duration has six digits. */
    private static final String CODE = "918273";
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final String GIVEN = "{\"Version\":1,\"AccessKeyId\":\"ASIAGIVEN\",\"SecretAccessKey\":\"" + SECRET
            + "\",\"SessionToken\":\"" + TOKEN + "\"}";
    private static final String[] MFA = {"--role-arn", "arn:aws:iam::123456789012:role/Admin",
        "--serial-number", "arn:aws:iam::123456789012:mfa/me", "--token-code", CODE, "--policy", POLICY};

    private static final String SSO_ACCESS = marked("access", "+", "/"), SSO_REFRESH = marked("refresh", ":", "/");
    private static final String NEW_ACCESS = marked("newaccess", "+", "/");
    private static final String NEW_REFRESH = marked("newrefresh", ".", "/");
    private static final String CLIENT_SECRET = marked("client", ".", "_"), LOGIN_REFRESH = marked("login", "=", "/");
    private static final String WEB_TOKEN = marked("web", ".", "-"), ASSERTION = marked("saml", "+", "/") + "=";
    private static final String CONTAINER_TOKEN = "Bearer " + marked("container", "+", "/");
    private static final String IMDS_TOKEN = marked("imds", "-", "=");
    /** A key has no marker in it, but lines by which it is known. */
    private static final List<String> DPOP_KEY =
            LoopbackAws.LOGIN_DPOP_KEY.lines().filter(line -> !line.contains("-----")).toList();
    private static final String EXTERNAL_ID = "external+id/7";

    @TempDir static Path folder;
    private static WireMockServer server;

    @BeforeAll static void start() {
        server = new WireMockServer(options().dynamicPort().extensions(new Echo()));
        server.start();
    }

    @AfterAll static void stop() {
        server.stop();
    }

    @BeforeEach void reset() {
        server.resetAll();
        sts(okXml("<AssumeRoleResponse><Credentials><AccessKeyId>ASIANEW</AccessKeyId>"
                + "<SecretAccessKey>" + NEW_SECRET + "</SecretAccessKey><SessionToken>" + NEW_TOKEN + "</SessionToken>"
                + "<Expiration>2026-01-31T13:00:00Z</Expiration></Credentials>"
                + "<Arn>arn:aws:sts::123456789012:assumed-role/Admin/tester</Arn></AssumeRoleResponse>"));
        signin(okJson("{\"SigninToken\":\"" + SIGNIN_TOKEN + "\"}"));
        String key = "{\"accessKeyId\":\"ASIAGIVEN\",\"secretAccessKey\":\"" + SECRET + "\",\"sessionToken\":\"" + TOKEN
                + "\",\"expiration\":4102444799000}";
        String refreshed = "{\"accessToken\":%s,\"expiresIn\":900,\"refreshToken\":\"" + NEW_REFRESH + "\"}";
        answer("/federation/credentials", okJson("{\"roleCredentials\":" + key + "}"));
        answer("/token", okJson(refreshed.formatted("\"" + NEW_ACCESS + "\"")));
        answer("/v1/token", okJson(refreshed.formatted(key)));
        answer("/container", okJson(GIVEN.replace("SessionToken", "Token")));
        answer("/latest/api/token", aResponse().withBody(IMDS_TOKEN));
        answer(ROLES, aResponse().withBody("Role"));
        answer(ROLES + "Role", okJson(GIVEN.replace("SessionToken", "Token")));
    }

    private static void answer(String path, ResponseDefinitionBuilder answer) {
        server.stubFor(any(urlPathEqualTo(path)).willReturn(answer));
    }

    private static String marked(String what, String first, String second) {
        return "MARKER" + what + "1" + first + "MARKER" + what + "2" + second + "MARKER" + what + "3";
    }

    private static void sts(ResponseDefinitionBuilder answer) {
        server.stubFor(any(urlPathEqualTo("/")).willReturn(answer));
    }

    private static void signin(ResponseDefinitionBuilder answer) {
        server.stubFor(any(urlPathEqualTo("/federation")).willReturn(answer));
    }

    /** A session that assumes a role with MFA and a policy: every secret there is. */
    private static Launch.Command command(String... more) {
        return Launch.of(Stream.of(MFA, more).flatMap(Stream::of).toArray(String[]::new)).at(server.baseUrl())
                .as("ASIAGIVEN", SECRET, TOKEN).now(NOW);
    }

    private static void assertHidden(Launch launch) {
        assertHidden(launch.out() + launch.err());
    }

    private static void assertHidden(String text) {
        assertFalse(text.toUpperCase(Locale.ROOT).contains("MARKER") || text.contains(CODE), text);
        assertTrue(DPOP_KEY.stream().noneMatch(text::contains), text);
        for (ServeEvent event : server.getAllServeEvents()) {
            String proof = event.getRequest().getHeader("dpop");
            assertTrue(proof == null || Stream.of(proof.split("\\.")).noneMatch(text::contains), text);
        }
    }

    // ---- Success

    @DisplayName("The sign-in token is in the URL, once, and in nothing else")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"--output=url", "--output=json", "--quiet", "--debug"})
    void url(String argument) {
        Launch launch = command(argument).here().succeeds();
        String token = URLEncoder.encode(SIGNIN_TOKEN, UTF_8);
        assertEquals(2, launch.out().split(Pattern.quote("SigninToken=" + token), -1).length, launch.out());
        assertHidden(launch.out().replace(token, "") + launch.err());
    }

    @DisplayName("The session's credentials are on standard output when they are asked for, and nothing else is")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"--output=env", "--output=process"})
    void export(String argument) {
        Launch launch = command(argument, "--debug").here().succeeds();
        assertTrue(launch.out().contains(NEW_SECRET) && launch.out().contains(NEW_TOKEN), launch.out());
        assertHidden(launch.out().replace(NEW_SECRET, "").replace(NEW_TOKEN, "") + launch.err());
    }

    @DisplayName("A dry run shows no secret")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"url", "json", "env", "process"})
    void dryRun(String output) {
        assertHidden(command("--dry-run", "--output", output).here().succeeds());
        assertHidden(Launch.of("--dry-run", "--output", output).as("ASIAGIVEN", SECRET, TOKEN).here().succeeds());
        assertHidden(Launch.of("--dry-run", "--output", output).as("AKIAGIVEN", SECRET, null).here().succeeds());
    }

    @DisplayName("What holds a secret hides it when it is printed")
    @Test void strings() {
        var credentials = new ConsoleLogin.Credentials("ASIAGIVEN", SECRET, TOKEN, NOW, null, "a test");
        assertHidden(credentials.toString());
        assertHidden(new ConsoleLogin.Login("https://" + SIGNIN_TOKEN, NOW, NOW, credentials, "aws", "us-east-1", "/",
                "it has rights").toString());
        assertHidden(new ConsoleLogin.Federation.SigninToken(SIGNIN_TOKEN, 0).toString());
        assertHidden(new ConsoleLogin.Http.Answer("localhost", 200, "application/json", SIGNIN_TOKEN).toString());
    }

    // ---- Answers that repeat what was sent

    /** Answers with the whole request in the place of ECHO. */
    private static final class Echo implements ResponseDefinitionTransformerV2 {
        @Override public ResponseDefinition transform(ServeEvent event) {
            ResponseDefinition answer = event.getResponseDefinition();
            Request request = event.getRequest();
            BinaryOperator<String> form = FORMS.get(answer.getTransformerParameters().getString("form"));
            String url = request.getAbsoluteUrl(), headers = request.getHeaders().toString();
            String body = request.getBodyAsString();
            String text = request.getMethod() + " " + form.apply(url, decoded(url)) + "\n"
                    + form.apply(headers, headers) + "\n" + form.apply(body, decoded(body));
            boolean xml = answer.getBody().contains("<Error>");
            return ResponseDefinitionBuilder.like(answer)
                    .withBody(answer.getBody().replace("ECHO", xml ? references(text, "&<>") : text)).build();
        }

        @Override public boolean applyGlobally() {
            return false;
        }

        @Override public String getName() {
            return "echo";
        }
    }

    private static final Pattern PERCENT = Pattern.compile("%[0-9A-F]{2}");
    /** How a part of the request may come back, as it was sent, and decoded. */
    private static final Map<String, BinaryOperator<String>> FORMS = Map.of(
            "as it was sent", (sent, text) -> sent,
            "decoded", (sent, text) -> text,
            "in lower case", (sent, text) -> PERCENT.matcher(sent).replaceAll(octet -> octet.group().toLowerCase()),
            "as JSON", (sent, text) -> text.replace("\\", "\\\\").replace("\"", "\\\"").replace("/", "\\/"),
            "as HTML", (sent, text) -> references(text, "&<>\"'"),
            "as HTML with more references", (sent, text) -> references(text, "&<>\"'+/=:*{}[]"),
            "encoded again", (sent, text) -> URLEncoder.encode(sent, UTF_8),
            "in Base64", (sent, text) -> Base64.getEncoder().encodeToString(sent.getBytes(UTF_8)));

    private static String decoded(String text) {
        return URLDecoder.decode(text, UTF_8);
    }

    private static String references(String text, String characters) {
        StringBuilder references = new StringBuilder();
        for (char c : text.toCharArray()) {
            references.append(characters.indexOf(c) < 0 ? String.valueOf(c) : "&#" + (int) c + ";");
        }
        return references.toString();
    }

    private static final String STS_ERROR = "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error>"
            + "<RequestId>%s</RequestId></ErrorResponse>";
    static final List<String> STS = List.of(STS_ERROR.formatted("AccessDenied", "No: ECHO", "id"),
            STS_ERROR.formatted("ECHO", "Message", "id"), STS_ERROR.formatted("Code", "Message", "ECHO"),
            "<html><p>ECHO</p></html>", "ECHO");
    static final List<String> SIGNIN = List.of("<html><p>ECHO</p></html>", "ECHO", "{\"message\":\"ECHO\"}",
            "{\"SigninToken\":[\"ECHO\"]}");

    private static ResponseDefinitionBuilder echo(int status, String body, String form) {
        return aResponse().withStatus(status).withBody(body).withHeader("Location", server.url("/elsewhere"))
                .withTransformers("echo").withTransformerParameter("form", form);
    }

    @DisplayName("No answer of STS makes a secret show that it repeats, be it encoded or not")
    @ParameterizedTest(name = "{0}")
    @FieldSource("STS")
    void stsEcho(String body) {
        for (String form : List.of("as it was sent", "decoded")) {
            for (int status : new int[] {200, 302, 400, 403, 500}) {
                sts(echo(status, body, form));
                refused(command().here());
                refused(command("--debug").here());
            }
        }
    }

    @DisplayName("No answer of the sign-in endpoint makes a secret show that it repeats, be it encoded or not")
    @ParameterizedTest(name = "{0}")
    @FieldSource("SIGNIN")
    void signinEcho(String body) {
        for (String form : List.of("as it was sent", "decoded")) {
            for (int status : new int[] {200, 302, 400, 403, 500}) {
                signin(echo(status, body, form));
                refused(command().here());
                refused(command("--debug").here());
                refused(command(GOV_CLOUD).here());
                refused(Launch.of().at(server.baseUrl()).as("ASIAGIVEN", SECRET, TOKEN).here());
            }
        }
    }

    @DisplayName("Keys, tokens and codes that come back in another writing do not show either")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"in lower case", "as JSON", "as HTML", "as HTML with more references", "encoded again"})
    void otherEchoes(String form) {
        sts(echo(403, STS.get(0), form));
        refused(command("--policy", "{}").here());
        reset();
        for (String body : SIGNIN) {
            signin(echo(400, body, form));
            refused(command().here());
        }
    }

    @DisplayName("A secret that lies where a long page is cut does not show in part")
    @Test void cutEcho() {
        for (String secret : List.of(NEW_SECRET, NEW_TOKEN, URLEncoder.encode(NEW_SECRET, UTF_8))) {
            for (int before = 19_900; before <= 20_000; before += 3) {
                String markup = "<i>".repeat(before / 3) + " ".repeat(before % 3);
                signin(aResponse().withStatus(500).withBody(markup + secret + "<p>"));
                refused(command().here());
            }
        }
        for (int before = 10_000; before <= 20_000; before += 97) {
            sts(aResponse().withStatus(400).withBody(STS_ERROR.formatted("Code", " ".repeat(before)
                    + references(POLICY, "&<>"), "id")));
            refused(command().here());
        }
    }

    private static final String[] GOV_CLOUD =
            {"--region", "us-gov-west-1", "--role-arn", "arn:aws-us-gov:iam::123456789012:role/Admin"};

    private static void refused(Launch launch) {
        assertTrue(launch.status() == Launch.SERVICE || launch.status() == Launch.OTHER, launch.err());
        assertEquals("", launch.out());
        assertHidden(launch);
    }

    @DisplayName("A server that speaks no HTTP and repeats each byte makes no secret show")
    @Test void byteEcho() throws IOException {
        try (ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> repeat(echo));
            thread.setDaemon(true);
            thread.start();
            String uri = "http://127.0.0.1:" + echo.getLocalPort();
            refused(command("--debug").variable("AWS_ENDPOINT_URL_STS", uri).here());
            refused(command("--debug").variable("AWS_ENDPOINT_URL_SIGNIN", uri).here());
            refused(command(GOV_CLOUD).variable("AWS_ENDPOINT_URL_SIGNIN", uri).here());
        }
    }

    private static void repeat(ServerSocket echo) {
        while (!echo.isClosed()) {
            try (Socket socket = echo.accept()) {
                socket.setSoTimeout(500);
                byte[] bytes = new byte[100_000];
                for (int n = socket.getInputStream().read(bytes); n > 0; n = socket.getInputStream().read(bytes)) {
                    socket.getOutputStream().write(bytes, 0, n);
                }
            } catch (IOException next) {
                // Whoever hung up may have had enough.
            }
        }
    }

    // ---- Mistakes of the user

    private static Launch.Command plain(String... arguments) {
        return Launch.of(arguments).at(server.baseUrl());
    }

    private static Launch.Command file(String name, String variable, String text) {
        return plain("--profile=dev").variable(variable, Launch.write(folder.resolve(name), text).toString());
    }

    static Stream<Arguments> mistakes() {
        String json = "{\"AccessKeyId\":\"ASIAGIVEN\",\"SecretAccessKey\":\"" + SECRET + "\",\"SessionToken\":\""
                + TOKEN + "\"}";
        return Stream.of(
            Arguments.of("a flag that there is not", plain("--secret-access-key=" + SECRET)),
            Arguments.of("the value of a flag that there is not", plain("--secret-access-key", SECRET)),
            Arguments.of("a secret without flag", plain(SECRET)),
            Arguments.of("a value for a flag that takes none", plain("--quiet=" + SECRET)),
            Arguments.of("a secret after a flag that takes none", plain("--quiet", SECRET)),
            Arguments.of("a variable's assignment", plain("AWS_SECRET_ACCESS_KEY=" + SECRET)),
            Arguments.of("JSON instead of the name of a file", plain("--credentials", json)),
            Arguments.of("JSON that ends too early", plain("--credentials=-").input(json.replace("}", ""))),
            Arguments.of("JSON with a line break in a string",
                    plain("--credentials=-").input(json.replace("3=", "3\n="))),
            Arguments.of("JSON with a bad escape", plain("--credentials=-").input(json.replace("/", "\\x"))),
            Arguments.of("the lines of --output env", plain("--credentials=-").input("export AWS_SECRET=" + SECRET)),
            Arguments.of("a bare secret", plain("--credentials=-").input(SECRET)),
            Arguments.of("half JSON", plain("--credentials=-").input("{\"SecretAccessKey\":\"" + SECRET + "\"}")),
            Arguments.of("an expiration that is a secret",
                    plain("--credentials=-").input(json.replace("}", ",\"Expiration\":\"" + SECRET + "\"}"))),
            Arguments.of("a password in a URL",
                    plain("--endpoint-url=https://me:" + SECRET.replace('/', '.') + "@localhost/")),
            Arguments.of("a password in a variable", plain().variable("AWS_ENDPOINT_URL_STS",
                    "http://me:" + SECRET.replace('/', '.') + "@localhost/")),
            Arguments.of("half a key pair", plain().as(null, SECRET, null)),
            Arguments.of("half a session", plain().as("ASIAGIVEN", SECRET, null)),
            Arguments.of("blanks in the secret", plain().as("AKIAGIVEN", SECRET + " ", null)),
            Arguments.of("blanks in the token", plain().as("ASIAGIVEN", SECRET, TOKEN + "\n")),
            Arguments.of("a line of a file that is a secret", file("a", "AWS_CONFIG_FILE", "[profile dev]\n" + SECRET
                    .replace("=", ""))),
            Arguments.of("a file that is a secret", file("b", "AWS_SHARED_CREDENTIALS_FILE", SECRET)),
            Arguments.of("half a key pair in a file",
                    file("c", "AWS_SHARED_CREDENTIALS_FILE", "[dev]\naws_secret_access_key=" + SECRET)),
            Arguments.of("half a session in a file", file("d", "AWS_SHARED_CREDENTIALS_FILE",
                    "[dev]\naws_access_key_id=ASIAGIVEN\naws_secret_access_key=" + SECRET)),
            Arguments.of("blanks in a file", file("e", "AWS_SHARED_CREDENTIALS_FILE",
                    "[dev]\naws_access_key_id=AKIAGIVEN\naws_secret_access_key=" + SECRET + " mine")),
            Arguments.of("a code without its device", plain("--token-code", CODE).as("AKIAGIVEN", SECRET, null)),
            Arguments.of("a code without a role",
                    plain("--token-code", CODE, "--serial-number", "arn:aws:iam::1:mfa/me")
                            .as("AKIAGIVEN", SECRET, null)),
            Arguments.of("a policy that is no JSON", plain("--policy", POLICY + "}").as("AKIAGIVEN", SECRET, null)),
            Arguments.of("a policy in a file that is no JSON", plain("--policy", "file://"
                    + Launch.write(folder.resolve("policy"), POLICY.substring(9))).as("AKIAGIVEN", SECRET, null)),
            Arguments.of("a policy that is too long", plain("--policy", POLICY + " ".repeat(2048))
                    .as("AKIAGIVEN", SECRET, null)),
            Arguments.of("a policy for a session", plain("--policy", POLICY).as("ASIAGIVEN", SECRET, TOKEN)));
    }

    @DisplayName("No secret shows in the error when something else is wrong, either")
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void mistakes(String title, Launch.Command command) {
        Launch launch = command.here();
        launch.fails(launch.status() == Launch.USAGE ? Launch.USAGE : Launch.CONFIGURATION);
        assertHidden(launch);
    }

    // ---- Where the credentials come from

    private static final String ROLE = "arn:aws:iam::123456789012:role/Admin";
    private static final String PROVIDER = "arn:aws:iam::123456789012:saml-provider/P";
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    /** Each source of credentials with all its secrets, and the paths to which it or what follows sends them. */
    enum Source {
        SSO("/federation/credentials", "/federation", "/"),
        SSO_WITHOUT_SESSION("/federation/credentials"),
        SSO_REFRESHED("/token", "/federation/credentials"),
        LOGIN("/federation", "/"),
        LOGIN_REFRESHED("/v1/token", "/federation"),
        WEB_IDENTITY("/", "/federation"),
        WEB_IDENTITY_OF_PROFILE("/"),
        SAML("/", "/federation"),
        CONTAINER("/container", "/federation", "/"),
        CONTAINER_WITH_FILE("/container"),
        INSTANCE("/latest/api/token", ROLES, ROLES + "Role", "/federation", "/"),
        PROCESS("/federation", "/"),
        PROCESS_AND_ROLE("/", "/federation"),
        CODE_GIVEN("/", "/federation"),
        CODE_TYPED("/", "/federation");

        final List<String> paths;

        Source(String... paths) {
            this.paths = List.of(paths);
        }

        boolean is(String... kinds) {
            return Stream.of(kinds).anyMatch(name()::startsWith);
        }

        boolean isRefreshed() {
            return name().endsWith("_REFRESHED");
        }

        boolean assumesRole() {
            return is("WEB", "SAML", "PROCESS_AND", "CODE");
        }

        Path home() {
            return folder.resolve("home of " + name());
        }

        Path cache() {
            return home().resolve(is("LOGIN") ? ".aws/login/cache/" + digest("SHA-256", "arn:aws:iam::1:user/me")
                    : ".aws/sso/cache/" + digest("SHA-1", this == SSO_WITHOUT_SESSION ? "https://start" : "corp"));
        }

        List<String> arguments() {
            return switch (this) {
                case SAML -> List.of("--role-arn", ROLE, "--principal-arn", PROVIDER,
                        "--saml-assertion", Launch.write(home().resolve("assertion"), ASSERTION).toString());
                case CODE_GIVEN -> List.of("--token-code", CODE);
                default -> List.of();
            };
        }

        /** Writes the files, and gives the variables. */
        Map<String, String> environment() {
            String uri = server.baseUrl();
            String token = Launch.write(home().resolve("token"), is("WEB") ? WEB_TOKEN : CONTAINER_TOKEN).toString();
            Launch.write(home().resolve(".aws/config"), "[default]\n" + settings());
            if (is("SSO", "LOGIN")) {
                Launch.write(cache(), is("SSO") ? ssoCache() : loginCache());
            }
            Map<String, String> environment = new TreeMap<>(Map.of("HOME", home().toString(), "AWS_ENDPOINT_URL", uri,
                    "AWS_ENDPOINT_URL_SIGNIN", uri, "AWS_EC2_METADATA_DISABLED", Boolean.toString(this != INSTANCE),
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT", uri));
            if (this == WEB_IDENTITY) {
                environment.putAll(Map.of("AWS_ROLE_ARN", ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE", token));
            } else if (is("CONTAINER")) {
                environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri + "/container");
                environment.put(this == CONTAINER ? "AWS_CONTAINER_AUTHORIZATION_TOKEN"
                        : "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", this == CONTAINER ? CONTAINER_TOKEN : token);
            }
            return environment;
        }

        private String settings() {
            String process = "credential_process = cat '" + Launch.write(home().resolve("process.json"), GIVEN) + "'\n";
            String sso = "sso_account_id = 123456789012\nsso_role_name = Admin\n";
            String start = "sso_start_url = https://start\nsso_region = us-east-1\n";
            return switch (this) {
                case SSO, SSO_REFRESHED -> sso + "sso_session = corp\n[sso-session corp]\n" + start;
                case SSO_WITHOUT_SESSION -> sso + start;
                case LOGIN, LOGIN_REFRESHED -> "login_session = arn:aws:iam::1:user/me\n";
                case WEB_IDENTITY_OF_PROFILE -> "role_arn = " + ROLE + "\nweb_identity_token_file = ~/token\n";
                case PROCESS -> process;
                case PROCESS_AND_ROLE -> "role_arn = " + ROLE + "\nsource_profile = p\n[profile p]\n" + process;
                case CODE_GIVEN, CODE_TYPED -> "role_arn = " + ROLE + "\nsource_profile = p\nexternal_id = "
                        + EXTERNAL_ID + "\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile p]\n"
                        + "aws_access_key_id = AKIAGIVEN\naws_secret_access_key = " + SECRET + "\n";
                default -> "";
            };
        }

        private String end() {
            return isRefreshed() ? "2020-01-01T00:00:00Z" : "2099-12-31T23:59:59Z";
        }

        private String ssoCache() {
            return """
                    {"startUrl": "https://start", "accessToken": "%s", "expiresAt": "%s",
                    "clientId": "id", "clientSecret": "%s", "registrationExpiresAt": "2099-12-31T23:59:59Z",
                    "refreshToken": "%s"}"""
                    .formatted(SSO_ACCESS, end(), CLIENT_SECRET, SSO_REFRESH);
        }

        private String loginCache() {
            return """
                    {"accessToken": {"accessKeyId": "ASIAGIVEN", "secretAccessKey": "%s", "sessionToken": "%s",
                    "accountId": "123456789012", "expiresAt": "%s"}, "tokenType": "aws_sigv4", "clientId": "id",
                    "refreshToken": "%s", "dpopKey": "%s"}"""
                    .formatted(SECRET, TOKEN, end(), LOGIN_REFRESH,
                            LoopbackAws.LOGIN_DPOP_KEY.replace("\n", "\\n"));
        }

        private static String digest(String algorithm, String text) {
            try {
                byte[] digest = MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8));
                return HexFormat.of().formatHex(digest) + ".json";
            } catch (NoSuchAlgorithmException everyJdkHasIt) {
                throw new IllegalStateException(everyJdkHasIt);
            }
        }

        Launch.Command command(String... more) {
            Stream<String> all = Stream.concat(arguments().stream(), Stream.of(more));
            Launch.Command command = Launch.of(all.toArray(String[]::new)).now(NOW)
                    .code(this == CODE_TYPED ? CODE : null);
            environment().forEach(command::variable);
            return command;
        }

        /** What the command would do, for those who call it from Java. */
        ConsoleLogin.Plan plan(String... more) {
            Map<String, String> environment = environment();
            Stream<String> all = Stream.concat(arguments().stream(), Stream.of(more));
            var options = ConsoleLogin.Options.parse(all.toArray(String[]::new));
            return new ConsoleLogin.Plan(options, new ConsoleLogin.Outside() {
                @Override String variable(String name) { return environment.get(name); }
                @Override Instant now() { return NOW; }
                @Override String ask(String prompt) { return CODE; }
            });
        }
    }

    @DisplayName("Whatever gives the credentials, the sign-in token is in the URL and no secret in anything else")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void sources(Source source) {
        for (String output : List.of("--output=url", "--output=json")) {
            Launch launch = source.command("--debug", output).here().succeeds();
            String token = URLEncoder.encode(SIGNIN_TOKEN, UTF_8);
            assertEquals(2, launch.out().split(Pattern.quote("SigninToken=" + token), -1).length, launch.out());
            assertHidden(launch.out().replace(token, "") + launch.err());
        }
    }

    @DisplayName("Whatever gives the credentials, those that are asked for are on standard output, and no other secret")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void sourcesExported(Source source) {
        String secret = source.assumesRole() ? NEW_SECRET : SECRET;
        String token = source.assumesRole() ? NEW_TOKEN : TOKEN;
        for (String output : List.of("--output=env", "--output=process")) {
            Launch launch = source.command("--debug", output).here().succeeds();
            assertTrue(launch.out().contains(secret) && launch.out().contains(token), launch.out());
            assertHidden(launch.out().replace(secret, "").replace(token, "") + launch.err());
        }
    }

    @DisplayName("Whatever would give the credentials, a dry run shows no secret, sends nothing and writes nothing")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void sourcesOfDryRun(Source source) {
        for (String output : List.of("url", "json", "env", "process")) {
            Launch.Command command = source.command("--debug", "--dry-run", "--output", output);
            Map<String, String> before = contents(source.home());
            assertHidden(command.here().succeeds());
            assertEquals(before, contents(source.home()));
        }
        assertEquals(List.of(), server.getAllServeEvents());
    }

    @DisplayName("An external ID is no secret")
    @Test void externalId() {
        Launch launch = Source.CODE_TYPED.command("--dry-run").here().succeeds();
        assertTrue(launch.out().contains("ExternalId=" + EXTERNAL_ID), launch.out());
    }

    @DisplayName("Whatever gives the credentials, what holds a secret hides it when it is printed")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void sourcesAsText(Source source) {
        ConsoleLogin.Plan plan = source.plan();
        assertHidden(plan + "\n" + plan.chain + plan.options + plan.sts + plan.http);
        ConsoleLogin.Credentials session = plan.session();
        ConsoleLogin.Http.Exchange exchange = plan.askIdentity(session);
        assertHidden(session + "\n" + exchange + exchange.answer() + plan + plan.chain + plan.sts + plan.http
                + new ConsoleLogin.Federation(plan.http, server.baseUrl(), plan.partition));
    }

    @DisplayName("What reads the token cache hides what is in it when it is printed")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"SSO_REFRESHED", "LOGIN_REFRESHED"})
    void tokenCacheAsText(Source source) {
        ConsoleLogin.Plan plan = source.plan();
        String file = source.cache().toString();
        assertHidden(new ConsoleLogin.TokenCache("a test", "a hint", file, plan.outside).toString());
    }

    private static final List<String> ERRORS = List.of("{\"message\":\"ECHO\",\"error_description\":\"ECHO\"}",
            "<html><p>ECHO</p></html>", "ECHO");

    /** Nothing but the sign-in token in the URL, if it came to that. */
    private static void assertDiscreet(Launch launch) {
        assertHidden(launch.out().replace(URLEncoder.encode(SIGNIN_TOKEN, UTF_8), "") + launch.err());
        assertFalse(launch.err().contains("unexpected"), launch.err());
    }

    @DisplayName("Whatever gives the credentials, no answer makes a secret show that it repeats")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void sourcesEcho(Source source) {
        for (String path : source.paths) {
            List<String> bodies = path.equals("/") ? STS : ERRORS;
            for (int status : new int[] {200, 201, 302, 400, 401, 404, 500}) {
                answer(path, echo(status, bodies.get(0), "decoded"));
                assertDiscreet(source.command("--debug").here());
            }
            Set<String> forms = new TreeSet<>(FORMS.keySet());
            forms.remove("in Base64");
            for (String body : bodies) {
                for (String form : forms) {
                    answer(path, echo(403, body, form));
                    assertDiscreet(source.command().here());
                }
            }
            reset();
        }
    }

    @DisplayName("No answer makes a secret show that it repeats in Base64")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void sourcesEchoInBase64(Source source) {
        for (String path : source.paths) {
            for (String body : path.equals("/") ? STS : ERRORS) {
                answer(path, echo(403, body, "in Base64"));
                String text = source.command("--debug").here().err();
                StringBuilder decoded = new StringBuilder();
                for (String word : text.split("[^A-Za-z0-9+/]+")) {
                    for (int i = 0; i < 4 && i < word.length() - 8; i++) {
                        String quartets = word.substring(i, word.length() - (word.length() - i) % 4);
                        decoded.append(new String(Base64.getDecoder().decode(quartets), UTF_8)).append(' ');
                    }
                }
                String all = decoded.toString();
                assertFalse(all.contains("MARKER") || all.contains("TokenCode=" + CODE), path + ": " + text);
            }
            reset();
        }
    }

    @DisplayName("An answer that has what was asked for, but not the status 200, does not show")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"SSO_REFRESHED", "LOGIN_REFRESHED", "CONTAINER", "INSTANCE"})
    void otherSuccess(Source source) {
        for (String path : source.paths) {
            for (int status : new int[] {201, 203, 206}) {
                answer(path, aResponse().withStatus(status).withBody("{\"accessToken\":\"" + NEW_ACCESS
                        + "\",\"refreshToken\":\"" + NEW_REFRESH + "\"," + GIVEN.substring(1)));
                assertDiscreet(source.command("--debug").here());
            }
            reset();
        }
    }

    @DisplayName("What callers from Java catch is a Failure in which no secret is")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void exceptions(Source source) {
        for (String path : source.paths) {
            for (String body : path.equals("/") ? STS : ERRORS) {
                answer(path, echo(400, body, "decoded"));
                assertThrown(() -> {
                    ConsoleLogin.Plan plan = source.plan();
                    ConsoleLogin.Credentials session = plan.session();
                    new ConsoleLogin.Federation(plan.http, server.url("/federation"), plan.partition)
                            .getSigninToken(session, 0);
                    plan.sts.call(session, ConsoleLogin.Plan.IDENTITY, NOW);
                });
            }
            reset();
        }
    }

    private static void assertThrown(Runnable call) {
        ConsoleLogin.Failure failure = assertThrows(ConsoleLogin.Failure.class, call::run);
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertHidden(trace + failure.hint + failure.code + failure.requestId);
    }

    @DisplayName("A role of the instance that is called like its token is not shown")
    @Test void tokenAsRole() {
        answer(ROLES, aResponse().withBody(IMDS_TOKEN));
        answer(ROLES + URLEncoder.encode(IMDS_TOKEN, UTF_8), aResponse().withStatus(404));
        assertDiscreet(Source.INSTANCE.command("--debug").here());
    }

    @DisplayName("A connection that breaks while the answer comes makes no secret show")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void brokenAnswers(Source source) {
        for (String path : source.paths) {
            for (Fault fault : Fault.values()) {
                answer(path, aResponse().withFault(fault));
                assertDiscreet(source.command("--debug").here());
            }
            reset();
        }
    }

    // ---- What cannot be used

    @DisplayName("No token that cannot be sent shows in the error")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"\\r\\nx-injected: 1", "\\n", "\\u0000", " \\u00e9", "\\ud800", "\\t\\t"})
    void tokensOfNoHeader(String escape) {
        for (String member : List.of("accessToken", "clientSecret", "refreshToken", "clientId")) {
            for (Source source : List.of(Source.SSO, Source.SSO_REFRESHED, Source.LOGIN_REFRESHED)) {
                assertDiscreet(changed(source, "(\"" + member + "\": *\")",
                        "$1MARKER" + escape.replace("\\", "\\\\") + "MARKER"));
            }
        }
        answer("/token", okJson("{\"expiresIn\":9,\"accessToken\":\"" + NEW_ACCESS + escape + NEW_ACCESS + "\"}"));
        assertDiscreet(Source.SSO_REFRESHED.command("--debug").here());
        String text = (String) ConsoleLogin.Json.parse("\"" + NEW_ACCESS + escape + NEW_ACCESS + "\"");
        assertDiscreet(Source.CONTAINER.command().variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", text).here());
        answer("/latest/api/token", aResponse().withBody(text));
        assertDiscreet(Source.INSTANCE.command("--debug").here());
        for (Source source : List.of(Source.CONTAINER_WITH_FILE, Source.WEB_IDENTITY)) {
            Launch.Command command = source.command();
            Launch.write(source.home().resolve("token"), text.replace('\ud800', '?'));
            assertDiscreet(command.here());
        }
    }

    /** A run with a change in the cache file. */
    private static Launch changed(Source source, String pattern, String replacement) {
        Launch.Command command = source.command("--debug");
        try {
            Launch.write(source.cache(), Files.readString(source.cache()).replaceAll(pattern, replacement));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return command.here();
    }

    @DisplayName("No malformed token cache is quoted")
    @ParameterizedTest(name = "{1} instead of {0}")
    @CsvSource(delimiterString = "=>", textBlock = """
            (?s)^.*$                                 => MARKER
            (?s)^.*$                                 => "MARKER"
            (?s)^.*$                                 => ["MARKER"]
            (?s)^.*$                                 => {"MARKER": MARKER}
            (?s)^.*$                                 => {"MARKER": 1, "MARKER": 1}
            (?s)[^"]{9}"}$                           => ''
            (?s)"}$                                  => '",}'
            (?s)"}$                                  => "}MARKER
            MARKER                                   => MARKER\\u0022
            MARKER                                   => \\\\MARKER
            "accessToken": ("[^"]*"|(?s:\\{.*?\\})) => "accessToken": 1e9
            "accessToken": ("[^"]*"|(?s:\\{.*?\\})) => "accessToken": ["MARKER"]
            "accessToken": ("[^"]*"|(?s:\\{.*?\\})) => "accessToken": {"MARKER": "MARKER"}
            "accessToken": ("[^"]*"|(?s:\\{.*?\\})) => "accessToken": "MARKER MARKER"
            "secretAccessKey": "                     => "secretAccessKey": "MARKER MARKER
            "sessionToken": "                        => "sessionToken": "MARKER MARKER
            "expiresAt": "[^"]*"                     => "expiresAt": "MARKER"
            "expiresAt": "[^"]*"                     => "expiresAt": ["MARKER"]
            "registrationExpiresAt": "[^"]*"         => "registrationExpiresAt": "MARKER"
            "refreshToken": "[^"]*"                  => "refreshToken": ["MARKER"]
            "clientSecret": "[^"]*"                  => "clientSecret": {"MARKER": "MARKER"}
            "clientId": "[^"]*"                      => "clientId": ["MARKER"]
            "dpopKey": "[^"]*"                       => "dpopKey": "MARKER"
            "dpopKey": "[^"]*"                       => "dpopKey": ["MARKER"]
            """)
    void malformedCaches(String pattern, String replacement) {
        for (Source source : List.of(Source.SSO, Source.SSO_REFRESHED, Source.LOGIN, Source.LOGIN_REFRESHED)) {
            assertDiscreet(changed(source, pattern, replacement == null ? "" : replacement));
        }
    }

    @DisplayName("No malformed config file is quoted")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"MARKER", "[profile dev\nMARKER", "[profile dev] MARKER", "[profile MARKER\n", "[MARKER",
        "[profile dev]\nMARKER", "[profile dev]\n= MARKER", "[profile dev]\n[MARKER\nMARKER",
        "[profile dev]\naws_access_key_id\naws_secret_access_key = MARKER", "[profile dev]\ns3 =\n  MARKER\nMARKER",
        "[profile dev]\naws_access_key_id = AKIAGIVEN\naws_secret_access_key =\n  MARKER\n  MARKER",
        "[profile dev]\naws_access_key_id = AKIAGIVEN\n  aws_secret_access_key = MARKER"})
    void malformedConfig(String text) {
        Launch launch = file("malformed", "AWS_CONFIG_FILE", text).here();
        launch.fails(Launch.CONFIGURATION);
        assertHidden(launch);
    }

    @DisplayName("A secret that its indentation makes a part of the setting above does not show")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            region                        | us-east-1
            source_profile                | base
            credential_source             | Environment
            endpoint_url                  | https://example.com
            services                      | base
            ca_bundle                     | /bundle
            role_arn                      | arn:aws:iam::123456789012:role/Admin
            mfa_serial                    | arn:aws:iam::123456789012:mfa/me
            external_id                   | tenant
            role_session_name             | me
            sso_session                   | base
            sso_region                    | us-east-1
            login_session                 | arn:aws:iam::123456789012:user/me
            web_identity_token_file       | /token
            ec2_metadata_service_endpoint | http://169.254.169.254
            """)
    void indentedSecret(String setting, String value) {
        String other = setting.startsWith("sso")
                ? "sso_account_id = 123456789012\nsso_role_name = Admin\nsso_start_url = https://start\n"
                : "role_arn = " + ROLE + "\nsource_profile = base\n";
        String key = "aws_access_key_id = AKIAGIVEN\n  aws_secret_access_key = " + SECRET + "\n";
        String text = "[profile base]\n" + key.replace("  ", "") + "[profile dev]\n"
                + other.replaceAll("(?m)^" + setting + " = .*\n", "") + setting + " = " + value + "\n  " + key;
        assertDiscreet(file("indented", "AWS_CONFIG_FILE", text).here());
        assertDiscreet(file("indented", "AWS_CONFIG_FILE", text).as(null, null, null).here());
        assertHidden(Launch.of("--debug", "--dry-run", "--profile=dev").home(folder)
                .variable("AWS_CONFIG_FILE", folder.resolve("indented").toString()).here());
    }

    @DisplayName("A secret that is given instead of the file that has it does not show")
    @ParameterizedTest(name = "{0}")
    @CsvSource({"SAML, --saml-assertion", "WEB_IDENTITY, AWS_WEB_IDENTITY_TOKEN_FILE",
        "CONTAINER, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"})
    void secretInsteadOfFile(Source source, String name) {
        String secret = source == Source.SAML ? ASSERTION : source == Source.CONTAINER ? CONTAINER_TOKEN : WEB_TOKEN;
        for (String text : List.of(secret, secret.repeat(100))) {
            assertDiscreet(source == Source.SAML ? source.command(name, text).here()
                    : source.command().variable(name, text).here());
        }
    }

    @DisplayName("Nothing that a credential_process prints shows, whatever is wrong with it")
    @ParameterizedTest(name = "{1} instead of {0}")
    @CsvSource(delimiter = '|', textBlock = """
            ^.*$                 | MARKER
            ^.*$                 | "MARKER"
            ^.*$                 | ["MARKER"]
            "Version":1          | "Version":2
            "Version":1          | "Version":"MARKER"
            "AccessKeyId"        | "accesskeyid"
            "SecretAccessKey":"  | "SecretAccessKey":"MARKER MARKER
            "SecretAccessKey":"  | "Secret":"MARKER","SecretAccessKey":["MARKER"],"Other":"
            "SessionToken":"     | "SessionToken":["MARKER"],"Other":"
            "SessionToken":"     | "SessionToken":"MARKER MARKER
            }$                   | ,"Expiration":"MARKER"}
            }$                   | ,"Expiration":["MARKER"]}
            }$                   | ,"Expiration":"2020-01-01T00:00:00Z"}
            }$                   | ''
            $                    | MARKER
            $                    | ; exit 7
            """)
    void processes(String pattern, String replacement) {
        String printed = GIVEN.replaceAll(pattern, replacement.startsWith(";") ? "" : replacement);
        String process = "[profile dev]\ncredential_process = echo '" + printed + "'"
                + (replacement.startsWith(";") ? replacement : "") + "\n";
        for (String output : List.of("url", "process")) {
            Launch launch = Launch.of("--profile=dev", "--debug", "--output", output).at(server.baseUrl()).now(NOW)
                    .variable("AWS_CONFIG_FILE", Launch.write(folder.resolve("process"), process).toString()).here();
            assertEquals(Launch.CONFIGURATION, launch.status(), launch.err());
            assertHidden(launch);
        }
    }

    @DisplayName("No code that is not one shows")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {CODE + "0", CODE + CODE, "x" + CODE, "MARKER"})
    void codes(String code) {
        for (Source source : List.of(Source.CODE_TYPED, Source.CODE_GIVEN)) {
            Launch launch = source == Source.CODE_TYPED ? source.command().code(code).here()
                    : source.command("--token-code", code).here();
            launch.fails(source == Source.CODE_TYPED ? Launch.CONFIGURATION : Launch.USAGE);
            assertHidden(launch);
        }
    }

    // ---- Files

    @DisplayName("No file is written, neither where it works nor where it fails")
    @Test void files() {
        Path home = folder.resolve("home");
        Launch.write(home.resolve(".aws/config"), "[default]\nregion = us-east-1\n");
        Path work = Launch.write(folder.resolve("work/file"), "text").getParent();
        Map<String, String> before = contents(folder);
        Launch launch = command("--debug").home(home).file(Launch.FILE, work).alone().succeeds();
        assertHidden(launch.out().replace(URLEncoder.encode(SIGNIN_TOKEN, UTF_8), "") + launch.err());
        assertEquals(before, contents(folder));
        sts(echo(403, STS.get(0), "decoded"));
        refused(command("--debug").home(home).file(Launch.FILE, work).alone());
        assertEquals(before, contents(folder));
    }

    @DisplayName("Only the cache of a token that was refreshed is written, and nothing else in the home folder")
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void homes(Source source) throws IOException {
        Launch.Command command = source.command("--debug");
        if (source.isRefreshed()) {
            Files.setPosixFilePermissions(source.cache(), PosixFilePermissions.fromString("rw-r-----"));
        }
        Map<String, String> before = contents(source.home());
        command.here().succeeds();
        Map<String, String> after = contents(source.home());
        assertEquals(before.keySet(), after.keySet());
        after.entrySet().removeAll(before.entrySet());
        assertEquals(source.isRefreshed() ? Set.of(source.cache().toString()) : Set.of(), after.keySet());
        if (source.isRefreshed()) {
            assertTrue(after.toString().contains(NEW_REFRESH), after.toString());
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(source.cache())));
        }
    }

    @DisplayName("A process of its own leaves nothing behind in the home folder, either")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"SSO_REFRESHED", "LOGIN_REFRESHED"})
    void homesOfProcesses(Source source) {
        Launch.Command command = source.command("--debug");
        Map<String, String> before = contents(source.home());
        assertDiscreet(command.alone().succeeds());
        Map<String, String> after = contents(source.home());
        assertEquals(before.keySet(), after.keySet());
        after.entrySet().removeAll(before.entrySet());
        assertEquals(Set.of(source.cache().toString()), after.keySet());
    }

    private static final Map<String, ResponseDefinitionBuilder> REFUSALS = Map.ofEntries(
            Map.entry("400", aResponse().withStatus(400).withBody("{}")),
            Map.entry("500", aResponse().withStatus(500)),
            Map.entry("302", aResponse().withStatus(302).withHeader("Location", "/elsewhere")),
            Map.entry("HTML", aResponse().withBody("<html></html>")),
            Map.entry("nothing", aResponse()),
            Map.entry("half of it", okJson("{\"accessToken\":\"" + NEW_ACCESS)),
            Map.entry("no member", okJson("{}")),
            Map.entry("no object", okJson("[]")),
            Map.entry("no token", okJson("{\"expiresIn\":3600}")),
            Map.entry("a number as token", okJson("{\"expiresIn\":3600,\"accessToken\":5}")),
            Map.entry("a list as token", okJson("{\"expiresIn\":3600,\"accessToken\":[]}")),
            Map.entry("an empty object as token", okJson("{\"expiresIn\":3600,\"accessToken\":{}}")),
            Map.entry("2 MiB", aResponse().withBody(" ".repeat(1 << 21))),
            Map.entry("a closed connection", aResponse().withFault(Fault.EMPTY_RESPONSE)),
            Map.entry("a bad chunk", aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)),
            Map.entry("no HTTP", aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE)),
            Map.entry("a reset", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));

    static Stream<Arguments> refusedRefresh() {
        return REFUSALS.keySet().stream().sorted().flatMap(answer ->
                Stream.of(Arguments.of(Source.SSO_REFRESHED, answer), Arguments.of(Source.LOGIN_REFRESHED, answer)));
    }

    @DisplayName("A refresh that gives no token fails, and leaves the home folder as it was")
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource
    void refusedRefresh(Source source, String answer) {
        Launch.Command command = source.command("--debug");
        Map<String, String> before = contents(source.home());
        answer(source.paths.get(0), REFUSALS.get(answer));
        Launch launch = command.here();
        assertDiscreet(launch);
        assertFalse(launch.status() == 0, launch.err());
        assertEquals(before, contents(source.home()));
    }

    /** The texts of all files below the folder, and the folders. */
    private static Map<String, String> contents(Path folder) {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                contents.put(path.toString(), Files.isDirectory(path) ? "" : Files.readString(path));
            }
            return contents;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
