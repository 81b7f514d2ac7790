import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@DisplayName("On standard output there is")
class OutputTest {
    private static final String ADMIN_ROLE = "arn:aws:iam::123456789012:role/Admin";

    @TempDir Path folder;
    private LoopbackAws aws;

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterEach void stop() {
        aws.close();
    }

    private Launch.Command command(String... arguments) {
        return Launch.of(arguments).at(aws).as(LoopbackAws.ADMIN).home(folder).user("me");
    }

    private static Map<?, ?> json(Launch launch) {
        launch.succeeds();
        assertEquals(1, launch.out().lines().count(), launch.out());
        return (Map<?, ?>) ConsoleLogin.Json.parse(launch.out());
    }

    /** The parameters of a URL, decoded once. */
    private static Map<String, String> query(String url) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : URI.create(url).getRawQuery().split("&")) {
            String[] parts = parameter.split("=", 2);
            parameters.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
        }
        return parameters;
    }

    // ---- json

    @ParameterizedTest @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # arguments                                       | session           | seconds | destination
            --output json                                     | federated-user/me | 3600 \
                    | https://console.aws.amazon.com/console/home?region=us-east-1
            --output=json --duration-seconds 36h --name a.b   | federated-user/a.b | 129600 \
                    | https://console.aws.amazon.com/console/home?region=us-east-1
            --output json --destination /x?a="b"\\\\c#<d>'e     | federated-user/me | 3600 \
                    | https://console.aws.amazon.com/x?a="b"\\\\c&region=us-east-1#<d>'e
            --output json --region eu-west-1 --role-arn ROLE --duration-seconds 12h | assumed-role/Admin/me | 43200 \
                    | https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1
            --output json --region us-west-2 --role-arn ROLE --destination ec2      | assumed-role/Admin/me | 3600 \
                    | https://us-west-2.console.aws.amazon.com/ec2/home?region=us-west-2#Instances:
            """)
    @DisplayName("with --output json all about the session, in strings.")
    void jsonTellsAll(String arguments, String session, int seconds, String destination) {
        Instant start = Instant.now();
        Map<?, ?> json = json(command(arguments.replace("ROLE", ADMIN_ROLE).split(" +")).here());
        Instant end = Instant.now();
        assertEquals(Set.of("url", "urlExpiration", "sessionExpiration", "arn", "account", "partition", "region",
                "destination"), json.keySet());
        assertTrue(json.values().stream().allMatch(String.class::isInstance), json.toString());
        assertEquals(LoopbackAws.arn(session), json.get("arn"));
        assertEquals(LoopbackAws.ACCOUNT, json.get("account"));
        assertEquals("aws", json.get("partition"));
        assertEquals(destination, json.get("destination"));
        assertTrue(destination.contains("region=" + json.get("region")), json.toString());
        Map<String, String> login = query((String) json.get("url"));
        assertEquals(destination, login.get("Destination"));
        assertFalse(login.get("SigninToken").isEmpty());
        assertBetween(start.plusSeconds(900), json.get("urlExpiration"), end.plusSeconds(900));
        assertBetween(start.plusSeconds(seconds), json.get("sessionExpiration"), end.plusSeconds(seconds));
    }

    private static void assertBetween(Instant first, Object shown, Instant last) {
        Instant instant = Instant.parse((String) shown);
        assertTrue(!instant.isBefore(first.minusSeconds(1)) && !instant.isAfter(last.plusSeconds(1)), shown.toString());
    }

    @ParameterizedTest @CsvSource({"us-gov-west-1,aws-us-gov", "cn-northwest-1,aws-cn", "eusc-de-east-1,aws-eusc"})
    @DisplayName("with --output json the partition of the region.")
    void jsonOfPartitions(String region, String partition) {
        Map<?, ?> json = json(command("--output", "json", "--region", region).here());
        assertEquals(partition, json.get("partition"));
        assertEquals(region, json.get("region"));
        assertTrue(json.get("arn").toString().startsWith("arn:" + partition + ":sts::"), json.toString());
        assertEquals(LoopbackAws.ACCOUNT, json.get("account"));
    }

    @Test @DisplayName("with --output json nothing of which nobody knows it, and no null.")
    void jsonOfUnknown() throws Exception {
        Launch launch = command("--output", "json").as(LoopbackAws.ROLE_SESSION)
                .variable("AWS_ENDPOINT_URL_STS", Launch.nobody()).here();
        assertEquals(new TreeSet<>(Set.of("url", "urlExpiration", "partition", "region", "destination")),
                new TreeSet<>(json(launch).keySet()));
        assertFalse(launch.err().contains("null"), launch.err());
    }

    // ---- env and process

    /** What credentials can hold, one at a time in the places of the secret key and the session token. */
    static List<String> hostile() {
        return List.of("'", "''", "'\\''", "\\'", "\\", "\\\\", "\"", "$(touch${IFS}hit)", "`touch${IFS}hit`",
                "';touch${IFS}hit;'", "'$(touch${IFS}hit)'", "'`touch${IFS}hit`'", "\"$(touch${IFS}hit)\"",
                "x';exit;'", "$HOME", "'$HOME'", "${HOME}", "&&touch${IFS}hit", "|touch${IFS}hit", ">hit", "<hit",
                "'>hit'", "#", "'#", "!!", "*", "?[a]~", "{a,b}", "-n", "--", "=", "%s%n", "\\n\\t\\0", "$'a'",
                "'\"'\"'");
    }

    @ParameterizedTest @MethodSource("hostile")
    @DisplayName("with --output env what sh reads as it was, whatever it is.")
    void envIsSafe(String value) throws Exception {
        for (String shell : List.of("sh", "bash")) {
            String secret = "s" + value, token = value + "t" + value;
            Path file = Launch.write(folder.resolve("session.json"), ConsoleLogin.Json.write(Map.of("AccessKeyId",
                    "ASIAHOSTILE" + value, "SecretAccessKey", secret, "SessionToken", token)));
            Launch launch = Launch.of("--output", "env", "--credentials", file.toString()).home(folder).here();
            Launch.write(folder.resolve("out"), launch.succeeds().out());
            assumeTrue(shell.equals("sh") || Files.isExecutable(Path.of("/bin/bash")));
            ProcessBuilder builder = new ProcessBuilder(shell, "-c", "eval \"$(cat out)\"; printf '%s\\n' "
                    + "\"$AWS_ACCESS_KEY_ID\" \"$AWS_SECRET_ACCESS_KEY\"; env | grep ^AWS_SESSION_TOKEN=; echo end");
            builder.directory(folder.toFile()).environment().keySet().removeIf(name -> name.startsWith("AWS_"));
            Launch read = Launch.finish(builder, "");
            assertEquals("", read.err());
            assertEquals(List.of("ASIAHOSTILE" + value, secret, "AWS_SESSION_TOKEN=" + token, "end"),
                    read.out().lines().toList());
            assertFalse(Files.exists(folder.resolve("hit")), "a command was run");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\n", "\ntouch hit", "a\rb", "a b", "a\tb", "a\0b", "a\u001b[2Jb", "ä"})
    @DisplayName("with --output env or process nothing of credentials with line breaks, blanks or the like.")
    void impossible(String value) {
        for (String output : List.of("env", "process")) {
            for (int part = 0; part < 3; part++) {
                String[] parts = {"ASIAHOSTILE", "secret", "token"};
                parts[part] = value;
                String json = ConsoleLogin.Json.write(Map.of("AccessKeyId", parts[0], "SecretAccessKey", parts[1],
                        "SessionToken", parts[2]));
                Launch.of("--output", output, "--credentials", "-").home(folder).input(json).here()
                        .fails(Launch.CONFIGURATION, "--credentials -");
            }
        }
    }

    @Test @DisplayName("with --output env a session that works, in three exports that each child of the shell sees.")
    void env() throws Exception {
        Launch launch = command("--output", "env", "--role-arn", ADMIN_ROLE).here().succeeds();
        List<String> lines = launch.out().lines().toList();
        assertEquals(List.of("export AWS_ACCESS_KEY_ID=", "export AWS_SECRET_ACCESS_KEY=", "export AWS_SESSION_TOKEN="),
                lines.stream().map(line -> line.substring(0, line.indexOf('\''))).toList());
        String[] parts = lines.stream().map(line -> line.split("'")[1]).toArray(String[]::new);
        assertEquals(LoopbackAws.arn("assumed-role/Admin/me"), json(Launch.of("--output", "json").at(aws)
                .as(parts[0], parts[1], parts[2]).here()).get("arn"));
    }

    @Test @DisplayName("with --output process what a credential_process prints.")
    void process() {
        Instant start = Instant.now();
        Map<?, ?> json = json(command("--output", "process", "--duration-seconds", "2h").here());
        assertEquals(Set.of("Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"), json.keySet());
        assertEquals("1", json.get("Version").toString());
        assertTrue(json.get("Version") instanceof Number, "the AWS tools compare it with a number");
        for (String name : List.of("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")) {
            assertTrue(json.get(name) instanceof String, name);
        }
        assertBetween(start.plusSeconds(7200), json.get("Expiration"), Instant.now().plusSeconds(7200));
    }

    @ParameterizedTest @MethodSource("hostile")
    @DisplayName("with --output process JSON, whatever the credentials hold.")
    void processIsJson(String value) {
        Map<String, String> session = Map.of("AccessKeyId", "ASIAHOSTILE" + value, "SecretAccessKey", "s" + value,
                "SessionToken", value + "t" + value, "Expiration", "2099-01-01T00:00:00Z");
        Map<Object, Object> json = new HashMap<>(json(Launch.of("--output", "process", "--credentials", "-")
                .home(folder).input(ConsoleLogin.Json.write(session)).here()));
        assertEquals("1", json.remove("Version").toString());
        assertEquals(session, json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"federated-user/me --policy-arn ReadOnlyAccess",
            "assumed-role/Admin/me --role-arn arn:aws:iam::123456789012:role/Admin"})
    @DisplayName("with --output process what the AWS CLI takes from a credential_process.")
    void processForCli(String sessionAndArguments) {
        Launch version = cli("--version");
        assumeTrue(version != null && version.status() == 0, "there is no AWS CLI");
        String[] session = sessionAndArguments.split(" ", 2);
        Launch.write(folder.resolve("config"), """
                [profile console]
                region = us-east-1
                credential_process = '%s' '%s' --profile keys --output process --name me %s
                [profile keys]
                aws_access_key_id = %s
                aws_secret_access_key = %s
                """.formatted(Launch.javaTool("java"), Launch.FILE, session[1], LoopbackAws.ADMIN.accessKeyId(),
                LoopbackAws.ADMIN.secretAccessKey()));
        Launch launch = cli("sts", "get-caller-identity", "--profile", "console", "--output", "json").succeeds();
        assertEquals(LoopbackAws.arn(session[0]), ((Map<?, ?>) ConsoleLogin.Json.parse(launch.out())).get("Arn"));
    }

    private Launch cli(String... arguments) {
        List<String> line = new ArrayList<>(List.of("aws"));
        line.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().keySet().removeIf(name -> name.matches("(?i)AWS_.*|.*_proxy|.*JAVA_.*OPTIONS"));
        builder.environment().put("AWS_ENDPOINT_URL", aws.uri().toString());
        builder.environment().put("AWS_CONFIG_FILE", folder.resolve("config").toString());
        try {
            return Launch.finish(builder, "");
        } catch (UncheckedIOException absent) {
            return null;
        }
    }

    // ---- --logout-first

    @ParameterizedTest @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            us-east-1      | us-east-1.signin.aws.amazon.com           | signin.aws.amazon.com
            eu-west-1      | eu-west-1.signin.aws.amazon.com           | eu-west-1.signin.aws.amazon.com
            cn-north-1     | cn-north-1.signin.amazonaws.cn            | signin.amazonaws.cn
            cn-northwest-1 | cn-northwest-1.signin.amazonaws.cn        | cn-northwest-1.signin.amazonaws.cn
            us-gov-west-1  | us-gov-west-1.signin.amazonaws-us-gov.com | signin.amazonaws-us-gov.com
            us-gov-east-1  | us-gov-east-1.signin.amazonaws-us-gov.com | us-gov-east-1.signin.amazonaws-us-gov.com
            eusc-de-east-1 | eusc-de-east-1.signin.amazonaws-eusc.eu   | eusc-de-east-1.signin.amazonaws-eusc.eu
            """)
    @DisplayName("with --logout-first a URL at the host of the region that signs browsers out, then in.")
    void logoutHosts(String region, String logoutHost, String signinHost) {
        String logout = "https://" + logoutHost, signin = "https://" + signinHost;
        ConsoleLogin.Plan plan = plan(Map.of(), "--region", region, "--logout-first");
        assertEquals(signin, plan.signinEndpoint.toString());
        assertEquals(logout, plan.logoutEndpoint());
        ConsoleLogin.Federation federation = new ConsoleLogin.Federation(null, signin + "/federation",
                ConsoleLogin.Partition.of(region));
        String login = federation.loginUrl("a+b/c=&d%2F", "https://console/x?a=b&c=%26#d?e=f&g", "https://i/?j=k&l#m");
        String url = ConsoleLogin.Federation.logoutUrl(plan.logoutEndpoint(), login);
        assertTrue(url.startsWith(logout + "/oauth?Action=logout&redirect_uri=https%3A%2F%2F"), url);
        assertFalse(url.contains("#") || url.contains("+"), url);
        assertEquals(Map.of("Action", "logout", "redirect_uri", login), query(url));
        assertEquals(new TreeMap<>(Map.of("Action", "login", "Destination", "https://console/x?a=b&c=%26#d?e=f&g",
                "Issuer", "https://i/?j=k&l#m", "SigninToken", "a+b/c=&d%2F")), new TreeMap<>(query(login)));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            us-east-1     | https://signin.example.com              | https://signin.example.com
            us-east-1     | https://eu-west-1.signin.aws.amazon.com | https://eu-west-1.signin.aws.amazon.com
            us-iso-east-1 | https://signin.example.ic.gov           | https://signin.example.ic.gov
            """)
    @DisplayName("with --logout-first a URL at the sign-in endpoint that was given, if one was.")
    void logoutAtGiven(String region, String given, String logout) {
        String page = "https://console.aws.amazon.com/";
        for (ConsoleLogin.Plan plan : List.of(
                plan(Map.of(), "--region", region, "--destination", page, "--signin-endpoint-url", given),
                plan(Map.of("AWS_ENDPOINT_URL_SIGNIN", given), "--region", region, "--destination", page))) {
            assertEquals(logout, plan.logoutEndpoint());
        }
    }

    private ConsoleLogin.Plan plan(Map<String, String> variables, String... arguments) {
        Map<String, String> all = new HashMap<>(Map.of("HOME", folder.toString(), "AWS_ACCESS_KEY_ID",
                LoopbackAws.ADMIN.accessKeyId(), "AWS_SECRET_ACCESS_KEY", LoopbackAws.ADMIN.secretAccessKey()));
        all.putAll(variables);
        return new ConsoleLogin.Plan(ConsoleLogin.Options.parse(arguments), new ConsoleLogin.Outside() {
            @Override String variable(String name) { return all.get(name); }
        });
    }

    @ParameterizedTest @ValueSource(strings = {"url", "json", "open"})
    @DisplayName("with --logout-first the URL that signs out, in every form.")
    void loggedOut(String form) throws Exception {
        String destination = "/x?a=%26&b=c#d?e=f&g";
        Launch.Command command = command("--logout-first", "--destination", destination);
        String url;
        if (form.equals("open")) {
            Path browser = Launch.write(folder.resolve("browser"),
                    "#!/bin/sh\ncurl -s -i \"$1\" >'" + folder + "/answer'\n");
            assertTrue(browser.toFile().setExecutable(true));
            Launch opened = command("--logout-first", "--destination", destination, "--open")
                    .variable("BROWSER", browser.toString()).here().succeeds();
            assertEquals("", opened.out());
            String answer = "";
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); // The browser may still be at it.
            while (!answer.contains("\r\n\r\n") && System.nanoTime() < deadline) {
                answer = Files.exists(folder.resolve("answer")) ? Files.readString(folder.resolve("answer")) : "";
            }
            url = answer.lines().filter(line -> line.startsWith("Location: ")).findAny().orElseThrow().substring(10);
        } else {
            url = form.equals("url") ? command.here().url()
                    : json(command("--logout-first", "--destination", destination, "--output", "json").here())
                            .get("url").toString();
        }
        assertTrue(url.startsWith(aws.uri() + "/oauth?Action=logout&redirect_uri="), url);
        Map<String, String> logout = query(url);
        assertEquals(Set.of("Action", "redirect_uri"), logout.keySet());
        Map<String, String> login = query(logout.get("redirect_uri"));
        assertEquals(Set.of("Action", "Destination", "SigninToken"), login.keySet());
        assertEquals("https://console.aws.amazon.com/x?a=%26&b=c&region=us-east-1#d?e=f&g", login.get("Destination"));
    }

    // ---- $(…)

    @ParameterizedTest
    @ValueSource(strings = {"", "--debug", "--quiet", "--output json", "--output json --debug", "--output process",
            "--output process --debug", "--logout-first --debug", "--role-arn ROLE --duration-seconds 12h --debug"})
    @DisplayName("exactly one line for $(…), whatever is said on standard error.")
    void oneLine(String arguments) throws Exception {
        String[] given = arguments.replace("ROLE", ADMIN_ROLE).split(" +");
        Launch launch = (arguments.isEmpty() ? command() : command(given)).here().succeeds();
        assertTrue(launch.out().matches("\\S+\\R"), launch.out());
        assertEquals(arguments.contains("--quiet"), launch.err().isEmpty(), launch.err());
        assertTrue(launch.err().lines().allMatch(line -> line.matches("console-login: \\S.*")), launch.err());
    }

    @Test @DisplayName("exactly one line for $(…) of a shell, with standard error still on the screen.")
    void commandSubstitution() {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "url=$(\"$0\" \"$1\" --name me); echo \"[$url]\"",
                Launch.javaTool("java"), Launch.FILE.toString());
        builder.environment().keySet().removeIf(name -> name.matches("(?i)AWS_.*|.*_proxy|.*JAVA_.*OPTIONS"));
        builder.environment().putAll(Map.of("AWS_ENDPOINT_URL_STS", aws.uri().toString(), "HOME", folder.toString(),
                "AWS_ENDPOINT_URL_SIGNIN", aws.uri().toString(), "AWS_ACCESS_KEY_ID", LoopbackAws.ADMIN.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", LoopbackAws.ADMIN.secretAccessKey(), "AWS_EC2_METADATA_DISABLED", "true"));
        Launch launch = Launch.finish(builder, "").succeeds();
        assertTrue(launch.out().matches("\\[http\\S+&SigninToken=[^\\s\\]]+]\\R"), launch.out());
        assertTrue(launch.err().contains(LoopbackAws.arn("federated-user/me")), launch.err());
    }
}
