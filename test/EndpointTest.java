import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Endpoints")
class EndpointTest {
    private static ConsoleLogin.Failure refused(String... urls) {
        var failure = assertThrows(ConsoleLogin.Failure.class,
                () -> ConsoleLogin.Http.endpoint(252, "--endpoint-url", urls));
        assertEquals(252, failure.exitStatus);
        assertTrue(failure.hint.contains("--endpoint-url"), failure.hint);
        return failure;
    }

    @ParameterizedTest @CsvSource(textBlock = """
            https://sts.us-east-1.amazonaws.com,   https://sts.us-east-1.amazonaws.com
            https://sts.us-east-1.amazonaws.com/,  https://sts.us-east-1.amazonaws.com
            https://sts.example.com:8443,          https://sts.example.com:8443
            https://sts.example.com/a/b,           https://sts.example.com/a/b
            https://sts.example.com/a/b/,          https://sts.example.com/a/b
            https://10.0.0.1,                      https://10.0.0.1
            https://[fd00::1]:8443,                https://[fd00::1]:8443
            http://localhost,                      http://localhost
            http://localhost:4566/,                http://localhost:4566
            http://127.0.0.1:8080,                 http://127.0.0.1:8080
            http://127.1.2.3,                      http://127.1.2.3
            http://[::1],                          http://[::1]
            http://[::1]:8080/aws,                 http://[::1]:8080/aws
            """)
    @DisplayName("An endpoint is an https URL, or an http URL of a loopback address; a slash at its end goes.")
    void accepts(String url, String endpoint) {
        assertEquals(URI.create(endpoint), ConsoleLogin.Http.endpoint(252, "--endpoint-url", url));
    }

    @ParameterizedTest @ValueSource(strings = {"http://sts.us-east-1.amazonaws.com", "http://evil.com",
            "http://10.0.0.1", "http://0.0.0.0", "http://[::]", "http://169.254.169.254", "http://128.0.0.1",
            "http://1.127.0.0", "http://[fd00::1]", "http://[::2]", "http://127.evil.com", "http://127.0.0.1.evil.com",
            "http://localhost.evil.com", "http://evil.localhost.com", "http://notlocalhost",
            "http://localhost@evil.com", "http://127.0.0.1@evil.com", "http://localhost:80@evil.com",
            "http://evil.com#localhost", "http://evil.com?127.0.0.1", "http://evil.com/127.0.0.1",
            "http://127.0.0.1\\@evil.com", "http://evil.com\\@127.0.0.1", "http://127.", "http://127.0.0.256",
            "http://127.0.0.1%2eevil.com", "http://127。0。0。1", "http://127.0.0.1 .evil.com"})
    @DisplayName("By http no other address will do, however much it looks like loopback.")
    void onlyLoopback(String url) {
        refused(url);
    }

    @ParameterizedTest @ValueSource(strings = {"", " ", "/", "sts", "sts.us-east-1.amazonaws.com",
            "//sts.us-east-1.amazonaws.com", "localhost:4566", "https", "https:", "https:/", "https://", "https:///",
            "https:sts.example.com", "https:/sts.example.com", "https://:443", "https://?", "https://#",
            "ftp://sts.example.com", "ftp://localhost", "file:///etc/passwd", "ws://localhost", "javascript:alert(1)",
            "jar:https://sts.example.com!/", "https://user@sts.example.com", "https://user:password@sts.example.com",
            "https://@sts.example.com", "http://user@localhost", "https://sts.example.com?",
            "https://sts.example.com?a=b", "https://sts.example.com/?a=b", "https://sts.example.com#",
            "https://sts.example.com/a#b", "https://sts example.com", "https://sts.example.com/a b",
            " https://sts.example.com", "https://sts.example.com\n", "https://sts.example.com\r\nHost: evil.com",
            "https://sts.example.com\0", "https://evil.com\\@sts.example.com", "https://evil.com\\.sts.example.com",
            "https://sts.example.com:x", "https://sts.example.com:-1", "https://[::1", "https://[evil.com]",
            "https://stß.com", "https://sts.example.com／.evil.com"})
    @DisplayName("What has no https, no host, a user, a query or a fragment is no endpoint.")
    void refuses(String url) {
        refused(url);
    }

    @Test @DisplayName("The first URL that is given counts, and is not passed over when it is wrong.")
    void first() {
        assertEquals(URI.create("https://a.example"),
                ConsoleLogin.Http.endpoint(252, "--endpoint-url", "https://a.example", "https://b.example"));
        assertEquals(URI.create("https://b.example"), ConsoleLogin.Http.endpoint(252, "--endpoint-url", null, null,
                "https://b.example", "https://c.example"));
        assertTrue(refused("http://a.example", "https://b.example").getMessage().contains("http://a.example"));
    }

    @Test @DisplayName("The exit status is the one that is asked for: 252 for flags, 253 for what was found.")
    void status() {
        for (int status : new int[] {252, 253}) {
            var failure = assertThrows(ConsoleLogin.Failure.class,
                    () -> ConsoleLogin.Http.endpoint(status, "AWS_ENDPOINT_URL_STS", "http://a.example"));
            assertEquals(status, failure.exitStatus);
            assertTrue(failure.hint.contains("AWS_ENDPOINT_URL_STS"), failure.hint);
        }
    }

    @Test @DisplayName("Without any URL the error says that AWS publishes none.")
    void none() {
        assertTrue(refused(null, null).getMessage().contains("AWS publishes no"), "as in aws-iso");
    }

    @Test @DisplayName("A password in a refused URL is not shown.")
    void hidesPassword() {
        assertFalse(refused("https://user:MARKER@sts.example.com").toString().contains("MARKER"));
    }

    @ParameterizedTest @CsvSource(textBlock = """
            https://sts.example.com,      sts.example.com
            https://sts.example.com:443,  sts.example.com
            https://sts.example.com:80,   sts.example.com:80
            https://sts.example.com:8443, sts.example.com:8443
            http://localhost,             localhost
            http://localhost:80,          localhost
            http://localhost:443,         localhost:443
            http://[::1]:8080/a,          [::1]:8080
            http://[::1],                 [::1]
            https://sts.example.com:/,    sts.example.com
            """)
    @DisplayName("The host that is signed has the port where it is not the standard one.")
    void host(URI uri, String host) {
        assertEquals(host, ConsoleLogin.Http.host(uri));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            ``|``
            AZaz09-._~|AZaz09-._~
            ` `|%20
            a b+c|a%20b%2Bc
            *|%2A
            /:?#[]@|%2F%3A%3F%23%5B%5D%40
            !$&'();,=|%21%24%26%27%28%29%3B%2C%3D
            %20%7E|%2520%257E
            {"a":"\\"}|%7B%22a%22%3A%22%5C%22%7D
            ü€😀|%C3%BC%E2%82%AC%F0%9F%98%80
            """)
    @DisplayName("All but the unreserved characters are percent-encoded as UTF-8.")
    void encodes(String text, String encoded) {
        assertEquals(encoded, ConsoleLogin.Http.encode(text));
    }

    @ParameterizedTest @CsvSource(nullValues = "-", textBlock = """
            http://169.254.170.2/a?b=c,        true
            http://169.254.170.23:80/v1,       true
            http://[fd00:ec2::23]/v1,          true
            http://localhost:1/a,              true
            http://127.9.9.9,                  true
            http://[::1]/,                     true
            https://anything.example/a?b=c,    true
            http://169.254.170.1,              false
            http://169.254.170.22,             false
            http://169.254.169.254,            false
            http://169.254.170.2.example.com/, false
            http://169.254.170.2@example.com/, false
            http://a@169.254.170.2/,           false
            http://[fd00:ec2::24]/,            false
            http://anything.example/,          false
            http://169.254.170.2/#a,           false
            http://169.254.170.2/a b,          false
            ftp://169.254.170.2/,              false
            http://169.254.170.2:99999/,       false
            """)
    @DisplayName("Only of the hosts that are named, and of loopback addresses, there are URLs of http.")
    void hosts(String url, boolean allowed) {
        URI uri = ConsoleLogin.Http.uri(url, "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");
        assertEquals(allowed ? URI.create(url) : null, uri);
    }

    /** Variables without their AWS_, and lines of the config file between %. */
    @ParameterizedTest @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # variables | config | arguments | STS endpoint, or the error's status
            - | - | - | https://sts.us-east-1.amazonaws.com
            - | - | --region=eu-south-1 | https://sts.eu-south-1.amazonaws.com
            # The first of these counts.
            ENDPOINT_URL_STS=https://a ENDPOINT_URL=https://b | SERVICES%URL | --endpoint-url=https://e | https://e
            ENDPOINT_URL_STS=https://a ENDPOINT_URL=https://b | SERVICES%URL | - | https://a
            ENDPOINT_URL=https://b                            | SERVICES%URL | - | https://b
            -                                                 | SERVICES%URL | - | https://services.example
            -                                                 | URL          | - | https://profile.example
            ENDPOINT_URL_STS= ENDPOINT_URL=                   | SERVICES%URL | - | https://services.example
            ENDPOINT_URL_S3=https://a                         | -            | - | https://sts.us-east-1.amazonaws.com
            ENDPOINT_URL_SIGNIN=https://a                     | -            | - | https://sts.us-east-1.amazonaws.com
            - | OTHER       | - | https://sts.us-east-1.amazonaws.com
            - | OTHER%URL   | - | https://profile.example
            - | services =%URL | - | https://profile.example
            - | [profile other]%URL | - | https://sts.us-east-1.amazonaws.com
            - | [profile other]%URL | --profile=other | https://profile.example
            - | [profile other]%SERVICES | --profile=other | https://services.example
            - | services = "my own"%[services "my own"]%sts=%  endpoint_url = https://own.example/a/ | - | 253
            - | services = my own%[services "my own"]%sts=%  endpoint_url = https://own.example/a/ \
              | - | https://own.example/a
            - | services = x%[services x]%STS =%  Endpoint_URL = https://x.example | - | https://x.example
            # What is missing, or no endpoint.
            - | services = x | - | 253
            - | services = x%[profile x]%URL | - | 253
            ENDPOINT_URL_STS=https://a | services = x | - | 253
            - | services = x | --endpoint-url=https://e | 253
            ENDPOINT_URL_STS=http://a.example  | - | - | 253
            ENDPOINT_URL=ftp://localhost       | - | - | 253
            - | endpoint_url = sts.example.com     | - | 253
            - | services = x%[services x]%sts =%  endpoint_url = http://a.example | - | 253
            ENDPOINT_URL_STS=http://a.example  | - | --endpoint-url=https://e | https://e
            ENDPOINT_URL_STS=http://a.example  | - | --endpoint-url=http://e | 252
            # Those that are configured can be turned off, but not the flag.
            IGNORE_CONFIGURED_ENDPOINT_URLS=true ENDPOINT_URL_STS=https://a ENDPOINT_URL=https://b | SERVICES%URL \
              | - | https://sts.us-east-1.amazonaws.com
            IGNORE_CONFIGURED_ENDPOINT_URLS=TRUE ENDPOINT_URL_STS=https://a | - | --endpoint-url=https://e | https://e
            IGNORE_CONFIGURED_ENDPOINT_URLS=true | services = x | - | https://sts.us-east-1.amazonaws.com
            IGNORE_CONFIGURED_ENDPOINT_URLS=false ENDPOINT_URL_STS=https://a | - | - | https://a
            ENDPOINT_URL_STS=https://a | ignore_configured_endpoint_urls = true%SERVICES%URL \
              | - | https://sts.us-east-1.amazonaws.com
            IGNORE_CONFIGURED_ENDPOINT_URLS=false | ignore_configured_endpoint_urls = true%URL \
              | - | https://profile.example
            # FIPS and dual stack.
            USE_FIPS_ENDPOINT=true | - | - | https://sts-fips.us-east-1.amazonaws.com
            USE_FIPS_ENDPOINT=True | - | --region=us-gov-west-1 | https://sts.us-gov-west-1.amazonaws.com
            USE_FIPS_ENDPOINT=false | use_fips_endpoint = true | - | https://sts.us-east-1.amazonaws.com
            - | use_fips_endpoint = true | - | https://sts-fips.us-east-1.amazonaws.com
            - | [profile other]%use_fips_endpoint = true | - | https://sts.us-east-1.amazonaws.com
            USE_DUALSTACK_ENDPOINT=true | - | - | https://sts.us-east-1.api.aws
            USE_DUALSTACK_ENDPOINT=true | - | --region=cn-north-1 | https://sts.cn-north-1.api.amazonwebservices.com.cn
            - | use_dualstack_endpoint = true | - | https://sts.us-east-1.api.aws
            USE_FIPS_ENDPOINT=true | use_dualstack_endpoint = true | - | https://sts-fips.us-east-1.api.aws
            USE_FIPS_ENDPOINT=true USE_DUALSTACK_ENDPOINT=true | - | --region=us-gov-west-1 \
              | https://sts-fips.us-gov-west-1.api.aws
            USE_FIPS_ENDPOINT=true ENDPOINT_URL_STS=https://a | - | - | https://a
            # The global endpoint.
            STS_REGIONAL_ENDPOINTS=legacy   | - | - | https://sts.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy   | - | --region=eu-west-1 | https://sts.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy   | - | --region=ap-northeast-1 | https://sts.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy   | - | --region=us-west-2 | https://sts.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy   | - | --region=ap-northeast-2 | https://sts.ap-northeast-2.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy   | - | --region=eu-south-1 | https://sts.eu-south-1.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy   | - | --region=us-gov-west-1 | https://sts.us-gov-west-1.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy   | - | --region=cn-north-1 | https://sts.cn-north-1.amazonaws.com.cn
            STS_REGIONAL_ENDPOINTS=regional | sts_regional_endpoints = legacy | - | https://sts.us-east-1.amazonaws.com
            - | sts_regional_endpoints = legacy | - | https://sts.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy USE_FIPS_ENDPOINT=true | - | - | https://sts-fips.us-east-1.amazonaws.com
            STS_REGIONAL_ENDPOINTS=legacy USE_DUALSTACK_ENDPOINT=true | - | - | https://sts.us-east-1.api.aws
            STS_REGIONAL_ENDPOINTS=legacy | URL | - | https://profile.example
            """)
    @DisplayName("The STS endpoint is that of the flag, the variables, the services section, the profile, the region.")
    void sts(String variables, String config, String arguments, String expected, @TempDir Path folder) {
        Launch launch = dryRun(variables, config, arguments, folder);
        if (expected.startsWith("25")) launch.fails(Integer.parseInt(expected));
        else assertEquals(expected, shown("STS", launch));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # variables | config | arguments | sign-in endpoint, or the error's status
            - | - | - | https://signin.aws.amazon.com/federation
            ENDPOINT_URL_SIGNIN=https://a/ | SIGNIN | --signin-endpoint-url=https://e/ | https://e/federation
            ENDPOINT_URL_SIGNIN=https://a/ | SIGNIN | - | https://a/federation
            - | SIGNIN | - | https://services.example/federation
            # What is meant for all services with an API is not meant for it.
            ENDPOINT_URL=https://b | URL | - | https://signin.aws.amazon.com/federation
            IGNORE_CONFIGURED_ENDPOINT_URLS=true ENDPOINT_URL_SIGNIN=https://a | SIGNIN \
              | - | https://signin.aws.amazon.com/federation
            USE_FIPS_ENDPOINT=true USE_DUALSTACK_ENDPOINT=true | - | - | https://signin.aws.amazon.com/federation
            ENDPOINT_URL_SIGNIN=http://a.example | - | - | 253
            ENDPOINT_URL_SIGNIN=https://a | - | --signin-endpoint-url=http://a.example | 252
            """)
    @DisplayName("The sign-in endpoint is that of its flag, its variable, the services section, the region.")
    void signin(String variables, String config, String arguments, String expected, @TempDir Path folder) {
        Launch launch = dryRun(variables, config, arguments, folder);
        if (expected.startsWith("25")) launch.fails(Integer.parseInt(expected));
        else assertEquals(expected, shown("sign-in", launch));
    }

    private static Launch dryRun(String variables, String config, String arguments, Path folder) {
        String services = "services = all%[services all]%KEY =%  endpoint_url = https://services.example%s3 =%  "
                + "endpoint_url = https://s3.example%[default]%x = 1";
        String text = config == null ? "" : config.replace("SERVICES", services.replace("KEY", "sts"))
                .replace("SIGNIN", services.replace("KEY", "signin")).replace("OTHER", services.replace("KEY", "ec2"))
                .replace("URL", config.contains("_URL") ? "URL" : "endpoint_url = https://profile.example");
        Path file = Launch.write(folder.resolve("config"), "[default]\n" + text.replace('%', '\n'));
        String line = "--dry-run" + (arguments == null ? "" : " " + arguments);
        Launch.Command command = Launch.of(line.split(" "));
        boolean profile = line.contains("--profile");
        String key = "[other]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n";
        if (profile) Launch.write(folder.resolve("credentials"), key);
        else command.as(LoopbackAws.ADMIN);
        for (String variable : variables == null ? new String[0] : variables.split(" ")) {
            String value = variable.substring(variable.indexOf('=') + 1);
            command.variable("AWS_" + variable.split("=")[0], value.isEmpty() ? null : value);
        }
        return command.variable("AWS_CONFIG_FILE", file.toString())
                .variable("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("credentials").toString()).here();
    }

    private static String shown(String name, Launch launch) {
        launch.succeeds();
        return launch.out().replaceAll("(?s).*\\n" + name + " +(\\S+)\\n.*", "$1");
    }

    @Test @DisplayName("A form keeps the order of its parameters, and encodes names and values.")
    void form() {
        Map<String, String> parameters = new LinkedHashMap<>();
        assertEquals("", ConsoleLogin.Http.form(parameters));
        parameters.put("b", "1 2");
        parameters.put("a", "");
        parameters.put("c&d", "e=f");
        assertEquals("b=1%202&a=&c%26d=e%3Df", ConsoleLogin.Http.form(parameters));
    }
}
