import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@DisplayName("The URL is handed over")
class HandoverTest {
    private static final String URL = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=a%2Bb+c";
    /** The plain sequence that puts this URL on the clipboard. */
    private static final String SEQUENCE =
            "\033]52;c;" + Base64.getEncoder().encodeToString(URL.getBytes(UTF_8)) + "\007";

    @TempDir Path folder;
    private LoopbackAws aws;

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterEach void stop() {
        aws.close();
    }

    // ---- --open, as people run it

    /** A browser that leaves what it was given, what it got, and what else it could see, in files of the folder. */
    private Path browser(String... more) throws IOException {
        return script("browser", """
                cd '%s' || exit
                for argument; do printf '%%s\\n' "$argument"; url=$argument; done >arguments
                env >environment
                cat /proc/net/tcp /proc/net/tcp6 >sockets
                for process in /proc/[0-9]*; do tr '\\0' ' ' <$process/cmdline; echo; done >processes 2>&-
                curl -s -i --max-time 20 "$url" >answer
                """.formatted(folder) + String.join("\n", more) + "\n");
    }

    private Path script(String name, String lines) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + lines);
        assertTrue(script.toFile().setExecutable(true));
        return script;
    }

    /** At a desktop, whatever the tests run in; an empty variable is none. */
    private Launch.Command command(String... arguments) {
        Launch.Command command = Launch.of(arguments).at(aws).as(LoopbackAws.ADMIN).home(folder).user("me");
        for (String name : List.of("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "TMUX", "TERM")) {
            command.variable(name, "");
        }
        return command;
    }

    /** The same in the process of the tests, where an empty variable is not none. */
    private Launch here(Launch.Command command) {
        for (String name : List.of("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION")) {
            command.variable(name, null);
        }
        return command.here();
    }

    /** What the browser wrote; it may still be at it when the program has ended. */
    private String read(String file) throws IOException {
        String end = file.equals("answer") ? "\r\n\r\n" : "\n";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            String text = Files.exists(folder.resolve(file)) ? Files.readString(folder.resolve(file)) : "";
            if (text.contains(end) || System.nanoTime() > deadline) {
                return text;
            }
            Thread.onSpinWait();
        }
    }

    private String header(String name) throws IOException {
        List<String> values = read("answer").lines().filter(line -> line.toLowerCase().startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2).strip()).toList();
        assertEquals(1, values.size(), read("answer"));
        return values.get(0);
    }

    /** That the browser was sent to the login URL of this AWS. */
    private String assertRedirected() throws IOException {
        assertTrue(read("answer").matches("(?s)HTTP/1.1 302 .*"), read("answer"));
        assertEquals("no-store", header("cache-control"));
        String login = header("location");
        assertTrue(login.startsWith(aws.uri() + "/federation?Action=login&Destination="), login);
        assertTrue(login.contains("&SigninToken="), login);
        return login;
    }

    /** That it was printed after all, and why. */
    private static void assertPrinted(Launch launch, String reason) {
        assertTrue(launch.url().contains("&SigninToken="), launch.out());
        assertTrue(launch.err().contains(reason), launch.err());
        assertTrue(launch.err().lines().allMatch(line -> line.matches("console-login: \\S.*")), launch.err());
        assertTrue(launch.err().contains("signs in as "), launch.err());
        assertFalse(launch.err().matches("(?s).*\\bnull\\b.*"), launch.err());
        assertFalse(launch.err().contains("SigninToken"), launch.err());
    }

    @Test @DisplayName("to the browser by a redirect that is not stored, and to nobody else.")
    void opened() throws Exception {
        Launch launch = command("--open", "--name", "opened").variable("BROWSER", browser().toString()).alone();
        launch.succeeds();
        assertEquals("", launch.out());
        assertTrue(launch.err().contains("federated-user/opened"), launch.err());
        assertFalse(launch.err().contains("http"), launch.err());

        String login = assertRedirected();
        String token = login.substring(login.indexOf("&SigninToken=") + 13);
        String redirect = read("arguments").strip();
        assertTrue(redirect.matches("http://127\\.0\\.0\\.1:\\d+/[-\\w]+"), redirect);
        assertTrue(read("processes").contains(redirect), "the browser saw not even itself");
        for (String seen : List.of("processes", "environment", "arguments")) {
            assertFalse(read(seen).contains(token), seen);
            assertFalse(read(seen).contains("SigninToken"), seen);
        }
        assertEquals(List.of(), read("environment").lines().filter(line -> line.startsWith("AWS_")).toList());
        assertTrue(read("environment").contains("HOME=" + folder), "nothing but AWS's own variables is taken away");
    }

    @Test @DisplayName("at a port of 127.0.0.1, and of no other address.")
    void loopbackOnly() throws Exception {
        here(command("--open").variable("BROWSER", browser().toString())).succeeds();
        String port = "%04X".formatted(Integer.parseInt(read("arguments").strip().split("[:/]")[4]));
        List<String> listening = read("sockets").lines().map(line -> line.strip().split("\\s+"))
                .filter(words -> words[1].endsWith(":" + port) && words[3].equals("0A")).map(words -> words[1])
                .toList();
        assertEquals(1, listening.size(), read("sockets"));
        // In hexadecimal, four bytes back to front; alone or mapped into IPv6.
        assertTrue(listening.get(0).matches("(0{16}F{4}0{4})?0100007F:" + port), listening.get(0));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            # BROWSER                           | what it is given
            /no/such/browser:BROWSER            | URL
            no-such-browser:/no/other:BROWSER:x | URL
            BROWSER --new-window                | --new-window,URL
            BROWSER --url %s --incognito        | --url,URL,--incognito
            BROWSER --app=%s                    | --app=URL
            /no/such/browser %s:BROWSER %s      | URL
            """)
    @DisplayName("to the first browser of $BROWSER that there is, with its options, and the address where %s stands.")
    void browsers(String variable, String given) throws Exception {
        script("browser", """
                for argument; do printf '%%s\\n' "$argument"; done >'%1$s/arguments'
                for argument; do
                    case $argument in *http:*) curl -s -i "http:${argument#*http:}" >'%1$s/answer';; esac
                done
                """.formatted(folder));
        Launch launch = here(command("--open").variable("BROWSER", variable.replace("BROWSER", folder + "/browser")));
        assertEquals("", launch.succeeds().out());
        assertRedirected();
        assertEquals(given, read("arguments").strip().replaceAll("http:\\S+", "URL").replace('\n', ','));
    }

    @Test @DisplayName("on standard output, with the reason, when the browser fails, is not there or is no program.")
    void unopened() throws Exception {
        Path fails = script("fails", "exit 3\n");
        assertPrinted(command("--open").variable("BROWSER", fails.toString()).alone(), "ended with status 3");
        assertPrinted(here(command("--open").variable("BROWSER", "/no/such/browser")), "/no/such/browser");
        Path text = Files.writeString(folder.resolve("text"), "no program");
        assertPrinted(here(command("--open").variable("BROWSER", text.toString())), text.toString());
    }

    @ParameterizedTest @ValueSource(strings = {":", "::", " ", "%s", ":no-such-browser:", "no-such-browser %s"})
    @DisplayName("on standard output when $BROWSER names no browser, whatever it is.")
    void oddBrowser(String browser) throws Exception {
        assertPrinted(here(command("--open").variable("BROWSER", browser)), "BROWSER");
    }

    @Test @DisplayName("on standard output, with the reason, over SSH and where there is no display.")
    void nowhere() throws Exception {
        assertPrinted(command("--open").variable("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
                .variable("BROWSER", browser().toString()).variable("DISPLAY", ":0").alone(), "over SSH");
        assertFalse(Files.exists(folder.resolve("arguments")), "a browser was started");
        assertPrinted(here(command("--open").variable("BROWSER", null)), "no display");
    }

    @ParameterizedTest @ValueSource(strings = {"DISPLAY", "WAYLAND_DISPLAY"})
    @DisplayName("to xdg-open where there is a display but no $BROWSER.")
    void platform(String display) throws Exception {
        Files.move(browser(), folder.resolve("xdg-open"));
        Launch launch = command("--open").variable(display, "0")
                .variable("PATH", folder + ":" + System.getenv("PATH")).alone().succeeds();
        assertEquals("", launch.out());
        assertRedirected();
    }

    @Test @DisplayName("to the browser without a word with --quiet.")
    void quiet() throws Exception {
        Launch launch = here(command("--open", "--quiet").variable("BROWSER", browser().toString())).succeeds();
        assertEquals("", launch.out() + launch.err());
        assertRedirected();
    }

    @Test @DisplayName("to the browser although that one fails afterwards.")
    void failsLater() throws Exception {
        Launch launch = here(command("--open").variable("BROWSER", browser("exit 1").toString())).succeeds();
        assertEquals("", launch.out());
        assertRedirected();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--open --output json", "--open --output env", "--open --output process", "--open --copy",
            "--copy --output json", "--copy --output env", "--copy --output process"})
    @DisplayName("in one way only: what contradicts itself is refused before anything is sent.")
    void contradictions(String arguments) {
        command(arguments.split(" ")).here().fails(Launch.USAGE, arguments.contains("--copy") ? "--copy" : "--open");
        assertEquals(List.of(), aws.exchanges());
    }

    // ---- What the redirect answers

    /** Answers of the redirect to a browser that behaves like this; what it gets it adds to the list. */
    private static List<String> answers(Client client) {
        List<String> answers = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> problems = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        ConsoleLogin.Outside outside = new Outside(Map.of("BROWSER", "browser")) {
            @Override Process start(String[] commands, String argument) {
                assertEquals(List.of("browser"), List.of(commands));
                Thread thread = new Thread(() -> {
                    try {
                        String[] parts = argument.split("[:/]");
                        client.run(Integer.parseInt(parts[4]), "/" + parts[5], answers);
                    } catch (Exception | AssertionError failed) {
                        problems.add(failed);
                    }
                });
                threads.add(thread);
                thread.start();
                return new Browser(thread);
            }
        };
        String undone = assertTimeoutPreemptively(Duration.ofSeconds(15), () -> {
            String result = ConsoleLogin.Handover.open(URL, outside);
            threads.get(0).join();
            return result;
        }, "it hangs");
        assertEquals(List.of(), problems);
        assertNull(undone);
        return answers;
    }

    private interface Client {
        void run(int port, String path, List<String> answers) throws Exception;
    }

    /** The status, and the Location or -. */
    private static String request(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            socket.getOutputStream().write((request + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n").getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(answer.toLowerCase().contains("\r\ncache-control: no-store\r\n"), answer);
            assertTrue(answer.toLowerCase().contains("\r\nreferrer-policy: no-referrer\r\n"), answer);
            String location = answer.lines().filter(line -> line.startsWith("Location: ")).findAny().orElse("");
            return answer.split(" ")[1] + location.replace("Location:", "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /", "GET /favicon.ico", "GET PATHx", "GET /xPATH", "GET PATH/", "GET PATH?a",
            "GET PATH?", "GET UPPER", "GET PATH%00", "GET //PATH", "GET PATH#a", "HEAD PATH", "POST PATH", "PUT PATH",
            "OPTIONS PATH", "TRACE PATH", "DELETE PATH", "get PATH", "GET http://127.0.0.1/PATH"})
    @DisplayName("by a redirect for GET of its path alone; anything else is not found, and does not use it up.")
    void otherRequests(String other) {
        List<String> answers = answers((port, path, list) -> {
            String request = other.replace("PATH", path).replace("UPPER", path.toUpperCase());
            list.add(request(port, request));
            list.add(request(port, request));
            list.add(request(port, "GET " + path));
        });
        assertEquals(List.of("404", "404", "302 " + URL), answers);
    }

    @Test @DisplayName("once, however many ask for it at the same time.")
    void once() throws Exception {
        int crowd = 16;
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        List<String> answers = answers((port, path, list) -> {
            for (int i = 0; i < crowd; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        go.await();
                        list.add(request(port, "GET " + path));
                    } catch (IOException | InterruptedException | AssertionError gone) {
                        list.add("404");
                    }
                });
                threads.add(thread);
                thread.start();
            }
            go.countDown();
        });
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        }
        assertEquals(crowd, answers.size());
        assertEquals(1, Collections.frequency(answers, "302 " + URL), answers.toString());
        assertEquals(crowd - 1, Collections.frequency(answers, "404"), answers.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "GET PATH", "GET PATH HTTP/1.1\r\nHost: 127.0", "\0\u0016\u0003\u0001", "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
            "POST PATH HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha"})
    @DisplayName("although connections are open on which nothing, or half a request, was sent.")
    void halfRequests(String half) throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            List<String> answers = answers((port, path, list) -> {
                for (int i = 0; i < 20; i++) {
                    Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
                    open.add(socket);
                    socket.getOutputStream().write(half.replace("PATH", path).getBytes(US_ASCII));
                }
                list.add(request(port, "GET " + path));
            });
            assertEquals(List.of("302 " + URL), answers);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test @DisplayName("at another path each time, that cannot be guessed.")
    void unguessable() {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers((port, path, list) -> {
                paths.add(path);
                request(port, "GET " + path);
            });
        }
        assertEquals(20, paths.stream().distinct().count());
        for (String path : paths) { // a random UUID has 122 bits, 21 letters of base64 have 126
            assertTrue(path.matches("/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|/[\\w]{21,}"),
                    path);
        }
        // No character but those of the form stays the same.
        for (int i = 1; i < paths.get(0).length(); i++) {
            int at = i;
            long different = paths.stream().map(path -> path.charAt(at)).distinct().count();
            assertTrue(different > 1 || "-4".indexOf(paths.get(0).charAt(i)) >= 0, paths.toString());
        }
    }

    @Test @DisplayName("and is gone afterwards: nobody listens any more.")
    void gone() {
        int[] used = {0};
        answers((port, path, list) -> {
            used[0] = port;
            list.add(request(port, "GET " + path));
        });
        assertThrows(IOException.class, () -> new Socket(InetAddress.getByName("127.0.0.1"), used[0]).close());
    }

    // ---- --copy

    /** What the terminal is sent. */
    private static String copied(Map<String, String> variables) {
        StringBuilder terminal = new StringBuilder();
        assertNull(ConsoleLogin.Handover.copy(URL, new Outside(variables) {
            @Override boolean write(String sequence) {
                terminal.append(sequence);
                return true;
            }
        }));
        return terminal.toString();
    }

    @ParameterizedTest @ValueSource(strings = {"xterm-256color", "dumb", "linux", "tmux-256color", "vt100-screen", "-"})
    @DisplayName("to the clipboard by OSC 52, whatever the terminal is called.")
    void plainTerminal(String term) {
        assertEquals(SEQUENCE, copied(term.equals("-") ? Map.of() : Map.of("TERM", term)));
    }

    @ParameterizedTest @ValueSource(strings = {"screen", "screen-256color", "tmux-256color"})
    @DisplayName("to the clipboard inside tmux, which takes OSC 52 itself or hands on what is wrapped for it.")
    void tmux(String term) {
        String wrapped = "\033Ptmux;" + SEQUENCE.replace("\033", "\033\033") + "\033\\";
        assertTrue(List.of(SEQUENCE + wrapped, wrapped + SEQUENCE)
                .contains(copied(Map.of("TERM", term, "TMUX", "/tmp/tmux-1000/default,1,0"))));
    }

    @ParameterizedTest @ValueSource(strings = {"screen", "screen-256color", "screen.xterm-256color"})
    @DisplayName("to the clipboard inside screen in short pieces, which it hands on.")
    void screen(String term) {
        String sent = copied(Map.of("TERM", term));
        assertTrue(sent.startsWith("\033P") && sent.endsWith("\033\\"), sent);
        List<String> pieces = Arrays.asList(sent.substring(2, sent.length() - 2).split("\033\\\\\033P", -1));
        assertEquals(SEQUENCE, String.join("", pieces));
        for (String piece : pieces) {
            assertTrue(piece.length() <= 768 && !piece.contains("\033\\"), piece);
        }
    }

    private Map<String, String> settings() {
        return Map.of("AWS_ENDPOINT_URL_STS", aws.uri().toString(), "AWS_ENDPOINT_URL_SIGNIN", aws.uri().toString(),
                "AWS_ACCESS_KEY_ID", LoopbackAws.ADMIN.accessKeyId(), "AWS_EC2_METADATA_DISABLED", "true",
                "AWS_SECRET_ACCESS_KEY", LoopbackAws.ADMIN.secretAccessKey(), "HOME", folder.toString());
    }

    /** What a terminal of its own receives, while standard output and standard error go to files. */
    private String atTerminal(String... variables) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script(1)");
        Path launcher = script("launcher", "exec '%s' '%s' \"$@\" >'%s/out' 2>'%s/err'\n"
                .formatted(Launch.javaTool("java"), Launch.FILE, folder, folder));
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", launcher + " --copy --name copied", "/dev/null");
        builder.environment().keySet().removeIf(name -> name.matches("(?i)AWS_.*|.*_proxy|.*JAVA_.*OPTIONS|TMUX|TERM"));
        builder.environment().putAll(settings());
        builder.environment().put("TERM", "xterm");
        for (String variable : variables) {
            builder.environment().put(variable.split("=")[0], variable.split("=")[1]);
        }
        Launch launch = Launch.finish(builder, "");
        assertEquals(0, launch.status(), read("err"));
        assertEquals("", read("out"));
        assertTrue(read("err").contains("federated-user/copied"), read("err"));
        assertFalse(read("err").contains("http"), read("err"));
        return launch.out();
    }

    @Test @DisplayName("to the clipboard of the terminal, and neither to standard output nor to the screen.")
    void terminal() throws Exception {
        String received = atTerminal();
        assertTrue(received.matches("\033\\]52;c;[A-Za-z0-9+/]+=*\007"), received);
        String base64 = received.substring(7, received.length() - 1);
        String login = new String(Base64.getDecoder().decode(base64), UTF_8);
        assertTrue(login.startsWith(aws.uri() + "/federation?Action=login&Destination="), login);
        assertTrue(login.contains("&SigninToken="), login);
    }

    @Test @DisplayName("to the clipboard of the terminal that tmux or screen is in.")
    void multiplexedTerminal() throws Exception {
        String received = atTerminal("TMUX=/tmp/tmux-1000/default,1,0", "TERM=screen");
        assertTrue(received.matches("(\033\\]52;c;[^\033\007]+\007)\033Ptmux;\033\\1\033\\\\"), received);
        received = atTerminal("TERM=screen.xterm");
        assertTrue(received.matches("(\033P\033?[^\033]+\033\\\\){2,}"), received);
    }

    @Test @DisplayName("on standard output, with the reason, where there is no terminal.")
    void noTerminal() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "there is no setsid(1)");
        Path launcher = script("launcher", "exec setsid -w '%s' '%s' --copy\n"
                .formatted(Launch.javaTool("java"), Launch.FILE));
        ProcessBuilder builder = new ProcessBuilder(launcher.toString());
        builder.environment().keySet().removeIf(name -> name.matches("(?i)AWS_.*|.*_proxy|.*JAVA_.*OPTIONS"));
        builder.environment().putAll(settings());
        assertPrinted(Launch.finish(builder, ""), "there is no terminal");
    }

    /** With these variables alone. */
    private static class Outside extends ConsoleLogin.Outside {
        private final Map<String, String> variables;

        Outside(Map<String, String> variables) {
            this.variables = new HashMap<>(variables);
        }

        @Override String variable(String name) {
            return variables.get(name);
        }
    }

    /** Runs as long as the thread. */
    private static final class Browser extends Process {
        private final Thread thread;

        Browser(Thread thread) {
            this.thread = thread;
        }

        @Override public OutputStream getOutputStream() { return OutputStream.nullOutputStream(); }
        @Override public InputStream getInputStream() { return InputStream.nullInputStream(); }
        @Override public InputStream getErrorStream() { return InputStream.nullInputStream(); }
        @Override public boolean isAlive() { return thread.isAlive(); }
        @Override public void destroy() { thread.interrupt(); }

        @Override public int waitFor() throws InterruptedException {
            thread.join();
            return 0;
        }

        @Override public int exitValue() {
            if (thread.isAlive()) {
                throw new IllegalThreadStateException();
            }
            return 0;
        }
    }
}
