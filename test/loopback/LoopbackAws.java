import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
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
 * A loopback AWS: the Security Token Service at {@code /}, the federation endpoint at {@code /federation}, and a
 * console of one page at {@code /console}. It refuses what AWS refuses, in the words of AWS where they are known.
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
     * @param parameters those of the query and of the form, decoded
     * @param code the AWS error code; empty without an error, and at the federation endpoint, which has none
     */
    public record Exchange(String method, String path, Map<String, String> parameters, int status, String code) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(LoopbackAws::daemon);
    private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
    private final Map<String, Key> keys = new ConcurrentHashMap<>();
    private final Map<String, SigninToken> signinTokens = new ConcurrentHashMap<>();
    private final Map<String, ConsoleSession> consoleSessions = new ConcurrentHashMap<>();
    private final AtomicInteger keysIssued = new AtomicInteger();
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
            Map<String, String> parameters = new LinkedHashMap<>();
            for (String pair : (query + "&" + new String(body, UTF_8)).split("&")) {
                String[] parts = pair.split("=", 2);
                String name = URLDecoder.decode(parts[0], UTF_8);
                String value = parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8);
                refuseIf(parameters.put(name, value) != null && !name.isEmpty(), 400, "", "Sent twice: " + name);
            }
            parameters.remove("");
            return new Request(UUID.randomUUID().toString(), http.getRequestMethod(), uri.getRawPath(), query,
                    http.getRequestHeaders(), body, Collections.unmodifiableMap(parameters));
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
            exchanges.add(new Exchange(request.method(), request.path(), request.parameters(), answer.status(),
                    answer.code()));
            answer.send(http);
        } catch (Refusal | IllegalArgumentException malformed) {
            String path = http.getRequestURI().getRawPath();
            exchanges.add(new Exchange(http.getRequestMethod(), path, Map.of(), 400, ""));
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
                case "/console" -> console(request);
                default -> throw new Refusal(404, "", "There is nothing at this address.");
            };
        } catch (Refusal refusal) {
            String message = refusal.getMessage();
            return request.path().equals("/")
                    ? Answer.xml(request, refusal.status, refusal.code, markup("""
                            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                              <Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>
                              <RequestId>%s</RequestId>
                            </ErrorResponse>
                            """, refusal.code, message, request.id()))
                    : Answer.page(refusal.status, "Error " + refusal.status, markup("<p>%s</p>\n", message));
        }
    }

    // ---- STS

    private record Caller(Key key, String partition) {}

    private Answer sts(Request request) {
        Caller caller = authenticate(request);
        refuseIf(!request.method().equals("POST")
                || !request.header("Content-Type").startsWith("application/x-www-form-urlencoded"),
                404, "UnknownOperationException", "The request is not a form.");
        String operation = request.parameter("Action") + " for version " + request.parameter("Version");
        String result = switch (operation) {
            case "GetFederationToken for version 2011-06-15" -> getFederationToken(request, caller);
            case "AssumeRole for version 2011-06-15" -> assumeRole(request, caller);
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
        String role = roleFor(caller, roleArn, request);
        boolean chained = caller.key().isOfRole();
        refuseIf(chained && seconds > 3_600, 400, "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        refuseIf(seconds > ROLES.get(role), 400, "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        Key session = issue(chained ? Kind.CHAINED_SESSION : Kind.ROLE_SESSION, "assumed-role/" + role + "/"
                + sessionName, caller.partition(), seconds, "the role's own rights" + limits);
        return sessionMarkup(request, session, "AssumedRoleUser", "AssumedRoleId");
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

    /** In words, how the session policies limit the caller's rights; empty without a session policy. */
    private static String sessionPolicies(Request request, String partition) {
        List<String> policies = Stream.iterate(1, n -> n + 1).map(n -> "PolicyArns.member." + n + ".arn")
                .map(request.parameters()::get).takeWhile(Objects::nonNull)
                .collect(Collectors.toCollection(ArrayList::new));
        constrain("PolicyArns", policies, policies.size() <= 10, "have length less than or equal to 10");
        policies.forEach(arn -> refuseIf(!arn.matches("arn:" + partition + ":iam::(aws|" + ACCOUNT + "):policy/.+"),
                400, "ValidationError", "ARN " + arn + " is not valid."));
        if (request.parameters().containsKey("Policy")) {
            String policy = length(request, "Policy", 1, 2_048).strip();
            refuseIf(!policy.startsWith("{") || !policy.endsWith("}"),
                    400, "MalformedPolicyDocument", "The policy is not in the valid JSON format.");
            if (ALLOW_ALL.matcher(policy.replaceAll("\\s", "")).matches()) {
                return " (session policy allows everything)";
            }
            policies.add(0, policy.length() > 200 ? policy.substring(0, 200) + "..." : policy);
        }
        return policies.isEmpty() ? "" : ", limited by " + String.join(" and ", policies);
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
    // Possessive: backtracking over a session token of some thousand characters would overflow the stack.
    private static final String STRING = "\\s*\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"\\s*";
    private static final Pattern MEMBER = Pattern.compile(STRING + ":" + STRING);
    private static final Pattern SESSION = Pattern.compile("\\s*\\{" + MEMBER + "(," + MEMBER + "){2}}\\s*");

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
        badRequestIf(!SESSION.matcher(session).matches(), "The Session is not a JSON object of three strings.");
        Map<String, String> members = new LinkedHashMap<>();
        MEMBER.matcher(session).results()
                .forEach(member -> members.put(member.group(1), unescapeJson(member.group(2))));
        Key key = keys.get(members.getOrDefault("sessionId", ""));
        badRequestIf(key == null || key.sessionToken().isEmpty() || !key.expiration().isAfter(now())
                || !key.secretAccessKey().equals(members.get("sessionKey"))
                || !key.sessionToken().equals(members.get("sessionToken")), "The Session is not a valid one.");
        return key;
    }

    private static String unescapeJson(String string) {
        return Pattern.compile("\\\\(?:u(\\p{XDigit}{4})|(.))").matcher(string).replaceAll(escape ->
                Matcher.quoteReplacement(escape.group(1) == null ? escape.group(2)
                        : Character.toString(Integer.parseInt(escape.group(1), 16))));
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
        String cookie = UUID.randomUUID().toString();
        consoleSessions.put(cookie, new ConsoleSession(token.key(), partition, token.sessionEnd(), destination));
        return new Answer(302, "", Map.of("Location", "/console",
                "Set-Cookie", "loopback-console=" + cookie + "; Path=/; HttpOnly; SameSite=Lax"), "");
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
    private static final Pattern COOKIE = Pattern.compile("loopback-console=([-\\w]+)");
    private static final Pattern FACT = Pattern.compile("<dt>(.*)</dt><dd>(.*)</dd>");

    private Answer console(Request request) {
        Matcher cookie = COOKIE.matcher(request.header("Cookie"));
        ConsoleSession session = cookie.find() ? consoleSessions.get(cookie.group(1)) : null;
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
        boolean demo = !command.isEmpty() && command.remove(0).equals("demo");
        boolean keep = !command.isEmpty() && command.get(0).equals("--keep") && command.remove("--keep");
        if (!demo || command.isEmpty() || command.get(0).startsWith("-")) {
            System.err.println("usage: java LoopbackAws.java demo [--keep] PRODUCT.java [ARGUMENTS...]");
            System.exit(2);
        }
        try (LoopbackAws aws = start()) {
            System.exit(aws.demo(command, keep));
        } catch (IOException | IllegalArgumentException failure) {
            System.err.println("loopback-aws: error: " + failure.getMessage());
            System.exit(1);
        }
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
