import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("Credentials of a machine")
class MetadataTest {
    private static final String FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", DISABLED = "AWS_EC2_METADATA_DISABLED",
            ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT", MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";

    private static final String ADMIN = "arn:aws:iam::123456789012:role/Admin";

    private static WireMockServer faulty;
    private LoopbackAws aws;
    @TempDir Path home;

    @BeforeAll static void startFaulty() {
        faulty = new WireMockServer(options().dynamicPort());
        faulty.start();
    }

    @AfterAll static void stopFaulty() {
        faulty.stop();
    }

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
        faulty.resetAll();
    }

    @AfterEach void close() {
        aws.close();
    }

    private Launch.Command command(String... line) {
        return Launch.of(line).at(aws).home(home);
    }

    private void config(String text) {
        Launch.write(home.resolve(".aws/config"), text);
    }

    private static Launch signsIn(Launch launch, String identity) {
        launch.url();
        assertTrue(launch.err().contains("signs in as " + LoopbackAws.arn(identity) + " "), launch.err());
        return launch;
    }

    private List<String> requests() {
        return aws.exchanges().stream().map(exchange -> exchange.method() + " " + exchange.path()).toList();
    }

    private void failsBefore(Launch.Command command, String... mentioned) {
        Launch launch = command.here();
        launch.fails(Launch.CONFIGURATION, mentioned);
        assertFalse(launch.err().contains("MARKER"), launch.err());
        assertEquals(List.of(), requests());
    }

    /** The requests that --debug tells of, by method and host; those for other machines end at nobody's port. */
    private static List<String> contacted(Launch.Command command) {
        ProxySelector standard = ProxySelector.getDefault();
        URI nobody = URI.create(Launch.nobody());
        ProxySelector.setDefault(new ProxySelector() {
            @Override public List<Proxy> select(URI uri) {
                boolean loopback = uri.getHost().equals("127.0.0.1");
                return List.of(loopback ? Proxy.NO_PROXY
                        : new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", nobody.getPort())));
            }
            @Override public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
        try {
            return command.here().err().lines().filter(line -> line.contains(": no answer after "))
                    .map(line -> line.replaceFirst(".*: (\\w+ \\S+): no answer after .*", "$1")).toList();
        } finally {
            ProxySelector.setDefault(standard);
        }
    }

    @Nested @DisplayName("Of a container")
    class Container {
        private Launch.Command full(String path, String... line) {
            return command(line).variable(FULL, aws.uri() + path);
        }

        private String token(String text) {
            return Launch.write(home.resolve("token"), text).toString();
        }

        @Test @DisplayName("come from the full URI, with the token of the variable.")
        void variable() {
            signsIn(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN, LoopbackAws.CONTAINER_TOKEN).here(),
                    LoopbackAws.CONTAINER_IDENTITY);
            assertEquals("GET " + LoopbackAws.CONTAINER_PATH, requests().get(0));
            assertEquals(1, requests().stream().filter(line -> line.contains("container")).count());
        }

        @ParameterizedTest @ValueSource(strings = {"", "\n", "\r\n", " \n\n"})
        @DisplayName("come with the token of the file, whose end may be a line's, and which wins over the variable.")
        void file(String end) {
            String file = token(LoopbackAws.CONTAINER_TOKEN + end);
            signsIn(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, file).here(), LoopbackAws.CONTAINER_IDENTITY);
            signsIn(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, file).variable(TOKEN, "wrong").here(),
                    LoopbackAws.CONTAINER_IDENTITY);
        }

        @Test @DisplayName("come without a token where none is given, and with the query of the URI.")
        void withoutToken() {
            signsIn(full(LoopbackAws.ECS_PATH + "?a=b%20c&d").here(), LoopbackAws.CONTAINER_IDENTITY);
            LoopbackAws.Exchange exchange = aws.exchanges().get(0);
            assertEquals(LoopbackAws.ECS_PATH, exchange.path());
            assertEquals(Map.of("a", "b c", "d", ""), exchange.parameters());
            assertFalse(exchange.headers().containsKey("authorization"), exchange.toString());
        }

        @Test @DisplayName("serve the credential_source EcsContainer, and a role on the command line.")
        void source() {
            config("""
                    [profile task]
                    role_arn = arn:aws:iam::123456789012:role/OneHour
                    role_session_name = me
                    credential_source = EcsContainer
                    """);
            signsIn(full(LoopbackAws.ECS_PATH, "--profile", "task").here(), "assumed-role/OneHour/me");
            signsIn(full(LoopbackAws.ECS_PATH, "--role-arn", ADMIN, "--name", "you").here(), "assumed-role/Admin/you");
        }

        @Test @DisplayName("are found by a process of its own.")
        void alone() {
            String file = token(LoopbackAws.CONTAINER_TOKEN + "\n");
            signsIn(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, file).alone(),
                    LoopbackAws.CONTAINER_IDENTITY);
        }

        @Test @DisplayName("come from 169.254.170.2 for a relative URI, which wins over a full one.")
        void relative() {
            for (String full : new String[] {null, aws.uri() + LoopbackAws.ECS_PATH}) {
                Launch.Command command = command("--debug", "--connect-timeout", "1")
                        .variable(RELATIVE, LoopbackAws.ECS_PATH).variable(FULL, full);
                assertEquals(List.of("GET 169.254.170.2"), contacted(command));
                assertEquals(List.of(), requests());
            }
        }

        @ParameterizedTest @ValueSource(strings = {"@example.com/x", ".example.com/x", "0/x", ":80@example.com/",
                ":99999/", "/#a", "/a b", "/%zz", "x", "\\@example.com/"})
        @DisplayName("do not come from elsewhere, whatever the relative URI is.")
        void relativeElsewhere(String uri) {
            failsBefore(command().variable(RELATIVE, uri), RELATIVE);
        }

        @ParameterizedTest @ValueSource(strings = {"https://example.com/x", "https://10.0.0.1:8443/x?a=b",
                "http://localhost/x", "http://127.0.0.1/x", "http://127.8.8.8:81/", "http://[::1]/x",
                "http://169.254.170.2/v2/x", "http://169.254.170.23/v1/credentials", "http://169.254.170.2:8080",
                "http://[fd00:ec2::23]/v1/credentials"})
        @DisplayName("come from hosts that the AWS tools allow.")
        void allowed(String uri) {
            Launch launch = command("--dry-run").variable(FULL, uri).here();
            launch.succeeds();
            assertTrue(launch.out().contains("credentials  container"), launch.out());
        }

        @ParameterizedTest @ValueSource(strings = {"http://example.com/x", "http://169.254.170.2.example.com/",
                "http://169.254.170.2@example.com/", "http://localhost@example.com/", "http://10.0.0.1/",
                "http://169.254.170.20/", "http://169.254.169.254/", "http://127.0.0.1.example.com/",
                "http://1270.0.0.1/", "http://localhost.example.com/", "http://[fd00:ec2::24]/",
                "http://[::ffff:10.0.0.1]/", "http://0x7f000001/", "ftp://127.0.0.1/", "file:///etc/passwd",
                "https:///x", "https:", "http://", "http:x", "127.0.0.1/x", "/v2/x", "garbage",
                "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1/a b", "http://127.0.0.1/%zz",
                "http://user:MARKER@127.0.0.1/", "https://MARKER@example.com/", "http://127.0.0.1/#MARKER",
                "http://127.0.0.1\\@example.com/", "http://127.0.0.1\r\n/", "jar:http://127.0.0.1/",
                "https://exa mple.com/"})
        @DisplayName("come from no other host, and without https only from those of containers.")
        void refusedHosts(String uri) {
            failsBefore(command().variable(FULL, uri), FULL);
            failsBefore(command("--dry-run").variable(FULL, uri), FULL);
        }

        @ParameterizedTest @ValueSource(strings = {"MARKER\nx-a: b", "MARKER\r\nx-a: b", "MARKER\rb", "MARKER\u0000",
                "MARKER\u00e9", "MARKER\tb", "MARKER\u2028b", " ", "\u001b[31mMARKER"})
        @DisplayName("are not asked for with a token that is no header; it is not shown.")
        void wrongToken(String token) {
            failsBefore(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN, token), TOKEN);
            failsBefore(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, token(token))
                    .variable(TOKEN, LoopbackAws.CONTAINER_TOKEN), TOKEN);
        }

        @Test @DisplayName("are not asked for where the token's file is empty, too long, or not there.")
        void wrongTokenFile() {
            failsBefore(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, token("\n")), TOKEN);
            String tooLong = token("MARKER".repeat(200_000));
            failsBefore(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, tooLong), tooLong, "1 MiB");
            String absent = home.resolve("absent").toString();
            failsBefore(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, absent), absent);
            failsBefore(full(LoopbackAws.CONTAINER_PATH).variable(TOKEN_FILE, home.toString()), home.toString());
        }

        private Launch answered(ResponseDefinitionBuilder answer) {
            faulty.stubFor(any(anyUrl()).willReturn(answer));
            Launch launch = command().variable(FULL, faulty.baseUrl() + "/x").variable(TOKEN, "Bearer MARKER").here();
            assertFalse(launch.err().contains("MARKER"), launch.err());
            assertEquals(List.of(), requests());
            return launch;
        }

        @Test @DisplayName("are refused to a wrong token, which is not shown.")
        void unauthorized() {
            Launch launch = full(LoopbackAws.CONTAINER_PATH).variable(TOKEN, "Bearer MARKER-MARKER").here();
            launch.fails(Launch.SERVICE, "container credentials: 401", "Authorization header");
            assertFalse(launch.err().contains("MARKER"), launch.err());
        }

        @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                400 | {"code":"InvalidIdInRequest","message":"not found for Bearer MARKER"} | 254 | InvalidIdInRequest
                404 | not here                      | 254 | 404: not here
                500 | <html><p>oops</p></html>      | 254 | 500
                302 | elsewhere                     | 254 | 302
                200 | <html>a proxy</html>          | 255 | not JSON
                200 | ``                            | 255 | not JSON
                200 | MARKER                        | 255 | not JSON
                """)
        @DisplayName("are missing in what another server answers.")
        void otherAnswers(int status, String body, int exitStatus, String mentioned) {
            answered(aResponse().withStatus(status).withBody(body)
                    .withHeader("Location", aws.uri() + LoopbackAws.ECS_PATH))
                    .fails(exitStatus, mentioned, "localhost:" + faulty.port());
        }

        /** In place of quotes there are apostrophes. */
        @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {}                  | access key
                []                  | access key
                null                | access key
                {'AccessKeyId':'ASIA','SecretAccessKey':'MARKER'}                 | session token
                {'AccessKeyId':'AKIA','SecretAccessKey':'MARKER'}                 | session token
                {'AccessKeyId':'ASIA','Token':'MARKER'}                           | secret access key
                {'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':1}       | Token
                {'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':'MAR\\nKER'} | blanks
                {'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':'t','Expiration':'soon'} | expiration
                {'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':'t','Expiration':1}      | Expiration
                {'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':'t',\
                'Expiration':'2020-01-01T00:00:00Z'} | expired
                """)
        @DisplayName("are refused when they are no session that is valid; nobody is told to copy them.")
        void wrongCredentials(String json, String mentioned) {
            Launch launch = answered(ok(json.replace('\'', '"')));
            launch.fails(launch.status() == Launch.OTHER ? Launch.OTHER : Launch.CONFIGURATION, "container", mentioned);
            assertFalse(launch.err().contains("copy all parts"), launch.err());
        }

        @Test @DisplayName("are missing where nothing answers, or not in time.")
        void unreachable() throws IOException {
            String nobody = Launch.nobody();
            command().variable(FULL, nobody).here().fails(Launch.OTHER, nobody.replace("http://", ""));
            try (ServerSocket silent = silent()) {
                command("--read-timeout", "1").variable(FULL, uri(silent)).here().fails(Launch.OTHER, "--read-timeout");
            }
        }
    }

    /** Takes connections and never answers. */
    private static ServerSocket silent() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    }

    private static String uri(ServerSocket socket) {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    @Nested @DisplayName("Of an EC2 instance")
    class Instance {
        private static final String PATH = "/latest/meta-data/iam/security-credentials/";

        private Launch.Command instance(String... line) {
            return command(line).variable(DISABLED, null).variable(ENDPOINT, aws.uri().toString());
        }

        /** All places, in their order, and why each gave nothing; and what to do. */
        private void nothing(Launch launch, String reason) {
            launch.fails(Launch.CONFIGURATION, "no credentials found: the environment: AWS_ACCESS_KEY_ID is not set; "
                    + "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set; the profile default: ",
                    home.resolve(".aws/config").toString(), home.resolve(".aws/credentials").toString(),
                    "; container: " + RELATIVE + " and _FULL_URI are not set; EC2 instance metadata: ", reason,
                    "hint: set AWS_ACCESS_KEY_ID", "--profile", "--credentials");
            assertFalse(launch.err().contains("MARKER"), launch.err());
        }

        @ParameterizedTest @ValueSource(strings = {"", "/"})
        @DisplayName("come by a token, the role's name and the role's key; the endpoint may end with a slash.")
        void signsInAs(String slash) {
            signsIn(instance().variable(ENDPOINT, aws.uri() + slash).here(), LoopbackAws.INSTANCE_IDENTITY);
            assertEquals(List.of("PUT /latest/api/token", "GET " + PATH, "GET " + PATH + "Instance"),
                    requests().subList(0, 3));
            Map<String, String> first = aws.exchanges().get(0).headers();
            assertTrue(first.get("x-aws-ec2-metadata-token-ttl-seconds").matches("[1-9]\\d*"), first.toString());
            assertEquals("", String.join("", aws.exchanges().get(0).parameters().values()));
            String token = aws.exchanges().get(1).headers().get("x-aws-ec2-metadata-token");
            assertFalse(token.isEmpty());
            assertEquals(token, aws.exchanges().get(2).headers().get("x-aws-ec2-metadata-token"));
        }

        @Test @DisplayName("serve the credential_source Ec2InstanceMetadata, and a role on the command line.")
        void source() {
            config("""
                    [profile instance]
                    role_arn = arn:aws:iam::123456789012:role/OneHour
                    role_session_name = me
                    credential_source = Ec2InstanceMetadata
                    """);
            signsIn(instance("--profile", "instance").here(), "assumed-role/OneHour/me");
            signsIn(instance("--role-arn", ADMIN, "--name", "you").here(), "assumed-role/Admin/you");
        }

        @Test @DisplayName("are found by a process of its own, which shows no token with --debug.")
        void alone() {
            Launch launch = signsIn(instance("--debug").alone(), LoopbackAws.INSTANCE_IDENTITY);
            String token = aws.exchanges().get(1).headers().get("x-aws-ec2-metadata-token");
            assertFalse(launch.err().contains(token), launch.err());
            assertTrue(launch.err().contains("instance metadata: PUT "), launch.err());
        }

        @ParameterizedTest @ValueSource(strings = {"true", "TRUE", "True"})
        @DisplayName("are not asked for where the variable says so, or the profile.")
        void disabled(String value) {
            nothing(instance().variable(DISABLED, value).here(), DISABLED);
            config("[default]\nec2_metadata_disabled = " + value + "\n");
            nothing(instance().here(), "EC2 instance metadata: ");
            assertEquals(List.of(), requests());
        }

        @Test @DisplayName("are not asked for where the profile's credential_source needs them and they are disabled.")
        void disabledSource() {
            config("""
                    [profile instance]
                    role_arn = arn:aws:iam::123456789012:role/OneHour
                    credential_source = Ec2InstanceMetadata
                    """);
            failsBefore(instance("--profile", "instance").variable(DISABLED, "true"), "profile instance",
                    "credential_source", DISABLED);
        }

        @ParameterizedTest @ValueSource(strings = {"false", "0", "1", "yes"})
        @DisplayName("are asked for where the variable says anything else.")
        void enabled(String value) {
            signsIn(instance().variable(DISABLED, value).here(), LoopbackAws.INSTANCE_IDENTITY);
        }

        @Test @DisplayName("come from the endpoint that the profile names, if the variable names none.")
        void endpointOfProfile() {
            config("[default]\nec2_metadata_service_endpoint = " + aws.uri() + "/\n");
            signsIn(command().variable(DISABLED, null).here(), LoopbackAws.INSTANCE_IDENTITY);
            config("[default]\nec2_metadata_service_endpoint = http://127.0.0.1:1/\n");
            signsIn(instance().here(), LoopbackAws.INSTANCE_IDENTITY);
        }

        @ParameterizedTest @CsvSource(nullValues = "-", value = {"-, -, 169.254.169.254", "IPv4, -, 169.254.169.254",
                "ipv4, IPv6, 169.254.169.254", "IPv6, -, [fd00:ec2::254]", "ipv6, IPv4, [fd00:ec2::254]",
                "-, IPv6, [fd00:ec2::254]"})
        @DisplayName("come from the address that the mode of the variable or of the profile tells.")
        void mode(String variable, String profile, String host) {
            config("[default]\n" + (profile == null ? "" : "ec2_metadata_service_endpoint_mode = " + profile + "\n"));
            Launch.Command command = command("--debug").variable(DISABLED, null).variable(MODE, variable);
            assertEquals(List.of("PUT " + host), contacted(command));
        }

        @Test @DisplayName("come from the endpoint that is named, whatever the mode.")
        void endpointAndMode() {
            signsIn(instance().variable(MODE, "IPv6").here(), LoopbackAws.INSTANCE_IDENTITY);
        }

        @ParameterizedTest @ValueSource(strings = {"IPv5", "4", "both", "IPv4 IPv6"})
        @DisplayName("are not asked for with a mode that is none.")
        void wrongMode(String mode) {
            failsBefore(instance().variable(MODE, mode), MODE.substring(MODE.indexOf("_MODE")), "IPv4");
        }

        @ParameterizedTest @ValueSource(strings = {"http://example.com", "http://169.254.169.254.example.com",
                "http://169.254.169.254@example.com", "http://10.0.0.1", "ftp://127.0.0.1", "127.0.0.1", "garbage",
                "http://user:MARKER@127.0.0.1", "http://127.0.0.1/#MARKER", "http://127.0.0.1:99999",
                "http://127.0.0.1\\@x"})
        @DisplayName("are not asked for at another machine without https.")
        void wrongEndpoint(String uri) {
            failsBefore(instance().variable(ENDPOINT, uri), ENDPOINT);
            failsBefore(instance("--dry-run").variable(ENDPOINT, uri), ENDPOINT);
        }

        @Test @DisplayName("are missing where the instance has no role.")
        void noRole() {
            aws.setInstanceRole(false);
            nothing(instance().here(), "404");
            assertEquals(List.of("PUT /latest/api/token", "GET " + PATH), requests());
        }

        private Launch answered() {
            return command().variable(DISABLED, null).variable(ENDPOINT, faulty.baseUrl()).here();
        }

        private void token() {
            faulty.stubFor(put("/latest/api/token").willReturn(ok("MARKER-MARKER==")));
        }

        private void roles(String names) {
            token();
            faulty.stubFor(get(PATH).willReturn(ok(names)));
        }

        @ParameterizedTest @CsvSource(quoteCharacter = '`', value = {"400, x", "401, x", "403, x",
                "404, <html>x</html>", "500, x", "302, x", "200, ``", "200, <html>a proxy</html>", "200, a b"})
        @DisplayName("are missing where there is no token to get.")
        void noToken(int status, String body) {
            faulty.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status).withBody(body)
                    .withHeader("Location", aws.uri() + "/latest/api/token")));
            nothing(answered(), Integer.toString(status));
            assertEquals(List.of(), requests());
            assertEquals(1, faulty.getAllServeEvents().size());
        }

        @ParameterizedTest @CsvSource(quoteCharacter = '`', value = {"401, MARKER-MARKER==",
                "500, MARKER-MARKER==", "302, x", "200, ``", "200, <html>a proxy</html>"})
        @DisplayName("are missing where there is no role to get.")
        void noRoles(int status, String body) {
            token();
            faulty.stubFor(get(PATH).willReturn(aResponse().withStatus(status).withBody(body)
                    .withHeader("Location", aws.uri() + PATH)));
            nothing(answered(), Integer.toString(status));
            assertEquals(List.of(), requests());
            assertEquals(2, faulty.getAllServeEvents().size());
        }

        @ParameterizedTest @CsvSource(delimiter = '|', value = {"role_+=,.@-x | role_%2B%3D%2C.%40-x",
                "../../user-data | ..%2F..%2Fuser-data", "a?b#c | a%3Fb%23c", "%2e%2e | %252e%252e",
                "a%0d%0ab | a%250d%250ab"})
        @DisplayName("come by the role's name, encoded as one part of the path.")
        void oddRoles(String name, String encoded) {
            roles(name);
            answered();
            assertEquals(PATH + encoded, faulty.getAllServeEvents().get(0).getRequest().getUrl());
        }


        @Test @DisplayName("come for a name with an end of line.")
        void roleLine() {
            roles("role\n");
            answered();
            assertEquals(PATH + "role", faulty.getAllServeEvents().get(0).getRequest().getUrl());
        }

        /** In place of quotes there are apostrophes. */
        @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                404 | not here                      | 404
                500 | oops                          | 500
                200 | ``                            | metadata
                200 | <html>a proxy</html>          | not JSON
                200 | MARKER                        | not JSON
                200 | []                            | access key
                200 | {}                            | access key
                200 | {'Code':'Success'}            | access key
                200 | {'Code':'AssumeRoleUnauthorizedAccess','Message':'EC2 cannot assume the role'} | access key
                200 | {'Code':'Success','AccessKeyId':'ASIA','SecretAccessKey':'MARKER'} | session token
                200 | {'Code':'Success','AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':['t']} | Token
                200 | {'Code':'Success','AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':'t',\
                'Expiration':'x'} | expiration
                """)
        @DisplayName("are missing in what is no answer with a key.")
        void wrongCredentials(int status, String body, String reason) {
            roles("role");
            faulty.stubFor(get(urlEqualTo(PATH + "role")).willReturn(aResponse().withStatus(status)
                    .withBody(body.replace('\'', '"'))));
            nothing(answered(), reason);
        }

        @Test @DisplayName("are not used when they have expired.")
        void expired() {
            roles("role");
            faulty.stubFor(get(urlMatching(PATH + "role")).willReturn(ok("""
                    {"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"MARKER","Token":"MARKER",\
                    "Expiration":"2020-01-01T00:00:00Z"}""")));
            Launch launch = answered();
            launch.fails(Launch.CONFIGURATION, "EC2 instance metadata", "expired at 2020-01-01T00:00:00Z");
            assertFalse(launch.err().contains("MARKER"), launch.err());
        }

        @Test @DisplayName("are not waited for where nothing answers; the error lists all places.")
        void unreachable() throws IOException {
            long start = System.nanoTime();
            String nobody = Launch.nobody();
            nothing(instance().variable(ENDPOINT, nobody).here(), nobody.replace("http://", ""));
            try (ServerSocket silent = silent()) {
                nothing(instance().variable(ENDPOINT, uri(silent)).here(), "no answer within 1 s");
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, took.toString());
        }

        @Test @DisplayName("are not waited for by a process of its own either.")
        void unreachableAlone() throws IOException {
            try (ServerSocket silent = silent()) {
                long start = System.nanoTime();
                Launch launch = instance().variable(ENDPOINT, uri(silent)).alone();
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                nothing(launch, "no answer within 1 s");
                assertTrue(took.compareTo(Duration.ofSeconds(30)) < 0, took.toString());
            }
        }
    }
}
