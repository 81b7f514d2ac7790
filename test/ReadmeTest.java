import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the README shows is what the program prints. */
class ReadmeTest {
    private static String readme;

    @BeforeAll
    static void read() throws IOException {
        readme = Files.readString(Path.of(System.getProperty("root"), "README.md"));
    }

    @Test
    @DisplayName("The options are those that --help lists.")
    void options() {
        shows(Launch.of("--help").here().out());
    }

    @Test
    @DisplayName("The dry run prints what the README shows, under the command that it shows.")
    void dryRun() {
        String[] options = {"--name", "feduser", "--duration-seconds", "12h", "--destination", "s3", "--dry-run"};
        shows("$ java ConsoleLogin.java " + String.join(" ", options) + "\n"
                + Launch.of(options).as(LoopbackAws.ADMIN).here().out());
    }

    @Test
    @DisplayName("The dry run with a role of a profile prints what the README shows.")
    void role(@TempDir Path home) {
        Launch.write(home.resolve(".aws/config"), """
                [profile ops]
                role_arn = arn:aws:iam::123456789012:role/Ops
                source_profile = corp
                region = eu-central-1
                [profile corp]
                sso_session = corp
                sso_account_id = 123456789012
                sso_role_name = Admin
                [sso-session corp]
                sso_region = eu-central-1
                sso_start_url = https://corp.awsapps.com/start
                """);
        shows("$ java ConsoleLogin.java --profile ops --dry-run\n"
                + Launch.of("--profile", "ops", "--dry-run").home(home).user("me").here().out());
    }

    @Test
    @DisplayName("The error looks as the README shows it.")
    void error() {
        shows("$ java ConsoleLogin.java --duration-seconds 899\n" + Launch.of("--duration-seconds", "899").here().err());
    }

    private static void shows(String block) {
        assertTrue(readme.contains("```\n" + block + "```\n"), "the README lacks the block\n" + block);
    }
}
