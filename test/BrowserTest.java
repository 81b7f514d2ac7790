import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** With Debian's Chromium, headless; {@code make test-browser} runs it. */
@DisplayName("A real browser")
class BrowserTest {
    private static final String ADMIN_ROLE = "arn:aws:iam::123456789012:role/Admin";
    private static final String ALL = "the caller's own rights (session policy allows everything)";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The file status tells that the browser is done. */
    private static final String SCRIPT = """
            #!/bin/sh
            cd '%1$s' || exit
            for argument; do echo "$argument"; done >arguments
            env >environment
            chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
            --disable-background-networking --disable-component-update --disable-sync \
            --user-data-dir='%1$s/profile' --dump-dom "$1" >dom 2>log
            echo $? >status.part
            mv status.part status
            """;

    @TempDir Path folder;
    private LoopbackAws aws;
    private Path browser;

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
        browser = Files.writeString(folder.resolve("browser"), SCRIPT.formatted(folder));
        assertTrue(browser.toFile().setExecutable(true));
    }

    @AfterEach void stop() {
        aws.close();
    }

    @Test @DisplayName("is signed in by the URL that was printed.")
    void printed() throws Exception {
        Launch launch = launch("--name", "printed", "--duration-seconds", "2h", "--destination", "s3");
        browse(launch.url());
        assertPage(launch, "federated-user/printed", ALL, 7_200,
                "https://console.aws.amazon.com/s3/buckets?region=us-east-1");
    }

    @Test @DisplayName("is signed in by --open, and no process but the product knows the URL.")
    void opened() throws Exception {
        Set<String> commandLines = ConcurrentHashMap.newKeySet();
        Thread observer = new Thread(() -> {
            while (!Thread.interrupted()) {
                commandLines.addAll(commandLines());
                LockSupport.parkNanos(5_000_000);
            }
        });
        observer.setDaemon(true);
        observer.start();
        Launch launch = launch("--open", "--name", "opened", "--role-arn", ADMIN_ROLE, "--duration-seconds", "12h",
                "--policy-arn", "ReadOnlyAccess", "--region", "eu-central-1", "--destination", "/x/y?a=%26&b#c:d=e+f");
        awaitBrowser();
        observer.interrupt();
        observer.join();

        assertPage(launch, "assumed-role/Admin/opened",
                "the role's own rights, limited by arn:aws:iam::aws:policy/ReadOnlyAccess", 43_200,
                "https://eu-central-1.console.aws.amazon.com/x/y?a=%26&b&region=eu-central-1#c:d=e+f");
        assertOpened(launch);
        String redirect = Files.readString(folder.resolve("arguments")).strip();
        assertTrue(commandLines.stream().anyMatch(line -> line.contains(redirect)), "the observer saw no browser");
        String token = exchanges("/federation").get(1).parameters().get("SigninToken");
        assertFalse(token.isEmpty());
        assertEquals(List.of(), commandLines.stream().filter(line -> line.contains(token)).toList());
        assertFalse(Files.readString(folder.resolve("environment")).contains("AWS_"));
    }

    @Test @DisplayName("in which another user is signed in is signed out first by --logout-first, with --open too.")
    void loggedOutFirst() throws Exception {
        browse(launch("--name", "first").url());
        assertEquals(LoopbackAws.arn("federated-user/first"), page().get("Signed in"));
        browse(launch("--name", "second").url());
        assertTrue(dom().contains("You must first log out"), dom());

        Launch second = launch("--name", "second", "--logout-first");
        browse(second.url());
        assertPage(second, "federated-user/second", ALL, 3_600,
                "https://console.aws.amazon.com/console/home?region=us-east-1");

        Launch third = launch("--name", "third", "--logout-first", "--open");
        awaitBrowser();
        assertPage(third, "federated-user/third", ALL, 3_600,
                "https://console.aws.amazon.com/console/home?region=us-east-1");
        assertOpened(third);
        assertEquals(List.of(302, 302), exchanges("/oauth").stream().map(LoopbackAws.Exchange::status).toList());
    }

    /** In a session without SSH, where the browser is the script. */
    private Launch launch(String... arguments) throws IOException {
        Files.deleteIfExists(folder.resolve("status"));
        return Launch.of(arguments).at(aws).as(LoopbackAws.ADMIN).home(folder).variable("SSH_CONNECTION", "")
                .variable("BROWSER", browser.toString()).alone();
    }

    private void browse(String url) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(browser.toString(), url);
        builder.environment().put("HOME", folder.toString());
        builder.environment().keySet().removeIf(name -> name.matches("(?i)AWS_.*|.*_proxy"));
        Launch.finish(builder, "").succeeds();
        awaitBrowser();
    }

    private void awaitBrowser() throws Exception {
        Path status = folder.resolve("status");
        for (Instant end = Instant.now().plus(PATIENCE); !Files.exists(status);) {
            assertTrue(Instant.now().isBefore(end), "the browser does not end, or was not started");
            Thread.sleep(50);
        }
        assertEquals("0", Files.readString(status).strip(), Files.readString(folder.resolve("log")));
    }

    private String dom() throws IOException {
        return Files.readString(folder.resolve("dom"));
    }

    /** What the page of the console that the browser shows says. */
    private Map<String, String> page() throws IOException {
        String dom = dom();
        assertTrue(dom.contains("<h1>Signed in to the loopback console</h1>"), dom);
        Map<String, String> facts = new TreeMap<>();
        Pattern.compile("<dt>(.*)</dt><dd>(.*)</dd>").matcher(dom).results()
                .forEach(fact -> facts.put(fact.group(1), fact.group(2).replace("&amp;", "&")));
        return facts;
    }

    /** That it is the page of this session, which lasts as long as was asked for, and until when the product said. */
    private void assertPage(Launch launch, String identity, String rights, int seconds, String destination)
            throws IOException {
        launch.succeeds();
        Matcher end = Pattern.compile("the session ends (\\S+)").matcher(launch.err());
        assertTrue(end.find(), launch.err());
        Instant until = OffsetDateTime.parse(end.group(1)).toInstant();
        long left = Instant.now().until(until, ChronoUnit.SECONDS);
        assertTrue(left <= seconds && left > seconds - 2 * PATIENCE.toSeconds(), seconds + " s, but ends at " + until);
        String name = identity.substring(identity.indexOf('/') + 1);
        assertEquals(new TreeMap<>(Map.of("Signed in", LoopbackAws.arn(identity), "Account", LoopbackAws.ACCOUNT,
                "As", (identity.startsWith("assumed") ? "role session " : "federated user ") + name, "Rights", rights,
                "Until", until.toString().replace('T', ' ').replace("Z", " UTC"), "Destination", destination)), page());
    }

    /** That there was nothing to read but the account of it, and that the redirect is over. */
    private void assertOpened(Launch launch) throws Exception {
        assertEquals("", launch.out());
        assertFalse(launch.err().contains("http"), launch.err());
        String redirect = Files.readString(folder.resolve("arguments")).strip();
        assertTrue(redirect.matches("http://127\\.0\\.0\\.1:\\d+/[-\\w]{22,}"), redirect);
        try {
            HttpResponse<String> again = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build().send(
                    HttpRequest.newBuilder(URI.create(redirect)).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(404, again.statusCode());
        } catch (ConnectException refused) {
            // Nobody listens any more, which is as good.
        }
    }

    private List<LoopbackAws.Exchange> exchanges(String path) {
        return aws.exchanges().stream().filter(exchange -> exchange.path().equals(path)).toList();
    }

    /** Of all processes that there are, with their arguments. */
    private static List<String> commandLines() {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.map(process -> {
                try {
                    return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
                } catch (IOException ended) {
                    return "";
                }
            }).toList();
        } catch (IOException failed) {
            return List.of();
        }
    }
}
