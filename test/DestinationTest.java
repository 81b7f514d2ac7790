import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Destinations")
class DestinationTest {
    private static void refused(String destination, String region) {
        var failure = assertThrows(ConsoleLogin.Failure.class,
                () -> ConsoleLogin.Destination.resolve(destination, region));
        assertEquals(252, failure.exitStatus);
        assertTrue(failure.getMessage().startsWith("--destination "), failure.getMessage());
        assertTrue(failure.getMessage().chars().noneMatch(Character::isISOControl), "it could steer the terminal");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            us-east-1      | console | https://console.aws.amazon.com/console/home
            us-east-1      | s3      | https://console.aws.amazon.com/s3/home
            eu-west-1      | route53 | https://eu-west-1.console.aws.amazon.com/route53/home
            eu-west-1      | a-b-C   | https://eu-west-1.console.aws.amazon.com/a-b-C/home
            cn-north-1     | ec2     | https://console.amazonaws.cn/ec2/home
            cn-northwest-1 | ec2     | https://cn-northwest-1.console.amazonaws.cn/ec2/home
            us-gov-west-1  | ec2     | https://console.amazonaws-us-gov.com/ec2/home
            us-gov-east-1  | ec2     | https://console.amazonaws-us-gov.com/ec2/home
            eusc-de-east-1 | ec2     | https://eusc-de-east-1.console.amazonaws-eusc.eu/ec2/home
            """)
    @DisplayName("A service leads to its home in the console of the region.")
    void services(String region, String service, String page) {
        assertEquals(page + "?region=" + region, ConsoleLogin.Destination.resolve(service, region));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            /                           | /?region=eu-west-1
            /s3/buckets                 | /s3/buckets?region=eu-west-1
            /ec2/home#Instances:        | /ec2/home?region=eu-west-1#Instances:
            /ec2/home?a=b               | /ec2/home?a=b&region=eu-west-1
            /ec2/home?a=b#c=d?e         | /ec2/home?a=b&region=eu-west-1#c=d?e
            /ec2/home#a?region=b#c      | /ec2/home?region=eu-west-1#a?region=b#c
            /iam/home#/home             | /iam/home?region=eu-west-1#/home
            /iam/home#                  | /iam/home?region=eu-west-1#
            /ec2/home?region=us-west-2  | /ec2/home?region=us-west-2
            /a?b=c&region=us-west-2#d   | /a?b=c&region=us-west-2#d
            /s3/buckets/a?prefix=b%2Fc/ | /s3/buckets/a?prefix=b%2Fc/&region=eu-west-1
            # Only a parameter called region takes the region's place.
            /ec2/home?myregion=b        | /ec2/home?myregion=b&region=eu-west-1
            /s3/buckets/a?prefix=region=b/ | /s3/buckets/a?prefix=region=b/&region=eu-west-1
            /s3/region=b                | /s3/region=b?region=eu-west-1
            """)
    @DisplayName("A path leads there, its region named before the fragment.")
    void paths(String path, String page) {
        assertEquals("https://eu-west-1.console.aws.amazon.com" + page,
                ConsoleLogin.Destination.resolve(path, "eu-west-1"));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            us-east-1      | https://console.aws.amazon.com
            us-east-1      | https://console.aws.amazon.com/
            us-east-1      | https://console.aws.amazon.com?region=eu-west-1#a
            us-east-1      | https://console.aws.amazon.com#a
            us-east-1      | https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:a=b
            eu-west-1      | https://us-east-1.console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/a/$252Fb
            us-east-1      | https://console.aws.amazon.com/go/view?arn=arn:aws:s3:::bucket/@key
            cn-north-1     | https://cn-northwest-1.console.amazonaws.cn/ec2/home
            us-gov-east-1  | https://console.amazonaws-us-gov.com/ec2/home#a
            eusc-de-east-1 | https://eusc-de-east-1.console.amazonaws-eusc.eu/s3/buckets
            us-iso-east-1  | https://console.example.ic.gov/ec2/home?a=b#c
            """)
    @DisplayName("A URL of the partition's console stays as it is, with query and fragment.")
    void urls(String region, String url) {
        assertEquals(url, ConsoleLogin.Destination.resolve(url, region));
    }

    @ParameterizedTest @ValueSource(strings = {"https://evil.com/", "https://aws.amazon.com/",
            "https://signin.aws.amazon.com/", "https://amazon.com/", "https://console.aws.amazon.com.evil.com/",
            "https://evilconsole.aws.amazon.com/", "https://evil-console.aws.amazon.com",
            "https://console.aws.amazon.com@evil.com/", "https://console.aws.amazon.com:x@evil.com/",
            "https://user:password@console.aws.amazon.com/", "https://@console.aws.amazon.com/",
            "https://evil.com\\@console.aws.amazon.com/", "https://evil.com\\.console.aws.amazon.com/",
            "https://console.aws.amazon.com\\.evil.com/", "https://console.aws.amazon.com\\@evil.com",
            "https:\\\\console.aws.amazon.com/", "https://evil.com#.console.aws.amazon.com",
            "https://evil.com?.console.aws.amazon.com", "https://evil.com/.console.aws.amazon.com",
            "https://evil.com;.console.aws.amazon.com/", "https://evil.com%2f.console.aws.amazon.com/",
            "https://evil.com%00.console.aws.amazon.com/", "https://evil.com&.console.aws.amazon.com/",
            "https://[::1].console.aws.amazon.com/", "https://evil.com／.console.aws.amazon.com/",
            "https://evil.com。.console.aws.amazon.com/", "https://console.aws.amazon.com:8443/",
            "https://console.aws.amazon.com:443/", "https://console.aws.amazon.com:/",
            "https://console.aws.amazon.com./", "https://console.aws.amazon.co/", "https://console.amazonaws.cn/",
            "https://console.amazonaws-us-gov.com/", "https://", "https:///", "https:////evil.com",
            "https:///console.aws.amazon.com/", "https:/console.aws.amazon.com/", "https:console.aws.amazon.com",
            "https:evil.com", "http://console.aws.amazon.com/", "HTTP://console.aws.amazon.com/",
            "ftp://console.aws.amazon.com/", "javascript:alert(1)", "javascript://console.aws.amazon.com/%0aalert(1)",
            "data:text/html,x", "file:///etc/passwd", "console.aws.amazon.com", "console.aws.amazon.com/s3", "evil.com",
            "@evil.com", ".evil.com", "s3.evil.com", "s3/../..", "..", "?a", "#a", "\\evil.com", "\\\\evil.com", "s3:",
            "a@b", "s3%2f"})
    @DisplayName("Whatever is not on the console's domain is refused.")
    void foreign(String destination) {
        refused(destination, "us-east-1");
    }

    /** A browser reads //host and /\host as a host only where nothing stands before it. */
    @ParameterizedTest @ValueSource(strings = {"//evil.com", "///evil.com", "/\\evil.com", "/@evil.com", "/.evil.com",
            "/:8443", "/?@evil.com", "/#@evil.com", "/../../evil.com", "/%2e%2e/", "/https://evil.com"})
    @DisplayName("A path stays on the console's host, whatever is in it.")
    void pathStays(String path) {
        String url = ConsoleLogin.Destination.resolve(path, "us-east-1");
        assertTrue(url.startsWith("https://console.aws.amazon.com/"), url);
    }

    @ParameterizedTest @ValueSource(strings = {"", " ", "\t", "s3 ", " s3", "s 3", "/a b", "/a\tb", "/a\nb",
            "/a\r\nSet-Cookie:b", "/\0", "/\u001b[2J", "/\u007f", "/\u0085", "/\u00a0", "/\u2028", "/\u200b", "/\u202e",
            "/ü", "sß", "https://console.aws.amazon.com/a b", "https://console.aws.amazon.com/\n",
            "https://console.aws.amazon.com/\0", "https://console.aws.amazon.com /", " https://console.aws.amazon.com/",
            "https://console.aws.amazon.com/ü", "https://console.aws.amazon.com\n.evil.com",
            "https://evil.com\t.console.aws.amazon.com"})
    @DisplayName("Blanks, control characters and letters outside ASCII are refused.")
    void invisible(String destination) {
        refused(destination, "us-east-1");
    }

    @ParameterizedTest @CsvSource({"us-east-1,https://CONSOLE.AWS.AMAZON.COM.EVIL.COM/", "us-east-1,https://EVIL.COM/",
            "us-east-1,HTTP://console.aws.amazon.com/", "us-east-1,JavaScript:alert(1)"})
    @DisplayName("Capital letters open no way around.")
    void capitals(String region, String destination) {
        refused(destination, region);
    }

    @ParameterizedTest @CsvSource(textBlock = """
            cn-north-1,     https://console.aws.amazon.com/
            cn-north-1,     https://console.amazonaws.com.cn/
            us-gov-west-1,  https://console.aws.amazon.com/
            us-gov-west-1,  https://console.amazonaws.cn/
            eusc-de-east-1, https://console.aws.amazon.com/
            us-east-1,      https://eusc-de-east-1.console.amazonaws-eusc.eu/
            """)
    @DisplayName("The console of another partition is refused.")
    void otherPartition(String region, String destination) {
        refused(destination, region);
    }

    @ParameterizedTest @ValueSource(strings = {"s3", "console", "/", "/ec2/home", "//evil.com", "https://",
            "https:///x", "https://a@b.ic.gov/", "https://a.ic.gov\\.b/", "http://console.example.ic.gov/",
            "javascript:alert(1)"})
    @DisplayName("Where the console's host is not public, only a whole https URL will do.")
    void unknownConsole(String destination) {
        refused(destination, "us-iso-east-1");
    }
}
