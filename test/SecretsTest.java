import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    private static final String[] MFA = {"--role-arn", "arn:aws:iam::123456789012:role/Admin",
        "--serial-number", "arn:aws:iam::123456789012:mfa/me", "--token-code", CODE, "--policy", POLICY};

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
        assertFalse(text.toUpperCase().contains("MARKER") || text.contains(CODE), text);
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
        assertHidden(new ConsoleLogin.Login("https://" + SIGNIN_TOKEN, NOW, NOW, credentials, "aws", "us-east-1", "/")
                .toString());
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
            "encoded again", (sent, text) -> URLEncoder.encode(sent, UTF_8));

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
                    "[dev]\naws_access_key_id=AKIAGIVEN\naws_secret_access_key=" + SECRET + " is mine")),
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
