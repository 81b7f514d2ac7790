import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@DisplayName("Destinations")
class DestinationTest {
    /** The service, a blank, and the path of its page. */
    static List<String> services() {
        return """
                acm acm/home
                amplify amplify/home
                apigateway apigateway/home
                athena athena/home
                backup backup/home
                batch batch/home
                bedrock bedrock/home
                billing costmanagement/home#/home
                cloud9 cloud9/home
                cloudformation cloudformation/home
                cloudfront cloudfront/v4/home#/distributions
                cloudshell cloudshell/home
                cloudtrail cloudtrailv2/home#/dashboard
                cloudwatch cloudwatch/home#home:
                codebuild codesuite/codebuild/home
                codecommit codesuite/codecommit/home
                codedeploy codesuite/codedeploy/home
                codepipeline codesuite/codepipeline/home
                cognito cognito/v2/home
                config config/home
                console console/home
                cost costmanagement/home#/home
                dms dms/v2/home
                dynamodb dynamodbv2/home
                ec2 ec2/home#Instances:
                ecr ecr/private-registry/repositories
                ecs ecs/v2/clusters
                efs efs/home
                eks eks/clusters
                elasticache elasticache/home
                elasticbeanstalk elasticbeanstalk/home
                eventbridge events/home
                glue glue/home
                guardduty guardduty/home
                iam iam/home#/home
                kinesis kinesis/home
                kms kms/home#/kms/home
                lambda lambda/home
                logs cloudwatch/home#logsV2:log-groups
                opensearch aos/home
                organizations organizations/v2/home
                rds rds/home#databases:
                redshift redshiftv2/home
                route53 route53/v2/hostedzones
                s3 s3/buckets
                sagemaker sagemaker/home
                secretsmanager secretsmanager/home
                securityhub securityhub/home
                servicequotas servicequotas/home
                sns sns/home
                sqs sqs/home
                ssm systems-manager/home
                sso singlesignon/home
                stepfunctions states/home
                support support/home
                vpc vpcconsole/home#vpcs:
                wafv2 wafv2/homev2
                """.lines().toList();
    }

    /** The region, and the console's host there. */
    private static final String[][] CONSOLES = {
        {"us-east-1", "console.aws.amazon.com"}, {"eu-west-1", "eu-west-1.console.aws.amazon.com"},
        {"cn-north-1", "console.amazonaws.cn"}, {"cn-northwest-1", "cn-northwest-1.console.amazonaws.cn"},
        {"us-gov-west-1", "console.amazonaws-us-gov.com"}, {"us-gov-east-1", "console.amazonaws-us-gov.com"},
        {"eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"}};

    /** That it is refused, with a way out. */
    private static ConsoleLogin.Failure refused(String destination, String region) {
        var failure = assertThrows(ConsoleLogin.Failure.class,
                () -> ConsoleLogin.Destination.resolve(destination, region));
        assertEquals(252, failure.exitStatus);
        assertTrue(failure.getMessage().startsWith("--destination "), failure.getMessage());
        String shown = failure.getMessage() + failure.hint;
        assertTrue(shown.chars().noneMatch(Character::isISOControl), "it could steer the terminal");
        assertFalse(failure.hint.isBlank());
        assertFalse(shown.matches(".*\\bnull\\b.*"), shown);
        assertThrows(ConsoleLogin.Failure.class, () -> ConsoleLogin.Destination.resolve(destination, region, true));
        return failure;
    }

    private static String resolve(String destination, String region) {
        return ConsoleLogin.Destination.resolve(destination, region);
    }

    @ParameterizedTest @MethodSource("services")
    @DisplayName("A service leads to its page in the console of every region, its region before the fragment.")
    void services(String service) {
        String[] words = service.split(" ");
        String[] page = words[1].split("(?=#)");
        for (String[] console : CONSOLES) {
            assertEquals("https://" + console[1] + "/" + page[0] + "?region=" + console[0]
                    + (page.length > 1 ? page[1] : ""), resolve(words[0], console[0]));
        }
    }

    @ParameterizedTest @ValueSource(strings = {"ses", "mq", "ebs", "fsx", "msk", "emr", "iot", "ram", "sms",
            "mwaa", "lex", "waf", "dax", "xray", "macie", "events", "states", "appsync", "apprunner", "connect",
            "inspector", "lightsail", "neptune", "codeartifact", "servicecatalog", "cloudhsm", "cloudsearch",
            "inspector2", "kinesisvideo", "systems-manager", "mediaconvert", "resource-groups", "singlesignon",
            "a-b-C"})
    @DisplayName("Another service leads to its home, even if it is called almost as one in the table.")
    void otherServices(String service) {
        assertEquals("https://eu-west-1.console.aws.amazon.com/" + service + "/home?region=eu-west-1",
                resolve(service, "eu-west-1"));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            lamda          | lambda
            lambada        | lambda
            Lambda         | lambda
            dynamo         | dynamodb
            dynamdb        | dynamodb
            cloudfromation | cloudformation
            cloudformaton  | cloudformation
            clodwatch      | cloudwatch
            secretmanager  | secretsmanager
            secretsmanger  | secretsmanager
            rout53         | route53
            route-53       | route53
            guarduty       | guardduty
            orgnizations   | organizations
            stepfunction   | stepfunctions
            ecss           | ecs
            ec22           | ec2
            iamm           | iam
            sqss           | sqs
            codepipline    | codepipeline
            opensaerch     | opensearch
            elasticach     | elasticache
            event-bridge   | eventbridge
            """)
    @DisplayName("A misspelt service is refused, with the nearest names and its path as the way out.")
    void misspelt(String written, String meant) {
        for (String region : List.of("us-east-1", "cn-north-1")) {
            ConsoleLogin.Failure failure = refused(written, region);
            assertTrue(failure.getMessage().contains(written), failure.getMessage());
            assertTrue(failure.hint.matches("did you mean (\\S+ or )*" + meant + "( or \\S+)*\\? .*"), failure.hint);
            assertTrue(failure.hint.endsWith(" /" + written + "/home"), failure.hint);
            assertTrue(resolve("/" + written + "/home", region).contains("/" + written + "/home?region=" + region));
        }
    }

    @ParameterizedTest @MethodSource("services")
    @DisplayName("Every service is found from its name with a letter too many.")
    void nearest(String service) {
        String name = service.split(" ")[0];
        if (name.length() > 2) {
            ConsoleLogin.Failure failure = refused(name.charAt(0) + name, "us-east-1");
            assertTrue(Arrays.asList(failure.hint.split("[? ]")).contains(name), failure.hint);
        }
    }

    @Test @DisplayName("When several names are near, all of them are shown.")
    void severalNear() {
        String hint = refused("codecomit", "us-east-1").hint;
        assertTrue(hint.contains("did you mean codecommit?"), hint);
        hint = refused("ecrs", "us-east-1").hint;
        assertTrue(hint.contains("did you mean ecr or ecs?"), hint);
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
            # A fragment is the console's own, whatever is in it.
            /ec2/home#Instances:instanceState=running;v=3 \
                    | /ec2/home?region=eu-west-1#Instances:instanceState=running;v=3
            /c/home#/x?a=b&c=%2F        | /c/home?region=eu-west-1#/x?a=b&c=%2F
            /c/home#/x?a=b&region=us-x  | /c/home?region=eu-west-1#/x?a=b&region=us-x
            /c/home#?region=us-x        | /c/home?region=eu-west-1#?region=us-x
            /c/home#a$252Fb$2500        | /c/home?region=eu-west-1#a$252Fb$2500
            /c/home#~(a~'b*20c)+d       | /c/home?region=eu-west-1#~(a~'b*20c)+d
            /c/home##                   | /c/home?region=eu-west-1##
            """)
    @DisplayName("A path leads there, its region named before the fragment.")
    void paths(String path, String page) {
        assertEquals("https://eu-west-1.console.aws.amazon.com" + page, resolve(path, "eu-west-1"));
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
            us-east-1      | https://123456789012-ab.eu-west-1.console.aws.amazon.com/?region=eu-west-1#a=b;c=%2F
            us-east-1      | https://s3.console.aws.amazon.com/s3/buckets/b?region=eu-west-1&prefix=c%2Fd+e/
            us-east-1      | https://eu-west-1.console.aws.amazon.com/a?region=us-west-2&region=eu-west-1#b?region=c
            eusc-de-east-1 | https://eusc-de-east-1.console.amazonaws-eusc.eu/s3/buckets
            us-iso-east-1  | https://console.example.ic.gov/ec2/home?a=b#c
            """)
    @DisplayName("A URL of the partition's console stays as it is, with query and fragment.")
    void urls(String region, String url) {
        assertEquals(url, resolve(url, region));
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
            "https://console.aws.amazon.com./", "https://console.aws.amazon.com.", "https://console.aws.amazon.co/",
            "https://eu-west-1-console.aws.amazon.com/", "https://console-aws.amazon.com/",
            "https://cоnsole.aws.amazon.com/", "https://console.aws.amazοn.com/", "https://console。aws.amazon.com/",
            "https://xn--cnsole-7fg.aws.amazon.com/", "https://console.aws.amazon.com\u00ad/",
            "https://console.aws.amazon.com:80@evil.com/", "https://console.aws.amazon.com%40evil.com/",
            "https://.console.aws.amazon.com/", "https://a..console.aws.amazon.com/", "https://console.amazonaws.cn/",
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
        String url = resolve(path, "us-east-1");
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
            "us-east-1,https://console.aws.amazon.com.EVIL/", "us-east-1,ARN:aws:s3:::bucket",
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
            "https:///x", "arn:aws-iso:s3:::bucket", "arn:aws:s3:::bucket", "https://a@b.ic.gov/",
            "https://a.ic.gov\\.b/", "http://console.example.ic.gov/",
            "javascript:alert(1)"})
    @DisplayName("Where the console's host is not public, only a whole https URL will do.")
    void unknownConsole(String destination) {
        refused(destination, "us-iso-east-1");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            # The ARN's own region, where it has one.
            us-east-1      | arn:aws:s3:::bucket                            | console.aws.amazon.com
            eu-west-1      | arn:aws:s3:::bucket                            | eu-west-1.console.aws.amazon.com
            eu-west-1      | arn:aws:iam::123456789012:role/Admin           | eu-west-1.console.aws.amazon.com
            us-east-1      | arn:aws:ec2:eu-west-1:123456789012:instance/i-1 | eu-west-1.console.aws.amazon.com
            eu-west-1      | arn:aws:ec2:us-east-1:123456789012:instance/i-1 | console.aws.amazon.com
            us-east-1      | arn:aws:lambda:ap-southeast-2:123456789012:function:f:1 \
                    | ap-southeast-2.console.aws.amazon.com
            us-east-1      | arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:* \
                    | eu-west-1.console.aws.amazon.com
            cn-north-1     | arn:aws-cn:sqs:cn-northwest-1:123456789012:q   | cn-northwest-1.console.amazonaws.cn
            cn-north-1     | arn:aws-cn:s3:::bucket                         | console.amazonaws.cn
            us-gov-west-1  | arn:aws-us-gov:sqs:us-gov-east-1:123456789012:q | console.amazonaws-us-gov.com
            us-gov-east-1  | arn:aws-us-gov:s3:::bucket                     | console.amazonaws-us-gov.com
            eusc-de-east-1 | arn:aws-eusc:s3:::bucket                       | eusc-de-east-1.console.amazonaws-eusc.eu
            # What is no region makes no host.
            us-east-1      | arn:aws:s3:evil.com/::bucket                   | console.aws.amazon.com
            us-east-1      | arn:aws:s3:evil.com#::bucket                   | console.aws.amazon.com
            us-east-1      | arn:aws:s3:*::bucket                           | console.aws.amazon.com
            # And whatever is in the resource, is in the parameter.
            us-east-1      | arn:aws:s3:::bucket/a&b=c#d%2Fe+f?g=h          | console.aws.amazon.com
            us-east-1      | arn:aws:s3:::bucket/%252B%25&arn=arn:aws:s3:::other | console.aws.amazon.com
            us-east-1      | arn:aws:s3:::bucket/@;,:$!*()~'                | console.aws.amazon.com
            """)
    @DisplayName("An ARN leads to the page of its resource, in its own region, and stays what it is.")
    void arns(String region, String arn, String host) {
        String url = resolve(arn, region);
        URI uri = URI.create(url);
        assertEquals(host, uri.getHost());
        assertEquals("/go/view", uri.getPath());
        assertEquals(Map.of("arn", arn), query(url));
        assertEquals(url, ConsoleLogin.Destination.resolve(arn, region, true));
    }

    @ParameterizedTest @CsvSource({"us-east-1,arn:aws-cn:s3:::bucket", "us-east-1,arn:aws-us-gov:s3:::bucket",
            "cn-north-1,arn:aws:s3:::bucket", "us-gov-west-1,arn:aws:ec2:us-east-1:123456789012:instance/i-1",
            "eusc-de-east-1,arn:aws:s3:::bucket", "us-east-1,arn:aws:s3:::bucket/a b", "us-east-1,arn:aws:s3:::bücket",
            "us-east-1,arn:aws:s3", "us-east-1,arn:aws", "us-east-1,arn:", "us-east-1,arn:aws:s3::bucket",
            "us-east-1,arn::s3:::bucket", "us-east-1,'arn:aws:s3:::bucket/\u0007'", "us-east-1,xarn:aws:s3:::bucket",
            "us-east-1,arn:aws:ec2:cn-north-1:123456789012:instance/i-1"})
    @DisplayName("An ARN of another partition, or what is none, is refused.")
    void otherArns(String region, String arn) {
        refused(arn, region);
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            us-west-2 | https://console.aws.amazon.com/ec2/home?region=eu-west-1#Instances: \
                    | https://us-west-2.console.aws.amazon.com/ec2/home?region=us-west-2#Instances:
            us-west-2 | https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances: \
                    | https://us-west-2.console.aws.amazon.com/ec2/home?region=us-west-2#Instances:
            us-west-2 | https://eu-west-1.console.aws.amazon.com/lambda/home#/functions/f?region=eu-west-1&tab=code \
                    | https://us-west-2.console.aws.amazon.com/lambda/home#/functions/f?region=eu-west-1&tab=code
            us-west-2 | https://eu-west-1.console.aws.amazon.com/eu-west-1?region=eu-west-1&xregion=eu-west-1#eu-west \
                    | https://us-west-2.console.aws.amazon.com/eu-west-1?region=us-west-2&xregion=eu-west-1#eu-west
            us-west-2 | https://123456789012-abcdefgh.eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#a \
                    | https://123456789012-abcdefgh.us-west-2.console.aws.amazon.com/ec2/home?region=us-west-2#a
            us-east-1 | https://123456789012-abcdefgh.eu-west-1.console.aws.amazon.com/ec2/home \
                    | https://123456789012-abcdefgh.us-east-1.console.aws.amazon.com/ec2/home
            us-west-2 | https://s3.console.aws.amazon.com/s3/buckets/b?region=eu-west-1&prefix=c%2Fd+e/ \
                    | https://s3.console.aws.amazon.com/s3/buckets/b?region=us-west-2&prefix=c%2Fd+e/
            us-east-1 | https://eu-west-1.console.aws.amazon.com/ec2/home?a=$1\\b&region=eu-west-1 \
                    | https://us-east-1.console.aws.amazon.com/ec2/home?a=$1\\b&region=us-east-1
            us-west-2 | https://console.aws.amazon.com | https://us-west-2.console.aws.amazon.com/
            us-west-2 | https://console.aws.amazon.com#a?region=b | https://us-west-2.console.aws.amazon.com#a?region=b
            us-west-2 | https://console.aws.amazon.com/go/view?arn=arn:aws:sqs:eu-west-1:123456789012:q \
                    | https://us-west-2.console.aws.amazon.com/go/view?arn=arn:aws:sqs:eu-west-1:123456789012:q
            us-west-2 | https://us-west-2.console.aws.amazon.com/x?region=us-west-2#y \
                    | https://us-west-2.console.aws.amazon.com/x?region=us-west-2#y
            cn-north-1 | https://cn-northwest-1.console.amazonaws.cn/x?region=cn-northwest-1#y \
                    | https://cn-north-1.console.amazonaws.cn/x?region=cn-north-1#y
            cn-northwest-1 | https://console.amazonaws.cn/x | https://cn-northwest-1.console.amazonaws.cn/x
            us-gov-east-1 | https://console.amazonaws-us-gov.com/x?region=us-gov-west-1#y \
                    | https://console.amazonaws-us-gov.com/x?region=us-gov-east-1#y
            us-iso-west-1 | https://console.example.ic.gov/x?region=us-iso-east-1#y \
                    | https://console.example.ic.gov/x?region=us-iso-east-1#y
            # Where the host does not tell the region, the query has to.
            us-gov-east-1 | https://console.amazonaws-us-gov.com/x#y \
                    | https://console.amazonaws-us-gov.com/x?region=us-gov-east-1#y
            us-west-2 | https://s3.console.aws.amazon.com/s3/buckets/b?prefix=c#y \
                    | https://s3.console.aws.amazon.com/s3/buckets/b?prefix=c&region=us-west-2#y
            """)
    @DisplayName("With --region a console URL moves there, by its host and its query, and is the same otherwise.")
    void moved(String region, String url, String there) {
        assertEquals(there, ConsoleLogin.Destination.resolve(url, region, true));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # --region | AWS_REGION | --destination
            -          | us-west-2  | https://eu-west-1.console.aws.amazon.com/x?region=eu-west-1#y \
                    | https://eu-west-1.console.aws.amazon.com/x?region=eu-west-1#y
            us-west-2  | -          | https://eu-west-1.console.aws.amazon.com/x?region=eu-west-1#y \
                    | https://us-west-2.console.aws.amazon.com/x?region=us-west-2#y
            -          | us-west-2  | s3  | https://us-west-2.console.aws.amazon.com/s3/buckets?region=us-west-2
            us-west-2  | eu-west-1  | ec2 \
                    | https://us-west-2.console.aws.amazon.com/ec2/home?region=us-west-2#Instances:
            -          | -          | -   | https://console.aws.amazon.com/console/home?region=us-east-1
            -          | -          | /x?a=%26&b=c+d%20e#/f?g=h&i=%2F;j=~(k*'l'),m:$252F \
                    | https://console.aws.amazon.com/x?a=%26&b=c+d%20e&region=us-east-1#/f?g=h&i=%2F;j=~(k*'l'),m:$252F
            -          | -          | /x?SigninToken=y&Destination=https://b/#&Action=c \
                    | https://console.aws.amazon.com/x?SigninToken=y&Destination=https://b/&region=us-east-1#&Action=c
            -          | -          | arn:aws:s3:::bucket/a&b#c%2Fd+e \
                    | https://console.aws.amazon.com/go/view?arn=arn:aws:s3:::bucket/a%26b%23c%252Fd%2Be
            """)
    @DisplayName("Query and fragment survive the encoding into the login URL; a URL moves only for --region.")
    void inLoginUrl(String flag, String variable, String destination, String page) throws Exception {
        List<String> arguments = new ArrayList<>();
        if (flag != null) {
            arguments.addAll(List.of("--region", flag));
        }
        if (destination != null) {
            arguments.addAll(List.of("--destination", destination));
        }
        try (LoopbackAws aws = LoopbackAws.start()) {
            String url = Launch.of(arguments.toArray(String[]::new)).at(aws).as(LoopbackAws.ADMIN)
                    .variable("AWS_REGION", variable).here().url();
            assertFalse(url.contains("#"), url);
            Map<String, String> query = query(url);
            assertEquals(page, query.get("Destination"));
            assertEquals("login", query.get("Action"));
            assertEquals(Set.of("Action", "Destination", "SigninToken"), query.keySet());
        }
    }

    @ParameterizedTest @ValueSource(strings = {"lamda", "https://evil.com/", "arn:aws-cn:s3:::bucket", "a b"})
    @DisplayName("What is refused, is refused before anything is sent.")
    void refusedFirst(String destination) throws Exception {
        try (LoopbackAws aws = LoopbackAws.start()) {
            Launch.of("--destination", destination).at(aws).as(LoopbackAws.ADMIN).here().fails(252, destination);
            assertEquals(List.of(), aws.exchanges());
        }
    }

    /** The parameters of a URL, decoded once, as a server does. */
    private static Map<String, String> query(String url) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : URI.create(url).getRawQuery().split("&")) {
            String[] parts = parameter.split("=", 2);
            assertNull(parameters.put(parts[0], URLDecoder.decode(parts[1], UTF_8)), "twice: " + parts[0]);
        }
        return parameters;
    }
}
