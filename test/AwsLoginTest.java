import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.common.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("aws login")
class AwsLoginTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final String VALID = "2026-01-31T12:00:01Z", EXPIRED = "2026-01-31T12:00:00Z";
    private static final String HINT = "hint: run: aws login --profile dev\n";
    private static final String CONFIG = """
            [profile dev]
            login_session = arn:aws:iam::123456789012:user/me
            region = eu-central-1
            """;
    /** SHA-256 of the login_session. */
    private static final String CACHE = "286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json";

    private static WireMockServer faulty;
    private LoopbackAws aws;
    @TempDir Path home;
    private Path folder, cache;

    @BeforeAll static void startFaulty() {
        faulty = new WireMockServer(options().dynamicPort());
        faulty.start();
    }

    @AfterAll static void stopFaulty() {
        faulty.stop();
    }

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
        aws.setClock(Clock.fixed(NOON, ZoneOffset.UTC));
        faulty.resetAll();
        folder = home.resolve(".aws/login/cache");
        cache = folder.resolve(CACHE);
        config(CONFIG);
    }

    @AfterEach void close() {
        aws.close();
    }

    private void config(String text) {
        Launch.write(home.resolve(".aws/config"), text);
    }

    /** What aws login leaves, and a member that another version may add. */
    private static Map<String, Object> members(LoopbackAws.Key key, String expiresAt) {
        Map<String, Object> accessToken = new LinkedHashMap<>();
        accessToken.put("accessKeyId", key.accessKeyId());
        accessToken.put("secretAccessKey", key.secretAccessKey());
        accessToken.put("sessionToken", key.sessionToken());
        accessToken.put("accountId", LoopbackAws.ACCOUNT);
        accessToken.put("expiresAt", expiresAt);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("accessToken", accessToken);
        members.put("tokenType", "aws_sigv4");
        members.put("refreshToken", LoopbackAws.LOGIN_REFRESH_TOKEN);
        members.put("idToken", "eyJhbGciOiJFUzM4NCJ9.e30.signature");
        members.put("clientId", LoopbackAws.LOGIN_CLIENT_ID);
        members.put("dpopKey", LoopbackAws.LOGIN_DPOP_KEY);
        members.put("later", List.of(1, 2.5, false, "\u00e9 \" \\ \t"));
        return members;
    }

    private void cached(String expiresAt) {
        cached(members(LoopbackAws.ROLE_SESSION, expiresAt));
    }

    private void cached(Map<String, Object> members) {
        Launch.write(cache, Json.write(members));
    }

    /** Takes a member away where the value is null. */
    private void cached(String expiresAt, String member, Object value) {
        Map<String, Object> members = members(LoopbackAws.ROLE_SESSION, expiresAt);
        members.put(member, value);
        members.values().removeIf(text -> text == null);
        cached(members);
    }

    private String text() {
        try {
            return Files.readString(cache);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Map<?, ?> read(String json) {
        return Json.read(json, Map.class);
    }

    private Launch.Command command(String... more) {
        String[] line = Stream.concat(Stream.of("--profile", "dev"), Stream.of(more)).toArray(String[]::new);
        return Launch.of(line).at(aws).home(home).now(NOON);
    }

    private static void signsIn(Launch launch, String identity) {
        launch.url();
        assertTrue(launch.err().contains("signs in as " + LoopbackAws.arn(identity) + " "), launch.err());
    }

    private List<String> paths() {
        return aws.exchanges().stream().map(LoopbackAws.Exchange::path).toList();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private long refreshes() {
        return paths().stream().filter("/v1/token"::equals).count();
    }

    /** The run fails, nothing was asked, and the file is as it was. */
    private void failsBefore(Launch.Command command, String... mentioned) throws IOException {
        byte[] bytes = Files.isRegularFile(cache) ? Files.readAllBytes(cache) : null;
        Launch launch = command.here();
        launch.fails(Launch.CONFIGURATION, mentioned);
        assertFalse(launch.err().contains("MARKER"), launch.err());
        assertEquals(List.of(), paths());
        if (bytes != null) {
            assertArrayEquals(bytes, Files.readAllBytes(cache));
            assertEquals(List.of(CACHE), names());
        }
    }

    // ---- Credentials that are good

    @ParameterizedTest @ValueSource(strings = {VALID, "2026-01-31T12:00:00.5Z", "2099-12-31T23:59:59+00:00"})
    @DisplayName("Credentials that are valid are used as they are, and their file is not touched.")
    void valid(String expiresAt) throws Exception {
        cached(expiresAt);
        FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(cache, time);
        byte[] bytes = Files.readAllBytes(cache);
        signsIn(command().here(), LoopbackAws.ROLE_SESSION.identity());
        assertEquals(0, refreshes());
        assertArrayEquals(bytes, Files.readAllBytes(cache));
        assertEquals(time, Files.getLastModifiedTime(cache));
        assertEquals(List.of(CACHE), names());
    }

    @Test @DisplayName("The folder of the cache may be another one, also below the home.")
    void otherFolder() {
        for (String name : List.of(home.resolve("my login").toString(), "~/my login")) {
            cache = home.resolve("my login").resolve(CACHE);
            cached(VALID);
            signsIn(command().variable("AWS_LOGIN_CACHE_DIRECTORY", name).here(), LoopbackAws.ROLE_SESSION.identity());
        }
        command().here().fails(Launch.CONFIGURATION, folder.resolve(CACHE).toString(), HINT);
    }

    // ---- Refreshing

    @ParameterizedTest @ValueSource(strings = {"rw-------", "rw-r-----", "rw-r--r--"})
    @DisplayName("Expired credentials are refreshed against a proof; their file keeps its mode and all else.")
    void refreshes(String mode) throws Exception {
        cached(EXPIRED);
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString(mode));
        Object inode = Files.getAttribute(cache, "unix:ino");
        signsIn(command().here(), LoopbackAws.LOGIN_IDENTITY);

        LoopbackAws.Exchange refresh = aws.exchanges().get(0);
        assertEquals("POST /v1/token 200", refresh.method() + " " + refresh.path() + " " + refresh.status());
        assertEquals(Map.of("grantType", "refresh_token", "clientId", LoopbackAws.LOGIN_CLIENT_ID,
                "refreshToken", LoopbackAws.LOGIN_REFRESH_TOKEN), refresh.parameters());

        Map<?, ?> after = read(text());
        Map<?, ?> key = (Map<?, ?>) after.get("accessToken");
        assertNotEquals(LoopbackAws.ROLE_SESSION.accessKeyId(), key.get("accessKeyId"));
        assertNotEquals(LoopbackAws.LOGIN_REFRESH_TOKEN, after.get("refreshToken"));
        assertEquals("2026-01-31T12:15:00Z", key.get("expiresAt"));
        Map<String, Object> expected = members(LoopbackAws.ROLE_SESSION, "2026-01-31T12:15:00Z");
        Map<String, Object> accessToken = new LinkedHashMap<>(Map.of("accountId", LoopbackAws.ACCOUNT));
        for (String name : List.of("accessKeyId", "secretAccessKey", "sessionToken", "expiresAt")) {
            accessToken.put(name, key.get(name));
        }
        expected.put("accessToken", accessToken);
        expected.put("refreshToken", after.get("refreshToken"));
        assertEquals(read(Json.write(expected)), after);

        assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
        assertNotEquals(inode, Files.getAttribute(cache, "unix:ino"), "it was written in place");
        assertEquals(List.of(CACHE), names());

        signsIn(command().here(), LoopbackAws.LOGIN_IDENTITY);
        assertEquals(1, refreshes(), "the new credentials are not good for a second run");
    }

    @Test @DisplayName("Each refresh has a proof of its own, and takes the token of the one before.")
    void again() {
        cached(EXPIRED);
        signsIn(command().here(), LoopbackAws.LOGIN_IDENTITY);
        Instant later = NOON.plusSeconds(900);
        aws.setClock(Clock.fixed(later, ZoneOffset.UTC));
        signsIn(command().now(later).here(), LoopbackAws.LOGIN_IDENTITY);
        assertEquals(2, refreshes());
    }

    @Test @DisplayName("A process of its own refreshes the file in its HOME.")
    void alone() throws Exception {
        aws.setClock(Clock.systemUTC());
        cached("2020-01-01T00:00:00Z");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-r-----"));
        signsIn(command().alone(), LoopbackAws.LOGIN_IDENTITY);
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
        assertEquals(List.of(CACHE), names());
    }

    @ParameterizedTest @ValueSource(strings = {"\n", "\r\n", "\n\n", ""})
    @DisplayName("The key is read with line breaks of any kind.")
    void lineBreaks(String lineBreak) {
        String pem = LoopbackAws.LOGIN_DPOP_KEY.strip().replace("\n", lineBreak);
        cached(EXPIRED, "dpopKey", pem);
        signsIn(command().here(), LoopbackAws.LOGIN_IDENTITY);
        assertEquals(pem, read(text()).get("dpopKey"));
    }

    @ParameterizedTest @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            # AWS_ENDPOINT_URL_SIGNIN | AWS_ENDPOINT_URL | services signin | endpoint_url
            aws  | nobody | nobody | nobody
            aws/ | -      | -      | -
            -    | aws    | nobody | nobody
            -    | -      | aws    | nobody
            -    | -      | -      | aws
            """)
    @DisplayName("The endpoint is that of the variables, of the services section, or of the profile, in this order.")
    void endpoints(String signin, String all, String section, String profile) {
        config(CONFIG + "services = local\n" + setting("endpoint_url = ", profile) + "[services local]\n"
                + setting("signin =\n  endpoint_url = ", section));
        cached(EXPIRED);
        // The federation endpoint does not go by these alone.
        command("--output", "process").variable("AWS_ENDPOINT_URL_SIGNIN", uri(signin))
                .variable("AWS_ENDPOINT_URL", uri(all)).here().succeeds();
        assertEquals(List.of("/v1/token"), paths());
    }

    private String uri(String name) {
        return name == null ? null : name.replace("aws", aws.uri().toString()).replace("nobody", "http://127.0.0.1:1");
    }

    private String setting(String text, String name) {
        return name == null ? "" : text + uri(name) + "\n";
    }

    @ParameterizedTest @CsvSource({
            "us-east-1,      https://us-east-1.signin.aws.amazon.com",
            "eu-central-1,   https://eu-central-1.signin.aws.amazon.com",
            "cn-north-1,     https://cn-north-1.signin.amazonaws.cn",
            "us-gov-west-1,  https://us-gov-west-1.signin.amazonaws-us-gov.com",
            "eusc-de-east-1, https://signin.eusc-de-east-1.amazonaws.eu"})
    @DisplayName("Without any of these, the endpoint is that of the region.")
    void regionalEndpoints(String region, String url) {
        assertEquals(url, ConsoleLogin.Partition.of(region).loginUrl(region));
    }

    @Test @DisplayName("The session may assume the role of a profile; the hint names the profile to log in to.")
    void sourceProfile() throws Exception {
        config(CONFIG + """
                [profile ops]
                role_arn = arn:aws:iam::123456789012:role/OneHour
                role_session_name = me
                source_profile = dev
                """);
        failsBefore(command("--profile", "ops"), cache.toString(), HINT);
        cached(EXPIRED);
        signsIn(command("--profile", "ops").here(), "assumed-role/OneHour/me");
        assertEquals(List.of("/v1/token", "/"), paths().subList(0, 2));
    }

    @Test @DisplayName("Neither --debug nor an error shows a secret; --dry-run refreshes nothing.")
    void hidden() {
        cached(EXPIRED);
        Launch dry = command("--dry-run").here();
        dry.succeeds();
        assertTrue(dry.out().contains("aws login of the profile dev"), dry.out());
        assertEquals(List.of(), paths());
        Launch debug = command("--debug").here();
        signsIn(debug, LoopbackAws.LOGIN_IDENTITY);
        Map<?, ?> after = read(text());
        Map<?, ?> key = (Map<?, ?>) after.get("accessToken");
        for (Object secret : new Object[] {LoopbackAws.LOGIN_REFRESH_TOKEN, LoopbackAws.ROLE_SESSION.secretAccessKey(),
                after.get("refreshToken"), key.get("secretAccessKey"), key.get("sessionToken"),
                aws.exchanges().get(0).headers().get("dpop"), LoopbackAws.LOGIN_DPOP_KEY.lines().toList().get(1)}) {
            assertFalse((dry.out() + dry.err() + debug.err()).contains(secret.toString()), debug.err());
        }
    }

    // ---- Where a refresh fails

    @Test
    @DisplayName("A refresh token that was used before is refused; the hint is to log in, the file stays as it was.")
    void refused() throws Exception {
        cached(EXPIRED);
        String spent = text();
        signsIn(command().here(), LoopbackAws.LOGIN_IDENTITY);
        Launch.write(cache, spent);
        Launch launch = command().here();
        launch.fails(Launch.SERVICE, "CreateToken: 401", "TOKEN_EXPIRED", HINT);
        assertFalse(launch.err().contains("login-refresh"), launch.err());
        assertEquals(spent, text());
        assertEquals(List.of(CACHE), names());
    }

    /** In place of quotes there are apostrophes. */
    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            400 | {'error':'MARKER'}           | 254
            500 | oops                         | 254
            302 | elsewhere                    | 254
            200 | <html>a proxy</html>         | 255
            200 | ``                           | 255
            200 | []                           | 255
            200 | {}                           | 255
            200 | {'expiresIn':900}            | 255
            200 | {'accessToken':null,'expiresIn':900,'refreshToken':'MARKER'}     | 255
            200 | {'accessToken':'MARKER','expiresIn':900,'refreshToken':'MARKER'} | 255
            200 | {'accessToken':{},'expiresIn':900,'refreshToken':'MARKER'}       | 255
            200 | {'accessToken':{'accessKeyId':'ASIANEW'},'expiresIn':900}        | 255
            200 | {'accessToken':{'accessKeyId':1,'secretAccessKey':2,'sessionToken':3},'expiresIn':900} | 255
            """)
    @DisplayName("Any answer without a whole key is an error, and leaves the file as it was.")
    void oddTokenAnswers(int status, String body, int exitStatus) throws Exception {
        cached(EXPIRED);
        String before = text();
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status)
                .withHeader("Location", aws.uri().toString())
                .withBody(body.replace('\'', '"').replace("MARKER", LoopbackAws.LOGIN_REFRESH_TOKEN))));
        Launch launch = command().variable("AWS_ENDPOINT_URL_SIGNIN", faulty.baseUrl()).here();
        assertEquals(before, text());
        assertEquals(List.of(CACHE), names());
        launch.fails(exitStatus, "localhost:" + faulty.port());
        assertFalse(launch.err().contains("login-refresh"), launch.err());
        assertEquals(List.of(), paths());
    }

    @ParameterizedTest @ValueSource(strings = {"accessToken", "refreshToken", "clientId", "dpopKey"})
    @DisplayName("Expired credentials without what a refresh takes are said to be so, without a request.")
    void missing(String member) throws Exception {
        cached(EXPIRED, member, null);
        failsBefore(command(), "aws login of the profile dev", HINT);
    }

    private static Arguments key(String name, Object key) {
        return Arguments.of(name, key);
    }

    static Stream<Arguments> unusableKeys() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
        p384.initialize(new ECGenParameterSpec("secp384r1"));
        String good = LoopbackAws.LOGIN_DPOP_KEY;
        return Stream.of(key("a number", 1), key("an object", Map.of("kty", "EC")), key("empty", ""),
                key("text", "MARKER"),
                key("a public key", pem("PUBLIC KEY", p384.generateKeyPair().getPublic().getEncoded())),
                key("RSA", pem("PRIVATE KEY", rsa.generateKeyPair().getPrivate().getEncoded())),
                key("P-384", pem("PRIVATE KEY", p384.generateKeyPair().getPrivate().getEncoded())),
                key("P-384 by another name", pem("EC PRIVATE KEY", p384.generateKeyPair().getPrivate().getEncoded())),
                key("zeros", pem("EC PRIVATE KEY", new byte[121])),
                key("a wrong version", good.replace("MHcCAQEE", "MHcCAQIE")),
                key("cut", good.substring(0, good.length() / 2)),
                key("without its first line", good.replace("MHcC", "")),
                key("no Base64", good.replace("MHcC", "====")),
                key("the header only", good.lines().findFirst().orElseThrow()));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }

    @ParameterizedTest(name = "{0}") @MethodSource("unusableKeys")
    @DisplayName("A dpopKey that is no P-256 key is an error without a request.")
    void unusable(String name, Object key) throws Exception {
        cached(EXPIRED, "dpopKey", key);
        failsBefore(command(), "aws login of the profile dev", "dpopKey", HINT);
    }

    // ---- The file

    /** In place of quotes there are apostrophes. */
    @ParameterizedTest @ValueSource(strings = {"", "MARKER", "{", "[]", "['MARKER']", "null", "'MARKER'", "{}",
            "{'accessToken':'MARKER'}", "{'accessToken':['MARKER']}", "{'accessToken':{}}",
            "{'accessToken':{'accessKeyId':'ASIA','secretAccessKey':'MARKER','sessionToken':'MARKER',"
                    + "'expiresAt':'soon'}}",
            "{'accessToken':{'accessKeyId':'ASIA','secretAccessKey':'MARKER','sessionToken':'MARKER','expiresAt':1}}",
            "{'accessToken':{'accessKeyId':'ASIA','secretAccessKey':'MARKER','sessionToken':'MARKER'}}",
            "{'accessToken':{'expiresAt':'2099-01-01T00:00:00Z'}}",
            "{'accessToken':{'accessKeyId':'ASIA','secretAccessKey':'MARKER','expiresAt':'2099-01-01T00:00:00Z'}}",
            "{'accessToken':{'accessKeyId':'ASIA','sessionToken':'MARKER','expiresAt':'2099-01-01T00:00:00Z'}}",
            "{'accessToken':{'accessKeyId':'ASIA','secretAccessKey':1,'sessionToken':'MARKER',"
                    + "'expiresAt':'2099-01-01T00:00:00Z'}}",
            "{'accessToken':{'accessKeyId':'ASIA','secretAccessKey':'MARKER','sessionToken':'MARKER\\r\\nx-a: b',"
                    + "'expiresAt':'2099-01-01T00:00:00Z'}}"})
    @DisplayName("A cache file that is malformed is an error with the login to run, and without a request.")
    void malformed(String json) throws Exception {
        Launch.write(cache, json.replace('\'', '"'));
        failsBefore(command(), "dev", HINT);
    }

    @Test @DisplayName("Without a cache file the error names it, and the login to run.")
    void noCache() throws Exception {
        failsBefore(command(), cache.toString(), HINT);
    }

    @Test @DisplayName("In the hint, the name of a profile with a blank is quoted for the shell.")
    void profileWithBlank() {
        config(CONFIG.replace("dev", "my dev"));
        command("--profile", "my dev").here().fails(Launch.CONFIGURATION, "hint: run: aws login --profile 'my dev'\n");
    }
}
