import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What no client that is at hand can try; the AWS CLI was used for the rest of it. */
@DisplayName("The loopback AWS")
class LoopbackAwsTest {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final byte[] DER =
            Base64.getMimeDecoder().decode(LoopbackAws.LOGIN_DPOP_KEY.replaceAll("-----.*-----", ""));
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
        String next = renewed.body().replaceAll(".*\"refreshToken\":\"([^\"]+)\".*", "$1");
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

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build()
                .send(request, HttpResponse.BodyHandlers.ofString());
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
