import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a run of the program came to: {@code Launch.of("--name", "feduser").at(aws).as(LoopbackAws.ADMIN).here()}.
 * As people launch it, in a process of its own, costs a second or two; in the process of the tests next to nothing.
 */
record Launch(int status, String out, String err) {
    static final int USAGE = 252, CONFIGURATION = 253, SERVICE = 254, OTHER = 255;
    /** The one file that is shipped. */
    static final Path FILE = Path.of(System.getProperty("root"), "ConsoleLogin.java").toAbsolutePath().normalize();
    /** Only what hangs lives longer. */
    private static final Duration LIFE = Duration.ofSeconds(60);

    static Command of(String... arguments) {
        return new Command(List.of(arguments));
    }

    /** The one line on standard output: the URL. */
    String url() {
        succeeds();
        assertEquals(1, out.lines().count(), out);
        assertTrue(out.startsWith("http"), out);
        return out.strip();
    }

    Launch succeeds() {
        assertEquals(0, status, err);
        return this;
    }

    /** Two lines, an error that mentions this and a hint; and nothing else, nothing that steers a terminal. */
    void fails(int expected, String... mentioned) {
        List<String> lines = err.lines().toList();
        assertEquals(expected, status, err);
        assertEquals("", out, "standard output");
        assertEquals(2, lines.size(), err);
        assertTrue(lines.get(0).matches("console-login: error: \\S.*"), err);
        assertTrue(lines.get(1).matches("console-login: hint: \\S.*"), err);
        assertFalse(err.matches("(?s).*\\bnull\\b.*"), err);
        assertFalse(err.matches("(?s).*[\\p{C}&&[^\\r\\n]].*"), err);
        for (String text : mentioned) {
            assertTrue(err.contains(text), text + " is missing in: " + err);
        }
    }

    /** A command line with everything around it that the program may notice. */
    static final class Command {
        private final List<String> arguments;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private Path file = FILE;
        private Path folder = FILE.getParent();
        private String input = "";
        private String user = "tester";
        private Instant now;
        private String code;

        private Command(List<String> arguments) {
            this.arguments = arguments;
            variable("HOME", FILE.resolveSibling("no-such-home").toString());
            variable("AWS_EC2_METADATA_DISABLED", "true");
        }

        /** Null takes the variable away. */
        Command variable(String name, String value) {
            environment.remove(name);
            if (value != null) {
                environment.put(name, value);
            }
            return this;
        }

        /** Both endpoints. */
        Command at(String uri) {
            return variable("AWS_ENDPOINT_URL_STS", uri).variable("AWS_ENDPOINT_URL_SIGNIN", uri);
        }

        Command at(LoopbackAws aws) {
            return at(aws.uri().toString());
        }

        /** With these credentials in the environment. */
        Command as(String accessKeyId, String secretAccessKey, String sessionToken) {
            return variable("AWS_ACCESS_KEY_ID", accessKeyId).variable("AWS_SECRET_ACCESS_KEY", secretAccessKey)
                    .variable("AWS_SESSION_TOKEN", sessionToken);
        }

        Command as(LoopbackAws.Key key) {
            String token = key.sessionToken();
            return as(key.accessKeyId(), key.secretAccessKey(), token.isEmpty() ? null : token);
        }

        Command home(Path home) {
            return variable("HOME", home.toString());
        }

        /** On standard input. */
        Command input(String text) {
            input = text;
            return this;
        }

        /** Another copy of the program, and the folder to start it in; for a process of its own. */
        Command file(Path copy, Path workingFolder) {
            file = copy;
            folder = workingFolder;
            return this;
        }

        /** Who runs it; for a run in this process. */
        Command user(String name) {
            user = name;
            return this;
        }

        /** For a run in this process. */
        Command now(Instant instant) {
            now = instant;
            return this;
        }

        /** What is typed at the terminal; without it there is no terminal. For a run in this process. */
        Command code(String typed) {
            code = typed;
            return this;
        }

        /** Runs it in this process. */
        Launch here() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            PrintStream outLines = new PrintStream(out, true, UTF_8);
            PrintStream errLines = new PrintStream(err, true, UTF_8);
            ConsoleLogin.Outside outside = new ConsoleLogin.Outside() {
                @Override String variable(String name) { return environment.get(name); }
                @Override String userName() { return user; }
                @Override Instant now() { return now == null ? super.now() : now; }
                @Override InputStream in() { return new ByteArrayInputStream(input.getBytes(UTF_8)); }
                @Override PrintStream out() { return outLines; }
                @Override PrintStream err() { return errLines; }
                @Override String ask(String prompt) { return code; }
            };
            int status = assertTimeoutPreemptively(LIFE,
                    () -> ConsoleLogin.run(outside, arguments.toArray(String[]::new)), "it hangs");
            return new Launch(status, out.toString(UTF_8), err.toString(UTF_8));
        }

        /** Launches the source file in a process of its own, which sees no AWS settings but those given here. */
        Launch alone() {
            List<String> line = new ArrayList<>(List.of(javaTool("java"), file.toString()));
            line.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
            builder.environment().keySet().removeIf(name -> name.matches("(?i)AWS_.*|.*_proxy|.*JAVA_.*OPTIONS"));
            builder.environment().putAll(environment);
            return finish(builder, input);
        }

        @Override public String toString() {
            return String.join(" ", arguments);
        }
    }

    /** The path of a tool of the JDK that runs the tests. */
    static String javaTool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** Lets a process run to its end. */
    static Launch finish(ProcessBuilder builder, String input) {
        try {
            Process process = builder.start();
            try {
                FutureTask<String> out = text(process.getInputStream());
                FutureTask<String> err = text(process.getErrorStream());
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input.getBytes(UTF_8));
                }
                assertTrue(process.waitFor(LIFE.toSeconds(), TimeUnit.SECONDS), "it hangs");
                return new Launch(process.exitValue(), out.get(), err.get());
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException | ExecutionException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static FutureTask<String> text(InputStream stream) {
        FutureTask<String> text = new FutureTask<>(() -> new String(stream.readAllBytes(), UTF_8));
        new Thread(text).start();
        return text;
    }

    /** Writes a file, with the folders above it. */
    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A port of the loopback address at which nothing listens. */
    static String nobody() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
