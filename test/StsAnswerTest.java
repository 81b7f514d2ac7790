import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The XML that STS answers")
class StsAnswerTest {
    private static final String FEDERATED = """
            <GetFederationTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <GetFederationTokenResult>
                <Credentials>
                  <AccessKeyId>ASIAEXAMPLE0000FEDER</AccessKeyId>
                  <SecretAccessKey>MARKER/secret+key</SecretAccessKey>
                  <SessionToken>MARKER//token==</SessionToken>
                  <Expiration>2026-01-31T12:00:00Z</Expiration>
                </Credentials>
                <FederatedUser>
                  <Arn>arn:aws:sts::123456789012:federated-user/feduser</Arn>
                  <FederatedUserId>123456789012:feduser</FederatedUserId>
                </FederatedUser>
                <PackedPolicySize>6</PackedPolicySize>
              </GetFederationTokenResult>
              <ResponseMetadata>
                <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
              </ResponseMetadata>
            </GetFederationTokenResponse>
            """;

    private static final String ASSUMED = "<?xml version='1.0' encoding='UTF-8'?>\n" + FEDERATED
            .replace("GetFederationToken", "AssumeRole").replace("FederatedUserId", "AssumedRoleId")
            .replace("FederatedUser", "AssumedRoleUser")
            .replace("federated-user/feduser", "assumed-role/Admin/feduser");

    private static final String ERROR = """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <Error>
                <Type>Sender</Type>
                <Code>AccessDenied</Code>
                <Message>User &lt;a&gt; &amp; &quot;b&quot; is&#x20;not <![CDATA[<allowed>]]> to…</Message>
              </Error>
              <RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId>
            </ErrorResponse>
            """;

    private static Map<String, String> parse(String text) {
        return ConsoleLogin.Sts.parse(new ConsoleLogin.Http.Answer("sts.example", 200, "text/xml", text));
    }

    /** Whatever was wrong with it, the error says who answered what, and nothing of the text. */
    private static void refused(String text) {
        var failure = assertThrows(ConsoleLogin.Failure.class, () -> parse(text));
        assertEquals(255, failure.exitStatus);
        assertTrue(failure.getMessage().startsWith("sts.example answered 200, not with "), failure.getMessage());
        assertFalse((failure + failure.hint).contains("MARKER"), failure.getMessage());
        assertNull(failure.getCause());
    }

    @ParameterizedTest @CsvSource(textBlock = """
            AccessKeyId,     ASIAEXAMPLE0000FEDER
            SecretAccessKey, MARKER/secret+key
            SessionToken,    MARKER//token==
            Expiration,      2026-01-31T12:00:00Z
            Arn,             arn:aws:sts::123456789012:federated-user/feduser
            """)
    @DisplayName("Of GetFederationToken the credentials and the federated user's ARN are read.")
    void federated(String name, String value) {
        assertEquals(value, parse(FEDERATED).get(name));
    }

    @ParameterizedTest @CsvSource(textBlock = """
            AccessKeyId,     ASIAEXAMPLE0000FEDER
            SecretAccessKey, MARKER/secret+key
            SessionToken,    MARKER//token==
            Expiration,      2026-01-31T12:00:00Z
            Arn,             arn:aws:sts::123456789012:assumed-role/Admin/feduser
            """)
    @DisplayName("Of AssumeRole the credentials and the role session's ARN are read.")
    void assumed(String name, String value) {
        assertEquals(value, parse(ASSUMED).get(name));
    }

    @ParameterizedTest @CsvSource(textBlock = """
            Code,      AccessDenied
            Message,   User <a> & \"b\" is not <allowed> to…
            RequestId, 7a62c49f-347e-4fc4-9331-6e8eEXAMPLE
            """)
    @DisplayName("Of an error the code, the message and the request ID are read, character references resolved.")
    void error(String name, String value) {
        assertEquals(value, parse(ERROR).get(name));
    }

    @Test @DisplayName("An error has no credentials, and credentials no error.")
    void apart() {
        for (String name : new String[] {"AccessKeyId", "SecretAccessKey", "SessionToken", "Arn"})
            assertNull(parse(ERROR).get(name), name);
        for (String name : new String[] {"Code", "Message"}) assertNull(parse(FEDERATED).get(name), name);
    }

    @ParameterizedTest @ValueSource(strings = {"<!DOCTYPE ErrorResponse>", "<!DOCTYPE ErrorResponse []>",
            "<!DOCTYPE ErrorResponse [<!ENTITY x 'MARKER'>]>",
            "<!DOCTYPE ErrorResponse [<!ENTITY % x '<!ENTITY y \"MARKER\">'> %x;]>",
            "<!DOCTYPE ErrorResponse [<!ATTLIST Code a CDATA 'MARKER'>]>",
            "<!DOCTYPE ErrorResponse SYSTEM 'missing.dtd'>"})
    @DisplayName("A document type is refused, whether it is used or not.")
    void documentType(String type) {
        refused(type + ERROR);
        refused("<?xml version='1.0'?>" + type + ERROR.replace("AccessDenied", "&x;"));
        refused(type + FEDERATED.replace("ASIAEXAMPLE0000FEDER", "ASIA&y;"));
    }

    @Test @DisplayName("An external entity is not read from a file.")
    void externalFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "MARKER");
        refused("<!DOCTYPE a [<!ENTITY x SYSTEM '" + file.toUri() + "'>]>" + ERROR.replace("AccessDenied", "&x;"));
        refused("<!DOCTYPE a SYSTEM '" + file.toUri() + "'>" + ERROR);
    }

    @ParameterizedTest @ValueSource(strings = {"<!DOCTYPE a SYSTEM 'URL'>", "<!DOCTYPE a PUBLIC '-//a//b' 'URL'>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'URL'>]>", "<!DOCTYPE a [<!ENTITY % x SYSTEM 'URL'> %x;]>"})
    @DisplayName("An external entity is not fetched over the network.")
    void externalUrl(String type) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(() -> {
            try {
                for (;; connections.incrementAndGet()) server.accept().close();
            } catch (IOException closed) {
                // The test is over.
            }
        });
        accepting.start();
        try {
            String url = "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort() + "/x";
            refused(type.replace("URL", url) + ERROR.replace("AccessDenied", "&x;"));
        } finally {
            server.close();
            accepting.join();
        }
        assertEquals(0, connections.get());
    }

    @Test @DisplayName("A billion laughs are refused before they are expanded.")
    void billionLaughs() {
        StringBuilder type = new StringBuilder("<!DOCTYPE a [<!ENTITY x0 'MARKER'>");
        for (int i = 1; i <= 12; i++) type.append("<!ENTITY x" + i + " '" + ("&x" + (i - 1) + ";").repeat(10) + "'>");
        refused(type + "]>" + ERROR.replace("AccessDenied", "&x12;"));
    }

    @ParameterizedTest @ValueSource(strings = {"&x;", "&nbsp;", "&", "&#0;", "&#x1F;", "&#xD800;", "]]>", "\0",
            "\u001b[2J"})
    @DisplayName("Undeclared entities and characters that XML does not know are refused.")
    void notXml(String text) {
        refused(ERROR.replace("AccessDenied", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Arn", "RequestId"})
    @DisplayName("An element that comes twice is refused, wherever it is.")
    void duplicate(String name) {
        String again = "<" + name + ">MARKER</" + name + ">";
        refused(FEDERATED.replace("<Credentials>", "<Credentials>" + again));
        refused(FEDERATED.replace("</ResponseMetadata>", "<a><b>" + again + "</b></a></ResponseMetadata>"));
    }

    @ParameterizedTest @ValueSource(strings = {"Code", "Message", "RequestId"})
    @DisplayName("An element that comes twice in an error is refused.")
    void duplicateInError(String name) {
        refused(ERROR.replace("</Error>", "<" + name + ">MARKER</" + name + "></Error>"));
        refused(ERROR.replace("</Error>", "<" + name + "/></Error>"));
    }

    @Test @DisplayName("An element in the midst of a value is refused.")
    void elementInValue() {
        refused(FEDERATED.replace("MARKER//token==", "MARKER<b/>//token=="));
        refused(ERROR.replace("AccessDenied", "Access<Code>Denied</Code>"));
    }

    @Test @DisplayName("An answer that breaks off is refused wherever that is.")
    void truncated() {
        for (String whole : new String[] {FEDERATED.strip(), ASSUMED.strip(), ERROR.strip()})
            for (int length = 0; length < whole.length(); length++) refused(whole.substring(0, length));
    }

    @ParameterizedTest @ValueSource(strings = {"", " \r\n", "MARKER", "{\"MARKER\":1}", "MARKER<a/>", "<", "<a", "<a>",
            "</a>", "<a></b>", "<a/><b/>", "<a/>MARKER", "<a b=c/>", "<1/>", "<a:b/>", "<?xml?><a/>",
            "\u001f\u008b\b\0", "<!DOCTYPE html><html><head><title>MARKER</title></head><body></body></html>",
            "<html><head><meta charset=utf-8><title>MARKER</title></head><body>MARKER</body></html>",
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<hr>nginx\r\n</body></html>"})
    @DisplayName("Nothing, garbage, JSON and HTML are refused.")
    void garbage(String text) {
        refused(text);
    }

    @ParameterizedTest @ValueSource(ints = {17, 1000, 100_000})
    @DisplayName("What is nested deep is refused or gives nothing, and no error of the virtual machine.")
    void nested(int depth) {
        refused("<Code>".repeat(depth) + "MARKER" + "</Code>".repeat(depth));
        refused("<a>".repeat(depth));
        try {
            assertEquals(Map.of(), parse("<a>".repeat(depth) + "MARKER" + "</a>".repeat(depth)));
        } catch (ConsoleLogin.Failure refused) {
            assertFalse(refused.toString().contains("MARKER"));
        }
    }

    @Test @DisplayName("An answer, which may hold credentials, does not show its text.")
    void hidesText() {
        String shown = new ConsoleLogin.Http.Answer("sts.example", 200, "text/xml", FEDERATED).toString();
        assertTrue(shown.contains("sts.example"), shown);
        assertFalse(shown.contains("MARKER"), "the text is shown");
    }
}
