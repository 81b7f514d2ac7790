import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okForContentType;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okXml;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("What AWS or the network refuses is said in two lines")
class RefusalTest {
    private static final LoopbackAws.Key ADMIN = LoopbackAws.ADMIN;
    private static final String ROLE = "arn:aws:iam::123456789012:role/";
    private static final String SESSION = "<GetFederationTokenResponse><GetFederationTokenResult><Credentials>"
            + "<AccessKeyId>ASIALOOPBACK00000001</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
            + "<SessionToken>token</SessionToken><Expiration>2099-12-31T23:59:59Z</Expiration>"
            + "</Credentials></GetFederationTokenResult></GetFederationTokenResponse>";

    private static WireMockServer server;
    private static LoopbackAws aws;

    @BeforeAll static void start() throws IOException {
        aws = LoopbackAws.start();
        server = new WireMockServer(options().dynamicPort());
        server.start();
    }

    @AfterAll static void stop() {
        server.stop();
        aws.close();
    }

    /** STS and the sign-in endpoint answer well until a test says otherwise. */
    @BeforeEach void reset() {
        server.resetAll();
        sts(okXml(SESSION));
        signin(okJson("{\"SigninToken\":\"token\"}"));
    }

    private static void sts(ResponseDefinitionBuilder answer) {
        server.stubFor(any(urlPathEqualTo("/")).willReturn(answer));
    }

    private static void signin(ResponseDefinitionBuilder answer) {
        server.stubFor(any(urlPathEqualTo("/federation")).willReturn(answer));
    }

    private static Launch.Command command(String... arguments) {
        return Launch.of(arguments).at(server.baseUrl()).as(ADMIN);
    }

    private static String host() {
        return "localhost:" + server.port();
    }

    /** Either AWS answered with an error, or something else did. */
    private static void refused(Launch launch, String... mentioned) {
        launch.fails(launch.status() == Launch.SERVICE ? Launch.SERVICE : Launch.OTHER, mentioned);
    }

    /** The error names the host, and nothing at these other addresses was asked. */
    private static void refusedBy(String host, String others, String... mentioned) {
        Launch launch = command().here();
        refused(launch, mentioned);
        refused(launch, host);
        server.verify(0, anyRequestedFor(urlMatching(others)));
    }

    // ---- AWS says no

    @DisplayName("AWS's code, message and request ID are shown, with a hint that helps")
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # access key | arguments | code | in the message | in the hint
        ADMIN, wrong secret | | SignatureDoesNotMatch | does not match the signature | secret access key
        AKIALOOPBACKNOBODY01 | | InvalidClientTokenId | security token included in the request is invalid | --region
        EXPIRED_SESSION | --role-arn ROLE/Admin | ExpiredToken | is expired | get new ones
        NO_FEDERATION | | AccessDenied | user/nofed is not authorized to perform: sts:GetFederationToken | --role-arn
        ADMIN | --role-arn ROLE/Nobody | AccessDenied | sts:AssumeRole on resource: ROLE/Nobody | trust policy
        FEDERATED_SESSION | --role-arn ROLE/Admin | AccessDenied | sts:AssumeRole on resource | trust policy
        ADMIN | --role-arn ROLE/WithMfa --serial-number arn:aws:iam::123456789012:mfa/admin --token-code 654321 \
            | AccessDenied | MultiFactorAuthentication failed | --token-code
        ADMIN | --role-arn ROLE/WithMfa | AccessDenied | MultiFactorAuthentication failed | --token-code
        ADMIN | --role-arn ROLE/OneHour --duration-seconds 2h --output env | ValidationError \
            | DurationSeconds exceeds the MaxSessionDuration | --duration-seconds
        """)
    void refusals(String key, String arguments, String code, String message, String hint) {
        Launch.Command command = Launch.of(arguments == null ? new String[0] : roles(arguments).split(" ")).at(aws);
        switch (key) {
            case "ADMIN, wrong secret" -> command.as(ADMIN.accessKeyId(), "not+the/secret", null);
            case "ADMIN" -> command.as(ADMIN);
            case "NO_FEDERATION" -> command.as(LoopbackAws.NO_FEDERATION);
            case "EXPIRED_SESSION" -> command.as(LoopbackAws.EXPIRED_SESSION);
            case "FEDERATED_SESSION" -> command.as(LoopbackAws.FEDERATED_SESSION);
            default -> command.as(key, "secret", null);
        }
        Launch launch = command.here();
        launch.fails(Launch.SERVICE, code, roles(message));
        List<String> lines = launch.err().lines().toList();
        assertTrue(lines.get(0).matches(".*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}.*"), launch.err());
        assertTrue(lines.get(1).contains(hint), launch.err());
    }

    private static String roles(String text) {
        return text.replace("ROLE/", ROLE);
    }

    @DisplayName("A clock that is wrong is hinted at")
    @ParameterizedTest(name = "by {0} minutes")
    @ValueSource(ints = {-10, 10})
    void clockSkew(int minutes) {
        aws.setClock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes)));
        try {
            Launch.of().at(aws).as(ADMIN).here().fails(Launch.SERVICE, "SignatureDoesNotMatch", "clock");
        } finally {
            aws.setClock(Clock.systemUTC());
        }
    }

    @DisplayName("A refusal of the sign-in endpoint is shown with its text, and without its markup")
    @Test void federationRefuses() {
        // That of STS would be shown instead, but it answers nothing.
        Launch expired = Launch.of().at(aws).as(LoopbackAws.EXPIRED_SESSION)
                .variable("AWS_ENDPOINT_URL_STS", Launch.nobody()).here();
        expired.fails(Launch.SERVICE, aws.uri().getAuthority(), "400", "The Session is not a valid one.", "expired");
        assertFalse(expired.err().matches("(?s).*[<>{}].*"), expired.err());
    }

    @DisplayName("Where STS refuses a session as well, its reason is shown: it is the better one")
    @Test void stsKnowsBetter() {
        Launch.of().at(aws).as(LoopbackAws.EXPIRED_SESSION).here().fails(Launch.SERVICE,
                "STS refused GetCallerIdentity", "ExpiredToken", "is expired", "get new ones");
        Launch.of().at(aws).as("ASIALOOPBACKNOBODY01", "secret", "token").here().fails(Launch.SERVICE,
                "STS refused GetCallerIdentity", "InvalidClientTokenId", "--region");
    }

    @DisplayName("Where STS does not say whose session it is, that is no error")
    @Test void identityUnknown() {
        String nobody = Launch.nobody();
        for (ResponseDefinitionBuilder answer : List.of(aResponse().withStatus(500), okJson("{}"), okXml("<a/>"),
                okXml("<a><Arn>x</Arn></a>"),
                aResponse().withStatus(403).withBody(error("AccessDenied", "No.", "id")))) {
            sts(answer);
            Launch launch = Launch.of().at(server.baseUrl()).as("ASIAGIVEN", "secret", "token").here();
            launch.url();
            assertTrue(launch.err().contains("the credentials of the environment"), launch.err());
        }
        Launch.of().at(server.baseUrl()).variable("AWS_ENDPOINT_URL_STS", nobody).as("ASIAGIVEN", "secret", "token")
                .here().url();
    }

    @DisplayName("A session of GetSessionToken is refused before the browser would refuse it, with the way out")
    @Test void userSession() {
        Launch launch = Launch.of().at(aws).as(LoopbackAws.SESSION_TOKEN).here();
        launch.fails(Launch.CONFIGURATION, "the environment", "arn:aws:iam::123456789012:user/admin", "GetSessionToken",
                "--role-arn");
        sts(okXml("<a><Arn>arn:aws:iam::123456789012:root</Arn></a>"));
        Launch.of().at(server.baseUrl()).as("ASIAGIVEN", "secret", "token").here()
                .fails(Launch.CONFIGURATION, "arn:aws:iam::123456789012:root", "GetSessionToken");
        Launch.of("--role-arn", ROLE + "Admin").at(aws).as(LoopbackAws.SESSION_TOKEN).here().url();
    }

    private static String error(String code, String message, String requestId) {
        return ("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                + "<Code>%s</Code><Message>%s</Message></Error>%s</ErrorResponse>").formatted(code, message,
                requestId.isEmpty() ? "" : "<RequestId>" + requestId + "</RequestId>");
    }

    @DisplayName("What AWS says is shown as it is, but on one line, not without end, and not to the terminal")
    @Test void hostileMessages() {
        sts(aResponse().withStatus(400).withBody(error("MalformedPolicyDocument", "Syntax errors in policy.",
                "c6104cbe-af31-11e0-8154-cbc7ccf896c7")));
        command("--policy", "{\"Statement\":[]}").here().fails(Launch.SERVICE, "GetFederationToken",
                "MalformedPolicyDocument", "Syntax errors in policy.", "c6104cbe-af31-11e0-8154-cbc7ccf896c7");

        String message = "one&#13;&#10;two &#x9b;31m&#x202e;three";
        sts(aResponse().withStatus(403).withBody(error("A&#10;B", message, "x&#10;y")));
        command().here().fails(Launch.SERVICE, "A B", "one two 31m three", "x y");
        signin(aResponse().withStatus(400).withBody("one\u001b[2J\r\n\ttwo\u202e"));
        sts(okXml(SESSION));
        command().here().fails(Launch.SERVICE, "one [2J two");

        sts(aResponse().withStatus(403).withBody(error("Long", "m".repeat(100_000), "id")));
        Launch launch = command().here();
        launch.fails(Launch.SERVICE, "Long");
        assertTrue(launch.err().length() < 3_200, "length " + launch.err().length());
    }

    @DisplayName("An answer without request ID or message is an error like others")
    @Test void incompleteErrors() {
        sts(aResponse().withStatus(400).withBody(error("Throttling", "Rate exceeded", "")));
        command().here().fails(Launch.SERVICE, "Throttling", "Rate exceeded");
        sts(aResponse().withStatus(503).withBody("<ErrorResponse/>"));
        command().here().fails(Launch.SERVICE, "503");
    }

    // ---- A hostile network

    private static Arguments row(String title, ResponseDefinitionBuilder answer, String... mentioned) {
        return Arguments.of(title, answer, mentioned);
    }

    private static final String HTML =
            "<!DOCTYPE html><html><head><style>b{}</style></head><body>Blocked<br></body></html>";

    /** What neither endpoint may answer. */
    static Stream<Arguments> answers() {
        return Stream.concat(
            IntStream.of(301, 302, 303, 307, 308).mapToObj(status -> row("redirect with " + status,
                    aResponse().withStatus(status).withHeader("Location", server.url("/elsewhere")), "" + status)),
            Stream.of(
                row("empty answer", aResponse().withStatus(200)),
                row("no content", aResponse().withStatus(204)),
                row("HTML instead of what was asked for", okForContentType("text/html", HTML)),
                row("HTML with an error", aResponse().withStatus(503).withHeader("Content-Type", "text/html")
                        .withBody(HTML), "503"),
                row("more than 1 MiB", okXml("<a>" + "x".repeat(1 << 20) + "</a>"), "1 MiB"),
                row("more than 1 MiB with an error",
                        aResponse().withStatus(400).withBody(" ".repeat(1 << 20) + "x"), "1 MiB"),
                row("connection reset", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)),
                row("connection closed", aResponse().withFault(Fault.EMPTY_RESPONSE)),
                row("garbage after the head", aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK)),
                row("garbage", aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE)),
                row("binary", aResponse().withStatus(200).withBody(new byte[] {0, 27, -1, -2, '\n', '<', '{'}))));
    }

    @DisplayName("What is no answer of STS is an error, and nobody else is asked")
    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void sts(String title, ResponseDefinitionBuilder answer, String... mentioned) {
        sts(answer);
        refusedBy(host(), "/.+", mentioned);
    }

    @DisplayName("What is no answer of the sign-in endpoint is an error, and nobody else is asked")
    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void signin(String title, ResponseDefinitionBuilder answer, String... mentioned) {
        signin(answer);
        refusedBy(host(), "/elsewhere.*", mentioned);
    }

    static final List<String> SESSIONS = List.of(
            SESSION.replaceAll("<AccessKeyId>.*</AccessKeyId>", ""),
            SESSION.replaceAll("<SecretAccessKey>.*</SecretAccessKey>", ""),
            SESSION.replaceAll("<SessionToken>.*</SessionToken>", ""),
            SESSION.replace("<SessionToken>token", "<SessionToken>"),
            SESSION.replace("<SecretAccessKey>secret", "<SecretAccessKey>two words"),
            SESSION.replace("2099-12-31T23:59:59Z", "soon"),
            SESSION.replace("</Credentials>", "</Credentials><SecretAccessKey>other</SecretAccessKey>"),
            SESSION.replace("</GetFederationTokenResponse>", ""),
            SESSION + SESSION,
            "<!DOCTYPE a [<!ENTITY e \"secret\">]>" + SESSION.replace("secret", "&e;"),
            "<!DOCTYPE a [<!ENTITY e SYSTEM \"SERVER/elsewhere\">]>" + SESSION.replace("secret", "&e;"),
            "<!DOCTYPE a SYSTEM \"SERVER/elsewhere\">" + SESSION,
            "<a>".repeat(100_000) + "</a>".repeat(100_000),
            "<GetFederationTokenResponse/>",
            error("Code", "Message", "id"),
            "{\"SigninToken\":\"token\"}");

    @DisplayName("A session that is none is an error of the answer, not of the user's configuration")
    @ParameterizedTest(name = "{index}")
    @FieldSource("SESSIONS")
    void sessions(String xml) {
        sts(okXml(xml.replace("SERVER", server.baseUrl())));
        command().here().fails(Launch.OTHER);
        server.verify(0, anyRequestedFor(urlMatching("/.+")));
    }

    @DisplayName("A sign-in token that is none is an error")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"{}", "[]", "null", "{\"SigninToken\":null}", "{\"SigninToken\":1}",
        "{\"SigninToken\":\"\"}", "{\"signintoken\":\"token\"}", "{\"SigninToken\":\"token\"",
        "{\"SigninToken\":\"token\"} {}", "\"token\"", "{\"SigninToken\":\"a\",\"SigninToken\":\"b\"}"})
    void signinTokens(String json) {
        signin(okJson(json));
        command().here().fails(Launch.OTHER, host());
    }

    @DisplayName("JSON that is nested without end is an error")
    @Test void deepJson() {
        signin(okJson("[".repeat(100_000)));
        command().here().fails(Launch.OTHER);
    }

    @DisplayName("Where nothing listens, where no TLS is spoken, and where nobody answers, the host is named")
    @Test void noConnection() {
        String nobody = Launch.nobody(), host = nobody.substring("http://".length());
        command().variable("AWS_ENDPOINT_URL_STS", nobody).here().fails(Launch.OTHER, host);
        command().variable("AWS_ENDPOINT_URL_SIGNIN", nobody).here().fails(Launch.OTHER, host);
        String https = server.baseUrl().replace("http:", "https:");
        command().variable("AWS_ENDPOINT_URL_STS", https).here().fails(Launch.OTHER, host());
    }

    @DisplayName("--debug shows the request that failed, before the error")
    @Test void debug() {
        String nobody = Launch.nobody(), host = nobody.substring("http://".length());
        Launch launch = command("--debug").variable("AWS_ENDPOINT_URL_SIGNIN", nobody).here();
        List<String> lines = launch.err().lines().toList();
        assertEquals(6, lines.size(), launch.err());
        assertTrue(lines.get(2).matches("console-login: debug: getSigninToken: POST " + host + "\\b.*"), launch.err());
        assertTrue(lines.get(3).contains("debug: STS GetCallerIdentity: POST "), "of whom the session is");
    }

    @DisplayName("The session goes into a URL only where POST gets a 4xx; otherwise the first answer counts")
    @ParameterizedTest(name = "{0}")
    @CsvSource({"400, 1", "401, 1", "403, 1", "404, 1", "405, 1", "407, 1", "429, 1",
        "302, 0", "500, 0", "503, 0"})
    void postAndGet(int status, int gets) {
        server.stubFor(post("/federation").willReturn(aResponse().withStatus(status).withBody("first")));
        Launch launch = command().here();
        if (gets == 0) {
            launch.fails(Launch.SERVICE, status + ": first");
        } else {
            launch.url();
        }
        server.verify(gets, getRequestedFor(urlPathEqualTo("/federation")));
    }

    @DisplayName("A message cannot fill the terminal, whatever line ends are in it")
    @Test void longMessages() {
        for (String end : List.of("\u2028", "\u2029", "\u0085", "&#10;", "\u00a0")) {
            sts(aResponse().withStatus(403).withBody(error("Code", end + "A".repeat(500_000), "id")));
            Launch launch = command().here();
            launch.fails(Launch.SERVICE, "Code: AAA");
            assertTrue(launch.err().length() < 3_200, "length " + launch.err().length());
        }
    }

    @DisplayName("A token of a megabyte and a page of a megabyte do not multiply")
    @Test void hugeEcho() {
        sts(okXml(SESSION.replace("token", "abcdef/".repeat(100_000))));
        signin(aResponse().withStatus(500).withBody("abcdeg/".repeat(140_000)));
        command().here().fails(Launch.SERVICE, "500");
    }

    @DisplayName("A page instead of an answer is called one, and its content type is not repeated")
    @Test void contentTypes() {
        signin(okForContentType("text/html; a=MARKER", "{}"));
        Launch launch = command().here();
        launch.fails(Launch.OTHER, host(), "HTML");
        assertFalse(launch.err().contains("MARKER"), launch.err());
    }

    // ---- Time

    @DisplayName("An answer that does not come, or not in whole, is given up")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"late", "dribbled"})
    void slow(String how) {
        String[] impatient = {"--connect-timeout", "1", "--read-timeout", "1"};
        sts(slowly(okXml(SESSION), how));
        command(impatient).here().fails(Launch.OTHER, "--read-timeout");
        sts(okXml(SESSION));
        signin(slowly(okJson("{\"SigninToken\":\"token\"}"), how));
        command(impatient).here().fails(Launch.OTHER, "--read-timeout");
    }

    private static ResponseDefinitionBuilder slowly(ResponseDefinitionBuilder answer, String how) {
        return how.equals("late") ? answer.withFixedDelay(20_000) : answer.withChunkedDribbleDelay(10, 20_000);
    }

    @DisplayName("The connect timeout does not prolong the read timeout")
    @Test void readTimeout() {
        sts(okXml(SESSION).withFixedDelay(3_000));
        command("--read-timeout", "1").here().fails(Launch.OTHER, "--read-timeout");
    }

    // ---- In a process of its own

    @DisplayName("The process ends with the same two lines, and does not hang")
    @Test void launched() {
        Launch.of().at(aws).as(ADMIN.accessKeyId(), "not+the/secret", null).alone()
                .fails(Launch.SERVICE, "SignatureDoesNotMatch");
        command().at(Launch.nobody()).alone().fails(Launch.OTHER);
        signin(slowly(okJson("{\"SigninToken\":\"token\"}"), "dribbled"));
        command("--connect-timeout=1", "--read-timeout=1").alone().fails(Launch.OTHER, "--read-timeout");
    }
}
