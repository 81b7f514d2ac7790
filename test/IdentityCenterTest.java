import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.common.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okForContentType;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@DisplayName("IAM Identity Center")
class IdentityCenterTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final String START_URL = "https://corp.awsapps.com/start";
    /** SHA-1 of corp and of START_URL. */
    private static final String SESSION_CACHE = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
            LEGACY_CACHE = "a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json";
    private static final String SESSION = """
            [profile dev]
            sso_session = corp
            sso_account_id = 123456789012
            sso_role_name = Admin
            [sso-session corp]
            sso_region = us-east-1
            sso_start_url = https://corp.awsapps.com/start
            """;
    private static final String LEGACY = """
            [profile dev]
            sso_start_url = https://corp.awsapps.com/start
            sso_region = us-east-1
            sso_account_id = 123456789012
            sso_role_name = Admin
            """;
    private static final String HINT = "hint: run: aws sso login --profile dev\n";
    private static final String VALID = "2026-01-31T12:00:01Z", EXPIRED = "2026-01-31T12:00:00Z";

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
        folder = home.resolve(".aws/sso/cache");
        cache = folder.resolve(SESSION_CACHE);
        config(SESSION);
    }

    @AfterEach void close() {
        aws.close();
    }

    private void config(String text) {
        Launch.write(home.resolve(".aws/config"), text);
    }

    /** What aws sso login leaves, and members that another version may add. */
    private static Map<String, Object> members(String expiresAt) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("startUrl", START_URL);
        members.put("region", "us-east-1");
        members.put("accessToken", LoopbackAws.SSO_ACCESS_TOKEN);
        members.put("expiresAt", expiresAt);
        members.put("clientId", LoopbackAws.SSO_CLIENT_ID);
        members.put("clientSecret", LoopbackAws.SSO_CLIENT_SECRET);
        members.put("registrationExpiresAt", "2026-04-30T12:00:00Z");
        members.put("refreshToken", LoopbackAws.SSO_REFRESH_TOKEN);
        members.put("later", Map.of("list",
                List.of(1, 2.5, true, "line\nbreak \"quoted\" \\ \u00e9\u2028\ud83d\ude00")));
        return members;
    }

    private void cached(String expiresAt) {
        Launch.write(cache, Json.write(members(expiresAt)));
    }

    /** Takes a member away where the value is null. */
    private void cached(String expiresAt, String member, Object value) {
        Map<String, Object> members = members(expiresAt);
        members.put(member, value);
        members.values().removeIf(text -> text == null);
        Launch.write(cache, Json.write(members));
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

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }

    private Launch.Command command(String... more) {
        String[] line = Stream.concat(Stream.of("--profile", "dev"), Stream.of(more)).toArray(String[]::new);
        return plain(line);
    }

    private Launch.Command plain(String... line) {
        return Launch.of(line).at(aws).home(home).now(NOON)
                .variable("AWS_ENDPOINT_URL_SSO", aws.uri().toString())
                .variable("AWS_ENDPOINT_URL_SSO_OIDC", aws.uri().toString());
    }

    private static void signsIn(Launch launch, String identity) {
        launch.url();
        assertTrue(launch.err().contains("signs in as " + LoopbackAws.arn(identity) + " "), launch.err());
    }

    private static void signsIn(Launch launch) {
        signsIn(launch, LoopbackAws.ssoIdentity("Admin"));
    }

    private List<String> paths() {
        return aws.exchanges().stream().map(LoopbackAws.Exchange::path).toList();
    }

    private long refreshes() {
        return paths().stream().filter("/token"::equals).count();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** The run fails, nothing was asked, and the folder is as it was. */
    private void failsBefore(Launch.Command command, int status, String... mentioned) throws IOException {
        List<String> before = Files.isDirectory(folder) ? names(folder) : null;
        byte[] bytes = Files.isRegularFile(cache) ? Files.readAllBytes(cache) : null;
        Launch launch = command.here();
        launch.fails(status, mentioned);
        assertFalse(launch.err().contains("MARKER"), launch.err());
        assertEquals(List.of(), paths());
        assertEquals(before, Files.isDirectory(folder) ? names(folder) : null);
        assertArrayEquals(bytes, Files.isRegularFile(cache) ? Files.readAllBytes(cache) : null);
    }

    // ---- A token that is good

    @ParameterizedTest @CsvSource({"true, 2026-01-31T12:00:01Z", "false, 2026-01-31T12:00:01Z",
            "true, 2099-06-17T10:02:08UTC", "false, 2099-06-17T10:02:08UTC", "true, 2026-01-31T12:00:01+00:00",
            "true, 2026-01-31T13:00:01+01:00", "true, 2099-01-01T00:00:00.123Z"})
    @DisplayName("A token that is valid is used as it is, and its file is not touched.")
    void valid(boolean session, String expiresAt) throws Exception {
        config(session ? SESSION : LEGACY);
        cache = folder.resolve(session ? SESSION_CACHE : LEGACY_CACHE);
        cached(expiresAt);
        FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(cache, time);
        byte[] bytes = Files.readAllBytes(cache);
        signsIn(command().here());
        LoopbackAws.Exchange portal = aws.exchanges().get(0);
        assertEquals("GET /federation/credentials", portal.method() + " " + portal.path());
        assertEquals(Map.of("account_id", LoopbackAws.ACCOUNT, "role_name", "Admin"), portal.parameters());
        assertEquals(LoopbackAws.SSO_ACCESS_TOKEN, portal.headers().get("x-amz-sso_bearer_token"));
        assertFalse(paths().contains("/token"));
        assertArrayEquals(bytes, Files.readAllBytes(cache));
        assertEquals(time, Files.getLastModifiedTime(cache));
        assertEquals(List.of(cache.getFileName().toString()), names(folder));
    }

    @Test @DisplayName("A token without what a refresh takes, as of a legacy profile, does as long as it is valid.")
    void bare() {
        Launch.write(cache, Json.write(Map.of("startUrl", START_URL, "region", "us-east-1", "accessToken",
                LoopbackAws.SSO_ACCESS_TOKEN, "expiresAt", "2026-01-31T20:00:00Z")));
        signsIn(command().here());
    }

    @Test @DisplayName("A profile of the environment, and a role as the profile spells it, do as well.")
    void otherProfile() {
        config(SESSION.replace("dev", "my dev").replace("Admin", "OneHour"));
        cached(VALID);
        signsIn(plain().variable("AWS_PROFILE", "my dev").here(), LoopbackAws.ssoIdentity("OneHour"));
    }

    @Test @DisplayName("What a role name holds is encoded in the query.")
    void encoded() {
        config(SESSION.replace("Admin", "a&account_id=1 +%/é"));
        cached(VALID);
        command().here().fails(Launch.SERVICE, "GetRoleCredentials: 403");
        assertEquals(Map.of("account_id", LoopbackAws.ACCOUNT, "role_name", "a&account_id=1 +%/é"),
                aws.exchanges().get(0).parameters());
    }

    // ---- Refreshing

    @ParameterizedTest @CsvSource({"rw-------, true", "rw-r-----, true", "rw-r--r--, true", "rw-------, false"})
    @DisplayName("An expired token is refreshed; its file gets the new tokens, and keeps its mode and all else.")
    void refreshes(String mode, boolean session) throws Exception {
        config(session ? SESSION : LEGACY);
        cache = folder.resolve(session ? SESSION_CACHE : LEGACY_CACHE);
        cached(EXPIRED);
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString(mode));
        Object inode = Files.getAttribute(cache, "unix:ino");
        signsIn(command().here());

        LoopbackAws.Exchange refresh = aws.exchanges().get(0);
        assertEquals("POST /token 200", refresh.method() + " " + refresh.path() + " " + refresh.status());
        assertEquals(Map.of("grantType", "refresh_token", "clientId", LoopbackAws.SSO_CLIENT_ID, "clientSecret",
                LoopbackAws.SSO_CLIENT_SECRET, "refreshToken", LoopbackAws.SSO_REFRESH_TOKEN), refresh.parameters());

        Map<?, ?> after = read(text());
        Map<String, Object> expected = members("2026-01-31T13:00:00Z");
        for (String token : List.of("accessToken", "refreshToken")) {
            assertNotEquals(expected.get(token), after.get(token));
            expected.put(token, after.get(token));
        }
        assertEquals(read(Json.write(expected)), after);
        assertEquals(after.get("accessToken"), aws.exchanges().get(1).headers().get("x-amz-sso_bearer_token"));

        assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
        assertNotEquals(inode, Files.getAttribute(cache, "unix:ino"), "it was written in place");
        assertEquals(List.of(cache.getFileName().toString()), names(folder));

        signsIn(command().here());
        assertEquals(1, refreshes(), "the new token is not good for a second run");
    }

    @ParameterizedTest @ValueSource(strings = {"2020-06-17T10:02:08UTC", "2020-06-17T10:02:08Z",
            "2026-01-31T12:59:59+01:00"})
    @DisplayName("When a token expired is read as the AWS tools wrote it at any time.")
    void expiredForms(String expiresAt) {
        cached(expiresAt, "registrationExpiresAt", "2099-06-17T10:02:08UTC");
        signsIn(command().here());
        assertEquals("/token", paths().get(0));
    }

    @Test @DisplayName("A file that is a symbolic link stays one; what it points to is replaced.")
    void symbolicLink() throws Exception {
        Path real = home.resolve("elsewhere/token");
        cached(EXPIRED);
        Files.createDirectories(real.getParent());
        Files.move(cache, real);
        Files.createSymbolicLink(cache, real);
        signsIn(command().here());
        assertTrue(Files.isSymbolicLink(cache));
        assertNotEquals(LoopbackAws.SSO_REFRESH_TOKEN, read(Files.readString(real)).get("refreshToken"));
        assertEquals(List.of(SESSION_CACHE), names(folder));
        assertEquals(List.of("token"), names(real.getParent()));
        signsIn(command().here());
        assertEquals(1, refreshes());
    }

    private static ResponseDefinitionBuilder tokenThatLives(String expiresIn) {
        return okJson("{\"accessToken\":\"" + LoopbackAws.SSO_ACCESS_TOKEN + "\",\"expiresIn\":" + expiresIn + "}");
    }

    private static void oidc(ResponseDefinitionBuilder answer) {
        faulty.stubFor(any(anyUrl()).willReturn(answer));
    }

    @Test @DisplayName("A refresh token that is not rotated stays in the file.")
    void notRotated() {
        cached(EXPIRED);
        oidc(tokenThatLives("60"));
        signsIn(command().variable("AWS_ENDPOINT_URL_SSO_OIDC", faulty.baseUrl()).here());
        assertEquals(read(Json.write(members("2026-01-31T12:01:00Z"))), read(text()));
    }

    @Test @DisplayName("A process of its own refreshes the file in its HOME.")
    void alone() throws Exception {
        aws.setClock(Clock.systemUTC());
        cached("2020-06-17T10:02:08Z", "registrationExpiresAt", "2099-01-01T00:00:00Z");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-r-----"));
        signsIn(command().alone());
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
        assertEquals(List.of(SESSION_CACHE), names(folder));
        assertNotEquals(LoopbackAws.SSO_REFRESH_TOKEN, read(text()).get("refreshToken"));
    }

    @Test @DisplayName("Neither --debug nor the account of it shows a token; --dry-run refreshes nothing.")
    void hidden() throws Exception {
        cached(EXPIRED);
        Launch dry = command("--dry-run").here();
        dry.succeeds();
        assertTrue(dry.out().contains("IAM Identity Center of the profile dev"), dry.out());
        assertEquals(List.of(), paths());
        Launch debug = command("--debug").here();
        signsIn(debug);
        Map<?, ?> after = read(text());
        for (Object secret : new Object[] {LoopbackAws.SSO_ACCESS_TOKEN, LoopbackAws.SSO_REFRESH_TOKEN,
                LoopbackAws.SSO_CLIENT_SECRET, after.get("accessToken"), after.get("refreshToken")}) {
            assertFalse((dry.out() + dry.err() + debug.err()).contains(secret.toString()), debug.err());
        }
    }

    // ---- Where a refresh fails

    @Test
    @DisplayName("A refresh token that was used before is refused; the hint is to log in, the file stays as it was.")
    void refused() throws Exception {
        cached(EXPIRED);
        String spent = text();
        signsIn(command().here());
        Launch.write(cache, spent);
        Launch launch = command().here();
        launch.fails(Launch.SERVICE, "CreateToken: 400", "invalid_grant", HINT);
        assertFalse(launch.err().contains("+loopback/"), launch.err());
        assertEquals(spent, text());
        assertEquals(List.of(SESSION_CACHE), names(folder));
    }

    /** In place of quotes there are apostrophes. */
    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            401 | application/json | {'error':'invalid_client','error_description':'Invalid client provided'} | 254
            400 | application/json | {'error':'MARKER'}                     | 254
            403 | text/html        | <html>no</html>                        | 254
            500 | text/plain       | oops                                   | 254
            302 | text/plain       | elsewhere                              | 254
            200 | text/html        | <html>a proxy</html>                   | 255
            200 | application/json | ``                                     | 255
            200 | application/json | []                                     | 255
            200 | application/json | {}                                     | 255
            200 | application/json | {'expiresIn':3600}                     | 255
            200 | application/json | {'accessToken':null,'expiresIn':3600}  | 255
            200 | application/json | {'accessToken':1,'expiresIn':3600}     | 255
            200 | application/json | {'accessToken':'','expiresIn':3600}    | 255
            200 | application/json | {'accessToken':{'a':'b'},'expiresIn':3600,'refreshToken':'MARKER'} | 255
            200 | application/json | {'accessToken':'MARK ER','expiresIn':3600,'refreshToken':'MARKER'} | 255
            """)
    @DisplayName("Any answer without a token is an error, and leaves the file as it was.")
    void oddTokenAnswers(int status, String type, String body, int exitStatus) throws Exception {
        cached(EXPIRED);
        String before = text();
        oidc(aResponse().withStatus(status).withHeader("Content-Type", type)
                .withHeader("Location", aws.uri() + "/token")
                .withBody(quoted(body).replace("MARKER", LoopbackAws.SSO_REFRESH_TOKEN)));
        Launch launch = command().variable("AWS_ENDPOINT_URL_SSO_OIDC", faulty.baseUrl()).here();
        assertEquals(before, text());
        assertEquals(List.of(SESSION_CACHE), names(folder));
        launch.fails(exitStatus, "localhost:" + faulty.port());
        assertFalse(launch.err().contains("+loopback/"), launch.err());
        assertEquals(List.of(), paths());
    }

    @ParameterizedTest @CsvSource({"0, 2026-01-31T12:00:00Z", "-5, 2026-01-31T12:00:00Z", "1.5, 2026-01-31T12:00:01Z",
            "'\"x\"', 2026-01-31T12:00:00Z", "null, 2026-01-31T12:00:00Z"})
    @DisplayName("A token whose life is not known is not trusted for a second run.")
    void oddLives(String expiresIn, String expiresAt) {
        cached(EXPIRED);
        oidc(tokenThatLives(expiresIn));
        signsIn(command().variable("AWS_ENDPOINT_URL_SSO_OIDC", faulty.baseUrl()).here());
        assertEquals(expiresAt, read(text()).get("expiresAt"));
    }

    @ParameterizedTest @ValueSource(strings = {"1e30", "99999999999999999999", "1e400"})
    @DisplayName("A life beyond all bounds gives a time that the AWS tools can read.")
    void endlessLives(String expiresIn) {
        cached(EXPIRED);
        oidc(tokenThatLives(expiresIn));
        signsIn(command().variable("AWS_ENDPOINT_URL_SSO_OIDC", faulty.baseUrl()).here());
        String expiresAt = read(text()).get("expiresAt").toString();
        assertTrue(expiresAt.matches("2\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"), expiresAt);
    }

    @Test @DisplayName("Where nothing answers at the token endpoint, the file stays as it was.")
    void unreachable() throws Exception {
        cached(EXPIRED);
        String before = text();
        String nobody = Launch.nobody();
        command().variable("AWS_ENDPOINT_URL_SSO_OIDC", nobody).here()
                .fails(Launch.OTHER, nobody.replace("http://", ""));
        assertEquals(before, text());
        assertEquals(List.of(SESSION_CACHE), names(folder));
    }

    @ParameterizedTest @CsvSource(nullValues = "-", value = {"refreshToken, -", "clientId, -", "clientSecret, -",
            "registrationExpiresAt, -", "registrationExpiresAt, 2026-01-31T12:00:00Z",
            "registrationExpiresAt, 2020-06-17T10:02:08UTC"})
    @DisplayName("An expired token that cannot be refreshed is said to be so, without a request.")
    void notRefreshable(String member, String value) throws Exception {
        cached(EXPIRED, member, value);
        failsBefore(command(), Launch.CONFIGURATION, "IAM Identity Center of the profile dev", "expired", HINT);
    }

    /** Makes a file or folder unwritable, also for root where that is possible. */
    private static void lock(Path path, boolean locked) throws Exception {
        if (System.getProperty("user.name").equals("root")) {
            Process chattr;
            try {
                chattr = new ProcessBuilder("chattr", locked ? "+i" : "-i", path.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            } catch (IOException absent) {
                assumeTrue(!locked, "root writes everywhere");
                return;
            }
            assertTrue(chattr.waitFor(10, TimeUnit.SECONDS));
            assumeTrue(!locked || chattr.exitValue() == 0, "root writes everywhere");
        } else {
            assumeTrue(Files.isDirectory(path), "who may write to a folder may replace each file in it");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(locked ? "r-xr-xr-x" : "rwxr-xr-x"));
        }
    }

    @Test @DisplayName("In a folder that cannot be written to, the refresh token is not spent.")
    void lockedFolder() throws Exception {
        cached(EXPIRED);
        lock(folder, true);
        try {
            failsBefore(command(), Launch.CONFIGURATION, "cannot be written", cache.toString());
        } finally {
            lock(folder, false);
        }
        signsIn(command().here());
    }

    @Test @DisplayName("A file that cannot be replaced is named, and nothing is left beside it.")
    void lockedFile() throws Exception {
        cached(EXPIRED);
        String before = text();
        lock(cache, true);
        try {
            command().here().fails(Launch.CONFIGURATION, "cannot be written", cache.toString(), HINT);
        } finally {
            lock(cache, false);
        }
        assertEquals(before, text());
        assertEquals(List.of(SESSION_CACHE), names(folder));
    }

    // ---- The file and the settings

    @Test @DisplayName("Without a cache file the error names it, and the login to run.")
    void noCache() throws Exception {
        failsBefore(command(), Launch.CONFIGURATION, cache.toString(), HINT);
        Files.createDirectories(cache);
        failsBefore(command(), Launch.CONFIGURATION, cache.toString(), HINT);
    }

    /** In place of quotes there are apostrophes. */
    @ParameterizedTest @ValueSource(strings = {"", " ", "MARKER", "{", "{'accessToken':'MARKER'", "[]", "['MARKER']",
            "null", "1", "'MARKER'", "{}", "{'expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':null,'expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':1,'expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':['MARKER'],'expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':{'a':'MARKER'},'expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':'','expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':'MARKER\\r\\nx-a: b','expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':'MARKER\\u0000','expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':'MARKER MARKER','expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':'MARKER\u00e9','expiresAt':'2099-01-01T00:00:00Z'}",
            "{'accessToken':'MARKER'}", "{'accessToken':'MARKER','expiresAt':''}",
            "{'accessToken':'MARKER','expiresAt':4102444800}", "{'accessToken':'MARKER','expiresAt':null}",
            "{'accessToken':'MARKER','expiresAt':'tomorrow'}", "{'accessToken':'MARKER','expiresAt':'2099-01-01'}",
            "{'accessToken':'MARKER','expiresAt':'2099-02-30T00:00:00Z'}",
            "{'accessToken':'MARKER','expiresAt':'MARKER\u001b[31m'}",
            "{'accessToken':'a','expiresAt':'2020-01-01T00:00:00Z','refreshToken':1,'clientId':2,'clientSecret':[]}",
            "{'accessToken':'a','expiresAt':'2020-01-01T00:00:00Z','refreshToken':'MARKER','clientId':'a',"
                    + "'clientSecret':'b','registrationExpiresAt':'MARKER'}",
            "{'accessToken':'a','expiresAt':'2020-01-01T00:00:00Z','refreshToken':'MARKER','clientId':'a',"
                    + "'clientSecret':'b','registrationExpiresAt':4102444800}"})
    @DisplayName("A cache file that is malformed is an error with the login to run, and without a request.")
    void malformed(String json) throws Exception {
        Launch.write(cache, quoted(json));
        failsBefore(command(), Launch.CONFIGURATION, "dev", HINT);
    }

    @Test @DisplayName("A cache file that is too long is not read.")
    void tooLong() throws Exception {
        cached(VALID, "later", "MARKER".repeat(400_000));
        failsBefore(command(), Launch.CONFIGURATION, cache.toString(), "longer than 1 MiB");
    }

    @ParameterizedTest @CsvSource({"true, sso_region", "true, sso_start_url", "true, sso_account_id",
            "true, sso_role_name", "false, sso_region", "false, sso_start_url",
            "false, sso_account_id", "false, sso_role_name"})
    @DisplayName("A setting that is missing is named.")
    void missingSetting(boolean session, String name) throws Exception {
        config((session ? SESSION : LEGACY).replaceAll(name + " = .*\n", ""));
        cached(VALID);
        failsBefore(command(), Launch.CONFIGURATION, "profile dev", "has no " + name, "aws configure sso");
    }

    @ParameterizedTest @ValueSource(strings = {"east", "us-east-1.example.com", "us-east-1/", "us-east-1 #",
            "US-EAST-1", "a@b-east-1"})
    @DisplayName("An sso_region that is none goes into no host name.")
    void wrongRegion(String region) throws Exception {
        config(SESSION.replace("us-east-1", "\"" + region + "\""));
        failsBefore(command(), Launch.CONFIGURATION, "sso_region");
    }

    @Test @DisplayName("An sso-session that is not there is named.")
    void missingSession() throws Exception {
        config(SESSION.replace("[sso-session corp]", "[sso-session other]"));
        cached(VALID);
        failsBefore(command(), Launch.CONFIGURATION, "profile dev", "corp");
    }

    @Test @DisplayName("The account, the role and the region may stand in the profile or in the sso-session.")
    void mixedSettings() {
        cached(VALID);
        config("""
                [profile dev]
                sso_session = corp
                sso_role_name = Admin
                sso_region = us-east-1
                sso_start_url = https://corp.awsapps.com/start
                [sso-session corp]
                sso_account_id = 123456789012
                sso_start_url = https://corp.awsapps.com/start
                """);
        signsIn(command().here());
    }

    @Test @DisplayName("A session's name with blanks is that of its section and of its cache file.")
    void sessionWithBlank() {
        config(SESSION.replace("= corp", "= my corp").replace("[sso-session corp]", "[sso-session \"my corp\"]"));
        cache = folder.resolve("2603e49e9877a1061664a5a7f900ffb84f872d49.json");
        cached(VALID);
        signsIn(command().here());
    }

    @Test @DisplayName("In the hint, the name of a profile with a blank is quoted for the shell.")
    void profileWithBlank() {
        config(SESSION.replace("dev", "my dev"));
        plain("--profile", "my dev").here()
                .fails(Launch.CONFIGURATION, "hint: run: aws sso login --profile 'my dev'\n");
    }

    @Test @DisplayName("The session may assume the role of a profile; the hint names the profile to log in to.")
    void sourceProfile() throws Exception {
        config(SESSION + """
                [profile ops]
                role_arn = arn:aws:iam::123456789012:role/OneHour
                role_session_name = me
                source_profile = dev
                """);
        failsBefore(plain("--profile", "ops"), Launch.CONFIGURATION, cache.toString(), HINT);
        cached(EXPIRED);
        signsIn(plain("--profile", "ops").here(), "assumed-role/OneHour/me");
        assertEquals(List.of("/token", "/federation/credentials", "/", "/federation"), paths().subList(0, 4));
        signsIn(command("--role-arn", "arn:aws:iam::123456789012:role/Admin", "--name", "you").here(),
                "assumed-role/Admin/you");
    }

    // ---- The portal

    /** In place of quotes there are apostrophes. */
    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            401 | application/json | {'message':'Session token not found'} | 254 | run: aws sso login --profile dev
            403 | application/json | {'message':'No access'} | 254 | sso_role_name
            404 | application/json | {'message':'Resource not found'} | 254 | sso_account_id
            429 | application/json | {'message':'HTTP 429 Unknown Code'} | 254 | 429
            500 | text/plain       | MARKER | 254 | 500
            302 | text/plain       | elsewhere | 254 | 302
            503 | text/html        | <html><style>p{}</style><p>Try again</p></html> | 254 | Try again
            200 | text/html        | <html>Sign in to the proxy</html> | 255 | not JSON
            200 | application/json | `` | 255 | not JSON
            """)
    @DisplayName("What the portal refuses is said, with what to do about it, and without the token.")
    void portalRefuses(int status, String type, String body, int exitStatus, String mentioned) {
        cached(VALID);
        faulty.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status).withHeader("Content-Type", type)
                .withHeader("Location", aws.uri() + "/federation/credentials")
                .withBody(quoted(body).replace("MARKER", LoopbackAws.SSO_ACCESS_TOKEN))));
        Launch launch = command().variable("AWS_ENDPOINT_URL_SSO", faulty.baseUrl()).here();
        launch.fails(exitStatus, "GetRoleCredentials", "localhost:" + faulty.port(), mentioned);
        assertFalse(launch.err().contains("+loopback/"), launch.err());
        assertEquals(List.of(), paths());
    }

    /** In place of quotes there are apostrophes. */
    @ParameterizedTest @ValueSource(strings = {"{}", "[]", "null", "{'roleCredentials':null}", "{'roleCredentials':[]}",
            "{'roleCredentials':'MARKER'}", "{'roleCredentials':{}}", "{'RoleCredentials':{'accessKeyId':'ASIA'}}",
            "{'roleCredentials':{'accessKeyId':'ASIA','secretAccessKey':'MARKER'}}",
            "{'roleCredentials':{'accessKeyId':'ASIA','sessionToken':'MARKER'}}",
            "{'roleCredentials':{'accessKeyId':'ASIA','secretAccessKey':'MARKER','sessionToken':''}}",
            "{'roleCredentials':{'accessKeyId':'ASIA','secretAccessKey':'MARKER','sessionToken':'MARKER\\r\\nx-a: b'}}",
            "{'roleCredentials':{'accessKeyId':1,'secretAccessKey':'MARKER','sessionToken':'MARKER'}}"})
    @DisplayName("An answer without credentials is an error that does not tell to copy an access key again.")
    void noRoleCredentials(String json) {
        cached(VALID);
        portal(quoted(json));
        Launch launch = command().variable("AWS_ENDPOINT_URL_SSO", faulty.baseUrl()).here();
        launch.fails(launch.status() == Launch.OTHER ? Launch.OTHER : Launch.CONFIGURATION, "IAM Identity Center");
        assertFalse(launch.err().contains("MARKER"), launch.err());
        assertFalse(launch.err().contains("copy all parts"), launch.err());
    }

    private void portal(String json) {
        faulty.stubFor(any(anyUrl()).willReturn(okForContentType("application/json", json)));
    }

    private Launch withExpiration(String expiration) {
        cached(VALID);
        portal("{\"roleCredentials\":{\"accessKeyId\":\"ASIAKEY\",\"secretAccessKey\":\"secret\","
                + "\"sessionToken\":\"token\",\"expiration\":" + expiration + "}}");
        return command("--output", "process").variable("AWS_ENDPOINT_URL_SSO", faulty.baseUrl()).here();
    }

    @ParameterizedTest @CsvSource(nullValues = "-", value = {"1769864400000, 2026-01-31T13:00:00Z",
            "1.7698644e12, 2026-01-31T13:00:00Z", "'\"1769864400000\"', -", "null, -", "true, -", "[], -"})
    @DisplayName("The expiration is milliseconds; what is none is taken as not known.")
    void expiration(String expiration, String expected) {
        assertEquals(expected, read(withExpiration(expiration).succeeds().out()).get("Expiration"));
    }

    @ParameterizedTest @ValueSource(strings = {"1e30", "99999999999999999999", "1e400"})
    @DisplayName("An expiration beyond all bounds does no harm.")
    void farExpiration(String expiration) {
        withExpiration(expiration).succeeds();
    }

    @ParameterizedTest @ValueSource(strings = {"0", "-1", "-1e400", "1769860800000", "1769860799999", "0.5", "1e-400"})
    @DisplayName("Credentials that have expired are refused.")
    void pastExpiration(String expiration) {
        withExpiration(expiration).fails(Launch.CONFIGURATION, "IAM Identity Center of the profile dev", "expired");
    }

    // ---- Endpoints

    /** What answers is aws; nothing does at nobody. */
    @ParameterizedTest @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            # AWS_ENDPOINT_URL_SSO, _SSO_OIDC | AWS_ENDPOINT_URL | services sso, sso_oidc | endpoint_url
            aws | aws | nobody | nobody | nobody | nobody
            -   | -   | aws    | nobody | nobody | nobody
            aws | -   | aws    | nobody | nobody | nobody
            -   | -   | -      | aws    | aws    | nobody
            aws | -   | -      | nobody | aws    | nobody
            -   | aws | -      | aws    | nobody | nobody
            -   | -   | -      | -      | aws    | aws
            -   | -   | -      | -      | -      | aws
            aws/ | aws/ | -    | -      | -      | -
            """)
    @DisplayName("The endpoints are those of the variables, of the services section, or of the profile, in this order.")
    void endpoints(String sso, String oidc, String all, String sectionSso, String sectionOidc, String profile) {
        String settings = "services = local\n" + setting("endpoint_url = ", profile);
        config(SESSION.replace("[sso-session", settings + "[sso-session") + "[services local]\n"
                + setting("sso =\n  endpoint_url = ", sectionSso)
                + setting("sso_oidc =\n  endpoint_url = ", sectionOidc));
        cached(EXPIRED);
        signsIn(command().variable("AWS_ENDPOINT_URL_SSO", uri(sso)).variable("AWS_ENDPOINT_URL_SSO_OIDC", uri(oidc))
                .variable("AWS_ENDPOINT_URL", uri(all)).here());
        assertEquals(List.of("/token", "/federation/credentials"), paths().subList(0, 2));
    }

    private String uri(String name) {
        return name == null ? null : name.replace("aws", aws.uri().toString()).replace("nobody", "http://127.0.0.1:1");
    }

    private String setting(String text, String name) {
        return name == null ? "" : text + uri(name) + "\n";
    }

    @ParameterizedTest @CsvSource({"AWS_ENDPOINT_URL_SSO, 2026-01-31T12:00:01Z",
            "AWS_ENDPOINT_URL_SSO_OIDC, 2026-01-31T12:00:00Z"})
    @DisplayName("A token goes to no endpoint without https, but for a loopback address.")
    void plainEndpoint(String variable, String expiresAt) throws Exception {
        cached(expiresAt);
        for (String url : List.of("http://sso.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "sso",
                "http://127.0.0.1@example.com")) {
            failsBefore(command().variable(variable, url), Launch.CONFIGURATION, variable);
        }
    }

    @ParameterizedTest @CsvSource({
            "portal.sso, us-east-1,      false, false, https://portal.sso.us-east-1.amazonaws.com",
            "oidc,       eu-central-1,   false, false, https://oidc.eu-central-1.amazonaws.com",
            "portal.sso, cn-north-1,     false, false, https://portal.sso.cn-north-1.amazonaws.com.cn",
            "oidc,       us-gov-west-1,  true,  false, https://oidc.us-gov-west-1.amazonaws.com",
            "oidc,       eusc-de-east-1, false, false, https://oidc.eusc-de-east-1.amazonaws.eu",
            "portal.sso, us-east-1,      false, true,  https://portal.sso.us-east-1.api.aws",
            "oidc,       us-east-2,      true,  false, https://oidc-fips.us-east-2.amazonaws.com",
            "portal.sso, us-east-2,      true,  true,  https://portal.sso-fips.us-east-2.api.aws"})
    @DisplayName("Without any of these, the endpoints are those of the region.")
    void regionalEndpoints(String service, String region, boolean fips, boolean dualStack, String url) {
        assertEquals(url, ConsoleLogin.Partition.of(region).serviceUrl(service, region, fips, dualStack));
    }
}
