import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Partitions and regions")
class PartitionTest {
    @ParameterizedTest @CsvSource(nullValues = "-", textBlock = """
            us-east-1,      aws,        sts.us-east-1.amazonaws.com,         signin.aws.amazon.com
            us-west-2,      aws,        sts.us-west-2.amazonaws.com,         us-west-2.signin.aws.amazon.com
            eu-central-1,   aws,        sts.eu-central-1.amazonaws.com,      eu-central-1.signin.aws.amazon.com
            eu-west-1,      aws,        sts.eu-west-1.amazonaws.com,         eu-west-1.signin.aws.amazon.com
            ap-southeast-2, aws,        sts.ap-southeast-2.amazonaws.com,    ap-southeast-2.signin.aws.amazon.com
            mx-central-1,   aws,        sts.mx-central-1.amazonaws.com,      mx-central-1.signin.aws.amazon.com
            cn-north-1,     aws-cn,     sts.cn-north-1.amazonaws.com.cn,     signin.amazonaws.cn
            cn-northwest-1, aws-cn,     sts.cn-northwest-1.amazonaws.com.cn, cn-northwest-1.signin.amazonaws.cn
            us-gov-west-1,  aws-us-gov, sts.us-gov-west-1.amazonaws.com,     signin.amazonaws-us-gov.com
            us-gov-east-1,  aws-us-gov, sts.us-gov-east-1.amazonaws.com,     us-gov-east-1.signin.amazonaws-us-gov.com
            eusc-de-east-1, aws-eusc,   sts.eusc-de-east-1.amazonaws.eu,     eusc-de-east-1.signin.amazonaws-eusc.eu
            us-iso-east-1,  aws-iso,    sts.us-iso-east-1.c2s.ic.gov,        -
            us-iso-west-1,  aws-iso,    sts.us-iso-west-1.c2s.ic.gov,        -
            us-isob-east-1, aws-iso-b,  sts.us-isob-east-1.sc2s.sgov.gov,    -
            eu-isoe-west-1, aws-iso-e,  sts.eu-isoe-west-1.cloud.adc-e.uk,   -
            us-isof-east-1, aws-iso-f,  sts.us-isof-east-1.csp.hci.ic.gov,   -
            """)
    @DisplayName("A region has its partition's STS and sign-in endpoints; those of aws-iso* are not public.")
    void endpoints(String region, String id, String sts, String signin) {
        var partition = ConsoleLogin.Partition.of(region);
        assertEquals(id, partition.id());
        assertEquals("https://" + sts, partition.serviceUrl("sts", region, false, false));
        assertEquals(signin == null ? null : "https://" + signin, partition.signinUrl(region));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            # service  | region         | plain                                      | dual stack
            #                           | FIPS                                       | both
            sts        | us-east-1      | sts.us-east-1.amazonaws.com                | sts.us-east-1.api.aws \
                                        | sts-fips.us-east-1.amazonaws.com           | sts-fips.us-east-1.api.aws
            sts        | us-gov-west-1  | sts.us-gov-west-1.amazonaws.com            | sts.us-gov-west-1.api.aws \
                                        | sts.us-gov-west-1.amazonaws.com            | sts-fips.us-gov-west-1.api.aws
            sts        | us-gov-east-1  | sts.us-gov-east-1.amazonaws.com            | sts.us-gov-east-1.api.aws \
                                        | sts.us-gov-east-1.amazonaws.com            | sts-fips.us-gov-east-1.api.aws
            sts        | cn-north-1     | sts.cn-north-1.amazonaws.com.cn \
                                        | sts.cn-north-1.api.amazonwebservices.com.cn \
                                        | sts-fips.cn-north-1.amazonaws.com.cn \
                                        | sts-fips.cn-north-1.api.amazonwebservices.com.cn
            sts        | eusc-de-east-1 | sts.eusc-de-east-1.amazonaws.eu \
                                        | sts.eusc-de-east-1.api.amazonwebservices.eu \
                                        | sts-fips.eusc-de-east-1.amazonaws.eu \
                                        | sts-fips.eusc-de-east-1.api.amazonwebservices.eu
            sts        | us-iso-east-1  | sts.us-iso-east-1.c2s.ic.gov \
                                        | sts.us-iso-east-1.api.aws.ic.gov \
                                        | sts-fips.us-iso-east-1.c2s.ic.gov \
                                        | sts-fips.us-iso-east-1.api.aws.ic.gov
            sts        | us-isob-east-1 | sts.us-isob-east-1.sc2s.sgov.gov \
                                        | sts.us-isob-east-1.api.aws.scloud \
                                        | sts-fips.us-isob-east-1.sc2s.sgov.gov \
                                        | sts-fips.us-isob-east-1.api.aws.scloud
            portal.sso | us-east-1      | portal.sso.us-east-1.amazonaws.com         | portal.sso.us-east-1.api.aws \
                                        | portal.sso-fips.us-east-1.amazonaws.com    | portal.sso-fips.us-east-1.api.aws
            portal.sso | us-gov-west-1  | portal.sso.us-gov-west-1.amazonaws.com \
                                        | portal.sso.us-gov-west-1.api.aws \
                                        | portal.sso.us-gov-west-1.amazonaws.com \
                                        | portal.sso-fips.us-gov-west-1.api.aws
            portal.sso | cn-north-1     | portal.sso.cn-north-1.amazonaws.com.cn \
                                        | portal.sso.cn-north-1.api.amazonwebservices.com.cn \
                                        | portal.sso-fips.cn-north-1.amazonaws.com.cn \
                                        | portal.sso-fips.cn-north-1.api.amazonwebservices.com.cn
            oidc       | us-east-1      | oidc.us-east-1.amazonaws.com               | oidc.us-east-1.api.aws \
                                        | oidc-fips.us-east-1.amazonaws.com          | oidc-fips.us-east-1.api.aws
            oidc       | us-gov-west-1  | oidc.us-gov-west-1.amazonaws.com           | oidc.us-gov-west-1.api.aws \
                                        | oidc.us-gov-west-1.amazonaws.com           | oidc-fips.us-gov-west-1.api.aws
            oidc       | eusc-de-east-1 | oidc.eusc-de-east-1.amazonaws.eu \
                                        | oidc.eusc-de-east-1.api.amazonwebservices.eu \
                                        | oidc-fips.eusc-de-east-1.amazonaws.eu \
                                        | oidc-fips.eusc-de-east-1.api.amazonwebservices.eu
            """)
    @DisplayName("A service has a regional endpoint, one with FIPS, one with dual stack, and one with both.")
    void variants(String service, String region, String plain, String dualStack, String fips, String both) {
        var partition = ConsoleLogin.Partition.of(region);
        assertEquals("https://" + plain, partition.serviceUrl(service, region, false, false));
        assertEquals("https://" + dualStack, partition.serviceUrl(service, region, false, true));
        assertEquals("https://" + fips, partition.serviceUrl(service, region, true, false));
        assertEquals("https://" + both, partition.serviceUrl(service, region, true, true));
    }

    @ParameterizedTest @CsvSource(textBlock = """
            us-east-1,      us-east-1.signin.aws.amazon.com
            eu-west-1,      eu-west-1.signin.aws.amazon.com
            cn-north-1,     cn-north-1.signin.amazonaws.cn
            cn-northwest-1, cn-northwest-1.signin.amazonaws.cn
            us-gov-west-1,  us-gov-west-1.signin.amazonaws-us-gov.com
            us-gov-east-1,  us-gov-east-1.signin.amazonaws-us-gov.com
            eusc-de-east-1, signin.eusc-de-east-1.amazonaws.eu
            us-iso-east-1,  signin.us-iso-east-1.c2s.ic.gov
            """)
    @DisplayName("The endpoint of aws login always has the region in its name.")
    void login(String region, String host) {
        assertEquals("https://" + host, ConsoleLogin.Partition.of(region).loginUrl(region));
    }

    @ParameterizedTest @CsvSource(textBlock = """
            us-east-1,      amazonaws.com,    api.aws
            us-gov-west-1,  amazonaws.com,    api.aws
            cn-north-1,     amazonaws.com.cn, api.amazonwebservices.com.cn
            eusc-de-east-1, amazonaws.eu,     api.amazonwebservices.eu
            us-iso-east-1,  c2s.ic.gov,       api.aws.ic.gov
            us-isob-east-1, sc2s.sgov.gov,    api.aws.scloud
            eu-isoe-west-1, cloud.adc-e.uk,   api.cloud-aws.adc-e.uk
            us-isof-east-1, csp.hci.ic.gov,   api.aws.hci.ic.gov
            """)
    @DisplayName("A partition has a suffix for its services, and one for those with dual stack.")
    void suffixes(String region, String suffix, String dualStackSuffix) {
        assertEquals(suffix, ConsoleLogin.Partition.of(region).dnsSuffix());
        assertEquals(dualStackSuffix, ConsoleLogin.Partition.of(region).dualStackDnsSuffix());
    }

    @ParameterizedTest @CsvSource(textBlock = """
            us-east-1,      https://console.aws.amazon.com
            eu-west-1,      https://eu-west-1.console.aws.amazon.com
            cn-north-1,     https://console.amazonaws.cn
            cn-northwest-1, https://cn-northwest-1.console.amazonaws.cn
            us-gov-west-1,  https://console.amazonaws-us-gov.com
            us-gov-east-1,  https://console.amazonaws-us-gov.com
            eusc-de-east-1, https://eusc-de-east-1.console.amazonaws-eusc.eu
            """)
    @DisplayName("A region has its partition's console.")
    void console(String region, String console) {
        assertEquals(console, ConsoleLogin.Partition.of(region).consoleUrl(region));
    }

    @ParameterizedTest @ValueSource(strings = {"af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1",
            "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
            "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",
            "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-central-2", "eu-isoe-west-1", "eu-north-1",
            "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1", "il-central-1",
            "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1",
            "us-gov-west-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "us-isof-east-1",
            "us-isof-south-1", "us-west-1", "us-west-2"})
    @DisplayName("The regions that AWS has are regions.")
    void regions(String name) {
        assertEquals(true, ConsoleLogin.Partition.isRegion(name));
    }

    @ParameterizedTest @ValueSource(strings = {"", " ", "-", "--", "---", "nowhere", "us", "us-east", "us-east-",
            "us-east-x", "us-east-1x", "us-east-1a", "us-east-0", "us-east--1", "us--1", "us--east-1", "-east-1",
            "-us-east-1", "us-east-1-", "US-EAST-1", "Us-east-1", "useast1", "us_east_1", "us-middle-1", "us-east-1 ",
            " us-east-1", "us-east-1\n", "us-east-1\0", "us-east-1\u00a0", "us-east south-1", "us-east-١", "üs-east-1",
            "us-east-1.evil.com", "us-east-1.", "../", "us-../-east-1", "evil.com/us-east-1", "us-east-1/",
            "us-east-1#", "us-east-1?", "us-east-1@evil.com", "evil.com#-east-1", "evil.com/-east-1",
            "u@evil.com-east-1", "us-east-1:80", "us-east-1%2f", "us\\-east-1", "us-gov-evil-west-1", "aws-global", "*",
            "us-east-99999999999"})
    @DisplayName("What is not built like a region's name is no region, above all what would change the host.")
    void noRegions(String name) {
        assertEquals(false, ConsoleLogin.Partition.isRegion(name));
    }
}
