import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("jshell ConsoleLogin.java")
class JshellTest {
    /** Expressions, each followed by what it prints. Only what is a line by itself. */
    private static final List<String> SESSION = List.of(
            "ConsoleLogin.Partition.of(\"cn-north-1\").id()",
            "aws-cn",
            "ConsoleLogin.Destination.resolve(\"s3\", \"eu-west-1\")",
            "https://eu-west-1.console.aws.amazon.com/s3/buckets?region=eu-west-1",
            "ConsoleLogin.Json.parse(\"[null, true, \\\"a\\\"]\")",
            "[null, true, a]",
            "ConsoleLogin.SigV4.canonicalRequest(\"POST\", \"/\", new TreeMap<>(), \"\").lines().toList()",
            "[POST, /, , , , e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855]",
            "ConsoleLogin.SigV4.credentialScope(\"20150830T123600Z\", \"us-east-1\", \"iam\")",
            "20150830/us-east-1/iam/aws4_request",
            "ConsoleLogin.SigV4.stringToSign(\"20150830T123600Z\", \"scope\", \"\").lines().toList()",
            "[AWS4-HMAC-SHA256, 20150830T123600Z, scope, "
                    + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855]",
            "HexFormat.of().formatHex(ConsoleLogin.SigV4.signingKey("
                    + "\"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\", \"20150830\", \"us-east-1\", \"iam\"))",
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
            "ConsoleLogin.SigV4.signature(\"key\".getBytes(), \"The quick brown fox jumps over the lazy dog\")",
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
            "new ConsoleLogin.Credentials(\"ASIAEXAMPLE\", \"MARKER\", \"MARKER\", null, null, \"jshell\")",
            "Credentials[ASIAEXAMPLE of jshell, secrets=(hidden)]",
            "ConsoleLogin.VERSION.isEmpty()",
            "false");

    @Test @DisplayName("loads without a word, the types are usable by their names, and secrets stay hidden.")
    void session(@TempDir Path folder) throws Exception {
        List<String> snippets = new ArrayList<>(), expected = new ArrayList<>();
        for (int i = 0; i < SESSION.size(); i += 2) {
            snippets.add("System.out.println(" + SESSION.get(i) + ");");
            expected.add(SESSION.get(i + 1));
        }
        snippets.add("/exit");
        Path out = folder.resolve("out"), err = folder.resolve("err");
        ProcessBuilder jshell = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jshell").toString(),
                "--startup", "DEFAULT", Path.of(System.getProperty("root"), "ConsoleLogin.java").toString(),
                Files.write(folder.resolve("snippets.jsh"), snippets).toString())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        jshell.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = jshell.start();
        try {
            process.getOutputStream().close();
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), "jshell hangs");
        } finally {
            process.destroyForcibly();
        }
        assertEquals("", Files.readString(err, UTF_8));
        assertEquals(String.join("\n", expected), String.join("\n", Files.readAllLines(out, UTF_8)));
        assertEquals(0, process.exitValue());
    }
}
