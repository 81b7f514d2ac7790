import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okXml;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Whose the credentials are, and of what kind")
class IdentityTest {
    private static final String ACCOUNT = "123456789012", ROLE = "arn:aws:iam::" + ACCOUNT + ":role/Admin";
    private static final Map<String, LoopbackAws.Key> KEYS = Map.of("ADMIN", LoopbackAws.ADMIN,
            "ROOT", LoopbackAws.ROOT, "ROLE_SESSION", LoopbackAws.ROLE_SESSION,
            "CHAINED_SESSION", LoopbackAws.CHAINED_SESSION, "FEDERATED_SESSION", LoopbackAws.FEDERATED_SESSION,
            "SESSION_TOKEN", LoopbackAws.SESSION_TOKEN);
    private static final List<String> PLACES = List.of("environment", "profile", "--credentials", "credential_process");

    @TempDir Path home;
    private LoopbackAws aws;

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterEach void stop() {
        aws.close();
    }

    private Path file(String name, String text) {
        return Launch.write(home.resolve(name), text);
    }

    private static String json(LoopbackAws.Key key) {
        return "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"%s}".formatted(key.accessKeyId(),
                key.secretAccessKey(), key.sessionToken().isEmpty() ? ""
                        : ",\"SessionToken\":\"" + key.sessionToken() + "\"");
    }

    /** What aws sts assume-role and aws sts get-federation-token print. */
    private static String answer(LoopbackAws.Key key, String user) {
        return "{\"Credentials\":%s,\"%s\":{\"Arn\":\"%s\"}}".formatted(json(key), user, key.arn("aws"));
    }

    private Launch.Command command(String... arguments) {
        return Launch.of(arguments).home(home).variable("AWS_ENDPOINT_URL", aws.uri().toString()).at(aws);
    }

    /** With the key in one of the PLACES. */
    private Launch.Command from(String place, LoopbackAws.Key key, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        String token = key.sessionToken().isEmpty() ? "" : "aws_session_token=" + key.sessionToken() + "\n";
        switch (place) {
            case "environment" -> { }
            case "profile" -> file(".aws/credentials", "[default]\naws_access_key_id=%s\naws_secret_access_key=%s\n%s"
                    .formatted(key.accessKeyId(), key.secretAccessKey(), token));
            case "--credentials" -> line.addAll(List.of(place, file("given.json", json(key)).toString()));
            case "credential_process" -> file(".aws/config", "[default]\ncredential_process = cat '"
                    + file("process.json", json(key)) + "'\n");
            default -> throw new IllegalArgumentException(place);
        }
        Launch.Command command = command(line.toArray(String[]::new));
        return place.equals("environment") ? command.as(key) : command;
    }

    /** The requests to STS and to the federation endpoint, by their action. */
    private List<String> actions() {
        return aws.exchanges().stream().map(exchange -> exchange.parameters().getOrDefault("Action", exchange.path()))
                .sorted().toList();
    }

    private static List<String> words(String cell) {
        return Stream.of(cell == null ? new String[0] : cell.split("\\s+")).sorted().toList();
    }

    private static String member(Launch launch, String name) {
        return ConsoleLogin.Json.string(ConsoleLogin.Json.parse(launch.out()), name);
    }

    private static void assertSignsIn(String identity, Launch launch) {
        launch.succeeds();
        assertEquals("arn:aws:sts::" + ACCOUNT + ":" + identity, member(launch, "arn"));
        assertEquals(ACCOUNT, member(launch, "account"));
        assertTrue(launch.err().startsWith("console-login: signs in as arn:aws:sts::" + ACCOUNT + ":" + identity
                + " (account " + ACCOUNT + ")\n"), launch.err());
    }

    // ---- What each kind leads to

    @DisplayName("A long-term key federates; a session goes straight to the federation endpoint, and STS says whose.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # key | further arguments | requests | who signs in
        ADMIN | | GetFederationToken getSigninToken | federated-user/tester
        ROOT | | GetFederationToken getSigninToken | federated-user/tester
        ADMIN | --role-arn ROLE | AssumeRole getSigninToken | assumed-role/Admin/tester
        ROLE_SESSION | | GetCallerIdentity getSigninToken | assumed-role/Admin/earlier
        ROLE_SESSION | --duration-seconds 12h | GetCallerIdentity getSigninToken | assumed-role/Admin/earlier
        CHAINED_SESSION | | GetCallerIdentity getSigninToken | assumed-role/Admin/chained
        FEDERATED_SESSION | | GetCallerIdentity getSigninToken | federated-user/earlier
        # whose the session of an assumed role is, the answer of STS has told
        ROLE_SESSION | --role-arn ROLE | AssumeRole getSigninToken | assumed-role/Admin/tester
        SESSION_TOKEN | --role-arn ROLE | AssumeRole getSigninToken | assumed-role/Admin/tester
        """)
    void kinds(String key, String more, String requests, String identity) {
        String[] arguments = ("--output json " + (more == null ? "" : more)).replace("ROLE", ROLE).split(" ");
        for (String place : PLACES) {
            int before = actions().size();
            assertSignsIn(identity, from(place, KEYS.get(key), arguments).here());
            List<String> actions = aws.exchanges().stream().skip(before)
                    .map(exchange -> exchange.parameters().get("Action")).sorted().toList();
            assertEquals(words(requests), actions, place);
            file(".aws/credentials", "");
            file(".aws/config", "");
        }
    }

    @DisplayName("The sessions of other places go straight to the federation endpoint too.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        # place | requests | who signs in
        container | /container/credentials GetCallerIdentity getSigninToken | assumed-role/Task/container-user
        instance | /latest/api/token /latest/meta-data/iam/security-credentials/ \
            /latest/meta-data/iam/security-credentials/Instance GetCallerIdentity getSigninToken \
            | assumed-role/Instance/i-0123456789abcdef0
        sso | /federation/credentials GetCallerIdentity getSigninToken \
            | assumed-role/AWSReservedSSO_Admin_0123456789abcdef/sso-user
        login | /v1/token GetCallerIdentity getSigninToken | assumed-role/Admin/login-user
        web | AssumeRoleWithWebIdentity getSigninToken | assumed-role/Admin/tester
        """)
    void otherPlaces(String place, String requests, String identity) {
        Launch.Command command = command("--output", "json");
        switch (place) {
            case "container" -> command
                    .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.uri() + LoopbackAws.CONTAINER_PATH)
                    .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", LoopbackAws.CONTAINER_TOKEN);
            case "instance" -> command.variable("AWS_EC2_METADATA_DISABLED", null)
                    .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", aws.uri().toString());
            case "sso" -> {
                file(".aws/config", "[default]\nsso_session=corp\nsso_account_id=" + ACCOUNT + "\nsso_role_name=Admin\n"
                        + "[sso-session corp]\nsso_region=us-east-1\nsso_start_url=https://example.com/start\n");
                file(".aws/sso/cache/" + ConsoleLogin.SigV4.digest("SHA-1", "corp") + ".json",
                        "{\"accessToken\":\"%s\",\"expiresAt\":\"2099-12-31T23:59:59Z\"}"
                                .formatted(LoopbackAws.SSO_ACCESS_TOKEN));
            }
            case "login" -> {
                file(".aws/config", "[default]\nlogin_session=me\n");
                file(".aws/login/cache/" + ConsoleLogin.SigV4.digest("SHA-256", "me") + ".json", """
                        {"accessToken":{"expiresAt":"2020-01-01T00:00:00Z"},"clientId":"%s","refreshToken":"%s",
                        "dpopKey":"%s"}""".formatted(LoopbackAws.LOGIN_CLIENT_ID, LoopbackAws.LOGIN_REFRESH_TOKEN,
                        LoopbackAws.LOGIN_DPOP_KEY.replace("\n", "\\n")));
            }
            default -> command.variable("AWS_ROLE_ARN", ROLE)
                    .variable("AWS_WEB_IDENTITY_TOKEN_FILE", file("token", LoopbackAws.WEB_IDENTITY_TOKEN).toString());
        }
        assertSignsIn(identity, command.here());
        assertEquals(words(requests), actions());
    }

    @DisplayName("STS is not asked whose a session is when the JSON of aws sts tells it.")
    @ParameterizedTest
    @ValueSource(strings = {"ROLE_SESSION AssumedRoleUser", "FEDERATED_SESSION FederatedUser"})
    void known(String kind) {
        LoopbackAws.Key key = KEYS.get(kind.split(" ")[0]);
        String text = answer(key, kind.split(" ")[1]);
        Launch launch = command("--credentials", "-", "--output", "json").input(text).here();
        assertSignsIn(key.identity(), launch);
        assertEquals(List.of("getSigninToken"), actions());
    }

    @DisplayName("STS is asked when what stands for the ARN in that JSON is none.")
    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "null", "1", "\"arn:aws:sts\"", "\"two words:::::\"", "{}"})
    void noArn(String arn) {
        String text = answer(LoopbackAws.ROLE_SESSION, "AssumedRoleUser")
                .replaceFirst("\"Arn\":\"[^\"]+\"", "\"Arn\":" + arn);
        assertSignsIn("assumed-role/Admin/earlier", command("--credentials", "-", "--output", "json").input(text)
                .here());
        assertEquals(List.of("GetCallerIdentity", "getSigninToken"), actions());
    }

    @Test @DisplayName("The ARN of another partition is that of its STS.")
    void otherPartition() {
        Launch launch = from("environment", LoopbackAws.ROLE_SESSION, "--output", "json", "--region", "cn-north-1")
                .here();
        launch.succeeds();
        assertEquals("arn:aws-cn:sts::" + ACCOUNT + ":assumed-role/Admin/earlier", member(launch, "arn"));
    }

    @Test @DisplayName("GetCallerIdentity is signed with the session, and has nothing in it but its name.")
    void question() {
        LoopbackAws.Key key = LoopbackAws.ROLE_SESSION;
        from("environment", key, "--region", "eu-west-1").here().url();
        LoopbackAws.Exchange question = aws.exchanges().stream().filter(exchange -> exchange.path().equals("/"))
                .findFirst().orElseThrow();
        assertEquals(Map.of("Action", "GetCallerIdentity", "Version", "2011-06-15"), question.parameters());
        assertEquals(key.sessionToken(), question.headers().get("X-Amz-Security-Token"));
        assertTrue(question.headers().get("Authorization").contains("Credential=" + key.accessKeyId() + "/"));
        assertTrue(question.headers().get("Authorization").contains("/eu-west-1/sts/"));
    }

    // ---- Sessions that GetSessionToken gave

    static Stream<String> places() {
        return PLACES.stream();
    }

    @DisplayName("A session that GetSessionToken gave is refused with its ARN, the reason and the way out.")
    @ParameterizedTest @MethodSource("places")
    void sessionToken(String place) {
        for (String output : List.of("url", "json")) {
            Launch launch = from(place, LoopbackAws.SESSION_TOKEN, "--output", output).here();
            launch.fails(Launch.CONFIGURATION, "arn:aws:iam::" + ACCOUNT + ":user/admin", "GetSessionToken",
                    "the console takes only those of roles and federated users", "hint: give --role-arn");
            assertFalse(launch.err().contains(LoopbackAws.SESSION_TOKEN.secretAccessKey()), launch.err());
        }
        assertEquals(List.of("GetCallerIdentity", "GetCallerIdentity"),
                actions().stream().filter(action -> action.equals("GetCallerIdentity")).toList());
    }

    @DisplayName("With --role-arn such a session is as good as any.")
    @ParameterizedTest @MethodSource("places")
    void sessionTokenWithRole(String place) {
        assertSignsIn("assumed-role/Admin/tester",
                from(place, LoopbackAws.SESSION_TOKEN, "--output", "json", "--role-arn", ROLE).here());
        assertEquals(List.of("AssumeRole", "getSigninToken"), actions());
    }

    @Test @DisplayName("So it is as the source of a profile's role.")
    void sessionTokenAsSource() {
        from("profile", LoopbackAws.SESSION_TOKEN);
        file(".aws/config", "[profile dev]\nrole_arn=" + ROLE + "\nsource_profile=default\n");
        assertSignsIn("assumed-role/Admin/tester", command("--profile", "dev", "--output", "json").here());
    }

    // ---- Sessions as they are

    @DisplayName("The credentials of a session that was found are printed without a request.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"ROLE_SESSION, env", "ROLE_SESSION, process", "FEDERATED_SESSION, env", "CHAINED_SESSION, process",
        "SESSION_TOKEN, env", "SESSION_TOKEN, process"})
    void asTheyAre(String name, String output) {
        LoopbackAws.Key key = KEYS.get(name);
        for (String place : PLACES) {
            Launch launch = from(place, key, "--output", output).here().succeeds();
            assertTrue(launch.out().contains(key.accessKeyId()) && launch.out().contains(key.secretAccessKey())
                    && launch.out().contains(key.sessionToken()), launch.out());
            assertEquals("console-login: credentials of ", launch.err().substring(0, 30));
            file(".aws/credentials", "");
            file(".aws/config", "");
        }
        assertEquals(List.of(), aws.exchanges());
    }

    @Test @DisplayName("A long-term key is not printed as it is: it becomes a federated user's.")
    void longTerm() {
        Launch launch = from("environment", LoopbackAws.ADMIN, "--output", "env").here().succeeds();
        assertTrue(launch.out().contains("ASIALOOPBACK10000001"), launch.out());
        assertFalse(launch.out().contains(LoopbackAws.ADMIN.accessKeyId()), launch.out());
        assertEquals(List.of("GetFederationToken"), actions());
    }

    // ---- At the same time

    @Test @DisplayName("GetCallerIdentity is under way while getSigninToken is, so that neither waits for the other.")
    void concurrent() throws Exception {
        CountDownLatch signin = new CountDownLatch(1);
        CountDownLatch sts = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        answer(server, "/federation", signin, sts, "{\"SigninToken\":\"token\"}");
        answer(server, "/", sts, signin, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::"
                + ACCOUNT + ":assumed-role/Admin/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>");
        server.start();
        try {
            assertSignsIn("assumed-role/Admin/me", Launch.of("--output", "json").as(LoopbackAws.ROLE_SESSION)
                    .at("http://127.0.0.1:" + server.getAddress().getPort()).here());
            assertEquals(0, signin.getCount() + sts.getCount());
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /** Answers this when the other request has arrived too; when it does not come, with an error. */
    private static void answer(HttpServer server, String path, CountDownLatch own, CountDownLatch other, String text) {
        server.createContext(path, http -> {
            boolean both = false;
            own.countDown();
            try {
                both = other.await(4, TimeUnit.SECONDS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            http.sendResponseHeaders(both ? 200 : 500, 0);
            http.getResponseBody().write(text.getBytes(UTF_8));
            http.close();
        });
    }

    // ---- When STS or the federation endpoint says no

    private static final String UNKNOWN = "console-login: signs in with the credentials of the environment; "
            + "STS did not say whose they are\n";

    private void assertSignsInUnknown(Launch launch) {
        launch.succeeds();
        assertTrue(launch.err().startsWith(UNKNOWN), launch.err());
        assertEquals(3, launch.err().lines().count(), launch.err());
        assertTrue(member(launch, "url").contains("SigninToken="), launch.out());
        assertFalse(launch.out().matches("(?s).*(\"arn\"|\"account\"|null).*"), launch.out());
    }

    private Launch.Command unknown(String sts) {
        return Launch.of("--output", "json").as(LoopbackAws.ROLE_SESSION).at(aws).variable("AWS_ENDPOINT_URL_STS", sts);
    }

    @Test
    @DisplayName("Who has a sign-in token is let in, though STS is dead; the summary says that it did not say whose.")
    void dead() {
        assertSignsInUnknown(unknown(Launch.nobody()).here());
    }

    @DisplayName("Who has a sign-in token is let in, whatever STS answers.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        403 | <ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>
        403 | <ErrorResponse><Error><Code>ExpiredToken</Code><Message>no</Message></Error></ErrorResponse>
        500 | <html><body>Bad gateway</body></html>
        503 |
        302 |
        200 |
        200 | {"SigninToken":"token"}
        200 | <GetCallerIdentityResponse><GetCallerIdentityResult></GetCallerIdentityResult></GetCallerIdentityResponse>
        200 | <GetCallerIdentityResponse><Arn></Arn></GetCallerIdentityResponse>
        200 | <GetCallerIdentityResponse><Arn>nobody</Arn></GetCallerIdentityResponse>
        200 | \
            <Response><Arn>arn:aws:sts::1:a</Arn><Arn>arn:aws:sts::1:b</Arn></Response>
        """)
    void odd(int status, String body) {
        WireMockServer server = new WireMockServer(options().dynamicPort());
        server.start();
        try {
            server.stubFor(any(urlPathEqualTo("/")).willReturn(aResponse().withStatus(status)
                    .withHeader("Location", "https://example.com/").withBody(body)));
            assertSignsInUnknown(unknown(server.baseUrl()).here());
            server.verify(1, anyRequestedFor(urlPathEqualTo("/")));
        } finally {
            server.stop();
        }
    }

    @DisplayName("Who has a sign-in token is let in, when STS breaks off or never answers.")
    @ParameterizedTest
    @ValueSource(strings = {"reset", "hang"})
    void broken(String how) {
        WireMockServer server = new WireMockServer(options().dynamicPort());
        server.start();
        try {
            server.stubFor(any(urlPathEqualTo("/")).willReturn(how.equals("hang") ? aResponse().withFixedDelay(120_000)
                    : aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
            long start = System.nanoTime();
            assertSignsInUnknown(unknown(server.baseUrl()).here());
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30));
        } finally {
            server.stop();
        }
    }

    @Test @DisplayName("When both refuse, the reason is that of STS, which says why.")
    void bothRefuse() {
        from("environment", LoopbackAws.EXPIRED_SESSION).here()
                .fails(Launch.SERVICE, "STS refused GetCallerIdentity: ExpiredToken: The security token included in "
                        + "the request is expired", "hint: these temporary credentials have expired; get new ones");
        assertEquals(List.of("GetCallerIdentity", "getSigninToken", "getSigninToken"), actions());
        from("environment", LoopbackAws.ROLE_SESSION).variable("AWS_SESSION_TOKEN", "other").here()
                .fails(Launch.SERVICE, "STS refused GetCallerIdentity: InvalidClientTokenId");
    }

    @Test @DisplayName("When only the federation endpoint refuses, the reason is its own; so it is when STS is dead.")
    void signinRefuses() {
        WireMockServer server = new WireMockServer(options().dynamicPort());
        server.start();
        try {
            server.stubFor(any(urlPathEqualTo("/federation")).willReturn(aResponse().withStatus(400)
                    .withHeader("Content-Type", "text/html").withBody("<html><body>Oops</body></html>")));
            for (String sts : List.of(aws.uri().toString(), Launch.nobody(), server.baseUrl() + "/none")) {
                unknown(sts).variable("AWS_ENDPOINT_URL_SIGNIN", server.baseUrl()).here()
                        .fails(Launch.SERVICE, "localhost:" + server.port() + " refused getSigninToken: 400: Oops");
            }
        } finally {
            server.stop();
        }
    }

    @Test
    @DisplayName("When the federation endpoint refuses a session of GetSessionToken, the reason is that it is one.")
    void signinRefusesSessionToken() {
        WireMockServer server = new WireMockServer(options().dynamicPort());
        server.start();
        try {
            server.stubFor(any(urlPathEqualTo("/federation")).willReturn(aResponse().withStatus(400)));
            from("environment", LoopbackAws.SESSION_TOKEN).variable("AWS_ENDPOINT_URL_SIGNIN", server.baseUrl()).here()
                    .fails(Launch.CONFIGURATION, "arn:aws:iam::" + ACCOUNT + ":user/admin", "GetSessionToken");
        } finally {
            server.stop();
        }
    }

    @DisplayName("By its ARN a session is told to be a user's own, or a role's, whatever it is called.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        arn:aws:iam::123456789012:root | refused
        arn:aws:iam::123456789012:user/admin | refused
        arn:aws:iam::123456789012:user/division/admin | refused
        arn:aws-us-gov:iam::123456789012:user/admin | refused
        arn:aws:sts::123456789012:assumed-role/user/root |
        arn:aws:sts::123456789012:assumed-role/Admin/user |
        arn:aws:sts::123456789012:federated-user/root |
        arn:aws:sts::123456789012:federated-user/user |
        """)
    void byArn(String arn, String refused) {
        WireMockServer server = new WireMockServer(options().dynamicPort());
        server.start();
        try {
            server.stubFor(any(urlPathEqualTo("/")).willReturn(okXml("<GetCallerIdentityResponse><Arn>" + arn
                    + "</Arn></GetCallerIdentityResponse>")));
            server.stubFor(any(urlPathEqualTo("/federation")).willReturn(okJson("{\"SigninToken\":\"token\"}")));
            Launch launch = Launch.of("--output", "json").as(LoopbackAws.ROLE_SESSION).at(server.baseUrl()).here();
            if (refused == null) {
                launch.succeeds();
                assertEquals(arn, member(launch, "arn"));
            } else {
                launch.fails(Launch.CONFIGURATION, arn, "GetSessionToken", "--role-arn");
            }
        } finally {
            server.stop();
        }
    }

    @Test @DisplayName("--quiet asks as well, because a session that GetSessionToken gave would fail in the browser.")
    void quiet() {
        Launch launch = from("environment", LoopbackAws.ROLE_SESSION, "--quiet").here();
        launch.url();
        assertEquals("", launch.err());
        from("environment", LoopbackAws.SESSION_TOKEN, "--quiet").here().fails(Launch.CONFIGURATION, "GetSessionToken");
    }

    @DisplayName("--dry-run says what it would ask, and asks nothing.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        ROLE_SESSION | url | only asked whose session this is
        ROLE_SESSION | env | not called: these credentials are a session
        ADMIN | url | Action=GetFederationToken
        """)
    void dryRun(String key, String output, String line) {
        for (String place : List.of("environment", "profile", "--credentials")) {
            Launch launch = from(place, KEYS.get(key), "--dry-run", "--output", output).here().succeeds();
            assertTrue(launch.out().contains(line + "\n"), launch.out());
        }
        Launch known = command("--dry-run", "--credentials", "-")
                .input(answer(LoopbackAws.ROLE_SESSION, "AssumedRoleUser")).here().succeeds();
        assertTrue(known.out().contains("not called: these credentials are a session\n"), known.out());
        assertEquals(List.of(), aws.exchanges());
    }
}
