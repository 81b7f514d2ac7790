import com.github.tomakehurst.wiremock.common.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("credential_process")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are for sh")
class ProcessTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final LoopbackAws.Key SESSION = LoopbackAws.ROLE_SESSION;
    private static final String SOURCE = "the credential_process of the profile dev";

    private static LoopbackAws aws;
    @TempDir Path home;

    @BeforeAll static void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterAll static void stop() {
        aws.close();
    }

    private static String json(LoopbackAws.Key key) {
        return Json.write(key.sessionToken().isEmpty()
                ? Map.of("Version", 1, "AccessKeyId", key.accessKeyId(), "SecretAccessKey", key.secretAccessKey())
                : Map.of("Version", 1, "AccessKeyId", key.accessKeyId(), "SecretAccessKey", key.secretAccessKey(),
                        "SessionToken", key.sessionToken(), "Expiration", key.expiration().toString()));
    }

    /** With a file named session that has the output of a process, and one named key. */
    private Launch.Command command(String process, String... more) {
        Launch.write(home.resolve("session"), json(SESSION));
        Launch.write(home.resolve("key"), json(LoopbackAws.ADMIN));
        String line = process.replace("~", home.toString());
        Launch.write(home.resolve(".aws/config"), "[profile dev]\ncredential_process = " + line + "\n");
        String[] arguments = Stream.concat(Stream.of("--profile", "dev"), Stream.of(more)).toArray(String[]::new);
        return Launch.of(arguments).at(aws).home(home);
    }

    private static void signsIn(Launch launch, String identity) {
        launch.url();
        assertTrue(launch.err().contains("signs in as " + LoopbackAws.arn(identity) + " "), launch.err());
    }

    /** An error of the configuration that shows neither the command nor what it printed. */
    private static void fails(Launch launch, String... mentioned) {
        launch.fails(Launch.CONFIGURATION, mentioned);
        assertFalse(launch.err().contains("MARKER"), launch.err());
        assertTrue(launch.err().startsWith("console-login: error: " + SOURCE), launch.err());
    }

    // ---- What it prints

    @Test @DisplayName("A session that it prints signs in as it is.")
    void session() {
        signsIn(command("cat ~/session").here(), SESSION.identity());
    }

    @Test @DisplayName("With a long-term key that it prints a federated user signs in.")
    void longTerm() {
        signsIn(command("cat ~/key", "--name", "feduser").here(), "federated-user/feduser");
    }

    @ParameterizedTest @ValueSource(strings = {"key", "session"})
    @DisplayName("It may be the source of a role.")
    void sourceProfile(String file) throws Exception {
        Launch.Command command = command("cat ~/" + file, "--profile", "ops");
        Path config = home.resolve(".aws/config");
        Files.writeString(config, Files.readString(config) + """
                [profile ops]
                role_arn = arn:aws:iam::123456789012:role/OneHour
                role_session_name = me
                source_profile = dev
                """);
        signsIn(command.here(), "assumed-role/OneHour/me");
        signsIn(command("cat ~/" + file, "--role-arn", "arn:aws:iam::123456789012:role/Admin", "--name", "you").here(),
                "assumed-role/Admin/you");
    }

    @ParameterizedTest @ValueSource(strings = {"dev", "profile dev"})
    @DisplayName("It may stand in the credentials file, or in the profile of the environment.")
    void credentialsFile(String section) throws Exception {
        command("false");
        Files.delete(home.resolve(".aws/config"));
        Launch.write(home.resolve(section.equals("dev") ? ".aws/credentials" : ".aws/config"),
                "[" + section + "]\ncredential_process = cat " + home.resolve("session") + "\n");
        signsIn(Launch.of().at(aws).home(home).variable("AWS_PROFILE", "dev").here(), SESSION.identity());
    }

    @ParameterizedTest @ValueSource(strings = {
            "cat ~/session | cat", "cd ~ && cat session", "false || cat ~/session", "cat '~/session'",
            "cat \"~/session\"",
            "x=~/session; cat \"$x\"", "cat $(echo ~/session)", "cat < ~/session", "cat ~/session # a comment",
            "cat ~/session ; : ; exit 0", "sh -c 'cat \"$0\"' ~/session", "(cat ~/session)",
            "test -n \"$HOME\" && cat ~/session",
            "cat ~/sess*n", "trap '' TERM; cat ~/session", "printf '\\n\\n  ' && cat ~/session && echo",
            "cat ~/session |\n    cat", "\\\n  cat ~/session", "cat ~/session 2>&1; # = [section]"})
    @DisplayName("The shell runs it, with all that a shell understands.")
    void shell(String process) {
        signsIn(command(process).here(), SESSION.identity());
    }

    @Test @DisplayName("It gets the environment, and its standard error goes where that of the program goes.")
    void alone() {
        Launch launch = command("echo \"for people: $HOME\" >&2; cat \"$HOME/session\"").alone();
        signsIn(launch, SESSION.identity());
        assertTrue(launch.err().startsWith("for people: " + home + "\nconsole-login: "), launch.err());
        Launch failed = command("echo 'no such vault' >&2; exit 3").alone();
        assertEquals(Launch.CONFIGURATION, failed.status(), failed.err());
        assertTrue(failed.err().startsWith("no such vault\nconsole-login: error: " + SOURCE), failed.err());
        assertEquals("", failed.out());
    }

    @Test @DisplayName("What it prints is not shown, neither with --debug nor with --dry-run, which does not run it.")
    void hidden() {
        Launch dry = command("touch ~/ran; cat ~/session; : MARKER", "--dry-run").here();
        dry.succeeds();
        assertTrue(dry.out().contains("credential_process of the profile dev"), dry.out());
        assertFalse((dry.out() + dry.err()).contains("MARKER"), dry.out());
        assertFalse(Files.exists(home.resolve("ran")), "--dry-run ran it");
        Launch debug = command("touch ~/ran; cat ~/session; : MARKER", "--debug").here();
        signsIn(debug, SESSION.identity());
        assertTrue(Files.exists(home.resolve("ran")));
        for (String secret : List.of("MARKER", SESSION.secretAccessKey(), SESSION.sessionToken())) {
            assertFalse(debug.err().contains(secret), debug.err());
        }
    }

    @Test @DisplayName("It runs once, however often its credentials are needed.")
    void once() throws Exception {
        Launch.Command command = command("echo run >>~/runs; cat ~/key", "--name", "feduser", "--debug");
        signsIn(command.here(), "federated-user/feduser");
        assertEquals("run\n", Files.readString(home.resolve("runs")));
    }

    // ---- What it prints wrongly

    private Launch prints(String output) {
        command("");
        Launch.write(home.resolve("output"), output);
        return command("cat ~/output; : MARKER").now(NOON).here();
    }

    @ParameterizedTest @ValueSource(strings = {"2", "0", "-1", "1.5", "4294967297", "1e1", "1e400", "1e-400",
            "1e999999999", "null", "\"1\"", "\"MARKER\"", "true", "[1]", "{}"})
    @DisplayName("A Version other than 1 is refused.")
    void otherVersions(String version) {
        fails(prints("{\"Version\":" + version + ",\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"MARKER\","
                + "\"SessionToken\":\"MARKER\"}"), "Version");
    }

    @Test @DisplayName("Output without Version is refused.")
    void noVersion() {
        fails(prints(json(SESSION).replaceAll("\"Version\" *: *1,?", "\"MARKER\": 1,").replace(",}", "}")), "Version");
    }

    private Launch expiring(String expiration) {
        return prints("""
                {"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s","SessionToken":"%s"%s}""".formatted(
                SESSION.accessKeyId(), SESSION.secretAccessKey(), SESSION.sessionToken(), expiration));
    }

    @ParameterizedTest @ValueSource(strings = {"", ",\"Expiration\":null", ",\"Expiration\":\"2026-01-31T12:00:01Z\"",
            ",\"Expiration\":\"2026-01-31T13:00:01+01:00\"", ",\"Expiration\":\"2026-01-31T12:00:01.5Z\"",
            ",\"Later\":{\"a\":[1]}"})
    @DisplayName("An Expiration that is to come, or none, is taken.")
    void expirations(String expiration) {
        expiring(expiration).url();
    }

    @ParameterizedTest @CsvSource(quoteCharacter = '`', value = {
            "\"2026-01-31T12:00:00Z\", expired at 2026-01-31T12:00:00Z",
            "\"2026-01-31T12:59:59+01:00\", expired", "\"1970-01-01T00:00:00Z\", expired",
            "\"MARKER\", expiration", "\"\", expiration", "\"2026-02-30T12:00:00Z\", expiration",
            "1769864400, Expiration", "true, Expiration", "[], Expiration", "{}, Expiration"})
    @DisplayName("An Expiration that has passed, or is none, is refused.")
    void wrongExpirations(String expiration, String mentioned) {
        fails(expiring(",\"Expiration\":" + expiration), mentioned);
    }

    /** In place of quotes there are apostrophes. */
    @ParameterizedTest @ValueSource(strings = {"", "\n", "MARKER", "{", "{}{}", "null", "1", "[]", "'MARKER'",
            "{'Version':1}", "{'Version':1,'AccessKeyId':'AKIA'}", "{'Version':1,'SecretAccessKey':'MARKER'}",
            "{'Version':1,'AccessKeyId':'AKIA','SecretAccessKey':''}",
            "{'Version':1,'AccessKeyId':null,'SecretAccessKey':'MARKER'}",
            "{'Version':1,'AccessKeyId':['AKIA'],'SecretAccessKey':'MARKER'}",
            "{'Version':1,'AccessKeyId':'ASIA','SecretAccessKey':'MARKER'}",
            "{'Version':1,'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':1}",
            "{'Version':1,'AccessKeyId':'AKIA','SecretAccessKey':'MARKER MARKER'}",
            "{'Version':1,'AccessKeyId':'AKIA','SecretAccessKey':'MARKER\\r\\nx-a: b'}",
            "{'Version':1,'AccessKeyId':'AK\u001b[31m','SecretAccessKey':'MARKER\u001b[31m'}",
            "{'Version':1,'Version':1,'AccessKeyId':'AKIA','SecretAccessKey':'MARKER'}",
            "warning: MARKER\n{'Version':1,'AccessKeyId':'AKIA','SecretAccessKey':'s'}",
            "{'Version':1,'AccessKeyId':'AKIA','SecretAccessKey':'s'}\nMARKER"})
    @DisplayName("Output that is not the JSON of credentials is refused, and not shown.")
    void notCredentials(String output) {
        fails(prints(output.replace('\'', '"')));
    }

    @ParameterizedTest @CsvSource(delimiter = '!', quoteCharacter = '`', textBlock = """
            head -c 2097152 /dev/zero | tr '\\0' M ! more than 1 MiB
            yes MARKER                            ! more than 1 MiB
            cat /dev/zero                         ! more than 1 MiB
            head -c 5000 /dev/urandom             ! not JSON
            printf '\\377\\376{\\000}\\000'       ! not JSON
            """)
    @DisplayName("Output that is too long, endless or binary is refused, and read no further.")
    void hostileOutput(String process, String mentioned) {
        fails(command(process).here(), mentioned);
    }

    // ---- How it ends

    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            cat ~/session; exit 1                       | status 1
            : MARKER; false                             | status 1
            exit 255                                    | status 255
            no-such-command-MARKER 2>/dev/null          | status 127
            ~/session 2>/dev/null                       | status 126
            kill -9 $$                                  | status 137
            """)
    @DisplayName("A status other than 0 is an error, whatever it printed.")
    void status(String process, String mentioned) {
        fails(command(process).here(), mentioned);
    }

    @Test @DisplayName("A command that the shell cannot parse is an error.")
    void syntaxError() {
        Launch launch = command("cat '~/session MARKER").alone();
        assertEquals(Launch.CONFIGURATION, launch.status(), launch.err());
        String error = launch.err().substring(launch.err().indexOf("console-login: "));
        assertTrue(error.startsWith("console-login: error: " + SOURCE + " ended with status "), error);
        assertFalse(error.contains("MARKER"), error);
    }

    /** In each case the last process writes its id into a file before it hangs. */
    @ParameterizedTest @ValueSource(strings = {
            "echo $$ >~/pid; exec sleep 100", "echo $$ >~/pid; sleep 100; : MARKER",
            "sleep 100 & echo $! >~/pid; wait", "trap '' TERM INT HUP; echo $$ >~/pid; sleep 100; sleep 100",
            "sh -c 'echo $$ >~/pid; sleep 100; :'; :", "sh -c 'sleep 100 & echo $! >~/pid; wait; :'; :",
            "echo $$ >~/pid; cat ~/session; exec sleep 100",
            "echo $$ >~/pid; cat ~/session; exec >&-; sleep 100; :"})
    @DisplayName("One that does not end is ended with all that it started, and the error tells the limit.")
    void hangs(String process) throws Exception {
        long start = System.nanoTime();
        Launch launch = command(process, "--read-timeout", "1").here();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        long pid = Long.parseLong(Files.readString(home.resolve("pid")).strip());
        boolean ended = hasEnded(pid);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        fails(launch, "did not end within 1 s");
        assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, took.toString());
        assertTrue(ended, "a process is left");
    }

    private static boolean hasEnded(long pid) throws Exception {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        try {
            return process.isEmpty() || process.get().onExit().get(10, TimeUnit.SECONDS) != null;
        } catch (TimeoutException alive) {
            // Of one that ended and that nobody waited for nothing is known any more.
            return process.get().info().command().isEmpty();
        }
    }

    @Test @DisplayName("One that prints without end leaves no process.")
    void endless() throws Exception {
        fails(command("echo $$ >~/pid; exec yes MARKER").here(), "more than 1 MiB");
        assertTrue(hasEnded(Long.parseLong(Files.readString(home.resolve("pid")).strip())), "a process is left");
    }

    @Test @DisplayName("One that closes its output and goes on for a while is waited for.")
    void closesOutput() {
        signsIn(command("cat ~/session; exec >&-; sleep 0.2").here(), SESSION.identity());
    }
}
