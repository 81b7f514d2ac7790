import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no client that is at hand can try; the AWS CLI was used for the rest of it. */
@DisplayName("The loopback AWS")
class LoopbackAwsTest {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final byte[] DER =
            Base64.getMimeDecoder().decode(LoopbackAws.LOGIN_DPOP_KEY.replaceAll("-----.*-----", ""));
    private static final Map<String, LoopbackAws.Key> KEYS = Map.of("ADMIN", LoopbackAws.ADMIN,
            "ROLE", LoopbackAws.ROLE_SESSION, "FEDERATED", LoopbackAws.FEDERATED_SESSION,
            "CHAINED", LoopbackAws.CHAINED_SESSION, "EXPIRED", LoopbackAws.EXPIRED_SESSION);
    private LoopbackAws aws;

    @BeforeEach void start() throws Exception {
        aws = LoopbackAws.start();
    }

    @AfterEach void close() {
        aws.close();
    }

    @Test @DisplayName("renews a login once for each refresh token, against a proof of possession that is new.")
    void login() throws Exception {
        String url = aws.uri() + "/v1/token", first = proof(url, Instant.now(), "1");
        HttpResponse<String> renewed = login(first, LoopbackAws.LOGIN_REFRESH_TOKEN);
        assertEquals(200, renewed.statusCode(), renewed.body());
        assertEquals(first, aws.exchanges().get(0).headers().get("dpop"));
        String next = value("refreshToken", renewed.body());
        refused("seen before", first, next);
        refused("not for this URL", proof(url + "/", Instant.now(), "2"), next);
        refused("within 5 minutes", proof(url, Instant.now().minusSeconds(400), "3"), next);
        // Another jti under the signature of the first proof.
        String forged = proof(url, Instant.now(), "4").replaceAll("[^.]+$", first.replaceAll(".*\\.", ""));
        refused("wrongly signed", forged, next);
        refused("TOKEN_EXPIRED", proof(url, Instant.now(), "5"), LoopbackAws.LOGIN_REFRESH_TOKEN);
        assertEquals(200, login(proof(url, Instant.now(), "6"), next).statusCode());
    }

    @Test @DisplayName("has an instance with a role, or without.")
    void instance() throws Exception {
        HttpRequest.Builder put = HttpRequest.newBuilder(aws.uri().resolve("/latest/api/token"))
                .PUT(HttpRequest.BodyPublishers.noBody()).header("x-aws-ec2-metadata-token-ttl-seconds", "60");
        HttpRequest roles = HttpRequest.newBuilder(aws.uri().resolve("/latest/meta-data/iam/security-credentials/"))
                .header("x-aws-ec2-metadata-token", send(put.build()).body()).build();
        assertEquals("Instance", send(roles).body());
        aws.setInstanceRole(false);
        assertEquals(404, send(roles).statusCode());
    }

    @DisplayName("issues a sign-in token only for what the credentials allow")
    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        ROLE      |                       | 200
        ROLE      | &SessionDuration=900   | 200
        ROLE      | &SessionDuration=43200 | 200
        ROLE      | &SessionDuration=899   | 400
        ROLE      | &SessionDuration=43201 | 400
        ROLE      | &SessionDuration=1h    | 400
        ROLE      | &SessionDuration=      | 400
        ROLE      | &SessionType=json      | 200
        ROLE      | &SessionType=xml       | 400
        FEDERATED |                       | 200
        FEDERATED | &SessionDuration=900   | 400
        CHAINED   |                       | 200
        CHAINED   | &SessionDuration=3600  | 400
        EXPIRED   |                       | 400
        ADMIN     |                       | 400
        """)
    void signinToken(String key, String parameters, int status) throws Exception {
        assertEquals(status, signinToken(KEYS.get(key), parameters == null ? "" : parameters).statusCode());
    }

    @DisplayName("lets nobody land outside the console of the credentials' partition")
    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        aws        | https://console.aws.amazon.com                        | 302
        aws        | https://eu-west-1.console.aws.amazon.com:443/ec2?a=b#c | 302
        aws        | http://console.aws.amazon.com/                        | 400
        aws        | https://console.aws.amazon.com:8443/                  | 400
        aws        | https://console.aws.amazon.com.example.com/           | 400
        aws        | https://myconsole.aws.amazon.com/                     | 400
        aws        | https://console.aws.amazon.com@example.com/           | 400
        aws        | https://example.com\\.console.aws.amazon.com/         | 400
        aws        | https://example.com/.console.aws.amazon.com/          | 400
        aws        | https://console.amazonaws.cn/                         | 400
        aws        | /console/home                                         | 400
        aws        | ''                                                    | 400
        aws-cn     | https://cn-northwest-1.console.amazonaws.cn/          | 302
        aws-cn     | https://console.aws.amazon.com/                       | 400
        aws-us-gov | https://console.amazonaws-us-gov.com/                 | 302
        aws-us-gov | https://console.aws.amazon.com/                       | 400
        """)
    void destination(String partition, String destination, int status) throws Exception {
        String token = value("SigninToken", signinToken(roleIn(partition), "").body());
        assertEquals(status, get(client().build(), loginUrl(token, destination)).statusCode());
    }

    @Test @DisplayName("takes no POST at the federation endpoint of GovCloud.")
    void govCloud() throws Exception {
        String form = "Action=getSigninToken&Session=" + encode(session(roleIn("aws-us-gov")));
        assertEquals(400, form("/federation", form).statusCode());
    }

    @DisplayName("takes only policies that are JSON objects, and lists without a gap")
    @ParameterizedTest(name = "{0}={1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        Policy | {"Statement":[{"Effect":"Deny","Action":["s3:*","ec2:*"],"Resource":"*"}],"a":{},"b":[ ]} | 200
        Policy | { "a" : [ true , null , -1.5e+3 , { "}" : "[\\"" } ] }     | 200
        Policy | {}                                                       | 200
        Policy | []                                                       | MalformedPolicyDocument
        Policy | "{}"                                                     | MalformedPolicyDocument
        Policy | {"Statement":[}                                          | MalformedPolicyDocument
        Policy | {"Statement":[{"Effect":"Allow",}]}                      | MalformedPolicyDocument
        Policy | {"Statement":[] "Version":"2012-10-17"}                  | MalformedPolicyDocument
        Policy | {Statement:[]}                                           | MalformedPolicyDocument
        Policy | {S:V}                                                    | MalformedPolicyDocument
        Policy | {"a":01}                                                 | MalformedPolicyDocument
        Policy | {}{}                                                     | MalformedPolicyDocument
        Policy | {"Sid":"…"}                                         | ValidationError
        PolicyArns.member.1.arn | arn:aws:iam::aws:policy/ReadOnlyAccess  | 200
        PolicyArns.member.2.arn | arn:aws:iam::aws:policy/ReadOnlyAccess  | MalformedInput
        PolicyArns.member.1     | arn:aws:iam::aws:policy/ReadOnlyAccess  | MalformedInput
        """)
    void policies(String parameter, String value, String answer) throws Exception {
        HttpResponse<String> got = assumeRole("aws", "&" + parameter + "=" + encode(value));
        assertEquals(answer, got.statusCode() == 200 ? "200" : element("Code", got.body()));
    }

    @Test @DisplayName("signs a user out, and only then another one in.")
    void logout() throws Exception {
        HttpClient browser = client().cookieHandler(new CookieManager()).build();
        String one = loginUrl(LoopbackAws.FEDERATED_SESSION), other = loginUrl(LoopbackAws.ROLE_SESSION);
        String logout = aws.uri() + "/oauth?Action=logout&redirect_uri=";
        assertEquals(302, get(browser, one).statusCode());
        assertEquals(302, get(browser, one).statusCode(), "the same user");
        assertEquals(400, get(browser, other).statusCode());
        for (String bad : List.of("", "https://example.com/", aws.uri() + "/console", "/federation?Action=login",
                aws.uri() + "/federation?Action=getSigninToken", encode(other), other.replace("127.0", "127.1"))) {
            assertEquals(400, get(browser, logout + encode(bad)).statusCode(), bad);
        }
        assertEquals(400, get(browser, logout.replace("logout", "login") + encode(other)).statusCode());
        assertEquals(200, get(browser, aws.uri() + "/console").statusCode(), "still signed in");

        HttpResponse<String> redirect = get(browser, logout + encode(other));
        assertEquals(302, redirect.statusCode());
        assertEquals(other, redirect.headers().firstValue("Location").orElseThrow());
        assertEquals(403, get(browser, aws.uri() + "/console").statusCode());
        assertEquals(302, get(browser, other).statusCode());
        assertEquals(200, get(browser, aws.uri() + "/console").statusCode());
    }

    private String loginUrl(LoopbackAws.Key key) throws Exception {
        return loginUrl(value("SigninToken", signinToken(key, "").body()), "https://console.aws.amazon.com/");
    }

    private String loginUrl(String signinToken, String destination) {
        return aws.uri() + "/federation?Action=login&Destination=" + encode(destination)
                + "&SigninToken=" + signinToken;
    }

    /** By GET, which is taken everywhere. */
    private HttpResponse<String> signinToken(LoopbackAws.Key key, String parameters) throws Exception {
        return get(client().build(), aws.uri() + "/federation?Action=getSigninToken&Session="
                + encode(session(key)) + parameters);
    }

    private static String session(LoopbackAws.Key key) {
        return "{\"sessionId\":\"%s\",\"sessionKey\":\"%s\",\"sessionToken\":\"%s\"}"
                .formatted(key.accessKeyId(), key.secretAccessKey(), key.sessionToken());
    }

    /** A role's session that is valid in this partition alone. */
    private LoopbackAws.Key roleIn(String partition) throws Exception {
        String body = assumeRole(partition, "").body();
        return new LoopbackAws.Key(element("AccessKeyId", body), element("SecretAccessKey", body),
                element("SessionToken", body), LoopbackAws.Kind.ROLE_SESSION, "", partition, Instant.MAX, "");
    }

    /** Unlike AssumeRole it needs no signature. */
    private HttpResponse<String> assumeRole(String partition, String parameters) throws Exception {
        return form("/", "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=me&WebIdentityToken="
                + LoopbackAws.WEB_IDENTITY_TOKEN + "&RoleArn=arn:" + partition + ":iam::123456789012:role/Admin"
                + parameters);
    }

    private HttpResponse<String> form(String path, String form) throws Exception {
        return send(HttpRequest.newBuilder(aws.uri().resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)).build());
    }

    private static HttpResponse<String> get(HttpClient browser, String url) throws Exception {
        return browser.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static String element(String name, String xml) {
        return xml.replaceAll("(?s).*<" + name + ">(.*)</" + name + ">.*", "$1");
    }

    private static String value(String name, String json) {
        return json.replaceAll(".*\"" + name + "\":\"([^\"]+)\".*", "$1");
    }

    private void refused(String why, String proof, String refreshToken) throws Exception {
        HttpResponse<String> answer = login(proof, refreshToken);
        assertEquals(401, answer.statusCode());
        assertTrue(answer.body().contains(why), answer.body());
    }

    private HttpResponse<String> login(String proof, String refreshToken) throws Exception {
        return send(HttpRequest.newBuilder(aws.uri().resolve("/v1/token")).header("DPoP", proof)
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("""
                        {"clientId":"%s","grantType":"refresh_token","refreshToken":"%s"}"""
                        .formatted(LoopbackAws.LOGIN_CLIENT_ID, refreshToken))).build());
    }

    private static HttpClient.Builder client() {
        return HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY);
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return client().build().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String proof(String url, Instant issued, String id) throws Exception {
        String header = """
                {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"%s","y":"%s"}}""".formatted(
                BASE64.encodeToString(Arrays.copyOfRange(DER, 57, 89)),
                BASE64.encodeToString(Arrays.copyOfRange(DER, 89, 121)));
        String payload = "{\"htm\":\"POST\",\"htu\":\"%s\",\"iat\":%s,\"jti\":\"%s\"}"
                .formatted(url, issued.getEpochSecond(), id);
        String text = BASE64.encodeToString(header.getBytes(UTF_8)) + "."
                + BASE64.encodeToString(payload.getBytes(UTF_8));
        AlgorithmParameters p256 = AlgorithmParameters.getInstance("EC");
        p256.init(new ECGenParameterSpec("secp256r1"));
        Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
        signer.initSign(KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(
                new BigInteger(1, Arrays.copyOfRange(DER, 7, 39)), p256.getParameterSpec(ECParameterSpec.class))));
        signer.update(text.getBytes(UTF_8));
        return text + "." + BASE64.encodeToString(signer.sign());
    }
}
