import com.github.tomakehurst.wiremock.WireMockServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okXml;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("What works")
class MainPathTest {
    private static final Map<String, LoopbackAws.Key> KEYS = Map.of("ADMIN", LoopbackAws.ADMIN,
            "ROLE_SESSION", LoopbackAws.ROLE_SESSION, "FEDERATED_SESSION", LoopbackAws.FEDERATED_SESSION);
    private static final LoopbackAws.Key ADMIN = LoopbackAws.ADMIN, ROLE_SESSION = LoopbackAws.ROLE_SESSION;
    private static final String ADMIN_ROLE = "arn:aws:iam::123456789012:role/Admin";
    private static final String STATIC_KEYS = "aws_access_key_id = %s\naws_secret_access_key=%s\n"
            .formatted(ADMIN.accessKeyId(), ADMIN.secretAccessKey());

    @TempDir Path temporary;
    private LoopbackAws aws;

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterEach void stop() {
        aws.close();
    }

    /** With the admin's access key, at the loopback AWS. */
    private Launch.Command command(String... arguments) {
        return Launch.of(arguments).at(aws).as(ADMIN);
    }

    private static String[] words(String arguments) {
        return arguments == null ? new String[0] : arguments.split(" +");
    }

    private static Map<String, String> query(String url) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : URI.create(url).getRawQuery().split("&")) {
            parameters.put(pair.split("=")[0], URLDecoder.decode(pair.split("=")[1], UTF_8));
        }
        return parameters;
    }

    /** The page that a browser is shown: a redirect with a cookie, then the console. */
    private static String visit(String url) throws Exception {
        HttpClient browser = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY)
                .cookieHandler(new CookieManager()).build();
        HttpResponse<String> redirect = get(browser, URI.create(url));
        assertEquals(302, redirect.statusCode(), redirect.body());
        assertTrue(redirect.headers().firstValue("Set-Cookie").isPresent());
        HttpResponse<String> page =
                get(browser, URI.create(url).resolve(redirect.headers().firstValue("Location").orElseThrow()));
        assertEquals(200, page.statusCode(), page.body());
        return page.body();
    }

    private static HttpResponse<String> get(HttpClient browser, URI url) throws Exception {
        return browser.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void assertSignedIn(String identity, String url) throws Exception {
        String page = visit(url);
        assertTrue(page.contains("::123456789012:" + identity + "</dd>"), page);
    }

    // ---- Requests

    @DisplayName("The arguments and the kind of credentials decide what STS and the sign-in endpoint are asked")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # credentials | arguments | request to STS | SessionDuration | who is signed in
        ADMIN | | GetFederationToken DurationSeconds=3600 Name=tester Policy=ALL | | federated-user/tester
        ADMIN | --name feduser | GetFederationToken DurationSeconds=3600 Name=feduser Policy=ALL \
            | | federated-user/feduser
        ADMIN | --name=a=b | GetFederationToken DurationSeconds=3600 Name=a=b Policy=ALL | | federated-user/a=b
        ADMIN | --name first --name _+=,.@- | GetFederationToken DurationSeconds=3600 Name=_+=,.@- Policy=ALL \
            | | federated-user/_+=,.@-
        ADMIN | --duration-seconds 900 | GetFederationToken DurationSeconds=900 Name=tester Policy=ALL \
            | | federated-user/tester
        ADMIN | --duration-seconds 90m | GetFederationToken DurationSeconds=5400 Name=tester Policy=ALL \
            | | federated-user/tester
        ADMIN | --duration-seconds 36h | GetFederationToken DurationSeconds=129600 Name=tester Policy=ALL \
            | | federated-user/tester
        ADMIN | --policy {"Statement":[]} | GetFederationToken DurationSeconds=3600 Name=tester \
            Policy={"Statement":[]} | | federated-user/tester
        ADMIN | --policy-arn ReadOnlyAccess | GetFederationToken DurationSeconds=3600 Name=tester \
            PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess | | federated-user/tester
        ADMIN | --policy-arn job-function/ViewOnlyAccess --policy-arn=arn:aws:iam::123456789012:policy/own \
            --policy {"Statement":[]} | GetFederationToken DurationSeconds=3600 Name=tester Policy={"Statement":[]} \
            PolicyArns.member.1.arn=arn:aws:iam::aws:policy/job-function/ViewOnlyAccess \
            PolicyArns.member.2.arn=arn:aws:iam::123456789012:policy/own | | federated-user/tester
        ADMIN | --role-arn ROLE/Admin | AssumeRole RoleArn=ROLE/Admin RoleSessionName=tester \
            | | assumed-role/Admin/tester
        ADMIN | --role-arn ROLE/Admin --duration-seconds 12h --name me | AssumeRole RoleArn=ROLE/Admin \
            RoleSessionName=me | 43200 | assumed-role/Admin/me
        ADMIN | --role-arn ROLE/OneHour --duration-seconds 43200 | AssumeRole RoleArn=ROLE/OneHour \
            RoleSessionName=tester | 43200 | assumed-role/OneHour/tester
        ADMIN | --role-arn ROLE/Admin --policy-arn ReadOnlyAccess | AssumeRole \
            PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess RoleArn=ROLE/Admin \
            RoleSessionName=tester | | assumed-role/Admin/tester
        ADMIN | --role-arn ROLE/WithMfa --serial-number arn:aws:iam::123456789012:mfa/admin --token-code 123456 \
            | AssumeRole RoleArn=ROLE/WithMfa RoleSessionName=tester SerialNumber=arn:aws:iam::123456789012:mfa/admin \
            TokenCode=123456 | | assumed-role/WithMfa/tester
        ROLE_SESSION | --role-arn ROLE/OneHour | AssumeRole RoleArn=ROLE/OneHour RoleSessionName=tester \
            | | assumed-role/OneHour/tester
        ROLE_SESSION | --role-arn ROLE/OneHour --duration-seconds 60m | AssumeRole DurationSeconds=3600 \
            RoleArn=ROLE/OneHour RoleSessionName=tester | | assumed-role/OneHour/tester
        ROLE_SESSION | | | | assumed-role/Admin/earlier
        ROLE_SESSION | --duration-seconds 12h | | 43200 | assumed-role/Admin/earlier
        FEDERATED_SESSION | | | | federated-user/earlier
        """)
    void requests(String key, String arguments, String sts, String duration, String identity) throws Exception {
        List<String> expected = new ArrayList<>();
        if (sts != null) {
            expected.add(roles(sts.replaceAll("\\s+", " ").replace("=ALL", "={\"Version\":\"2012-10-17\",\"Statement\":"
                    + "[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}")));
        }
        if (sts == null) {
            expected.add("GetCallerIdentity");
        }
        expected.add("getSigninToken" + (duration == null ? "" : " SessionDuration=" + duration));
        String url = command(words(roles(arguments))).as(KEYS.get(key)).here().url();
        assertEquals(expected, requests());
        assertSignedIn(identity, url);
    }

    /**
     * What each was asked for, such as {@code GetFederationToken Name=feduser}; without what is always the same.
     * GetCallerIdentity is on its way together with getSigninToken, so it is put before it.
     */
    private List<String> requests() {
        List<String> requests = new ArrayList<>();
        for (LoopbackAws.Exchange exchange : aws.exchanges()) {
            if (exchange.path().equals("/console")) {
                continue;
            }
            Map<String, String> parameters = new TreeMap<>(exchange.parameters());
            parameters.keySet().removeAll(List.of("Action", "Version", "Session", "SessionType"));
            StringBuilder request = new StringBuilder(exchange.parameters().get("Action"));
            parameters.forEach((name, value) -> request.append(' ').append(name).append('=').append(value));
            boolean together = request.toString().equals("GetCallerIdentity") && !requests.isEmpty()
                    && requests.get(requests.size() - 1).startsWith("getSigninToken");
            requests.add(requests.size() - (together ? 1 : 0), request.toString());
        }
        return requests;
    }

    private static String roles(String text) {
        return text == null ? null : text.replace("ROLE/", "arn:aws:iam::123456789012:role/");
    }

    @DisplayName("The user's own name, made valid, is the name where none is given")
    @ParameterizedTest(name = "{0}")
    @CsvSource({"Jane Doe, Jane-Doe", "DOMAIN\\jane, DOMAIN-jane", "x, x-user", "'', -user", "jürgen, j-rgen",
        "a-name-that-is-longer-than-AWS-allows, a-name-that-is-longer-than-AWS-a"})
    void ownName(String user, String name) {
        command("--output", "json").user(user).here().succeeds();
        assertEquals(name, aws.exchanges().get(0).parameters().get("Name"));
    }

    @DisplayName("A name of 64 characters is one for a role session")
    @Test void longName() throws Exception {
        String name = "n".repeat(64);
        assertSignedIn("assumed-role/Admin/" + name, command("--role-arn", ADMIN_ROLE, "--name", name).here().url());
    }

    @DisplayName("A policy may come from a file, with line breaks, and be as long as AWS takes it")
    @Test void policyFile() {
        String start = "{\n  \"Statement\": []", policy = start + " ".repeat(2046 - start.length()) + "\n}";
        assertEquals(2048, policy.length());
        command("--policy", "file://" + Launch.write(temporary.resolve("a policy.json"), policy)).here().url();
        assertEquals(policy, aws.exchanges().get(0).parameters().get("Policy"));
    }

    @DisplayName("Ten managed policies are not too many")
    @Test void tenPolicies() {
        String[] arguments = "--policy-arn ReadOnlyAccess ".repeat(10).split(" ");
        command(arguments).here().url();
        assertTrue(aws.exchanges().get(0).parameters().containsKey("PolicyArns.member.10.arn"));
    }

    // ---- Where credentials come from

    @DisplayName("An access key is found in the files that AWS tools read")
    @ParameterizedTest(name = "{0} of {1}, {2} {3}")
    @CsvSource(nullValues = "-", value = {
        // file in the home folder, its section, argument, variable
        ".aws/credentials, default, -, -",
        ".aws/config, default, -, -",
        ".aws/credentials, dev, --profile=dev, -",
        ".aws/config, profile dev, --profile=dev, -",
        ".aws/config, profile dev, -, AWS_PROFILE=dev",
        ".aws/credentials, dev, -, AWS_PROFILE=dev",
        ".aws/credentials, dev, -, AWS_DEFAULT_PROFILE=dev",
        ".aws/credentials, dev, --profile=dev, AWS_PROFILE=other",
        "elsewhere, default, -, AWS_CONFIG_FILE=HOME/elsewhere",
        "elsewhere, profile dev, --profile=dev, AWS_CONFIG_FILE=HOME/elsewhere",
        "elsewhere, default, -, AWS_SHARED_CREDENTIALS_FILE=HOME/elsewhere",
        "elsewhere, dev, --profile=dev, AWS_SHARED_CREDENTIALS_FILE=HOME/elsewhere"})
    void files(String file, String section, String argument, String variable) throws Exception {
        Launch.write(temporary.resolve(file), "# A comment.\r\n[other]\nregion = nowhere\n\n[" + section + "]\n"
                + STATIC_KEYS + "; Another.\ns3 =\n  max_queue_size = 10\n");
        Launch.Command command = Launch.of(words(argument)).at(aws).home(temporary);
        if (variable != null) {
            command.variable(variable.split("=")[0], variable.split("=")[1].replace("HOME", temporary.toString()));
        }
        assertSignedIn("federated-user/tester", command.here().url());
    }

    @DisplayName("For a profile in both files the credentials file wins, key by key")
    @Test void bothFiles() {
        Launch.write(temporary.resolve(".aws/config"),
                "[default]\nregion = eu-central-1\naws_secret_access_key = no\n");
        Launch.write(temporary.resolve(".aws/credentials"), "[default]\n" + STATIC_KEYS);
        Launch launch = Launch.of("--output=json").at(aws).home(temporary).here();
        assertEquals("eu-central-1", ConsoleLogin.Json.string(json(launch), "region"));
    }

    @DisplayName("A named profile is used although there are other credentials in the environment")
    @Test void profileBeforeEnvironment() throws Exception {
        Launch.write(temporary.resolve(".aws/credentials"), "[dev]\n" + STATIC_KEYS);
        Launch.Command command = command("--profile", "dev").as(LoopbackAws.NO_FEDERATION).home(temporary);
        assertSignedIn("federated-user/tester", command.here().url());
    }

    @DisplayName("Credentials in the environment are used before the profile that AWS_PROFILE names")
    @Test void environmentBeforeProfile() throws Exception {
        LoopbackAws.Key other = LoopbackAws.NO_FEDERATION;
        Launch.write(temporary.resolve(".aws/credentials"),
                "[dev]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
                        .formatted(other.accessKeyId(), other.secretAccessKey()));
        Launch.Command command = command().variable("AWS_PROFILE", "dev").home(temporary);
        assertSignedIn("federated-user/tester", command.here().url());
    }

    @DisplayName("A session in a profile goes straight to the sign-in endpoint")
    @Test void sessionInProfile() throws Exception {
        Launch.write(temporary.resolve(".aws/credentials"),
                "[default]\naws_access_key_id=%s\naws_secret_access_key=%s\naws_session_token=%s\n".formatted(
                        ROLE_SESSION.accessKeyId(), ROLE_SESSION.secretAccessKey(), ROLE_SESSION.sessionToken()));
        String url = Launch.of().at(aws).home(temporary).here().url();
        assertEquals(List.of("GetCallerIdentity", "getSigninToken"), requests());
        assertSignedIn("assumed-role/Admin/earlier", url);
    }

    @DisplayName("The JSON of AWS commands gives the credentials, from a file and from standard input")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {
        "{\"Credentials\": KEYS, \"FederatedUser\": {\"FederatedUserId\": \"1\", \"Arn\": \"ARN\"}}",
        "{\"Credentials\": KEYS,\n \"AssumedRoleUser\": {\"Arn\": \"ARN\"}, \"PackedPolicySize\": 6}\n",
        "{\"Version\": 1, KEYS}"})
    void credentials(String form) throws Exception {
        String keys = """
                {"AccessKeyId": "%s", "SecretAccessKey": "%s",
                 "SessionToken": "%s", "Expiration": "2099-12-31T23:59:59+00:00"}""".formatted(
                ROLE_SESSION.accessKeyId(), ROLE_SESSION.secretAccessKey(), ROLE_SESSION.sessionToken());
        String arn = "arn:aws:sts::123456789012:assumed-role/Admin/earlier";
        boolean inner = form.contains("Version");
        String json = form.replace("KEYS", inner ? keys.substring(1, keys.length() - 1) : keys).replace("ARN", arn);
        String file = Launch.write(temporary.resolve("session.json"), json).toString();
        // The access key in the environment is not the one that is used.
        Launch fromFile = command("--credentials", file).here();
        Launch fromInput = command("--credentials", "-").input(json).here();
        assertSignedIn("assumed-role/Admin/earlier", fromFile.url());
        assertSignedIn("assumed-role/Admin/earlier", fromInput.url());
        assertFalse(requests().stream().anyMatch(request -> request.startsWith("GetFederationToken")));
        assertTrue(fromFile.err().contains(arn), fromFile.err());
        assertEquals(inner, requests().contains("GetCallerIdentity"), "asked only where the JSON has no ARN");
    }

    @DisplayName("JSON with a long-term access key serves as well")
    @Test void longTermJson() throws Exception {
        String json = "{\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}"
                .formatted(ADMIN.accessKeyId(), ADMIN.secretAccessKey());
        assertSignedIn("federated-user/tester", Launch.of("--credentials", "-").at(aws).input(json).here().url());
    }

    // ---- Where it lands

    @DisplayName("The first region wins of flag, AWS_REGION, AWS_DEFAULT_REGION, profile and us-east-1")
    @ParameterizedTest(name = "{0}, {1}, {2}, {3}: {4}")
    @CsvSource({
        "eu-west-1, eu-west-2, eu-west-3, eu-north-1, eu-west-1",
        ", eu-west-2, eu-west-3, eu-north-1, eu-west-2",
        ", , eu-west-3, eu-north-1, eu-west-3",
        ", , , eu-north-1, eu-north-1",
        ", , , , us-east-1"})
    void region(String flag, String variable, String other, String profile, String expected) {
        Launch.write(temporary.resolve(".aws/config"),
                "[default]\nregion = " + (profile == null ? "" : profile) + "\n");
        Launch.Command command = flag == null ? command("--output=json") : command("--output=json", "--region", flag);
        Launch launch = command.variable("AWS_REGION", variable).variable("AWS_DEFAULT_REGION", other)
                .home(temporary).here();
        assertEquals(expected, ConsoleLogin.Json.string(json(launch), "region"));
    }

    @DisplayName("The region decides the partition, the method and the console")
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "us-east-1, aws, POST, https://console.aws.amazon.com/console/home?region=us-east-1",
        "eu-central-1, aws, POST, https://eu-central-1.console.aws.amazon.com/console/home?region=eu-central-1",
        "cn-north-1, aws-cn, POST, https://console.amazonaws.cn/console/home?region=cn-north-1",
        "us-gov-west-1, aws-us-gov, GET, https://console.amazonaws-us-gov.com/console/home?region=us-gov-west-1",
        "us-gov-east-1, aws-us-gov, GET, https://console.amazonaws-us-gov.com/console/home?region=us-gov-east-1",
        "eusc-de-east-1, aws-eusc, POST, "
                + "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1"})
    void partition(String region, String partition, String method, String destination) throws Exception {
        String url = command("--region", region, "--policy-arn", "ReadOnlyAccess").here().url();
        assertEquals(destination, query(url).get("Destination"));
        assertEquals("arn:" + partition + ":iam::aws:policy/ReadOnlyAccess",
                aws.exchanges().get(0).parameters().get("PolicyArns.member.1.arn"));
        assertEquals(List.of("POST", method), aws.exchanges().stream().map(LoopbackAws.Exchange::method).toList());
        String page = visit(url);
        assertTrue(page.contains("arn:" + partition + ":sts::123456789012:federated-user/tester"), page);
    }

    @DisplayName("A dry run names the hosts of the region's partition")
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "us-east-1, https://sts.us-east-1.amazonaws.com, https://signin.aws.amazon.com/federation",
        "ap-southeast-2, https://sts.ap-southeast-2.amazonaws.com, "
                + "https://ap-southeast-2.signin.aws.amazon.com/federation",
        "cn-north-1, https://sts.cn-north-1.amazonaws.com.cn, https://signin.amazonaws.cn/federation",
        "cn-northwest-1, https://sts.cn-northwest-1.amazonaws.com.cn, "
                + "https://cn-northwest-1.signin.amazonaws.cn/federation",
        "us-gov-west-1, https://sts.us-gov-west-1.amazonaws.com, https://signin.amazonaws-us-gov.com/federation",
        "us-gov-east-1, https://sts.us-gov-east-1.amazonaws.com, "
                + "https://us-gov-east-1.signin.amazonaws-us-gov.com/federation",
        "eusc-de-east-1, https://sts.eusc-de-east-1.amazonaws.eu, "
                + "https://eusc-de-east-1.signin.amazonaws-eusc.eu/federation"})
    void hosts(String region, String sts, String signin) {
        Launch launch = Launch.of("--dry-run", "--region", region).as(ADMIN).here().succeeds();
        List<String> words = List.of(launch.out().split("\\s+"));
        assertTrue(words.contains(sts), launch.out());
        assertTrue(words.contains(signin), launch.out());
    }

    @DisplayName("Where no sign-in endpoint is public, credentials can be had all the same")
    @Test void isolated() {
        Launch launch = Launch.of("--dry-run", "--region=us-iso-east-1", "--output=env").as(ADMIN).here().succeeds();
        assertTrue(launch.out().contains("https://sts.us-iso-east-1.c2s.ic.gov"), launch.out());
    }

    @DisplayName("A destination is a service, a path of the console, or a console URL")
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "s3, https://eu-west-1.console.aws.amazon.com/s3/buckets?region=eu-west-1",
        "/ec2/home#Instances:, https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:",
        "/ec2/home?a=b#x?y, https://eu-west-1.console.aws.amazon.com/ec2/home?a=b&region=eu-west-1#x?y",
        "/rds/home?region=us-east-2, https://eu-west-1.console.aws.amazon.com/rds/home?region=us-east-2",
        "https://console.aws.amazon.com/iam/home#/users, https://eu-west-1.console.aws.amazon.com/iam/home#/users",
        "https://us-east-2.console.aws.amazon.com, https://eu-west-1.console.aws.amazon.com/"})
    void destination(String destination, String expected) throws Exception {
        String url = command("--region", "eu-west-1", "--destination", destination).here().url();
        assertEquals(expected, query(url).get("Destination"));
        assertTrue(visit(url).contains("<dd>" + expected.replace("&", "&amp;") + "</dd>"));
    }

    @DisplayName("The URL has the issuer when one is given, and no parameter but those that AWS documents")
    @Test void issuer() {
        String issuer = "https://intranet.example.com/login?a=b&c=d";
        Map<String, String> parameters = query(command("--issuer", issuer).here().url());
        assertEquals(issuer, parameters.get("Issuer"));
        assertEquals("[Action, Destination, Issuer, SigninToken]", parameters.keySet().toString());
        assertEquals("[Action, Destination, SigninToken]", query(command().here().url()).keySet().toString());
    }

    @DisplayName("Endpoints are looked for among the flags, then their own variables, then AWS_ENDPOINT_URL")
    @Test void endpoints() {
        String nobody = Launch.nobody(), here = aws.uri().toString();
        command("--endpoint-url", here, "--signin-endpoint-url", here + "/").at(nobody).here().url();
        command().variable("AWS_ENDPOINT_URL", nobody).here().url();
        command().variable("AWS_ENDPOINT_URL_STS", null).variable("AWS_ENDPOINT_URL", here).here().url();
    }

    // ---- What comes out

    private static Object json(Launch launch) {
        launch.succeeds();
        assertEquals(1, launch.out().lines().count(), launch.out());
        return ConsoleLogin.Json.parse(launch.out());
    }

    @DisplayName("JSON tells the URL, who is signed in, where, and until when")
    @Test void jsonOutput() throws Exception {
        Instant now = Instant.parse(Instant.now().toString().substring(0, 17) + "00Z");
        Object json = json(command("--output", "json", "--role-arn", ADMIN_ROLE, "--duration-seconds", "2h",
                "--name", "me", "--region", "eu-west-1", "--destination", "s3").now(now).here());
        assertSignedIn("assumed-role/Admin/me", ConsoleLogin.Json.string(json, "url"));
        assertEquals(Map.of("url", ConsoleLogin.Json.string(json, "url"),
                "urlExpiration", now.plusSeconds(900).toString(), "sessionExpiration", now.plusSeconds(7200).toString(),
                "arn", "arn:aws:sts::123456789012:assumed-role/Admin/me", "account", "123456789012", "partition", "aws",
                "region", "eu-west-1",
                "destination", "https://eu-west-1.console.aws.amazon.com/s3/buckets?region=eu-west-1"),
                json);
    }

    @DisplayName("What sh reads from --output env are the session's credentials")
    @Test void envOutput() throws Exception {
        Launch launch = command("--output", "env", "--name", "feduser").here().succeeds();
        String[] session = eval(launch.out());
        assertEquals(1, aws.exchanges().size());
        assertSignedIn("federated-user/feduser", command().as(session[0], session[1], session[2]).here().url());
    }

    @DisplayName("Whatever credentials hold, sh gets them as they are")
    @Test void envOutputIsQuoted() {
        String[] hostile = {"AKIA'\"$(exit)`", "secret';exit;'$HOME\\\\*", "token\"&&exit|<>#!~%{}'"};
        Launch launch = Launch.of("--output", "env").as(hostile[0], hostile[1], hostile[2]).here().succeeds();
        assertEquals(List.of(hostile), List.of(eval(launch.out())));
    }

    private static String[] eval(String exports) {
        Launch shell = Launch.finish(new ProcessBuilder("sh", "-c", "eval \"$(cat)\" && env -i sh -c 'printf \"%s\\n\" "
                + "\"$@\"' sh \"$AWS_ACCESS_KEY_ID\" \"$AWS_SECRET_ACCESS_KEY\" \"$AWS_SESSION_TOKEN\""), exports);
        return shell.succeeds().out().split("\n");
    }

    @DisplayName("What --output process prints is what a credential_process prints, and what --credentials reads")
    @Test void processOutput() throws Exception {
        Launch launch = command("--output", "process", "--duration-seconds", "900").here();
        Map<?, ?> json = (Map<?, ?>) json(launch);
        assertEquals("[AccessKeyId, Expiration, SecretAccessKey, SessionToken, Version]",
                new TreeMap<>(json).keySet().toString());
        assertEquals(BigDecimal.ONE, json.get("Version"));
        assertTrue(Instant.parse(json.get("Expiration").toString()).isBefore(Instant.now().plusSeconds(901)));
        assertSignedIn("federated-user/tester",
                Launch.of("--credentials", "-").at(aws).input(launch.out()).here().url());
    }

    @DisplayName("Standard error tells who is signed in, and --quiet says nothing")
    @Test void account() {
        Launch launch = command("--name", "feduser").here();
        assertTrue(launch.err().contains("arn:aws:sts::123456789012:federated-user/feduser"), launch.err());
        assertTrue(launch.err().lines().allMatch(line -> line.startsWith("console-login: ")), launch.err());
        Launch quiet = command("--quiet").here();
        quiet.url();
        assertEquals("", quiet.err());
    }

    @DisplayName("With credentials for output, standard error tells whose they are and when they end, too")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"env", "process"})
    void accountOfCredentials(String output) {
        Launch launch = command("--name", "feduser", "--output", output).here().succeeds();
        assertTrue(launch.err().matches("console-login: credentials of arn:aws:sts::123456789012:federated-user/feduser, "
                + "which end 20\\S+\n"), launch.err());
        assertEquals("", command("--quiet", "--output", output).here().succeeds().err());
        assertTrue(command("--output", output).as(ROLE_SESSION).here().succeeds().err().contains("the environment"));
    }

    @DisplayName("A dry run calls nothing and names the operation, the hosts and the parameters")
    @Test void dryRun() {
        Launch launch = command("--dry-run", "--role-arn", ADMIN_ROLE, "--duration-seconds", "12h", "--name", "me",
                "--policy-arn", "ReadOnlyAccess", "--destination", "s3").here().succeeds();
        assertEquals(List.of(), aws.exchanges());
        for (String named : List.of("the environment", ADMIN.accessKeyId(), "us-east-1", "partition aws\n",
                "Action=AssumeRole", "RoleArn=" + ADMIN_ROLE, "RoleSessionName=me", "SessionDuration=43200",
                "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess", aws.uri() + "\n",
                aws.uri() + "/federation\n", "https://console.aws.amazon.com/s3/buckets?region=us-east-1")) {
            assertTrue(launch.out().contains(named), named + " is missing in: " + launch.out());
        }
        assertEquals("", launch.err());
    }

    @DisplayName("A dry run with a session says what STS is called for, if it is called")
    @Test void dryRunWithSession() {
        Launch launch = command("--dry-run").as(ROLE_SESSION).here().succeeds();
        assertTrue(launch.out().matches("(?s).*STS +only asked whose session this is\n.*"), launch.out());
        assertFalse(launch.out().contains("GetFederationToken"), launch.out());
        launch = command("--dry-run", "--output=env").as(ROLE_SESSION).here().succeeds();
        assertTrue(launch.out().matches("(?s).*STS +not called.*"), launch.out());
        launch = command("--dry-run", "--credentials=-").input("{\"Credentials\":{\"AccessKeyId\":\"ASIAX\","
                + "\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\"},\"AssumedRoleUser\":{\"Arn\":"
                + "\"arn:aws:sts::123456789012:assumed-role/Admin/me\"}}").here().succeeds();
        assertTrue(launch.out().matches("(?s).*STS +not called.*"), launch.out());
        assertEquals(List.of(), aws.exchanges());
    }

    @DisplayName("--debug shows each request with its host, status and duration")
    @Test void debug() {
        Launch launch = command("--debug").here();
        launch.url();
        List<String> debug = launch.err().lines().filter(line -> line.startsWith("console-login: debug: ")).toList();
        String host = aws.uri().getAuthority();
        assertEquals(3, debug.size(), launch.err());
        assertTrue(debug.get(0).endsWith("the environment, access key ID " + ADMIN.accessKeyId()), debug.get(0));
        assertTrue(debug.get(1).matches(".*GetFederationToken: POST " + host + ": 200 after \\d+ ms"), debug.get(1));
        assertTrue(debug.get(2).matches(".*getSigninToken: POST " + host + ": 200 after \\d+ ms"), debug.get(2));
    }

    @DisplayName("--debug and --dry-run show which places were passed over, and which one won")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"--debug", "--dry-run"})
    void passedOver(String argument) {
        Launch.write(temporary.resolve(".aws/credentials"), "[dev]\n" + STATIC_KEYS);
        Launch launch = Launch.of(argument, "--profile=dev").at(aws).as(ROLE_SESSION).home(temporary).here().succeeds();
        String shown = argument.equals("--debug") ? launch.err() : launch.out();
        assertTrue(shown.contains("passed over  the environment: --profile is given\n"), shown);
        assertTrue(shown.contains("credentials  the profile dev, access key ID " + ADMIN.accessKeyId() + "\n"), shown);
    }

    @DisplayName("The MFA code that is typed at the terminal is as good as --token-code, and shows nowhere")
    @Test void typedCode() throws Exception {
        String[] role = {"--role-arn", "arn:aws:iam::123456789012:role/WithMfa",
            "--serial-number", "arn:aws:iam::123456789012:mfa/admin", "--debug"};
        Launch launch = command(role).code(LoopbackAws.MFA_CODE).here();
        assertSignedIn("assumed-role/WithMfa/tester", launch.url());
        assertFalse(launch.err().matches("(?s).*\\b" + LoopbackAws.MFA_CODE + "\\b.*"), launch.err());
        assertEquals(LoopbackAws.MFA_CODE, aws.exchanges().get(0).parameters().get("TokenCode"));
    }

    @DisplayName("Session tags, the source identity and the external ID go to STS")
    @Test void moreParameters() {
        command("--tag", "team=a", "--tag=cost=b=c", "--tag", "empty=").here().url();
        assertTrue(requests().get(0).endsWith("Tags.member.1.Key=team Tags.member.1.Value=a Tags.member.2.Key=cost "
                + "Tags.member.2.Value=b=c Tags.member.3.Key=empty Tags.member.3.Value="), requests().get(0));
        command("--role-arn", "arn:aws:iam::123456789012:role/WithExternalId", "--external-id", LoopbackAws.EXTERNAL_ID,
                "--source-identity", "me", "--tag", "a=b").here().url();
        assertEquals("AssumeRole ExternalId=tenant-42 RoleArn=arn:aws:iam::123456789012:role/WithExternalId "
                + "RoleSessionName=tester SourceIdentity=me Tags.member.1.Key=a Tags.member.1.Value=b",
                requests().get(2));
    }

    // ---- In a process of its own

    @DisplayName("Launched as people launch it, it prints one line that signs the federated user in")
    @Test void launched() throws Exception {
        // Empty variables are as good as none.
        Launch launch = command("--name", "feduser").variable("AWS_SESSION_TOKEN", "").variable("AWS_PROFILE", "")
                .variable("AWS_REGION", "").variable("AWS_CA_BUNDLE", "").alone();
        assertSignedIn("federated-user/feduser", launch.url());
        assertTrue(launch.err().contains("federated-user/feduser"), launch.err());
    }

    @DisplayName("The file alone, in an empty folder, works from any other")
    @Test void copied() throws Exception {
        Path folder = Files.createDirectories(temporary.resolve("an empty folder"));
        Path copy = Files.copy(Launch.FILE, folder.resolve("ConsoleLogin.java"));
        Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere"));
        assertSignedIn("assumed-role/Admin/me",
                command("--quiet", "--role-arn", ADMIN_ROLE, "--name", "me").file(copy, elsewhere).alone().url());
    }

    @DisplayName("It reads the real home, standard input and console")
    @Test void realOutside() throws Exception {
        Launch.write(temporary.resolve(".aws/config"), "[profile dev]\nregion = us-gov-west-1\n");
        String json = "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"SessionToken\":\"%s\"}"
                .formatted(ROLE_SESSION.accessKeyId(), ROLE_SESSION.secretAccessKey(), ROLE_SESSION.sessionToken());
        Launch launch = Launch.of("--profile", "dev", "--credentials", "-", "--output=json", "--debug").at(aws)
                .home(temporary).input(json).alone();
        assertEquals("aws-us-gov", ConsoleLogin.Json.string(json(launch), "partition"));
        assertEquals(1, launch.err().lines().filter(line -> line.contains("debug: getSigninToken: GET ")).count());
    }

    @DisplayName("The whole of the help is on standard output")
    @Test void help() {
        Launch launch = Launch.of("--help").alone().succeeds();
        assertEquals(ConsoleLogin.USAGE.strip(), launch.out().strip());
        assertEquals("", launch.err());
    }

    @DisplayName("The version is one line")
    @Test void version() {
        Launch launch = Launch.of("--version").here().succeeds();
        assertEquals("console-login " + ConsoleLogin.VERSION, launch.out().strip());
        assertEquals("", launch.err());
    }

    // ---- TLS

    @DisplayName("A certificate authority of the user's own is trusted when it is named, and for its host alone")
    @Test void caBundle() {
        Path keys = temporary.resolve("keys.p12"), bundle = temporary.resolve("ca.pem");
        keytool(keys, "-genkeypair", "-keyalg", "EC", "-dname", "CN=loopback", "-ext", "SAN=dns:localhost");
        keytool(keys, "-exportcert", "-rfc", "-file", bundle.toString());
        WireMockServer server = new WireMockServer(options().httpDisabled(true).dynamicHttpsPort()
                .keystorePath(keys.toString()).keystoreType("PKCS12").keystorePassword("changeit")
                .keyManagerPassword("changeit"));
        server.start();
        try {
            server.stubFor(any(urlPathEqualTo("/federation")).willReturn(okJson("{\"SigninToken\":\"token\"}")));
            server.stubFor(any(urlPathEqualTo("/")).willReturn(okXml("<r><AccessKeyId>ASIA</AccessKeyId>"
                    + "<SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken></r>")));
            String host = "localhost:" + server.httpsPort(), https = "https://" + host;

            Launch.of().as(ADMIN).at(https).here().fails(Launch.OTHER, host, "--ca-bundle");
            assertEquals(0, server.getAllServeEvents().size());
            assertTrue(Launch.of("--ca-bundle", bundle.toString()).as(ADMIN).at(https).alone().url().startsWith(https));
            Launch.of().as(ADMIN).at(https).variable("AWS_CA_BUNDLE", bundle.toString()).here().url();
            Launch.write(temporary.resolve(".aws/config"), "[default]\nca_bundle = " + bundle + "\n");
            Launch.of().as(ADMIN).at(https).home(temporary).here().url();
            String otherName = "127.0.0.1:" + server.httpsPort();
            Launch.of("--ca-bundle", bundle.toString()).as(ADMIN).at("https://" + otherName).here()
                    .fails(Launch.OTHER, otherName);
        } finally {
            server.stop();
        }
    }

    private static void keytool(Path keys, String... arguments) {
        List<String> line = new ArrayList<>(List.of(Launch.javaTool("keytool"), "-keystore", keys.toString(),
                "-storetype", "PKCS12", "-storepass", "changeit", "-alias", "loopback"));
        line.addAll(List.of(arguments));
        Launch.finish(new ProcessBuilder(line), "").succeeds();
    }
}
