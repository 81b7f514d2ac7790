import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The AWS config and credentials files")
class SharedConfigTest {
    private static final Map<String, String> NONE = Map.of();

    static Stream<Arguments> files() {
        return Stream.of(
                // Nothing in them.
                arguments("", NONE),
                arguments("\n\r\n \t\n", NONE),
                arguments("# a=b\n; c=d\n  # e\n", NONE),
                arguments("[dev]", Map.of("dev", NONE)),
                // Sections.
                arguments("[default]\na=b", Map.of("default", Map.of("a", "b"))),
                arguments("[profile dev]\na=b\n", Map.of("profile dev", Map.of("a", "b"))),
                arguments("[ dev ]\na=b", Map.of("dev", Map.of("a", "b"))),
                arguments("[a]\nx=1\n[b]\nx=2", Map.of("a", Map.of("x", "1"), "b", Map.of("x", "2"))),
                arguments("[sso-session my-sso]\na=b", Map.of("sso-session my-sso", Map.of("a", "b"))),
                arguments("[Dev]\na=b\n[dev]", Map.of("Dev", Map.of("a", "b"), "dev", NONE)),
                arguments("[a]\nx=1\ny=2\n[b]\n[a]\ny=3\nz=4",
                        Map.of("a", Map.of("x", "1", "y", "3", "z", "4"), "b", NONE)),
                // Settings.
                arguments("[a]\nregion = us-east-1", Map.of("a", Map.of("region", "us-east-1"))),
                arguments("[a]\nregion=us-east-1", Map.of("a", Map.of("region", "us-east-1"))),
                arguments("[a]\nregion\t=\t us-east-1 \t", Map.of("a", Map.of("region", "us-east-1"))),
                arguments("[a]\nx==\ny=1=2 = 3\nz=//8=", Map.of("a", Map.of("x", "=", "y", "1=2 = 3", "z", "//8="))),
                arguments("[a]\nx=\ny = ", Map.of("a", Map.of("x", "", "y", ""))),
                arguments("[a]\nAws_Access_Key_ID=AkId", Map.of("a", Map.of("aws_access_key_id", "AkId"))),
                arguments("[a]\nx=1\nx=2", Map.of("a", Map.of("x", "2"))),
                arguments("[a]\nx=[b]", Map.of("a", Map.of("x", "[b]"))),
                arguments("[a]\nx=1 # 2;3", Map.of("a", Map.of("x", "1 # 2;3"))),
                arguments("[a]\ncredential_process = \"/opt/a b\" --c='d'",
                        Map.of("a", Map.of("credential_process", "\"/opt/a b\" --c='d'"))),
                // Line ends and comments.
                arguments("[a]\r\nx=1\r\n\r\n; c\r\n[b]\r\ny=2\r\n",
                        Map.of("a", Map.of("x", "1"), "b", Map.of("y", "2"))),
                arguments("# c\n[a]\n#x=1\n;y=2\n  #z=3\nw=4", Map.of("a", Map.of("w", "4"))),
                // Settings of a setting.
                arguments("[a]\ns3 =\n  region = no\n\tmax = 2\nregion = yes",
                        Map.of("a", Map.of("s3", "", "region", "yes"))),
                arguments("[a]\ns3=\n  no setting\nx=1\n[b]\ny=2",
                        Map.of("a", Map.of("s3", "", "x", "1"), "b", Map.of("y", "2"))),
                // As the AWS CLI reads them: a comment behind a section, settings that are all indented.
                arguments("[a] # main account\nx=1", Map.of("a", Map.of("x", "1"))),
                arguments("[a] ; main account\nx=1", Map.of("a", Map.of("x", "1"))),
                arguments("[a]\n  x=1\n  y=2\n", Map.of("a", Map.of("x", "1", "y", "2"))));
    }

    @ParameterizedTest(name = "{index}") @MethodSource("files")
    @DisplayName("Sections and their settings are read.")
    void reads(String text, Map<String, Map<String, String>> sections) {
        assertEquals(sections, ConsoleLogin.SharedConfig.parse("config", text), text);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments("MARKER", 1),
                arguments("a=MARKER", 1),
                arguments("\n# c\n\na=MARKER\n[b]", 4),
                arguments("[a]\nMARKER", 2),
                arguments("[a]\r\nx=1\r\nMARKER\r\n", 3),
                arguments("[a]\n=MARKER", 2),
                arguments("[a\nx=MARKER", 1),
                arguments("[a]\nx=1\n[MARKER", 3),
                arguments("[a]\n\n\n]MARKER[", 4));
    }

    @ParameterizedTest(name = "{index}") @MethodSource("wrong")
    @DisplayName("A line that is no section, setting or comment is named by file and number, and not quoted.")
    void refuses(String text, int line) {
        var failure = assertThrows(ConsoleLogin.Failure.class,
                () -> ConsoleLogin.SharedConfig.parse("/home/me/.aws/config", text));
        assertEquals(253, failure.exitStatus);
        assertTrue(failure.getMessage().startsWith("/home/me/.aws/config line " + line + " is "), failure.getMessage());
        assertTrue(!(failure + failure.hint).contains("MARKER"), failure.getMessage());
    }

    @ParameterizedTest @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # profile | config                                 | credentials          | region or error
            -         | [default]%region=eu-west-1             | -                    | eu-west-1
            -         | -                                      | [default]%region=eu-west-1 | eu-west-1
            -         | [profile dev]%region=eu-west-1         | -                    | us-east-1
            dev       | [profile dev]%region=eu-west-1         | -                    | eu-west-1
            dev       | [default]%region=a%[profile dev]%region=eu-west-1%[profile x]%region=b | - | eu-west-1
            dev       | -                                      | [dev]%region=eu-west-1 | eu-west-1
            dev       | [profile dev]%region=eu-west-1         | [dev]%region=eu-west-2 | eu-west-2
            dev       | [profile dev]%region=eu-west-1         | [dev]%output=json    | eu-west-1
            default   | [default]%region=eu-west-1             | [default]%a=b        | eu-west-1
            dev       | [dev]%region=eu-west-1                 | -                    | 253
            dev       | -                                      | [profile dev]%region=eu-west-1 | 253
            dev       | [profile devel]%region=eu-west-1       | [Dev]%region=eu-west-1 | 253
            dev       | -                                      | -                    | 253
            # As the AWS CLI reads them.
            -         | [profile default]%region=eu-west-1     | -                    | eu-west-1
            default   | [profile default]%region=eu-west-1     | -                    | eu-west-1
            my dev    | [profile 'my dev']%region=eu-west-1    | -                    | eu-west-1
            my dev    | [profile "my dev"]%region=eu-west-1    | -                    | eu-west-1
            """)
    @DisplayName("A profile is [profile NAME] in config and [NAME] in credentials, which wins setting by setting.")
    void profiles(String profile, String config, String credentials, String region, @TempDir Path folder)
            throws IOException {
        assertEquals(region, region(folder, profile, config, credentials));
    }

    /** The region of a dry run with the files given, % as their line end; the exit status where there is none. */
    private static String region(Path folder, String profile, String config, String credentials) throws IOException {
        if (config != null) Files.writeString(folder.resolve("config"), config.replace('%', '\n'));
        if (credentials != null) Files.writeString(folder.resolve("credentials"), credentials.replace('%', '\n'));
        String json = "{\"AccessKeyId\":\"AKIA\",\"SecretAccessKey\":\"s\"}";
        Path key = Files.writeString(folder.resolve("key.json"), json);
        Map<String, String> variables = Map.of("AWS_CONFIG_FILE", folder.resolve("config").toString(),
                "AWS_SHARED_CREDENTIALS_FILE", folder.resolve("credentials").toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConsoleLogin.Outside outside = new ConsoleLogin.Outside() {
            @Override String variable(String name) {
                return "AWS_PROFILE".equals(name) ? profile : variables.get(name);
            }
            @Override String userName() { return "tester"; }
            @Override Instant now() { return Instant.parse("2026-01-31T12:00:00Z"); }
            @Override PrintStream out() { return new PrintStream(out, true, UTF_8); }
            @Override PrintStream err() { return new PrintStream(new ByteArrayOutputStream(), true, UTF_8); }
        };
        int status = ConsoleLogin.run(outside, "--dry-run", "--credentials", key.toString());
        return status != 0 ? Integer.toString(status)
                : out.toString(UTF_8).replaceAll("(?s).*\nregion +(\\S+) .*", "$1");
    }

    @Test @DisplayName("A file that is a folder is an error of the configuration, not of the program.")
    void folder(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("config"));
        assertEquals("253", region(folder, "dev", null, "[dev]%region=eu-west-1"));
    }
}
