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
                arguments("[ \tfoo \t]", Map.of("foo", NONE)),
                arguments("[profile\tdev]\n[ profile \t other ]", Map.of("profile dev", NONE, "profile other", NONE)),
                arguments("[profile \"dev\"]\n[profile 'my dev']\n[sso-session \"a\"]\n[services 'b c']",
                        Map.of("profile dev", NONE, "profile my dev", NONE, "sso-session a", NONE,
                                "services b c", NONE)),
                arguments("[profile dev]\nx=1\n[profile \"dev\"]\ny=2\n[profile\tdev]\nx=3",
                        Map.of("profile dev", Map.of("x", "3", "y", "2"))),
                arguments("[profiles]\n[profile]\n[services]\n[plugins]",
                        Map.of("profiles", NONE, "profile", NONE, "services", NONE, "plugins", NONE)),
                arguments("[profile a.b_c-d@e+f/g:h%i]\nx=1", Map.of("profile a.b_c-d@e+f/g:h%i", Map.of("x", "1"))),
                arguments("[default]\nx=1\n[profile default]\nx=2",
                        Map.of("default", Map.of("x", "1"), "profile default", Map.of("x", "2"))),
                // Settings.
                arguments("[a]\nregion = us-east-1", Map.of("a", Map.of("region", "us-east-1"))),
                arguments("[a]\nregion=us-east-1", Map.of("a", Map.of("region", "us-east-1"))),
                arguments("[a]\nregion\t=\t us-east-1 \t", Map.of("a", Map.of("region", "us-east-1"))),
                arguments("[a]\nx==\ny=1=2 = 3\nz=//8=", Map.of("a", Map.of("x", "=", "y", "1=2 = 3", "z", "//8="))),
                arguments("[a]\nx=\ny = ", Map.of("a", Map.of("x", "", "y", ""))),
                arguments("[a]\nAws_Access_Key_ID=AkId", Map.of("a", Map.of("aws_access_key_id", "AkId"))),
                arguments("[a]\nx=1\nx=2", Map.of("a", Map.of("x", "2"))),
                arguments("[a]\nx=[b]", Map.of("a", Map.of("x", "[b]"))),
                arguments("[a]\nx=val=ue\ny=😂", Map.of("a", Map.of("x", "val=ue", "y", "😂"))),
                arguments("[a]\nx: 1\ny:2\nz : a=b\nw=a:b", Map.of("a",
                        Map.of("x", "1", "y", "2", "z", "a=b", "w", "a:b"))),
                arguments("[a]\nin valid = 1", Map.of("a", Map.of("in valid", "1"))),
                arguments("[a]\ncredential_process = \"/opt/a b\" --c='d'",
                        Map.of("a", Map.of("credential_process", "\"/opt/a b\" --c='d'"))),
                // Line ends and comments.
                arguments("[a]\r\nx=1\r\n\r\n; c\r\n[b]\r\ny=2\r\n",
                        Map.of("a", Map.of("x", "1"), "b", Map.of("y", "2"))),
                arguments("# c\n[a]\n#x=1\n;y=2\n  #z=3\nw=4", Map.of("a", Map.of("w", "4"))),
                arguments("#\n;\n[a]\n#\nx=1\n;", Map.of("a", Map.of("x", "1"))),
                arguments("\uFEFF[a]\nx=1", Map.of("a", Map.of("x", "1"))),
                arguments("\uFEFF# c\r\n[a]\r\nx=1\r\n", Map.of("a", Map.of("x", "1"))),
                // Comments behind values, but not behind commands, where the shell knows what is one.
                arguments("[a]\nx=1 # 2;3\ny=1 ; 2\nz=1\t#2\nw=1 #", Map.of("a",
                        Map.of("x", "1", "y", "1", "z", "1", "w", "1"))),
                arguments("[a]\nx=1#2\ny=1;2\nz=a; b\nw=#1", Map.of("a",
                        Map.of("x", "1#2", "y", "1;2", "z", "a; b", "w", "#1"))),
                arguments("[a]\nx = # 1\ny = ; 2", Map.of("a", Map.of("x", "", "y", ""))),
                arguments("[a]\ncredential_process = p '#a ;b' # c ; d\nx=1 # c",
                        Map.of("a", Map.of("credential_process", "p '#a ;b' # c ; d", "x", "1"))),
                // Values that go on.
                arguments("[a]\nx=1\n -2", Map.of("a", Map.of("x", "1\n-2"))),
                arguments("[a]\nx=1\n\t -2 \t\n   -3\r\n", Map.of("a", Map.of("x", "1\n-2\n-3"))),
                arguments("[a]\nx=1\n -2 # c\n -3 ; d", Map.of("a", Map.of("x", "1\n-2 # c\n-3 ; d"))),
                arguments("[a]\nx=1\n # c\n ; d\n\n -2", Map.of("a", Map.of("x", "1\n-2"))),
                arguments("[a]\nx=1\n y=2\nz=3", Map.of("a", Map.of("x", "1\ny=2", "z", "3"))),
                arguments("[a]\nx=1\n [b]\n[c]", Map.of("a", Map.of("x", "1\n[b]"), "c", NONE)),
                arguments("[a]\ncredential_process = p\n  --b # c",
                        Map.of("a", Map.of("credential_process", "p\n--b # c"))),
                // Settings of a setting.
                arguments("[a]\ns3 =\n  region = no\n\tmax = 2\nregion = yes",
                        Map.of("a", Map.of("s3", "", "s3.region", "no", "s3.max", "2", "region", "yes"))),
                arguments("[a]\ns3 = # c\n Name = 1 # d\n\n\t \n # e\n other :2\n empty =",
                        Map.of("a", Map.of("s3", "", "s3.name", "1", "s3.other", "2", "s3.empty", ""))),
                arguments("[a]\ns3=\n  x=1\ns3=\n  y=2", Map.of("a", Map.of("s3", "", "s3.x", "1", "s3.y", "2"))),
                arguments("[services a]\nsts =\n  endpoint_url = https://a/\ns3=\n  endpoint_url = https://b/",
                        Map.of("services a", Map.of("sts", "", "sts.endpoint_url", "https://a/",
                                "s3", "", "s3.endpoint_url", "https://b/"))),
                arguments("[a]\ns3=\n  no setting\nx=1\n[b]\ny=2",
                        Map.of("a", Map.of("s3", "", "x", "1"), "b", Map.of("y", "2"))),
                // As the AWS CLI reads them: a comment behind a section, settings that are all indented.
                arguments("[a] # main account\nx=1", Map.of("a", Map.of("x", "1"))),
                arguments("[a] ; main account\nx=1", Map.of("a", Map.of("x", "1"))),
                arguments("[a]; c\n[b]# c ] d", Map.of("a", NONE, "b", NONE)),
                arguments("[a]\n  x=1\n  y=2\n", Map.of("a", Map.of("x", "1", "y", "2"))));
    }

    @ParameterizedTest(name = "{index}") @MethodSource("files")
    @DisplayName("Sections and their settings are read.")
    void reads(String text, Map<String, Map<String, String>> sections) {
        assertEquals(sections, ConsoleLogin.SharedConfig.parse("config", text), text);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                // A section of the name "" is one whose own line is malformed.
                arguments("[a]\nMARKER", "a", 2),
                arguments("[a]\r\nx=1\r\nMARKER\r\n", "a", 3),
                arguments("\uFEFF[a]\r\n\r\nMARKER", "a", 3),
                arguments("[a]\n=MARKER", "a", 2),
                arguments("[a]\n  = MARKER", "a", 2),
                arguments("[a]\n:MARKER", "a", 2),
                arguments("[a]\n -MARKER", "a", 2),
                arguments("[a]\nx=1\n[a]\n -MARKER", "a", 4),
                arguments("[a]\n\n\n]MARKER[", "a", 4),
                arguments("[a]\nx=1\n[b]\nMARKER\n[c]\ny=2", "b", 4),
                arguments("[b]\nMARKER\n[a]\n[b]\nx=1", "b", 2),
                arguments("[a\nx=MARKER", "", 1),
                arguments("[a]\nx=1\n[MARKER", "", 3),
                arguments("[a]\n[]\nx=MARKER", "", 2),
                arguments("[a]\n[ ]", "", 2));
    }

    @ParameterizedTest(name = "{index}") @MethodSource("wrong")
    @DisplayName("A line that is no section, setting or comment spoils its section, by file and number, not quoted.")
    void spoils(String text, String spoilt, int line) {
        var sections = ConsoleLogin.SharedConfig.parse("/home/me/.aws/config", text);
        for (String section : sections.keySet()) {
            String problem = sections.get(section).get("");
            assertEquals(section.equals(spoilt), problem != null, section);
            if (problem == null) continue;
            assertTrue(problem.startsWith("/home/me/.aws/config line " + line + " is "), problem);
            assertTrue(!problem.contains("MARKER"), problem);
        }
        assertTrue(sections.containsKey(spoilt), sections.toString());
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            MARKER                   | 1
            a=MARKER                 | 1
            ' -MARKER'               | 1
            %# c%%a=MARKER%[b]       | 4
            'BOM%a=MARKER'           | 2
            """)
    @DisplayName("A line before all sections is named by file and number, and not quoted.")
    void refuses(String text, int line) {
        var failure = assertThrows(ConsoleLogin.Failure.class, () -> ConsoleLogin.SharedConfig.parse(
                "/home/me/.aws/config", text.replace('%', '\n').replace("BOM", "\uFEFF")));
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
            my dev    | [profile my dev]%region=eu-west-1      | [my dev]%x=1         | eu-west-1
            -         | [default]%region=a%[profile default]%region=eu-west-1 | -     | eu-west-1
            -         | [profile default]%region=eu-west-1%[default]%region=a | -     | eu-west-1
            -         | [default]%region=eu-west-1%[profile default]%x=1      | -     | us-east-1
            -         | [profile default]%region=eu-west-1     | [default]%region=eu-west-2 | eu-west-2
            dev       | [profile dev]%region=eu-west-1 # home  | -                    | eu-west-1
            dev       | [profile dev]%REGION : eu-west-1       | -                    | eu-west-1
            dev       | [profile dev]%s3 =%  region = a%region = eu-west-1 | -        | eu-west-1
            dev       | [profile dev]%region=a%[profile dev]%region=eu-west-1 | -     | eu-west-1
            # A mistake in a section spoils no other.
            dev       | [profile dev]%region=eu-west-1%[profile b]%mistake | -        | eu-west-1
            dev       | [profile b]%mistake%[profile dev]%region=eu-west-1 | -        | eu-west-1
            dev       | [profile dev]%region=eu-west-1%[profile b%region=a | -        | eu-west-1
            dev       | [profile dev]%region=eu-west-1         | [default]%mistake    | eu-west-1
            dev       | [profile dev]%region=eu-west-1%mistake | -                    | 253
            dev       | [profile dev]%region=eu-west-1         | [dev]%mistake        | 253
            dev       | region=a%[profile dev]%region=eu-west-1 | -                   | 253
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

    @Test @DisplayName("A file that is a folder gives nothing.")
    void folder(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("config"));
        assertEquals("eu-west-1", region(folder, "dev", null, "[dev]%region=eu-west-1"));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            # config                            | credentials           | arguments        | in the error
            [default]%x=1%mistake               |                       |                  | CONFIG line 3 is
            [default]%x=1                       | [default]%%mistake    |                  | CREDENTIALS line 3 is
            [profile dev]%mistake               | [dev]%x=1             | --profile dev    | CONFIG line 2 is
            [profile dev]%x=1%[a%mistake        |                       | --profile dev    | CONFIG line 3 is
            [profile dev]%x=1                   | []                    | --profile dev    | CREDENTIALS line 1 is
            [profile dev%x=1                    |                       | --profile dev    | CONFIG line 1 is
            [profile dev]%mistake%x=1%mistake   |                       | --profile dev    | CONFIG line 2 is
            mistake                             | [default]%x=1         |                  | CONFIG line 1 is
            [default]%role_arn=arn:aws:iam::1:role/a%source_profile=b%[profile b]%mistake | | | CONFIG line 5 is
            [default]%services=a%[services a]%mistake |                 |                  | CONFIG line 4 is
            [default]%sso_session=a%sso_account_id=1%sso_role_name=b%[sso-session a]%mistake | | | CONFIG line 6 is
            """)
    @DisplayName("Who uses a spoilt section is told its file and line, and what a file looks like.")
    void usesSpoiltSection(String config, String credentials, String arguments, String mentioned,
            @TempDir Path folder) {
        String first = Launch.write(folder.resolve("config"), config.replace('%', '\n')).toString();
        String text = credentials == null ? "" : credentials.replace('%', '\n');
        String second = Launch.write(folder.resolve("credentials"), text).toString();
        Launch.of(arguments == null ? new String[0] : arguments.split(" "))
                .variable("AWS_CONFIG_FILE", first).variable("AWS_SHARED_CREDENTIALS_FILE", second).here()
                .fails(Launch.CONFIGURATION, mentioned.replace("CONFIG", first).replace("CREDENTIALS", second));
    }
}
