import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Endpoints")
class EndpointTest {
    private static ConsoleLogin.Failure refused(String... urls) {
        var failure = assertThrows(ConsoleLogin.Failure.class,
                () -> ConsoleLogin.Http.endpoint("--endpoint-url", urls));
        assertEquals(252, failure.exitStatus);
        assertTrue(failure.hint.contains("--endpoint-url"), failure.hint);
        return failure;
    }

    @ParameterizedTest @CsvSource(textBlock = """
            https://sts.us-east-1.amazonaws.com,   https://sts.us-east-1.amazonaws.com
            https://sts.us-east-1.amazonaws.com/,  https://sts.us-east-1.amazonaws.com
            https://sts.example.com:8443,          https://sts.example.com:8443
            https://sts.example.com/a/b,           https://sts.example.com/a/b
            https://sts.example.com/a/b/,          https://sts.example.com/a/b
            https://10.0.0.1,                      https://10.0.0.1
            https://[fd00::1]:8443,                https://[fd00::1]:8443
            http://localhost,                      http://localhost
            http://localhost:4566/,                http://localhost:4566
            http://127.0.0.1:8080,                 http://127.0.0.1:8080
            http://127.1.2.3,                      http://127.1.2.3
            http://[::1],                          http://[::1]
            http://[::1]:8080/aws,                 http://[::1]:8080/aws
            """)
    @DisplayName("An endpoint is an https URL, or an http URL of a loopback address; a slash at its end goes.")
    void accepts(String url, String endpoint) {
        assertEquals(URI.create(endpoint), ConsoleLogin.Http.endpoint("--endpoint-url", url));
    }

    @ParameterizedTest @ValueSource(strings = {"http://sts.us-east-1.amazonaws.com", "http://evil.com",
            "http://10.0.0.1", "http://0.0.0.0", "http://[::]", "http://169.254.169.254", "http://128.0.0.1",
            "http://1.127.0.0", "http://[fd00::1]", "http://[::2]", "http://127.evil.com", "http://127.0.0.1.evil.com",
            "http://localhost.evil.com", "http://evil.localhost.com", "http://notlocalhost",
            "http://localhost@evil.com", "http://127.0.0.1@evil.com", "http://localhost:80@evil.com",
            "http://evil.com#localhost", "http://evil.com?127.0.0.1", "http://evil.com/127.0.0.1",
            "http://127.0.0.1\\@evil.com", "http://evil.com\\@127.0.0.1", "http://127.", "http://127.0.0.256",
            "http://127.0.0.1%2eevil.com", "http://127。0。0。1", "http://127.0.0.1 .evil.com"})
    @DisplayName("By http no other address will do, however much it looks like loopback.")
    void onlyLoopback(String url) {
        refused(url);
    }

    @ParameterizedTest @ValueSource(strings = {"", " ", "/", "sts", "sts.us-east-1.amazonaws.com",
            "//sts.us-east-1.amazonaws.com", "localhost:4566", "https", "https:", "https:/", "https://", "https:///",
            "https:sts.example.com", "https:/sts.example.com", "https://:443", "https://?", "https://#",
            "ftp://sts.example.com", "ftp://localhost", "file:///etc/passwd", "ws://localhost", "javascript:alert(1)",
            "jar:https://sts.example.com!/", "https://user@sts.example.com", "https://user:password@sts.example.com",
            "https://@sts.example.com", "http://user@localhost", "https://sts.example.com?",
            "https://sts.example.com?a=b", "https://sts.example.com/?a=b", "https://sts.example.com#",
            "https://sts.example.com/a#b", "https://sts example.com", "https://sts.example.com/a b",
            " https://sts.example.com", "https://sts.example.com\n", "https://sts.example.com\r\nHost: evil.com",
            "https://sts.example.com\0", "https://evil.com\\@sts.example.com", "https://evil.com\\.sts.example.com",
            "https://sts.example.com:x", "https://sts.example.com:-1", "https://[::1", "https://[evil.com]",
            "https://stß.com", "https://sts.example.com／.evil.com"})
    @DisplayName("What has no https, no host, a user, a query or a fragment is no endpoint.")
    void refuses(String url) {
        refused(url);
    }

    @Test @DisplayName("The first URL that is given counts, and is not passed over when it is wrong.")
    void first() {
        assertEquals(URI.create("https://a.example"),
                ConsoleLogin.Http.endpoint("--endpoint-url", "https://a.example", "https://b.example"));
        assertEquals(URI.create("https://b.example"),
                ConsoleLogin.Http.endpoint("--endpoint-url", null, null, "https://b.example", "https://c.example"));
        assertTrue(refused("http://a.example", "https://b.example").getMessage().contains("http://a.example"));
    }

    @Test @DisplayName("Without any URL the error says that AWS publishes none.")
    void none() {
        assertTrue(refused(null, null).getMessage().contains("AWS publishes no"), "as in aws-iso");
    }

    @Test @DisplayName("A password in a refused URL is not shown.")
    void hidesPassword() {
        assertFalse(refused("https://user:MARKER@sts.example.com").toString().contains("MARKER"));
    }

    @ParameterizedTest @CsvSource(textBlock = """
            https://sts.example.com,      sts.example.com
            https://sts.example.com:443,  sts.example.com
            https://sts.example.com:80,   sts.example.com:80
            https://sts.example.com:8443, sts.example.com:8443
            http://localhost,             localhost
            http://localhost:80,          localhost
            http://localhost:443,         localhost:443
            http://[::1]:8080/a,          [::1]:8080
            http://[::1],                 [::1]
            https://sts.example.com:/,    sts.example.com
            """)
    @DisplayName("The host that is signed has the port where it is not the standard one.")
    void host(URI uri, String host) {
        assertEquals(host, ConsoleLogin.Http.host(uri));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            ``|``
            AZaz09-._~|AZaz09-._~
            ` `|%20
            a b+c|a%20b%2Bc
            *|%2A
            /:?#[]@|%2F%3A%3F%23%5B%5D%40
            !$&'();,=|%21%24%26%27%28%29%3B%2C%3D
            %20%7E|%2520%257E
            {"a":"\\"}|%7B%22a%22%3A%22%5C%22%7D
            ü€😀|%C3%BC%E2%82%AC%F0%9F%98%80
            """)
    @DisplayName("All but the unreserved characters are percent-encoded as UTF-8.")
    void encodes(String text, String encoded) {
        assertEquals(encoded, ConsoleLogin.Http.encode(text));
    }

    @Test @DisplayName("A form keeps the order of its parameters, and encodes names and values.")
    void form() {
        Map<String, String> parameters = new LinkedHashMap<>();
        assertEquals("", ConsoleLogin.Http.form(parameters));
        parameters.put("b", "1 2");
        parameters.put("a", "");
        parameters.put("c&d", "e=f");
        assertEquals("b=1%202&a=&c%26d=e%3Df", ConsoleLogin.Http.form(parameters));
    }
}
