import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Signature Version 4")
class SigV4Test {
    /** A request with what botocore computed for it at each stage; see the head of vectors.properties. */
    record Vector(Properties all, String number) {
        String get(String name) { return all.getProperty(number + "." + name); }
        URI endpoint() { return URI.create(get("endpoint")); }
        String date() { return timestamp().substring(0, 8); }
        String timestamp() { return get("instant").replace("-", "").replace(":", ""); }

        ConsoleLogin.Credentials credentials() {
            return new ConsoleLogin.Credentials(get("accessKeyId"), get("secretAccessKey"), get("sessionToken"), null,
                    null, "a test vector");
        }

        Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            get("parameters").lines().map(line -> line.split("=", 2)).forEach(p -> parameters.put(p[0], p[1]));
            return parameters;
        }

        SortedMap<String, String> signedHeaders() {
            SortedMap<String, String> headers = new TreeMap<>(Map.of("content-type", ConsoleLogin.Http.FORM,
                    "host", ConsoleLogin.Http.host(endpoint()), "x-amz-date", timestamp()));
            if (get("sessionToken") != null) headers.put("x-amz-security-token", get("sessionToken"));
            return headers;
        }

        @Override public String toString() { return number + ": " + get("title"); }
    }

    static Stream<Vector> vectors() throws IOException {
        Properties all = new Properties();
        Path path = Path.of(System.getProperty("root"), "test/sigv4/vectors.properties");
        try (Reader file = Files.newBufferedReader(path)) {
            all.load(file);
        }
        return all.stringPropertyNames().stream().filter(name -> name.endsWith(".title")).sorted()
                .map(name -> new Vector(all, name.substring(0, name.indexOf('.'))));
    }

    @Test @DisplayName("There are at least 20 vectors.")
    void count() throws IOException {
        assertTrue(vectors().count() >= 20);
    }

    @ParameterizedTest(name = "{0}") @MethodSource("vectors") @DisplayName("Each stage gives what botocore computed.")
    void stages(Vector vector) {
        String body = ConsoleLogin.Http.form(vector.parameters());
        assertEquals(vector.get("body"), body, "the form body");

        String request = ConsoleLogin.SigV4.canonicalRequest("POST", vector.endpoint().getRawPath(),
                vector.signedHeaders(), body);
        assertEquals(vector.get("canonicalRequest"), request, "stage 1, the canonical request");

        String scope = ConsoleLogin.SigV4.credentialScope(vector.timestamp(), vector.get("region"), "sts");
        String toSign = ConsoleLogin.SigV4.stringToSign(vector.timestamp(), scope, request);
        assertEquals(vector.get("stringToSign"), toSign, "stage 2, the string to sign");

        byte[] key = ConsoleLogin.SigV4.signingKey(vector.get("secretAccessKey"), vector.date(), vector.get("region"),
                "sts");
        assertEquals(vector.get("signingKey"), HexFormat.of().formatHex(key), "stage 3, the signing key");

        assertEquals(vector.get("signature"), ConsoleLogin.SigV4.signature(key, toSign), "stage 4, the signature");

        SortedMap<String, String> headers = new TreeMap<>(Map.of("content-type", ConsoleLogin.Http.FORM));
        ConsoleLogin.SigV4.sign(headers, "POST", vector.endpoint(), body, vector.credentials(), vector.get("region"),
                "sts", Instant.parse(vector.get("instant")));
        assertEquals(vector.get("authorization"), headers.remove("authorization"), "the authorization header");
        assertEquals(vector.signedHeaders(), headers, "the headers that are signed");
    }

    /** IAM User Guide, "Create a signed AWS API request", and the example that the AWS General Reference had. */
    @Test @DisplayName("The signing key and the signature of the example that AWS publishes come out.")
    void published() {
        byte[] key = ConsoleLogin.SigV4.signingKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1",
                "iam");
        assertEquals("c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
                HexFormat.of().formatHex(key));
        assertEquals("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
                ConsoleLogin.SigV4.signature(key, """
                        AWS4-HMAC-SHA256
                        20150830T123600Z
                        20150830/us-east-1/iam/aws4_request
                        f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"""));
    }

    @Test @DisplayName("Fractions of the second are cut off, and the secret access key is in no header.")
    void fractions() {
        var credentials = new ConsoleLogin.Credentials("AKIDEXAMPLE", "KEPT-TO-ITSELF", null, null, null, "a test");
        SortedMap<String, String> headers = new TreeMap<>();
        ConsoleLogin.SigV4.sign(headers, "POST", URI.create("https://sts.us-east-1.amazonaws.com"), "", credentials,
                "us-east-1", "sts", Instant.parse("2026-01-31T23:59:59.999999999Z"));
        assertEquals("20260131T235959Z", headers.get("x-amz-date"));
        assertFalse(headers.toString().contains("KEPT-TO-ITSELF"));
        assertEquals("host;x-amz-date", headers.get("authorization").replaceAll(".*SignedHeaders=|, Signature=.*", ""));
    }

    @Test @DisplayName("The body is hashed as UTF-8.")
    void utf8() throws Exception {
        byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest("ü€😀".getBytes(UTF_8));
        String request = ConsoleLogin.SigV4.canonicalRequest("POST", "/", new TreeMap<>(), "ü€😀");
        assertTrue(request.endsWith("\n" + HexFormat.of().formatHex(hash)), request);
    }
}
