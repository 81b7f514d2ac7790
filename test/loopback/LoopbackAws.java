import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A loopback AWS: the Security Token Service at {@code /}, the federation endpoint at {@code /federation}, signing out
 * at {@code /oauth}, and a console of one page at {@code /console}. It refuses what AWS refuses, in the words of AWS where they are known.
 * It also plays where the AWS tools get credentials: the portal of IAM Identity Center ({@code
 * /federation/credentials}) and its tokens ({@code /token}), those of {@code aws login} ({@code /v1/token}), containers
 * ({@code /container/credentials}, {@code /v2/credentials/}) and the metadata of an EC2 instance ({@code /latest/}).
 * <pre>{@code
 * try (LoopbackAws aws = LoopbackAws.start()) {
 *     // Point AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL_SIGNIN at aws.uri(), sign with LoopbackAws.ADMIN, and then:
 *     assertEquals("GetFederationToken", aws.exchanges().get(0).parameters().get("Action"));
 * }
 * }</pre>
 * Its check of signatures is written from the AWS documentation and shares no line with any client, so that a
 * mistake on one side cannot cancel itself out on the other.
 */
public final class LoopbackAws implements AutoCloseable {
    public static final String ACCOUNT = "123456789012";
    public static final String MFA_CODE = "123456";
    public static final String EXTERNAL_ID = "tenant-42";

    /** The roles of the account, and the MaxSessionDuration of each in seconds. */
    public static final Map<String, Integer> ROLES =
            Map.of("Admin", 43_200, "OneHour", 3_600, "WithMfa", 43_200, "WithExternalId", 43_200);

    /** What an identity provider gives; good for AssumeRoleWithWebIdentity with every role. */
    public static final String WEB_IDENTITY_TOKEN = jwt(4_102_444_799L);
    public static final String EXPIRED_WEB_IDENTITY_TOKEN = jwt(1_577_836_800L);
    public static final String SAML_PROVIDER = "arn:aws:iam::" + ACCOUNT + ":saml-provider/Loopback";
    /** In Base64, as AssumeRoleWithSAML takes it. */
    public static final String SAML_ASSERTION = samlAssertion();

    // As with AWS, a token begins with what it is for.
    private static final String SSO_ACCESS = "aoaAAAAA", SSO_REFRESH = "aorAAAAA", LOGIN_REFRESH = "eyJlbmMi";
    public static final String SSO_CLIENT_ID = "loopback-client_id-01";
    public static final String SSO_CLIENT_SECRET = "eyJraWQiOiJsb29wYmFjay.client-secret_01";
    public static final String SSO_ACCESS_TOKEN = SSO_ACCESS + "+loopback/sso-access:token==";
    /** This one and {@link #LOGIN_REFRESH_TOKEN} are good once; the answer has the next one. */
    public static final String SSO_REFRESH_TOKEN = SSO_REFRESH + "+loopback/sso-refresh:token==";
    public static final String LOGIN_REFRESH_TOKEN = LOGIN_REFRESH + "+loopback/login-refresh.token==";
    public static final String LOGIN_CLIENT_ID = "arn:aws:signin:::devtools/same-device";
    /** The key that {@code aws login} made, in the form in which it lies in its cache file. */
    public static final String LOGIN_DPOP_KEY = """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEILOfteO+7uR+9j6p8xj+kNJ+ZOhfxz4iYeEz5tivWLDtoAoGCCqGSM49
            AwEHoUQDQgAEa+rxXEohnzk0g8MuMxzEsUaUe4i34bipzeV0y3GSXqFBvgGy3kee
            CJXnIT2p/whgcbxhlT3rLCh2n/ZDlXD5RA==
            -----END EC PRIVATE KEY-----
            """;
    /** What the header Authorization must be at {@link #CONTAINER_PATH}. */
    public static final String CONTAINER_TOKEN = "Bearer loopback+container/token==";
    public static final String CONTAINER_PATH = "/container/credentials";
    /** Of ECS, where no token is asked for. */
    public static final String ECS_PATH = "/v2/credentials/0a1b2c3d-4e5f-6789-abcd-ef0123456789";

    /** Whose the sessions are that each source gives; {@link #arn(String)} makes an ARN of it. */
    public static final String SAML_IDENTITY = "assumed-role/Admin/saml-user",
            LOGIN_IDENTITY = "assumed-role/Admin/login-user", CONTAINER_IDENTITY = "assumed-role/Task/container-user",
            INSTANCE_IDENTITY = "assumed-role/Instance/i-0123456789abcdef0";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant FUTURE = Instant.parse("2099-12-31T23:59:59Z");

    public static final Key ADMIN = Key.longTerm("AKIALOOPBACKADMIN001", Kind.USER, "user/admin");
    /** May do everything but call GetFederationToken. */
    public static final Key NO_FEDERATION = Key.longTerm("AKIALOOPBACKNOFED001", Kind.USER, "user/nofed");
    public static final Key ROOT = Key.longTerm("AKIALOOPBACKROOT0001", Kind.ROOT, "root");
    /** What GetSessionToken gave to the user admin: good for STS, useless for the console. */
    public static final Key SESSION_TOKEN =
            Key.earlier("ASIALOOPBACKUSER0001", Kind.USER_SESSION, "user/admin", FUTURE);
    public static final Key FEDERATED_SESSION =
            Key.earlier("ASIALOOPBACKFEDER001", Kind.FEDERATED_SESSION, "federated-user/earlier", FUTURE);
    public static final Key ROLE_SESSION =
            Key.earlier("ASIALOOPBACKROLE0001", Kind.ROLE_SESSION, "assumed-role/Admin/earlier", FUTURE);
    /** Of a role that was assumed with the credentials of another role. */
    public static final Key CHAINED_SESSION =
            Key.earlier("ASIALOOPBACKCHAIN001", Kind.CHAINED_SESSION, "assumed-role/Admin/chained", FUTURE);
    public static final Key EXPIRED_SESSION =
            Key.earlier("ASIALOOPBACKOLD00001", Kind.ROLE_SESSION, "assumed-role/Admin/expired", PAST);

    /** What an access key stands for, which decides what STS and the federation endpoint grant. */
    public enum Kind { ROOT, USER, USER_SESSION, FEDERATED_SESSION, ROLE_SESSION, CHAINED_SESSION }

    /**
     * An access key that this AWS knows.
     *
     * @param sessionToken empty for a long-term key
     * @param identity the last part of its ARN, such as {@code user/admin}
     * @param partition where it is valid; empty for the constants of this class, which are valid everywhere
     * @param rights what the console page says of its rights
     */
    public record Key(String accessKeyId, String secretAccessKey, String sessionToken, Kind kind, String identity,
                      String partition, Instant expiration, String rights) {

        private static Key longTerm(String id, Kind kind, String identity) {
            return new Key(id, secret(id), "", kind, identity, "", Instant.MAX, "");
        }

        private static Key earlier(String id, Kind kind, String identity, Instant expiration) {
            return temporary(id, kind, identity, "", expiration, "those of an earlier session");
        }

        /** As with AWS, {@code +}, {@code /} and {@code =} are in the token, so that encoding errors show. */
        private static Key temporary(String id, Kind kind, String identity, String partition, Instant expiration,
                                     String rights) {
            String token = "IQoJb3JpZ2luX2Vj+/" + Base64.getEncoder().encodeToString(random(250));
            return new Key(id, secret(id), token, kind, identity, partition, expiration, rights);
        }

        private static String secret(String accessKeyId) {
            return accessKeyId + "/a+secret/of+nobody/";
        }

        public String arn(String inPartition) {
            String service = kind == Kind.ROOT || kind == Kind.USER || kind == Kind.USER_SESSION ? "iam" : "sts";
            return "arn:" + inPartition + ":" + service + "::" + ACCOUNT + ":" + identity;
        }

        String userId() {
            String name = identity.substring(identity.lastIndexOf('/') + 1);
            return switch (kind) {
                case ROOT -> ACCOUNT;
                case USER, USER_SESSION -> "AIDALOOPBACK00000001";
                case FEDERATED_SESSION -> ACCOUNT + ":" + name;
                case ROLE_SESSION, CHAINED_SESSION -> "AROALOOPBACK00000001:" + name;
            };
        }

        boolean isOfRole() {
            return kind == Kind.ROLE_SESSION || kind == Kind.CHAINED_SESSION;
        }

        boolean isValidIn(String thatPartition) {
            return partition.isEmpty() || partition.equals(thatPartition);
        }
    }

    /**
     * A request and what became of it.
     *
     * @param parameters those of the query and of the form, decoded, and the members of a JSON object of strings
     * @param code the AWS error code; empty without an error, and at the federation endpoint, which has none
     * @param headers those of the request; the case of their names does not matter
     */
    public record Exchange(String method, String path, Map<String, String> parameters, int status, String code,
                           Map<String, String> headers) {

        private static Exchange of(HttpExchange http, Map<String, String> parameters, int status, String code) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            http.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
            return new Exchange(http.getRequestMethod(), http.getRequestURI().getRawPath(), parameters, status, code,
                    Collections.unmodifiableMap(headers));
        }
    }

    /** The ARN of a session in the partition aws: {@code arn(LOGIN_IDENTITY)}, {@code arn("assumed-role/Admin/me")}. */
    public static String arn(String identity) {
        return "arn:aws:sts::" + ACCOUNT + ":" + identity;
    }

    /** Whose a session is that the portal of IAM Identity Center gives for this role. */
    public static String ssoIdentity(String role) {
        return "assumed-role/AWSReservedSSO_" + role + "_0123456789abcdef/sso-user";
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(LoopbackAws::daemon);
    private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
    private final Map<String, Key> keys = new ConcurrentHashMap<>();
    private final Map<String, SigninToken> signinTokens = new ConcurrentHashMap<>();
    private final Map<String, ConsoleSession> consoleSessions = new ConcurrentHashMap<>();
    /** Those that are good, and until when. */
    private final Map<String, Instant> tokens = new ConcurrentHashMap<>(
            Map.of(SSO_ACCESS_TOKEN, FUTURE, SSO_REFRESH_TOKEN, FUTURE, LOGIN_REFRESH_TOKEN, FUTURE));
    private final Set<String> proofsSeen = ConcurrentHashMap.newKeySet();
    private final AtomicInteger keysIssued = new AtomicInteger();
    private volatile boolean instanceRole = true;
    private volatile Clock clock = Clock.systemUTC();

    private LoopbackAws() throws IOException {
        Stream.of(ADMIN, NO_FEDERATION, ROOT, SESSION_TOKEN, FEDERATED_SESSION, ROLE_SESSION, CHAINED_SESSION,
                EXPIRED_SESSION).forEach(key -> keys.put(key.accessKeyId(), key));
        // JDK 17 sends head and body apart; without this each answer waits 40 ms for the client's delayed ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    public static LoopbackAws start() throws IOException {
        LoopbackAws aws = new LoopbackAws();
        // The server's own thread is a daemon only if the thread that starts it is one.
        CompletableFuture.runAsync(aws.server::start, aws.threads).join();
        return aws;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "loopback-aws");
        thread.setDaemon(true);
        return thread;
    }

    /** The base of all addresses, without a slash at its end. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public List<Exchange> exchanges() {
        return List.copyOf(exchanges);
    }

    public void setClock(Clock clock) {
        this.clock = clock;
    }

    /** Whether the EC2 instance has a role, as it has from the start. */
    public void setInstanceRole(boolean instanceRole) {
        this.instanceRole = instanceRole;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    // ---- HTTP

    private record Request(String id, String method, String path, String query, Headers headers, byte[] body,
                           Map<String, String> parameters) {

        static Request read(HttpExchange http) throws IOException {
            URI uri = http.getRequestURI();
            String query = Objects.requireNonNullElse(uri.getRawQuery(), "");
            byte[] body = http.getRequestBody().readAllBytes();
            String text = new String(body, UTF_8);
            boolean json = isJson(http.getRequestHeaders().getFirst("Content-Type"));
            Map<String, String> parameters = new LinkedHashMap<>(json ? members(text) : Map.of());
            for (String pair : (json ? query : query + "&" + text).split("&")) {
                String[] parts = pair.split("=", 2);
                String name = URLDecoder.decode(parts[0], UTF_8);
                String value = parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8);
                refuseIf(parameters.put(name, value) != null && !name.isEmpty(), 400, "", "Sent twice: " + name);
            }
            parameters.remove("");
            return new Request(UUID.randomUUID().toString(), http.getRequestMethod(), uri.getRawPath(), query,
                    http.getRequestHeaders(), body, Collections.unmodifiableMap(parameters));
        }

        private static boolean isJson(String contentType) {
            return contentType != null && contentType.matches("(?i)application/json( *;.*)?");
        }

        /** Whether it has a JSON object of strings, which are then among the parameters. */
        boolean isJsonObject() {
            return isJson(headers.getFirst("Content-Type")) && !members(new String(body, UTF_8)).isEmpty();
        }

        /** The header as Signature Version 4 sees it; empty if it is absent. */
        String header(String name) {
            return headers.getOrDefault(name, List.of()).stream()
                    .map(value -> value.strip().replaceAll(" +", " ")).collect(Collectors.joining(","));
        }

        String parameter(String name) {
            return parameters.getOrDefault(name, "");
        }
    }

    private record Answer(int status, String code, Map<String, String> headers, String body) {

        static Answer xml(Request request, int status, String code, String body) {
            return new Answer(status, code, Map.of("Content-Type", "text/xml", "x-amzn-RequestId", request.id()), body);
        }

        static Answer text(String body) {
            return new Answer(200, "", Map.of("Content-Type", "text/plain"), body);
        }

        /** A template of JSON, filled with values that are escaped. */
        static Answer json(int status, String code, String template, Object... values) {
            return new Answer(status, code, Map.of("Content-Type", "application/json", "Cache-Control", "no-store"),
                    template.formatted(Stream.of(values).map(value -> value.toString().replace("\\", "\\\\")
                            .replace("\"", "\\\"")).toArray()));
        }

        Answer with(String header, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(header, value);
            return new Answer(status, code, more, body);
        }

        static Answer page(int status, String title, String content) {
            Map<String, String> headers = Map.of("Content-Type", "text/html; charset=utf-8",
                    "Cache-Control", "no-store",
                    "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
            return new Answer(status, "", headers, markup(PAGE, title) + content + "</main>\n</body>\n</html>\n");
        }

        void send(HttpExchange http) throws IOException {
            byte[] bytes = body.getBytes(UTF_8);
            headers.forEach(http.getResponseHeaders()::set);
            http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            http.getResponseBody().write(bytes);
        }
    }

    /** AWS says no. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        final int status;
        final String code;

        Refusal(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }
    }

    private static void refuseIf(boolean refused, int status, String code, String message) {
        if (refused) {
            throw new Refusal(status, code, message);
        }
    }

    private void handle(HttpExchange http) throws IOException {
        try {
            Request request = Request.read(http);
            Answer answer = answer(request);
            // Noted before it is sent: whoever has the answer finds it in exchanges().
            exchanges.add(Exchange.of(http, request.parameters(), answer.status(), answer.code()));
            answer.send(http);
        } catch (Refusal | IllegalArgumentException malformed) {
            exchanges.add(Exchange.of(http, Map.of(), 400, ""));
            Answer.page(400, "Malformed request", markup("<p>%s</p>\n", malformed.getMessage())).send(http);
        } finally {
            http.close();
        }
    }

    private Answer answer(Request request) {
        try {
            return switch (request.path()) {
                case "/" -> sts(request);
                case "/federation" -> federation(request);
                case "/oauth" -> logout(request);
                case "/console" -> console(request);
                default -> source(request);
            };
        } catch (Refusal refusal) {
            return refused(request, refusal);
        }
    }

    /** Each service says no in a shape of its own. */
    private static Answer refused(Request request, Refusal refusal) {
        int status = refusal.status;
        String code = refusal.code;
        String message = refusal.getMessage();
        return switch (code.isEmpty() ? "no service's" : request.path()) {
            case "no service's" -> Answer.page(status, "Error " + status, markup("<p>%s</p>\n", message));
            case "/" -> Answer.xml(request, status, code, markup("""
                    <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                      <Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>
                      <RequestId>%s</RequestId>
                    </ErrorResponse>
                    """, code, message, request.id()));
            case "/federation/credentials" ->
                    Answer.json(status, code, "{\"message\":\"%s\"}", message).with("x-amzn-ErrorType", code);
            case "/token" -> Answer.json(status, code, "{\"error\":\"%s\",\"error_description\":\"%s\"}", code, message)
                    .with("x-amzn-ErrorType", Pattern.compile("(?:^|_)(.)").matcher(code)
                            .replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT)) + "Exception");
            case "/v1/token" -> Answer.json(status, code, "{\"error\":\"%s\",\"message\":\"%s\"}", code, message)
                    .with("x-amzn-ErrorType", status == 400 ? "ValidationException" : "AccessDeniedException");
            default -> Answer.json(status, code, "{\"code\":\"%s\",\"message\":\"%s\"}", code, message);
        };
    }

    // ---- JSON

    // Possessive: backtracking over a session token of some thousand characters would overflow the stack.
    private static final String STRING = "\\s*\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"\\s*";
    private static final Pattern MEMBER = Pattern.compile(STRING + ":" + STRING);
    private static final Pattern OBJECT = Pattern.compile("\\s*\\{" + MEMBER + "(," + MEMBER + ")*}\\s*");

    /** The members of a JSON object of strings; none if it is no such object. */
    private static Map<String, String> members(String json) {
        Map<String, String> members = new LinkedHashMap<>();
        if (OBJECT.matcher(json).matches()) {
            MEMBER.matcher(json).results().forEach(member -> refuseIf(
                    members.put(unescapeJson(member.group(1)), unescapeJson(member.group(2))) != null,
                    400, "", "Twice in JSON: " + member.group(1)));
        }
        return members;
    }

    private static final Pattern SCALAR =
            Pattern.compile("\\s*(?:true|false|null|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)\\s*");
    // Of what was replaced: S was a string, V another value, O an object.
    private static final Pattern INNERMOST_OBJECT = Pattern.compile("\\s*\\{(?:\\s*|S:[SVO](?:,S:[SVO])*)}\\s*");
    private static final Pattern INNERMOST_ARRAY = Pattern.compile("\\s*\\[(?:\\s*|[SVO](?:,[SVO])*)]\\s*");

    /** Whether it is a JSON object: replaced from the inside out, only that is left. */
    private static boolean isJsonObject(String json) {
        String rest = Pattern.compile(STRING).matcher(json).replaceAll("\"");
        if (rest.matches("(?s).*[SVO].*")) {
            return false;
        }
        rest = SCALAR.matcher(rest).replaceAll("V").replace('"', 'S');
        for (String before = ""; !rest.equals(before);) {
            before = rest;
            rest = INNERMOST_OBJECT.matcher(INNERMOST_ARRAY.matcher(rest).replaceAll("V")).replaceAll("O");
        }
        return rest.equals("O");
    }

    private static String unescapeJson(String string) {
        return Pattern.compile("\\\\(?:u(\\p{XDigit}{4})|(.))").matcher(string).replaceAll(escape ->
                Matcher.quoteReplacement(escape.group(1) == null ? escape.group(2)
                        : Character.toString(Integer.parseInt(escape.group(1), 16))));
    }

    // ---- STS

    private record Caller(Key key, String partition) {}

    private Answer sts(Request request) {
        // The callers of these two prove with a token who they are, and have no key to sign with.
        boolean unsigned = request.parameter("Action").matches("AssumeRoleWith(WebIdentity|SAML)");
        Caller caller = unsigned ? null : authenticate(request);
        refuseIf(!request.method().equals("POST")
                || !request.header("Content-Type").startsWith("application/x-www-form-urlencoded"),
                404, "UnknownOperationException", "The request is not a form.");
        String operation = request.parameter("Action") + " for version " + request.parameter("Version");
        String result = switch (operation) {
            case "GetFederationToken for version 2011-06-15" -> getFederationToken(request, caller);
            case "AssumeRole for version 2011-06-15" -> assumeRole(request, caller);
            case "AssumeRoleWithWebIdentity for version 2011-06-15" -> assumeRoleWithWebIdentity(request);
            case "AssumeRoleWithSAML for version 2011-06-15" -> assumeRoleWithSaml(request);
            case "GetCallerIdentity for version 2011-06-15" ->
                    markup("<Arn>%s</Arn><UserId>%s</UserId><Account>%s</Account>",
                            caller.key().arn(caller.partition()), caller.key().userId(), ACCOUNT);
            default -> throw new Refusal(400, "InvalidAction", "Could not find operation " + operation);
        };
        return Answer.xml(request, 200, "", """
                <%1$sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                  <%1$sResult>%2$s</%1$sResult>
                  <ResponseMetadata><RequestId>%3$s</RequestId></ResponseMetadata>
                </%1$sResponse>
                """.formatted(request.parameter("Action"), result, request.id()));
    }

    private Caller authenticate(Request request) {
        Signature signature = Signature.of(request);
        String region = signature.region();
        String partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov"
                : region.startsWith("eusc-") ? "aws-eusc" : "aws";
        Key key = keys.get(signature.accessKeyId());
        refuseIf(key == null || !key.isValidIn(partition)
                || !key.sessionToken().equals(request.header("X-Amz-Security-Token")),
                403, "InvalidClientTokenId", "The security token included in the request is invalid.");
        refuseIf(!key.expiration().isAfter(now()),
                403, "ExpiredToken", "The security token included in the request is expired");
        signature.check(request, key.secretAccessKey(), now());
        return new Caller(key, partition);
    }

    private String getFederationToken(Request request, Caller caller) {
        String name = name(request, "Name", 32);
        int seconds = durationSeconds(request, 43_200, 129_600);
        String limits = sessionPolicies(request, caller.partition());
        checkTags(request);
        refuseIf(!caller.key().sessionToken().isEmpty(),
                403, "AccessDenied", "Cannot call GetFederationToken with session credentials");
        String user = "arn:" + caller.partition() + ":sts::" + ACCOUNT + ":federated-user/" + name;
        refuseIf(caller.key().equals(NO_FEDERATION),
                403, "AccessDenied", notAuthorized(caller, "sts:GetFederationToken", user));
        // AWS does not refuse the root user a longer session, it shortens it.
        int granted = caller.key().kind() == Kind.ROOT ? Math.min(seconds, 3_600) : seconds;
        String rights = limits.isEmpty() ? "none, without a session policy" : "the caller's own rights" + limits;
        Key session = issue(Kind.FEDERATED_SESSION, "federated-user/" + name, caller.partition(), granted, rights);
        return sessionMarkup(request, session, "FederatedUser", "FederatedUserId");
    }

    private String assumeRole(Request request, Caller caller) {
        String roleArn = length(request, "RoleArn", 20, 2_048);
        String sessionName = name(request, "RoleSessionName", 64);
        int seconds = durationSeconds(request, 3_600, 43_200);
        String limits = sessionPolicies(request, caller.partition());
        checkTags(request);
        String source = request.parameters().containsKey("SourceIdentity") ? name(request, "SourceIdentity", 64) : "";
        String role = roleFor(caller, roleArn, request);
        boolean chained = caller.key().isOfRole();
        refuseIf(chained && seconds > 3_600, 400, "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        checkMaximum(role, seconds);
        Key session = issue(chained ? Kind.CHAINED_SESSION : Kind.ROLE_SESSION, "assumed-role/" + role + "/"
                + sessionName, caller.partition(), seconds, "the role's own rights" + limits);
        return sessionMarkup(request, session, "AssumedRoleUser", "AssumedRoleId")
                + (source.isEmpty() ? "" : markup("<SourceIdentity>%s</SourceIdentity>", source));
    }

    private static void checkMaximum(String role, int seconds) {
        refuseIf(seconds > ROLES.get(role), 400, "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }

    private static final String TAG_CHARACTERS = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";

    /** Session tags change nothing here, but wrong ones are refused. */
    private static void checkTags(Request request) {
        List<String> keys = listed(request, "Tags.member.", ".Key");
        List<String> values = listed(request, "Tags.member.", ".Value");
        List<String> transitive = listed(request, "TransitiveTagKeys.member.", "");
        String lacking = keys.size() < values.size() ? "key" : "value";
        constrain("tags." + (Math.min(keys.size(), values.size()) + 1) + ".member." + lacking, null,
                keys.size() == values.size(), "not be null");
        checkNumbers(request, "Tags", 2 * keys.size());
        checkNumbers(request, "TransitiveTagKeys", transitive.size());
        constrain("Tags", keys, keys.size() <= 50, "have length less than or equal to 50");
        constrain("TransitiveTagKeys", transitive, transitive.size() <= 50, "have length less than or equal to 50");
        Stream.concat(keys.stream(), transitive.stream()).forEach(key -> constrain("tags.member.key", key,
                key.matches(TAG_CHARACTERS) && !key.isEmpty() && key.length() <= 128,
                "have 1 to 128 characters and satisfy regular expression pattern: " + TAG_CHARACTERS));
        values.forEach(value -> constrain("tags.member.value", value,
                value.matches(TAG_CHARACTERS) && value.length() <= 256,
                "have at most 256 characters and satisfy regular expression pattern: " + TAG_CHARACTERS));
        Set<String> unique = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        refuseIf(!keys.stream().allMatch(unique::add), 400, "InvalidParameterValue",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        refuseIf(!unique.containsAll(transitive), 400, "InvalidParameterValue",
                "The specified transitive tag key must be included in the requested tags.");
    }

    private String assumeRoleWithWebIdentity(Request request) {
        String sessionName = name(request, "RoleSessionName", 64);
        String token = length(request, "WebIdentityToken", 4, 20_000);
        refuseIf(token.equals(EXPIRED_WEB_IDENTITY_TOKEN), 400, "ExpiredTokenException", "Token expired: current"
                + " date/time " + now().getEpochSecond() + " must be before the expiration date/time 1577836800");
        refuseIf(!token.matches("[-\\w]+(\\.[-\\w]+){2}"), 400, "InvalidIdentityToken", "The ID Token provided is not a"
                + " valid JWT. (You may see this error if you sent an Access Token)");
        refuseIf(!token.equals(WEB_IDENTITY_TOKEN), 400, "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider,  please reference"
                + " AssumeRoleWithWebIdentity documentation for requirements");
        return sessionMarkup(request, assumeUnsigned(request, sessionName), "AssumedRoleUser", "AssumedRoleId")
                + markup("<SubjectFromWebIdentityToken>web-user</SubjectFromWebIdentityToken>"
                + "<Provider>https://idp.example.com/</Provider><Audience>loopback</Audience>");
    }

    private String assumeRoleWithSaml(Request request) {
        String provider = length(request, "PrincipalArn", 20, 2_048);
        String assertion = length(request, "SAMLAssertion", 4, 100_000);
        refuseIf(!provider.equals(SAML_PROVIDER), 400, "InvalidIdentityToken", "Specified provider doesn't exist");
        refuseIf(!assertion.equals(SAML_ASSERTION), 400, "InvalidIdentityToken", "Response signature invalid");
        return sessionMarkup(request, assumeUnsigned(request, "saml-user"), "AssumedRoleUser", "AssumedRoleId")
                + markup("<Subject>saml-user</Subject><SubjectType>persistent</SubjectType>"
                + "<Issuer>https://idp.example.com/saml</Issuer>"
                + "<Audience>https://signin.aws.amazon.com/saml</Audience>"
                + "<NameQualifier>bG9vcGJhY2sgbmFtZSBxdWFsaWZpZXI=</NameQualifier>");
    }

    /** A session of the role, which trusts the identity provider. No signature tells the partition: the ARN does. */
    private Key assumeUnsigned(Request request, String sessionName) {
        String roleArn = length(request, "RoleArn", 20, 2_048);
        int seconds = durationSeconds(request, 3_600, 43_200);
        Matcher arn = Pattern.compile("arn:([-a-z]+):iam::(\\d{12}):role/(.+)").matcher(roleArn);
        refuseIf(!arn.matches() || !CONSOLE_DOMAINS.containsKey(arn.group(1)),
                400, "ValidationError", "Request ARN is invalid");
        String role = arn.group(3);
        String limits = sessionPolicies(request, arn.group(1));
        refuseIf(!arn.group(2).equals(ACCOUNT) || !ROLES.containsKey(role),
                403, "AccessDenied", "Not authorized to perform sts:" + request.parameter("Action"));
        checkMaximum(role, seconds);
        return issue(Kind.ROLE_SESSION, "assumed-role/" + role + "/" + sessionName, arn.group(1), seconds,
                "the role's own rights" + limits);
    }

    private static String jwt(long expiration) {
        String claims = """
                {"iss":"https://idp.example.com/","sub":"web-user","aud":"loopback","exp":%s}""".formatted(expiration);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return Stream.of("{\"alg\":\"RS256\",\"typ\":\"JWT\"}", claims, "nobody verifies this signature")
                .map(part -> base64.encodeToString(part.getBytes(UTF_8))).collect(Collectors.joining("."));
    }

    private static String samlAssertion() {
        String attribute = "<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/%s\"><saml:AttributeValue>%s"
                + "</saml:AttributeValue></saml:Attribute>\n";
        String response = """
                <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0">
                <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:AttributeStatement>
                """ + attribute.formatted("RoleSessionName", "saml-user")
                + ROLES.keySet().stream().sorted().map(role -> attribute.formatted("Role",
                        "arn:aws:iam::" + ACCOUNT + ":role/" + role + "," + SAML_PROVIDER))
                        .collect(Collectors.joining())
                // In Base64 this has + and /, so that encoding errors show.
                + "</saml:AttributeStatement></saml:Assertion></samlp:Response><!-- >>> >>> >>> ??? ??? ??? -->";
        return Base64.getEncoder().encodeToString(response.getBytes(UTF_8));
    }

    /** The name of the role, if it exists and trusts the caller. */
    private static String roleFor(Caller caller, String roleArn, Request request) {
        String prefix = "arn:" + caller.partition() + ":iam::";
        String role = roleArn.replace(prefix + ACCOUNT + ":role/", "");
        String code = request.parameter("TokenCode");
        boolean mfa = !code.isEmpty() && !request.parameter("SerialNumber").isEmpty();
        refuseIf(!roleArn.matches(prefix + "\\d{12}:role/.+"), 400, "ValidationError", "Request ARN is invalid");
        refuseIf(caller.key().kind() == Kind.ROOT, 403, "AccessDenied", "Roles may not be assumed by root accounts.");
        refuseIf(!ROLES.containsKey(role) || caller.key().kind() == Kind.FEDERATED_SESSION
                || role.equals("WithExternalId") && !request.parameter("ExternalId").equals(EXTERNAL_ID),
                403, "AccessDenied", notAuthorized(caller, "sts:AssumeRole", roleArn));
        refuseIf(mfa ? !code.equals(MFA_CODE) : role.equals("WithMfa"),
                403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.");
        return role;
    }

    private static String notAuthorized(Caller caller, String action, String resource) {
        return "User: %s is not authorized to perform: %s on resource: %s"
                .formatted(caller.key().arn(caller.partition()), action, resource);
    }

    private Key issue(Kind kind, String identity, String partition, int seconds, String rights) {
        String id = "ASIALOOPBACK" + (10_000_000 + keysIssued.incrementAndGet());
        Key key = Key.temporary(id, kind, identity, partition, now().plusSeconds(seconds), rights);
        keys.put(id, key);
        return key;
    }

    private static String sessionMarkup(Request request, Key key, String user, String userId) {
        int packed = (request.parameter("Policy").length() * 100 + 2_047) / 2_048;
        return markup("<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>"
                + "<SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>",
                key.accessKeyId(), key.secretAccessKey(), key.sessionToken(), key.expiration())
                + markup("<%1$s><Arn>%3$s</Arn><%2$s>%4$s</%2$s></%1$s>",
                        user, userId, key.arn(key.partition()), key.userId())
                + (packed == 0 ? "" : markup("<PackedPolicySize>%s</PackedPolicySize>", packed));
    }

    private static final Pattern ALLOW_ALL = Pattern.compile("\\{(\"Version\":\"[-\\d]+\",)?\"Statement\":\\[?\\{"
            + "(\"(Effect\":\"Allow\"|Action\":\\[?\"\\*\"]?|Resource\":\\[?\"\\*\"]?),?){3}}]?}");

    private static final String POLICY_CHARACTERS = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";

    /** In words, how the session policies limit the caller's rights; empty without a session policy. */
    private static String sessionPolicies(Request request, String partition) {
        List<String> policies = listed(request, "PolicyArns.member.", ".arn");
        checkNumbers(request, "PolicyArns", policies.size());
        constrain("PolicyArns", policies, policies.size() <= 10, "have length less than or equal to 10");
        policies.forEach(arn -> refuseIf(!arn.matches("arn:" + partition + ":iam::(aws|" + ACCOUNT + "):policy/.+"),
                400, "ValidationError", "ARN " + arn + " is not valid."));
        if (request.parameters().containsKey("Policy")) {
            String policy = length(request, "Policy", 1, 2_048).strip();
            constrain("Policy", policy, policy.matches(POLICY_CHARACTERS),
                    "satisfy regular expression pattern: " + POLICY_CHARACTERS);
            refuseIf(!isJsonObject(policy),
                    400, "MalformedPolicyDocument", "The policy is not in the valid JSON format.");
            if (ALLOW_ALL.matcher(policy.replaceAll("\\s", "")).matches()) {
                return " (session policy allows everything)";
            }
            policies.add(0, policy.length() > 200 ? policy.substring(0, 200) + "..." : policy);
        }
        return policies.isEmpty() ? "" : ", limited by " + String.join(" and ", policies);
    }

    private static List<String> listed(Request request, String prefix, String suffix) {
        return Stream.iterate(1, n -> n + 1).map(n -> prefix + n + suffix)
                .map(request.parameters()::get).takeWhile(Objects::nonNull)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** That no member of the list is left over. */
    private static void checkNumbers(Request request, String list, int known) {
        long sent = request.parameters().keySet().stream().filter(name -> name.startsWith(list + ".")).count();
        refuseIf(sent != known, 400, "MalformedInput", "The members of a list are not numbered from 1 on.");
    }

    private static String name(Request request, String parameter, int max) {
        String value = length(request, parameter, 2, max);
        constrain(parameter, value, value.matches("[\\w+=,.@-]*"), "satisfy regular expression pattern: [\\w+=,.@-]*");
        return value;
    }

    private static String length(Request request, String parameter, int min, int max) {
        String value = request.parameters().get(parameter);
        constrain(parameter, value, value != null, "not be null");
        constrain(parameter, value, value.length() >= min, "have length greater than or equal to " + min);
        constrain(parameter, value, value.length() <= max, "have length less than or equal to " + max);
        return value;
    }

    private static int durationSeconds(Request request, int absent, int max) {
        String value = request.parameters().getOrDefault("DurationSeconds", String.valueOf(absent));
        refuseIf(!value.matches("-?\\d{1,9}"), 400, "MalformedInput", "DurationSeconds is not an integer");
        int seconds = Integer.parseInt(value);
        constrain("DurationSeconds", value, seconds >= 900, "have value greater than or equal to 900");
        constrain("DurationSeconds", value, seconds <= max, "have value less than or equal to " + max);
        return seconds;
    }

    private static void constrain(String parameter, Object value, boolean satisfied, String constraint) {
        // AWS writes Name as 'name', and an absent value as null without quotes.
        String name = Character.toLowerCase(parameter.charAt(0)) + parameter.substring(1);
        refuseIf(!satisfied, 400, "ValidationError", "1 validation error detected: Value "
                + (value == null ? "null" : "'" + value + "'") + " at '" + name
                + "' failed to satisfy constraint: Member must " + constraint);
    }

    /** A Signature Version 4 as it was sent, and what it should have been for the request as it arrived. */
    private record Signature(String accessKeyId, String date, String region, SortedSet<String> signedHeaders,
                             String value) {

        private static final Pattern AUTHORIZATION = Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/,]+)/(\\d{8})"
                + "/([^/,]+)/([^/,]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})");
        private static final DateTimeFormatter DATE =
                DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
        private static final Duration SKEW = Duration.ofMinutes(5);

        static Signature of(Request request) {
            String header = request.header("Authorization");
            Matcher part = AUTHORIZATION.matcher(header);
            refuseIf(header.isEmpty(), 403, "MissingAuthenticationToken", "Request is missing Authentication Token");
            refuseIf(!part.matches(), 400, "IncompleteSignature", "The Authorization header is not well-formed.");
            mismatchIf(!part.group(3).matches("[a-z]{2,4}(-[a-z]+)+-\\d"),
                    "Credential should be scoped to a valid region.");
            mismatchIf(!part.group(4).equals("sts"), "Credential should be scoped to correct service: 'sts'.");
            // Sorted here: a client that does not sort them computes another signature.
            return new Signature(part.group(1), part.group(2), part.group(3),
                    new TreeSet<>(List.of(part.group(5).split(";"))), part.group(6));
        }

        void check(Request request, String secretAccessKey, Instant now) {
            checkDate(request.header("X-Amz-Date"), now);
            Stream.concat(Stream.of("host", "content-type"), request.headers().keySet().stream()
                    .map(String::toLowerCase).filter(name -> name.startsWith("x-amz-")))
                    .forEach(name -> mismatchIf(!signedHeaders.contains(name),
                            "'" + name + "' must be a 'SignedHeader' in the AWS Authorization header."));
            try {
                mismatchIf(!value.equals(expected(request, secretAccessKey)), "The request signature we calculated does"
                        + " not match the signature you provided. Check your AWS Secret Access Key and signing method."
                        + " Consult the service documentation for details.");
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every JDK has SHA-256 and HMAC", impossible);
            }
        }

        private void checkDate(String sent, Instant now) {
            String earliest = DATE.format(now.minus(SKEW));
            String latest = DATE.format(now.plus(SKEW));
            mismatchIf(!sent.matches("\\d{8}T\\d{6}Z") || !sent.startsWith(date), "Date in Credential scope does not"
                    + " match YYYYMMDD from ISO-8601 version of date from HTTP: '" + date + "' != '" + sent + "'.");
            // Dates of this form are in order of time when they are in order of text.
            mismatchIf(sent.compareTo(earliest) < 0, "Signature expired: " + sent + " is now earlier than " + earliest
                    + " (" + DATE.format(now) + " - 5 min.)");
            mismatchIf(sent.compareTo(latest) > 0, "Signature not yet current: " + sent + " is still later than "
                    + latest + " (" + DATE.format(now) + " + 5 min.)");
        }

        private static void mismatchIf(boolean mismatch, String message) {
            refuseIf(mismatch, 403, "SignatureDoesNotMatch", message);
        }

        private String expected(Request request, String secretAccessKey) throws GeneralSecurityException {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            HexFormat hex = HexFormat.of();
            String headers = signedHeaders.stream().map(name -> name + ":" + request.header(name) + "\n")
                    .collect(Collectors.joining());
            String canonicalRequest = String.join("\n", request.method(), request.path(), request.query(), headers,
                    String.join(";", signedHeaders), hex.formatHex(sha256.digest(request.body())));
            String stringToSign = String.join("\n", "AWS4-HMAC-SHA256", request.header("X-Amz-Date"),
                    date + "/" + region + "/sts/aws4_request",
                    hex.formatHex(sha256.digest(canonicalRequest.getBytes(UTF_8))));
            // Each code is the key for the next one, and the last one is the signature.
            Mac hmac = Mac.getInstance("HmacSHA256");
            byte[] code = ("AWS4" + secretAccessKey).getBytes(UTF_8);
            for (String text : List.of(date, region, "sts", "aws4_request", stringToSign)) {
                hmac.init(new SecretKeySpec(code, "HmacSHA256"));
                code = hmac.doFinal(text.getBytes(UTF_8));
            }
            return hex.formatHex(code);
        }
    }

    // ---- The federation endpoint

    private static final Duration SIGNIN_TOKEN_LIFETIME = Duration.ofMinutes(15);
    private static final Map<String, String> CONSOLE_DOMAINS = Map.of(
            "aws", "console.aws.amazon.com", "aws-cn", "console.amazonaws.cn",
            "aws-us-gov", "console.amazonaws-us-gov.com", "aws-eusc", "console.amazonaws-eusc.eu");

    private static final Pattern COOKIE = Pattern.compile("loopback-console=([-\\w]+)");

    private record SigninToken(Key key, Instant expiration, Instant sessionEnd) {}

    private record ConsoleSession(Key key, String partition, Instant end, String destination) {}

    private static void badRequestIf(boolean bad, String message) {
        refuseIf(bad, 400, "", message);
    }

    private Answer federation(Request request) {
        return switch (request.parameter("Action")) {
            case "getSigninToken" -> getSigninToken(request);
            case "login" -> login(request);
            default -> throw new Refusal(400, "", "The Action is neither getSigninToken nor login.");
        };
    }

    private Answer getSigninToken(Request request) {
        Key key = keyOf(request.parameter("Session"));
        String duration = request.parameters().get("SessionDuration");
        badRequestIf(!request.parameters().getOrDefault("SessionType", "json").equals("json"),
                "The SessionType is not json.");
        badRequestIf(request.method().equals("POST") && key.partition().equals("aws-us-gov"),
                "GovCloud takes no POST.");
        badRequestIf(duration != null && (key.kind() == Kind.FEDERATED_SESSION || key.kind() == Kind.CHAINED_SESSION),
                "SessionDuration does not go with these credentials.");
        badRequestIf(duration != null && !(duration.matches("\\d{3,5}") && Integer.parseInt(duration) >= 900
                && Integer.parseInt(duration) <= 43_200), "The SessionDuration is not from 900 to 43200.");
        Instant end = duration == null ? key.expiration() : now().plusSeconds(Integer.parseInt(duration));
        String token = Base64.getUrlEncoder().encodeToString(random(180));
        signinTokens.put(token, new SigninToken(key, now().plus(SIGNIN_TOKEN_LIFETIME), end));
        return new Answer(200, "", Map.of("Content-Type", "application/json"), "{\"SigninToken\":\"" + token + "\"}");
    }

    /** The key in {@code {"sessionId":"...","sessionKey":"...","sessionToken":"..."}}. */
    private Key keyOf(String session) {
        Map<String, String> members = members(session);
        badRequestIf(members.size() != 3, "The Session is not a JSON object of three strings.");
        Key key = keys.get(members.getOrDefault("sessionId", ""));
        badRequestIf(key == null || key.sessionToken().isEmpty() || !key.expiration().isAfter(now())
                || !key.secretAccessKey().equals(members.get("sessionKey"))
                || !key.sessionToken().equals(members.get("sessionToken")), "The Session is not a valid one.");
        return key;
    }

    private Answer login(Request request) {
        SigninToken token = signinTokens.get(request.parameter("SigninToken"));
        badRequestIf(token == null || !now().isBefore(token.expiration()), "The SigninToken is unknown or too old.");
        badRequestIf(token.key().kind() == Kind.USER_SESSION,
                "Only federation tokens or assume role tokens may be used for federated login");
        String destination = request.parameter("Destination");
        Matcher url = Pattern.compile("https://([a-z0-9.-]+)(:443)?([/?#].*)?").matcher(destination);
        String host = url.matches() ? "." + url.group(1) : "";
        String partition = CONSOLE_DOMAINS.keySet().stream().filter(token.key()::isValidIn)
                .filter(candidate -> host.endsWith("." + CONSOLE_DOMAINS.get(candidate))).findFirst()
                .orElseThrow(() -> new Refusal(400, "", "The Destination is not in the console of these credentials."));
        ConsoleSession before = consoleSessions.get(cookie(request));
        badRequestIf(before != null && now().isBefore(before.end())
                && !before.key().arn(before.partition()).equals(token.key().arn(partition)),
                "You must first log out before logging into a different AWS account.");
        String cookie = UUID.randomUUID().toString();
        consoleSessions.put(cookie, new ConsoleSession(token.key(), partition, token.sessionEnd(), destination));
        return redirect("/console", cookie, token.sessionEnd());
    }

    /** Signs the browser out, if anybody is signed in, and sends it on to sign in. */
    private Answer logout(Request request) {
        String next = request.parameter("redirect_uri");
        badRequestIf(!request.method().equals("GET") || !request.parameter("Action").equals("logout"),
                "This is no GET with the Action logout.");
        badRequestIf(!next.startsWith(uri() + "/federation?") || !next.matches(".*[?&]Action=login(&.*)?"),
                "The redirect_uri is not a login URL of this server.");
        consoleSessions.remove(cookie(request));
        return redirect(next, "", PAST);
    }

    /** The cookie lives as long as the session does, even if the browser does not. */
    private static Answer redirect(String location, String cookie, Instant end) {
        String expires = DateTimeFormatter.RFC_1123_DATE_TIME.format(end.atOffset(ZoneOffset.UTC));
        return new Answer(302, "", Map.of("Location", location, "Set-Cookie", "loopback-console=" + cookie
                + "; Expires=" + expires + "; Path=/; HttpOnly; SameSite=Lax"), "");
    }

    /** Which console session the browser has; empty without one. */
    private static String cookie(Request request) {
        Matcher cookie = COOKIE.matcher(request.header("Cookie"));
        return cookie.find() ? cookie.group(1) : "";
    }

    // ---- Where the AWS tools get credentials

    private static final String ROLE_LIST = "/latest/meta-data/iam/security-credentials/";
    private static final String IMDS = "AQAEA";

    private Answer source(Request request) {
        String path = request.path();
        return switch (request.method() + " " + path) {
            case "GET /federation/credentials" -> ssoCredentials(request);
            case "POST /token" -> ssoToken(request);
            case "POST /v1/token" -> loginToken(request);
            case "GET " + CONTAINER_PATH -> {
                refuseIf(!request.header("Authorization").equals(CONTAINER_TOKEN), 401, "AccessDenied",
                        "The Authorization header is missing or is not the one of this container.");
                yield containerCredentials();
            }
            case "PUT /latest/api/token" -> instanceToken(request);
            default -> {
                refuseIf(!request.method().equals("GET") || !path.matches("/(v2/credentials|latest/meta-data)/.*"),
                        404, "", "There is nothing at this address.");
                refuseIf(path.startsWith("/v2/") && !path.matches("/v2/credentials/\\p{XDigit}{8}(-\\p{XDigit}{4}){3}"
                        + "-\\p{XDigit}{12}"),
                        400, "InvalidIdInRequest", "CredentialsV2Request: Credentials not found");
                yield path.startsWith("/v2/") ? containerCredentials() : metadata(request);
            }
        };
    }

    private Key issueRole(String identity, int seconds) {
        return issue(Kind.ROLE_SESSION, identity, "aws", seconds, "the role's own rights");
    }

    private String issueToken(String purpose, int seconds) {
        String token = purpose + Base64.getEncoder().encodeToString(random(61));
        tokens.put(token, now().plusSeconds(seconds));
        return token;
    }

    private boolean isValid(String purpose, String token) {
        return token.startsWith(purpose) && tokens.getOrDefault(token, PAST).isAfter(now());
    }

    /** Whether it is valid, which it is no longer from now on. */
    private boolean redeem(String purpose, String token) {
        return isValid(purpose, token) && tokens.remove(token) != null;
    }

    private Answer ssoCredentials(Request request) {
        String role = request.parameter("role_name");
        refuseIf(!isValid(SSO_ACCESS, request.header("x-amz-sso_bearer_token")),
                401, "UnauthorizedException", "Session token not found or invalid");
        refuseIf(role.isEmpty() || !request.parameter("account_id").matches("\\d{12}"),
                400, "InvalidRequestException", "Request is missing role_name or account_id, or it is malformed");
        refuseIf(!request.parameter("account_id").equals(ACCOUNT) || !ROLES.containsKey(role),
                403, "ForbiddenException", "No access");
        Key key = issueRole(ssoIdentity(role), 3_600);
        return Answer.json(200, "", """
                {"roleCredentials":{"accessKeyId":"%s","secretAccessKey":"%s","sessionToken":"%s","expiration":%s}}""",
                key.accessKeyId(), key.secretAccessKey(), key.sessionToken(), key.expiration().toEpochMilli());
    }

    private Answer ssoToken(Request request) {
        refuseIf(!request.isJsonObject() || !request.parameters().keySet().containsAll(
                List.of("grantType", "clientId", "clientSecret")), 400, "invalid_request", "Invalid request");
        refuseIf(!request.parameter("clientId").equals(SSO_CLIENT_ID)
                || !request.parameter("clientSecret").equals(SSO_CLIENT_SECRET),
                401, "invalid_client", "Invalid client provided");
        refuseIf(!request.parameter("grantType").equals("refresh_token"),
                400, "unsupported_grant_type", "Unsupported grant type");
        refuseIf(!redeem(SSO_REFRESH, request.parameter("refreshToken")),
                400, "invalid_grant", "Invalid refresh token provided");
        return Answer.json(200, "", """
                {"accessToken":"%s","tokenType":"Bearer","expiresIn":3600,"refreshToken":"%s"}""",
                issueToken(SSO_ACCESS, 3_600), issueToken(SSO_REFRESH, 7_776_000));
    }

    private Answer loginToken(Request request) {
        refuseIf(!request.isJsonObject(), 400, "INVALID_REQUEST", "The request is not a JSON object of strings.");
        refuseIf(!request.parameter("clientId").equals(LOGIN_CLIENT_ID)
                || !request.parameter("grantType").equals("refresh_token")
                || request.parameter("refreshToken").isEmpty(), 400, "INVALID_REQUEST",
                "The clientId, the grantType or the refreshToken is missing or is not a valid one.");
        checkProof(request);
        refuseIf(!redeem(LOGIN_REFRESH, request.parameter("refreshToken")),
                401, "TOKEN_EXPIRED", "The refresh token has expired or was used before.");
        Key key = issueRole(LOGIN_IDENTITY, 900);
        return Answer.json(200, "", """
                {"accessToken":{"accessKeyId":"%s","secretAccessKey":"%s","sessionToken":"%s"},\
                "tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"%s"}""",
                key.accessKeyId(), key.secretAccessKey(), key.sessionToken(), issueToken(LOGIN_REFRESH, 43_200));
    }

    private static final Pattern PROOF = Pattern.compile("(([-\\w]+)\\.([-\\w]+))\\.([-\\w]{86})");
    private static final Pattern JWK = Pattern.compile("\"jwk\"\\s*:\\s*(\\{[^{}]*})");
    private static final Pattern IAT = Pattern.compile("\"iat\"\\s*:\\s*(\\d{10})\\s*(?=[,}])");

    /** That the header DPoP proves possession of LOGIN_DPOP_KEY, for this request and once (RFC 9449). */
    private void checkProof(Request request) {
        Matcher proof = PROOF.matcher(request.header("DPoP"));
        unprovenIf(!proof.matches(), "is missing, or is not a JWT with a signature of 64 bytes");
        String header = decoded(proof.group(2));
        String payload = decoded(proof.group(3));
        Matcher jwk = JWK.matcher(header);
        Matcher iat = IAT.matcher(payload);
        unprovenIf(!jwk.find(), "has no jwk");
        unprovenIf(!iat.find(), "has no iat in seconds");
        byte[] point = dpopPoint();
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        unprovenIf(!members(jwk.group(1)).equals(Map.of("kty", "EC", "crv", "P-256",
                "x", base64.encodeToString(Arrays.copyOfRange(point, 1, 33)),
                "y", base64.encodeToString(Arrays.copyOfRange(point, 33, 65)))), "has not the jwk of this login");
        long age = now().getEpochSecond() - Long.parseLong(iat.group(1));
        // With strings in place of the two members that are none, both are objects of strings.
        Map<String, String> head = members(jwk.replaceFirst("\"jwk\":\"\""));
        Map<String, String> claims = members(iat.replaceFirst("\"iat\":\"\""));
        unprovenIf(!"dpop+jwt".equals(head.get("typ")), "is not of the typ dpop+jwt");
        unprovenIf(!"ES256".equals(head.get("alg")), "has not the alg ES256");
        unprovenIf(!"POST".equals(claims.get("htm")), "is not for the method POST");
        unprovenIf(!(uri() + request.path()).equals(claims.get("htu")), "is not for this URL");
        unprovenIf(Math.abs(age) > 300, "was not issued within 5 minutes");
        unprovenIf(!isSigned(point, proof.group(1), proof.group(4)), "is wrongly signed");
        String id = claims.getOrDefault("jti", "");
        unprovenIf(id.isEmpty() || !proofsSeen.add(id), "has no jti, or one that was seen before");
    }

    private static void unprovenIf(boolean unproven, String message) {
        refuseIf(unproven, 401, "INVALID_REQUEST", "The DPoP header " + message + ".");
    }

    /** The text, or what is no JSON if it is no base64url. */
    private static String decoded(String base64url) {
        try {
            return new String(Base64.getUrlDecoder().decode(base64url), UTF_8);
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }

    /** The public key in LOGIN_DPOP_KEY, with which the DER ends: 4, and x and y of 32 bytes. */
    private static byte[] dpopPoint() {
        byte[] der = Base64.getMimeDecoder().decode(LOGIN_DPOP_KEY.replaceAll("-----.*-----", ""));
        return Arrays.copyOfRange(der, der.length - 65, der.length);
    }

    private static boolean isSigned(byte[] point, String text, String signature) {
        // What comes before the point in the X.509 form of a key: ecPublicKey, prime256v1, the head of a BIT STRING.
        String start = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
        try {
            java.security.Signature verifier = java.security.Signature.getInstance("SHA256withECDSAinP1363Format");
            verifier.initVerify(KeyFactory.getInstance("EC").generatePublic(
                    new X509EncodedKeySpec(HexFormat.of().parseHex(start + HexFormat.of().formatHex(point)))));
            verifier.update(text.getBytes(UTF_8));
            return verifier.verify(Base64.getUrlDecoder().decode(signature));
        } catch (GeneralSecurityException outOfRange) {
            // Depending on the JDK it says so of numbers that no signature can have.
            return false;
        }
    }

    private Answer containerCredentials() {
        Key key = issueRole(CONTAINER_IDENTITY, 21_600);
        return Answer.json(200, "", """
                {"RoleArn":"arn:aws:iam::%s:role/Task","AccessKeyId":"%s","SecretAccessKey":"%s","Token":"%s",\
                "Expiration":"%s"}""",
                ACCOUNT, key.accessKeyId(), key.secretAccessKey(), key.sessionToken(), key.expiration());
    }

    private Answer instanceToken(Request request) {
        String ttl = request.header("x-aws-ec2-metadata-token-ttl-seconds");
        refuseIf(!request.header("X-Forwarded-For").isEmpty(), 403, "", "Nothing that was forwarded gets a token.");
        refuseIf(!ttl.matches("\\d{1,5}") || Integer.parseInt(ttl) < 1 || Integer.parseInt(ttl) > 21_600,
                400, "", "The token's seconds to live are not from 1 to 21600.");
        return Answer.text(issueToken(IMDS, Integer.parseInt(ttl))).with("x-aws-ec2-metadata-token-ttl-seconds", ttl);
    }

    private Answer metadata(Request request) {
        String path = request.path();
        String role = INSTANCE_IDENTITY.split("/")[1];
        refuseIf(!isValid(IMDS, request.header("x-aws-ec2-metadata-token")),
                401, "", "The token is missing or invalid.");
        refuseIf(!instanceRole || !path.equals(ROLE_LIST) && !path.equals(ROLE_LIST + role),
                404, "", "There is nothing at this address.");
        if (path.equals(ROLE_LIST)) {
            return Answer.text(role);
        }
        Key key = issueRole(INSTANCE_IDENTITY, 21_600);
        // AWS too calls it text.
        return Answer.json(200, "", """
                {
                  "Code" : "Success",
                  "LastUpdated" : "%s",
                  "Type" : "AWS-HMAC",
                  "AccessKeyId" : "%s",
                  "SecretAccessKey" : "%s",
                  "Token" : "%s",
                  "Expiration" : "%s"
                }""", now(), key.accessKeyId(), key.secretAccessKey(), key.sessionToken(), key.expiration())
                .with("Content-Type", "text/plain");
    }

    // ---- The console

    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$s</title>
            <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
            main { max-width: 44rem; margin: 10vh auto; padding: 0 1.5rem }
            h1 { font-size: 1.5rem; border-bottom: 3px solid #f90; padding-bottom: .5rem }
            dt { font-size: .85rem; opacity: .7; margin-top: 1rem }
            dd { margin: 0; overflow-wrap: anywhere }
            </style>
            </head>
            <body>
            <main>
            <h1>%1$s</h1>
            """;
    private static final Pattern FACT = Pattern.compile("<dt>(.*)</dt><dd>(.*)</dd>");

    private Answer console(Request request) {
        ConsoleSession session = consoleSessions.get(cookie(request));
        refuseIf(session == null || !now().isBefore(session.end()), 403, "", "Nobody is signed in here (any more).");
        Key key = session.key();
        String name = key.identity().substring(key.identity().indexOf('/') + 1);
        return Answer.page(200, "Signed in to the loopback console", "<dl>\n"
                + fact("Signed in", key.arn(session.partition()))
                + fact("Account", ACCOUNT)
                + fact("As", (key.isOfRole() ? "role session " : "federated user ") + name)
                + fact("Rights", key.rights())
                + fact("Until", session.end().toString().replace('T', ' ').replace("Z", " UTC"))
                + fact("Destination", session.destination()) + "</dl>\n");
    }

    private static String fact(String name, String value) {
        return markup("<dt>%s</dt><dd>%s</dd>\n", name, value.replaceAll("\\s+", " "));
    }

    /** A template of XML or HTML, filled with values that are escaped. */
    private static String markup(String template, Object... values) {
        return template.formatted(Stream.of(values).map(value -> value.toString().replace("&", "&amp;")
                .replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;")).toArray());
    }

    private static String text(String markup) {
        return markup.replace("&#39;", "'").replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<")
                .replace("&amp;", "&");
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    // ---- The demo

    public static void main(String... args) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(args));
        boolean serve = command.equals(List.of("serve"));
        boolean demo = !command.isEmpty() && command.remove(0).equals("demo");
        boolean keep = !command.isEmpty() && command.get(0).equals("--keep") && command.remove("--keep");
        if (!serve && (!demo || command.isEmpty() || command.get(0).startsWith("-"))) {
            System.err.println("usage: java LoopbackAws.java demo [--keep] PRODUCT.java [ARGUMENTS...]\n"
                    + "       java LoopbackAws.java serve");
            System.exit(2);
        }
        try (LoopbackAws aws = start()) {
            if (serve) {
                aws.serve();
            }
            System.exit(aws.demo(command, keep));
        } catch (IOException | IllegalAccessException | IllegalArgumentException failure) {
            System.err.println("loopback-aws: error: " + failure.getMessage());
            System.exit(1);
        }
    }

    /** Prints the address and what the constants are, for a shell or another language, and stays up until killed. */
    private void serve() throws IllegalAccessException, InterruptedException {
        System.out.println(uri());
        for (Field constant : LoopbackAws.class.getFields()) {
            if (constant.get(null) instanceof String text) {
                System.out.println(constant.getName() + "=" + text.replace("\n", "\\n"));
            } else if (constant.get(null) instanceof Key key) {
                System.out.println(constant.getName() + "_ACCESS_KEY_ID=" + key.accessKeyId());
                System.out.println(constant.getName() + "_SECRET_ACCESS_KEY=" + key.secretAccessKey());
                System.out.println(constant.getName() + "_SESSION_TOKEN=" + key.sessionToken());
            }
        }
        System.out.flush();
        Thread.currentThread().join();
    }

    private int demo(List<String> command, boolean keep) throws IOException, InterruptedException {
        System.out.println("A loopback AWS (STS, federation endpoint, console) listens on " + uri()
                + "; nothing leaves this machine.");
        System.out.println("$ java " + command.stream().map(LoopbackAws::quoted).collect(Collectors.joining(" ")));
        Process product = product(command).start();
        String output = new String(product.getInputStream().readAllBytes(), UTF_8).strip();
        int status = product.waitFor();
        System.out.print(output.isEmpty() ? "" : output + System.lineSeparator());
        if (status != 0) {
            System.err.println("loopback-aws: error: the product ended with status " + status);
            return status;
        }
        if (!output.startsWith(uri() + "/federation?") || output.lines().count() != 1) {
            throw new IOException("this is not one line with a login URL of " + uri());
        }
        if (keep) {
            System.out.println("Open this URL in a browser within 15 minutes. Ctrl-C ends the demo.");
            Thread.currentThread().join();
        }
        String page = visit(URI.create(output));
        System.out.println("A browser that opens this URL is shown:");
        FACT.matcher(page).results()
                .forEach(fact -> System.out.printf("  %-11s  %s%n", fact.group(1), text(fact.group(2))));
        return 0;
    }

    private ProcessBuilder product(List<String> command) {
        List<String> java = new ArrayList<>(command);
        java.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ProcessBuilder process = new ProcessBuilder(java)
                .redirectInput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        String noFile = Path.of(System.getProperty("java.io.tmpdir"), "no-such-file-" + UUID.randomUUID()).toString();
        // Neither the profiles nor the proxies of whoever runs the demo are any part of it.
        process.environment().keySet().removeIf(name -> name.startsWith("AWS_") || name.matches("(?i).*_proxy"));
        process.environment().putAll(Map.of(
                "AWS_ACCESS_KEY_ID", ADMIN.accessKeyId(), "AWS_SECRET_ACCESS_KEY", ADMIN.secretAccessKey(),
                "AWS_ENDPOINT_URL_STS", uri().toString(), "AWS_ENDPOINT_URL_SIGNIN", uri().toString(),
                "AWS_CONFIG_FILE", noFile, "AWS_SHARED_CREDENTIALS_FILE", noFile));
        return process;
    }

    private static String visit(URI url) throws IOException, InterruptedException {
        HttpClient browser = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY)
                .followRedirects(HttpClient.Redirect.ALWAYS).cookieHandler(new CookieManager()).build();
        HttpResponse<String> page =
                browser.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        if (page.statusCode() != 200) {
            throw new IOException("the console answered with status " + page.statusCode()
                    + page.body().replaceAll("(?s).*<p>(.*?)</p>.*", ": $1"));
        }
        return page.body();
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
