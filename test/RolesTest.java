import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Roles that are assumed on the way to the console")
class RolesTest {
    private static final LoopbackAws.Key ADMIN = LoopbackAws.ADMIN;
    private static final String ROLE = "arn:aws:iam::123456789012:role/", MFA = "arn:aws:iam::123456789012:mfa/";
    private static final String KEYS = "aws_access_key_id = %s\naws_secret_access_key = %s"
            .formatted(ADMIN.accessKeyId(), ADMIN.secretAccessKey());

    @TempDir Path home;
    private LoopbackAws aws;

    @BeforeEach void start() throws IOException {
        aws = LoopbackAws.start();
    }

    @AfterEach void stop() {
        aws.close();
    }

    private Path file(String name, String text) {
        return Launch.write(home.resolve(name), text);
    }

    /** Writes a file of settings that commas divide; ROLE/, MFA/, KEYS and HOME stand for the long texts. */
    private Path settings(String name, String line) {
        String text = line.replaceAll(" *, *", "\n").replace("ROLE/", ROLE).replace("MFA/", MFA).replace("KEYS", KEYS)
                .replace("HOME", home.toString());
        return file(".aws/" + name, text + "\n");
    }

    private Launch.Command command(String arguments) {
        String[] words = given(arguments).isBlank() ? new String[0] : arguments.strip().split("\\s+");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace("ROLE/", ROLE).replace("MFA/", MFA).replace("HOME", home.toString())
                    .replace("PROVIDER", LoopbackAws.SAML_PROVIDER);
        }
        return Launch.of(words).home(home).variable("AWS_ENDPOINT_URL", aws.uri().toString()).at(aws);
    }

    /**
     * What STS was asked, in order and each with who signed it: a key of the test, the number of the session that this
     * AWS gave, or nobody; such as {@code ADMIN AssumeRole Admin as tester}.
     */
    private String exchanges() {
        StringJoiner exchanges = new StringJoiner("; ");
        for (LoopbackAws.Exchange exchange : aws.exchanges()) {
            String action = exchange.parameters().getOrDefault("Action", "");
            if (!exchange.path().equals("/")) {
                continue;
            }
            Map<String, String> rest = new TreeMap<>(exchange.parameters());
            rest.keySet().removeAll(List.of("Action", "Version"));
            StringJoiner words = new StringJoiner(" ").add(signer(exchange)).add(action);
            if (rest.containsKey("RoleArn")) {
                words.add(rest.remove("RoleArn").replace(ROLE, ""));
            }
            if (rest.containsKey("RoleSessionName")) {
                words.add("as").add(rest.remove("RoleSessionName"));
            }
            rest.forEach((name, value) -> words.add(name + "=" + value.replace(MFA, "MFA/")
                    .replace(LoopbackAws.WEB_IDENTITY_TOKEN, "TOKEN").replace(LoopbackAws.SAML_ASSERTION, "ASSERTION")
                    .replace(LoopbackAws.SAML_PROVIDER, "PROVIDER")));
            exchanges.add(words.toString());
        }
        return exchanges.toString();
    }

    private static String signer(LoopbackAws.Exchange exchange) {
        String authorization = exchange.headers().getOrDefault("Authorization", "Credential=nobody/");
        return authorization.replaceFirst(".*Credential=([^/]+)/.*", "$1").replace(ADMIN.accessKeyId(), "ADMIN")
                .replace(LoopbackAws.ROLE_SESSION.accessKeyId(), "ROLE_SESSION")
                .replaceFirst("ASIALOOPBACK1000000", "#");
    }

    private static void assertSignsIn(String identity, Launch launch) {
        launch.succeeds();
        assertEquals("arn:aws:sts::123456789012:" + identity, ConsoleLogin.Json.string(
                ConsoleLogin.Json.parse(launch.out()), "arn"));
    }

    /** A cell of a table, which may go on below. */
    private static String given(String value) {
        return value == null ? "" : value.replaceAll("\\s+", " ");
    }

    // ---- source_profile

    @DisplayName("The role of a profile is assumed with the credentials of its source_profile, and so on.")
    @ParameterizedTest(name = "{0} | {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # config file | credentials file | what STS is asked and who signs it | who is signed in
        [profile dev],role_arn=ROLE/Admin,source_profile=base | [base],KEYS \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        [profile dev],role_arn=ROLE/Admin,source_profile=base,[profile base],KEYS | \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        | [dev],role_arn=ROLE/Admin,source_profile=base,[base],KEYS \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        [profile base],KEYS | [dev],role_arn=ROLE/Admin,source_profile=base \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        [profile dev],role_arn=ROLE/OneHour,source_profile=base | [dev],role_arn=ROLE/Admin,[base],KEYS \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        [profile dev],role_arn=ROLE/Admin,source_profile=default,[default],KEYS | \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        [profile dev],role_arn=ROLE/Admin,source_profile=my base,[profile "my base"],KEYS | \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        # each role with the session of the one before
        [profile dev],role_arn=ROLE/OneHour,source_profile=mid,role_session_name=last,[profile mid],\
            role_arn=ROLE/Admin,\
            source_profile=base,role_session_name=first | [base],KEYS \
            | ADMIN AssumeRole Admin as first; #1 AssumeRole OneHour as last | assumed-role/OneHour/last
        [profile dev],role_arn=ROLE/Admin,source_profile=b,role_session_name=r3,\
            [profile b],role_arn=ROLE/OneHour,source_profile=c,role_session_name=r2,\
            [profile c],role_arn=ROLE/Admin,source_profile=base,role_session_name=r1 | [base],KEYS \
            | ADMIN AssumeRole Admin as r1; #1 AssumeRole OneHour as r2; #2 AssumeRole Admin as r3 \
            | assumed-role/Admin/r3
        # a profile that is its own source
        [profile dev],role_arn=ROLE/Admin,source_profile=dev,KEYS | \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        [profile dev],role_arn=ROLE/Admin,source_profile=dev | [dev],KEYS \
            | ADMIN AssumeRole Admin as tester | assumed-role/Admin/tester
        [profile dev],role_arn=ROLE/OneHour,source_profile=own,[profile own],role_arn=ROLE/Admin,source_profile=own,\
            KEYS | \
            | ADMIN AssumeRole OneHour as tester | assumed-role/OneHour/tester
        # in a source the access key comes before the role
        [profile dev],role_arn=ROLE/OneHour,source_profile=base,[profile base],role_arn=ROLE/Admin,source_profile=none \
            | [base],KEYS | ADMIN AssumeRole OneHour as tester | assumed-role/OneHour/tester
        # sources of other kinds
        [profile dev],role_arn=ROLE/OneHour,source_profile=web,[profile web],role_arn=ROLE/Admin,\
            role_session_name=web,web_identity_token_file=HOME/token | | nobody AssumeRoleWithWebIdentity Admin as web \
            WebIdentityToken=TOKEN; #1 AssumeRole OneHour as tester | assumed-role/OneHour/tester
        [profile dev],role_arn=ROLE/OneHour,source_profile=run,[profile run],credential_process=cat \
            HOME/process.json | \
            | ADMIN AssumeRole OneHour as tester | assumed-role/OneHour/tester
        [profile dev],role_arn=ROLE/OneHour,source_profile=sso,[profile sso],sso_session=corp,\
            sso_account_id=123456789012,sso_role_name=Admin,[sso-session corp],sso_region=us-east-1,sso_start_url=x | \
            | #1 AssumeRole OneHour as tester | assumed-role/OneHour/tester
        """)
    void source(String config, String credentials, String exchanges, String identity) {
        settings("config", given(config));
        settings("credentials", given(credentials));
        file("token", LoopbackAws.WEB_IDENTITY_TOKEN);
        file("process.json", "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}"
                .formatted(ADMIN.accessKeyId(), ADMIN.secretAccessKey()));
        file(".aws/sso/cache/" + ConsoleLogin.SigV4.digest("SHA-1", "corp") + ".json",
                "{\"accessToken\":\"%s\",\"expiresAt\":\"2099-12-31T23:59:59Z\"}"
                        .formatted(LoopbackAws.SSO_ACCESS_TOKEN));
        assertSignsIn(identity, command("--profile dev --output json").here());
        assertEquals(given(exchanges), exchanges());
    }

    @Test @DisplayName("A chain of twenty roles is followed.")
    void manyLinks() {
        StringBuilder config = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            config.append("[profile p%s],role_arn=ROLE/Admin,role_session_name=s%s,source_profile=p%s,"
                    .formatted(i, i, i + 1));
        }
        settings("config", config + "[profile p20],KEYS");
        assertSignsIn("assumed-role/Admin/s0", command("--profile p0 --output json").here());
        assertTrue(exchanges().startsWith("ADMIN AssumeRole Admin as s19; #1 AssumeRole Admin as s18; "), exchanges());
    }

    @DisplayName("What is wrong with a source is an error that names the profile, before anything is sent.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        # config file | error
        [profile dev],role_arn=ROLE/Admin,source_profile=none \
            | the profile dev has the source_profile none, which is in neither
        [profile dev],role_arn=ROLE/Admin,source_profile=b,[profile b],role_arn=ROLE/Admin,source_profile=none \
            | the profile b has the source_profile none, which is in neither
        [profile dev],role_arn=ROLE/Admin,source_profile=base,[profile base],region=us-east-1 \
            | the source_profile base has no credentials
        [profile dev],role_arn=ROLE/Admin,source_profile=base,[profile base] \
            | the source_profile base has no credentials
        [profile dev],role_arn=ROLE/Admin,source_profile=base,[profile base],aws_secret_access_key=x \
            | the source_profile base has no credentials
        [profile dev],role_arn=ROLE/Admin,source_profile=base,[profile base],aws_access_key_id=AKIALONE \
            | the profile base has no secret access key
        [profile dev],role_arn=ROLE/Admin \
            | the profile dev has a role_arn and no source_profile or credential_source
        [profile dev],role_arn=ROLE/Admin,source_profile= \
            | the profile dev has a role_arn and no source_profile or credential_source
        [profile dev],role_arn=ROLE/Admin,KEYS \
            | the profile dev has a role_arn and no source_profile or credential_source
        [profile dev],role_arn=ROLE/Admin,source_profile=b,[profile b],role_arn=ROLE/Admin \
            | the profile b has a role_arn and no source_profile or credential_source
        [profile dev],role_arn=ROLE/Admin,source_profile=base,credential_source=Environment,[profile base],KEYS \
            | the profile dev has a role_arn and both source_profile and credential_source
        # cycles
        [profile dev],role_arn=ROLE/Admin,source_profile=dev \
            | each of these profiles is the source_profile of the one before: dev -> dev
        [profile dev],role_arn=ROLE/Admin,source_profile=b,[profile b],role_arn=ROLE/Admin,source_profile=dev \
            | each of these profiles is the source_profile of the one before: dev -> b -> dev
        [profile dev],role_arn=ROLE/Admin,source_profile=b,[profile b],role_arn=ROLE/Admin,source_profile=c,\
            [profile c],role_arn=ROLE/Admin,source_profile=dev \
            | each of these profiles is the source_profile of the one before: dev -> b -> c -> dev
        [profile dev],role_arn=ROLE/Admin,source_profile=b,[profile b],role_arn=ROLE/Admin,source_profile=c,\
            [profile c],role_arn=ROLE/Admin,source_profile=b \
            | each of these profiles is the source_profile of the one before: dev -> b -> c -> b
        [profile dev],role_arn=ROLE/Admin,source_profile=b,[profile b],role_arn=ROLE/Admin,source_profile=b \
            | each of these profiles is the source_profile of the one before: dev -> b -> b
        """)
    void wrongSource(String config, String error) {
        settings("config", given(config));
        command("--profile dev").as(ADMIN).here().fails(Launch.CONFIGURATION, given(error));
        command("--profile dev --dry-run").here().fails(Launch.CONFIGURATION, given(error));
        assertEquals(List.of(), aws.exchanges());
    }

    @Test
    @DisplayName("What is wrong with one role does not disturb those who use another profile, or the environment.")
    void otherProfile() {
        settings("config", "[default],role_arn=ROLE/Admin,source_profile=none,[profile dev],KEYS");
        assertSignsIn("federated-user/tester", command("--profile dev --output json").here());
        assertSignsIn("federated-user/tester", command("--output json").as(ADMIN).here());
    }

    // ---- credential_source

    @DisplayName("The role of a profile is assumed with the credentials of its credential_source.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        Environment | ADMIN
        EcsContainer | #1
        Ec2InstanceMetadata | #1
        """)
    void credentialSource(String source, String signer) {
        settings("config", "[profile dev],role_arn=ROLE/Admin,credential_source=" + source);
        assertSignsIn("assumed-role/Admin/tester", everywhere("--profile dev --output json").here());
        assertEquals(signer + " AssumeRole Admin as tester", exchanges());
    }

    /** With credentials in the environment, the container and the instance. */
    private Launch.Command everywhere(String arguments) {
        return command(arguments).as(ADMIN)
                .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.uri() + LoopbackAws.CONTAINER_PATH)
                .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", LoopbackAws.CONTAINER_TOKEN)
                .variable("AWS_EC2_METADATA_DISABLED", null)
                .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", aws.uri().toString());
    }

    @DisplayName("A credential_source that gives nothing, or is none, is an error that says so.")
    @ParameterizedTest(name = "{0} without {1}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        # credential_source | variable that is taken away | value given to it instead | error
        Environment | AWS_ACCESS_KEY_ID | - | gives nothing: the environment: AWS_ACCESS_KEY_ID is not set
        Environment | AWS_SECRET_ACCESS_KEY | - | the environment has no secret access key
        EcsContainer | AWS_CONTAINER_CREDENTIALS_FULL_URI | - | gives nothing: container: \
            AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set
        Ec2InstanceMetadata | AWS_EC2_METADATA_DISABLED | true | gives nothing: EC2 instance metadata: \
            AWS_EC2_METADATA_DISABLED is true
        environment | PATH | - | gives nothing: environment: is not one of Environment, EcsContainer and \
            Ec2InstanceMetadata
        EC2InstanceMetadata | PATH | - | gives nothing: EC2InstanceMetadata: is not one of Environment, EcsContainer
        """)
    void wrongCredentialSource(String source, String variable, String value, String error) {
        settings("config", "[profile dev],role_arn=ROLE/Admin,credential_source=" + source);
        everywhere("--profile dev").variable(variable, value).here().fails(Launch.CONFIGURATION, given(error));
        assertEquals(List.of(), aws.exchanges());
    }

    @Test @DisplayName("An instance without a role is no source, and the error says what it answered.")
    void instanceWithoutRole() {
        settings("config", "[profile dev],role_arn=ROLE/Admin,credential_source=Ec2InstanceMetadata");
        aws.setInstanceRole(false);
        everywhere("--profile dev").here().fails(Launch.CONFIGURATION, "EC2 instance metadata", "404");
        assertEquals("", exchanges());
    }

    @Test @DisplayName("A credential_source further down the chain is asked for the first role.")
    void credentialSourceOfSource() {
        settings("config", "[profile dev],role_arn=ROLE/OneHour,source_profile=mid,"
                + "[profile mid],role_arn=ROLE/Admin,credential_source=Environment,role_session_name=mid");
        assertSignsIn("assumed-role/OneHour/tester", everywhere("--profile dev --output json").here());
        assertEquals("ADMIN AssumeRole Admin as mid; #1 AssumeRole OneHour as tester", exchanges());
    }

    // ---- Settings of a role

    @DisplayName("The settings of a role are its parameters, and the options are those of the last role.")
    @ParameterizedTest(name = "{0} | {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        # settings of the profile dev, a role with base as its source | arguments | what STS is asked and who signs it
        role_arn=ROLE/WithExternalId,external_id=tenant-42 | | ADMIN AssumeRole WithExternalId as tester \
            ExternalId=tenant-42
        role_arn=ROLE/Admin,role_session_name=me@example.com | | ADMIN AssumeRole Admin as me@example.com
        role_arn=ROLE/Admin,ROLE_SESSION_NAME = me | | ADMIN AssumeRole Admin as me
        role_arn=ROLE/Admin,duration_seconds=7200 | | ADMIN AssumeRole Admin as tester DurationSeconds=7200
        role_arn=ROLE/Admin,duration_seconds=43200 | --output env \
            | ADMIN AssumeRole Admin as tester DurationSeconds=43200
        role_arn=ROLE/Admin,duration_seconds=an hour | | ADMIN AssumeRole Admin as tester
        role_arn=ROLE/Admin,duration_seconds=1h | | ADMIN AssumeRole Admin as tester
        role_arn=ROLE/Admin,duration_seconds=-1 | | ADMIN AssumeRole Admin as tester
        role_arn=ROLE/Admin,duration_seconds=1e4 | | ADMIN AssumeRole Admin as tester
        role_arn=ROLE/Admin,duration_seconds= | | ADMIN AssumeRole Admin as tester
        role_arn=ROLE/WithMfa,mfa_serial=MFA/admin | --token-code 123456 | ADMIN AssumeRole WithMfa as tester \
            SerialNumber=MFA/admin TokenCode=123456
        # options
        role_arn=ROLE/Admin,role_session_name=me | --name you | ADMIN AssumeRole Admin as you
        role_arn=ROLE/WithExternalId | --external-id tenant-42 | ADMIN AssumeRole WithExternalId as tester \
            ExternalId=tenant-42
        role_arn=ROLE/WithExternalId,external_id=old | --external-id tenant-42 \
            | ADMIN AssumeRole WithExternalId as tester \
            ExternalId=tenant-42
        role_arn=ROLE/WithMfa | --serial-number MFA/admin --token-code 123456 | ADMIN AssumeRole WithMfa as tester \
            SerialNumber=MFA/admin TokenCode=123456
        role_arn=ROLE/WithMfa,mfa_serial=MFA/old | --serial-number MFA/new --token-code 123456 \
            | ADMIN AssumeRole WithMfa as tester SerialNumber=MFA/new TokenCode=123456
        role_arn=ROLE/Admin | --source-identity me | ADMIN AssumeRole Admin as tester SourceIdentity=me
        role_arn=ROLE/Admin | --tag a=b --tag c=d=e | ADMIN AssumeRole Admin as tester Tags.member.1.Key=a \
            Tags.member.1.Value=b Tags.member.2.Key=c Tags.member.2.Value=d=e
        role_arn=ROLE/Admin | --policy {"Statement":[]} --policy-arn ReadOnlyAccess | ADMIN AssumeRole Admin as tester \
            Policy={"Statement":[]} PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess
        role_arn=ROLE/Admin,duration_seconds=7200 | --output process --duration-seconds 900 \
            | ADMIN AssumeRole Admin as tester DurationSeconds=900
        # --role-arn is assumed with the session of the profile's role
        role_arn=ROLE/Admin,role_session_name=me | --role-arn ROLE/OneHour | ADMIN AssumeRole Admin as me; \
            #1 AssumeRole OneHour as tester
        role_arn=ROLE/WithExternalId,external_id=tenant-42 | --role-arn ROLE/Admin --name you --external-id x \
            --source-identity me --tag a=b --duration-seconds 900 --policy-arn ReadOnlyAccess \
            | ADMIN AssumeRole WithExternalId as tester ExternalId=tenant-42; #1 AssumeRole Admin as you \
            DurationSeconds=900 ExternalId=x PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess \
            SourceIdentity=me Tags.member.1.Key=a Tags.member.1.Value=b
        role_arn=ROLE/WithMfa,mfa_serial=MFA/admin | --role-arn ROLE/Admin --token-code 123456 \
            | ADMIN AssumeRole WithMfa \
            as tester SerialNumber=MFA/admin TokenCode=123456; #1 AssumeRole Admin as tester
        role_arn=ROLE/Admin | --role-arn ROLE/WithMfa --serial-number MFA/admin --token-code 123456 \
            | ADMIN AssumeRole Admin as tester; #1 AssumeRole WithMfa as tester SerialNumber=MFA/admin TokenCode=123456
        """)
    void parameters(String settings, String arguments, String exchanges) {
        settings("config", "[profile dev],source_profile=base," + settings + ",[profile base],KEYS");
        command("--profile dev " + given(arguments)).here().succeeds();
        assertEquals(given(exchanges), exchanges());
    }

    @Test @DisplayName("The options are those of the last role of a chain of profiles, and not of those before it.")
    void lastOfChain() {
        settings("config", "[profile dev],role_arn=ROLE/Admin,source_profile=mid,role_session_name=d,[profile mid],"
                + "role_arn=ROLE/OneHour,source_profile=base,role_session_name=mid,[profile base],KEYS");
        command("--profile dev --name me --external-id x --source-identity me --tag a=b --policy-arn ReadOnlyAccess "
                + "--serial-number MFA/admin --token-code 123456 --duration-seconds 30m").here().succeeds();
        assertEquals("ADMIN AssumeRole OneHour as mid; #1 AssumeRole Admin as me DurationSeconds=1800 ExternalId=x "
                + "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess SerialNumber=MFA/admin "
                + "SourceIdentity=me Tags.member.1.Key=a Tags.member.1.Value=b TokenCode=123456", exchanges());
    }

    @Test
    @DisplayName("The user's name is made a valid session name; a name that is asked for must be one.")
    void sessionName() {
        settings("config", "[profile dev],role_arn=ROLE/Admin,source_profile=base,[profile base],KEYS");
        assertSignsIn("assumed-role/Admin/DOMAIN-J-rgen-M",
                command("--profile dev --output json").user("DOMAIN\\J\u00fcrgen M").here());
        command("--profile dev --name a/b").here().fails(Launch.USAGE, "--name a/b");
    }

    @Test @DisplayName("What STS refuses on the way is an error with its words, and nothing more is sent.")
    void refused() {
        settings("config", "[profile dev],role_arn=ROLE/Admin,source_profile=mid,[profile mid],role_arn=ROLE/Nobody,"
                + "source_profile=base,[profile base],KEYS");
        command("--profile dev").here().fails(Launch.SERVICE, "STS refused AssumeRole: AccessDenied: User: "
                + "arn:aws:iam::123456789012:user/admin is not authorized to perform: sts:AssumeRole on resource: "
                + ROLE + "Nobody");
        assertEquals(1, aws.exchanges().size());
    }

    // ---- MFA

    private static final String WITH_MFA = "[profile dev],role_arn=ROLE/WithMfa,source_profile=base,"
            + "mfa_serial=MFA/admin,[profile base],KEYS";

    @Test @DisplayName("The MFA code is asked for on the terminal, and is in no output.")
    void typed() {
        settings("config", WITH_MFA);
        Launch launch = command("--profile dev --debug --output json").code("123456").here();
        assertSignsIn("assumed-role/WithMfa/tester", launch);
        assertEquals("ADMIN AssumeRole WithMfa as tester SerialNumber=MFA/admin TokenCode=123456", exchanges());
        assertFalse((launch.out() + launch.err()).replace("123456789012", "").contains("123456"), launch.err());
    }

    @Test @DisplayName("Without a terminal and without a code there is an error that names the device.")
    void noTerminal() {
        settings("config", WITH_MFA);
        command("--profile dev").here().fails(Launch.CONFIGURATION, "there is no terminal to ask for the MFA code of "
                + MFA + "admin", "--token-code");
        assertEquals(List.of(), aws.exchanges());
    }

    @DisplayName("What is typed but is no code is not sent, and not shown.")
    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "12345", "1234567", "12345a", " 123456", "hunter2-secret",
        "\u0661\u0662\u0663\u0664\u0665\u0666"})
    void noCode(String typed) {
        settings("config", WITH_MFA);
        Launch launch = command("--profile dev").code(typed).here();
        launch.fails(Launch.CONFIGURATION, "no six digits were given as the MFA code of " + MFA + "admin",
                "--token-code");
        String shown = launch.err().replace("123456789012", "");
        assertFalse(!typed.isEmpty() && shown.contains(typed), launch.err());
        assertEquals(List.of(), aws.exchanges());
    }

    @Test @DisplayName("A code is not asked for when --dry-run only shows what would be done, or when it is given.")
    void notAsked() {
        settings("config", WITH_MFA);
        Launch launch = command("--profile dev --dry-run").here().succeeds();
        assertTrue(launch.out().contains("SerialNumber=" + MFA + "admin"), launch.out());
        Launch given = command("--profile dev --dry-run --token-code 123456").code("654321").here().succeeds();
        assertTrue(given.out().contains("TokenCode=(hidden)"), given.out());
        assertFalse(given.out().contains("=123456"), given.out());
        assertEquals(List.of(), aws.exchanges());
    }

    @Test @DisplayName("A wrong code is refused by STS, which is said without the code.")
    void wrongCode() {
        settings("config", WITH_MFA);
        command("--profile dev --token-code 654321").here().fails(Launch.SERVICE, "MultiFactorAuthentication failed");
        Launch launch = command("--profile dev").code("654321").here();
        launch.fails(Launch.SERVICE, "MultiFactorAuthentication failed");
        assertFalse(launch.err().contains("654321"), launch.err());
    }

    @Test
    @DisplayName("Of two roles that ask for a code --token-code goes to the first; for the other the user is asked.")
    void twoCodes() {
        settings("config", "[profile dev],role_arn=ROLE/WithMfa,source_profile=mid,mfa_serial=MFA/b,[profile mid],"
                + "role_arn=ROLE/WithMfa,source_profile=base,mfa_serial=MFA/a,[profile base],KEYS");
        command("--profile dev --token-code 123456").here().fails(Launch.CONFIGURATION, "MFA code of " + MFA + "b");
        command("--profile dev --token-code 123456").code("123456").here().succeeds();
        assertTrue(exchanges().endsWith("; ADMIN AssumeRole WithMfa as tester SerialNumber=MFA/a TokenCode=123456; "
                + "#2 AssumeRole WithMfa as tester SerialNumber=MFA/b TokenCode=123456"), exchanges());
    }

    // ---- How long

    @DisplayName("The federation endpoint is told how long, for a role that a long-term key assumed; else STS is.")
    @ParameterizedTest(name = "{0} | {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # settings of the profile dev | arguments | DurationSeconds of the last call of STS | SessionDuration
        role_arn=ROLE/Admin,source_profile=base | | |
        role_arn=ROLE/Admin,source_profile=base | --duration-seconds 12h | | 43200
        role_arn=ROLE/OneHour,source_profile=base | --duration-seconds 12h | | 43200
        role_arn=ROLE/Admin,source_profile=base,duration_seconds=7200 | --duration-seconds 12h | 7200 | 43200
        role_arn=ROLE/Admin,source_profile=base,duration_seconds=7200 | | 7200 |
        KEYS | --role-arn ROLE/Admin --duration-seconds 900 | | 900
        role_arn=ROLE/Admin,source_profile=base | --duration-seconds 12h --output env | 43200 |
        role_arn=ROLE/Admin,source_profile=base | --duration-seconds 12h --output process | 43200 |
        # a role that was assumed with a role's session
        role_arn=ROLE/Admin,source_profile=mid | --duration-seconds 1h | 3600 |
        role_arn=ROLE/Admin,source_profile=base | --role-arn ROLE/Admin --duration-seconds 1h | 3600 |
        role_arn=ROLE/Admin,source_profile=mid | | |
        # a role that was assumed with a token
        role_arn=ROLE/Admin,web_identity_token_file=HOME/token | --duration-seconds 12h | | 43200
        role_arn=ROLE/Admin,web_identity_token_file=HOME/token | --duration-seconds 12h --output env | 43200 |
        """)
    void duration(String settings, String arguments, String sts, String console) {
        file("token", LoopbackAws.WEB_IDENTITY_TOKEN);
        settings("config", "[profile dev]," + settings
                + ",[profile mid],role_arn=ROLE/Admin,source_profile=base,[profile base],KEYS");
        command("--profile dev " + given(arguments)).here().succeeds();
        LoopbackAws.Exchange last = aws.exchanges().stream().filter(exchange -> exchange.path().equals("/"))
                .reduce((first, second) -> second).orElseThrow();
        LoopbackAws.Exchange signin = aws.exchanges().get(aws.exchanges().size() - 1);
        assertEquals(sts, last.parameters().get("DurationSeconds"));
        assertEquals(console, signin.parameters().get("SessionDuration"));
    }

    @DisplayName("Longer than an hour is refused for a chained role, before anything is sent.")
    @ParameterizedTest(name = "{0} | {1}")
    @CsvSource(delimiter = '|', textBlock = """
        role_arn=ROLE/Admin,source_profile=mid | --duration-seconds 3601
        role_arn=ROLE/Admin,source_profile=mid | --duration-seconds 12h --output env
        role_arn=ROLE/Admin,source_profile=base | --role-arn ROLE/Admin --duration-seconds 2h
        role_arn=ROLE/Admin,web_identity_token_file=HOME/token | --role-arn ROLE/Admin --duration-seconds 2h
        role_arn=ROLE/Admin,credential_source=EcsContainer | --duration-seconds 61m
        role_arn=ROLE/Admin,credential_source=Ec2InstanceMetadata | --duration-seconds 61m
        role_arn=ROLE/Admin,source_profile=sso | --duration-seconds 61m
        """)
    void tooLong(String settings, String arguments) {
        file("token", LoopbackAws.WEB_IDENTITY_TOKEN);
        settings("config", "[profile dev]," + settings + ",[profile mid],role_arn=ROLE/Admin,source_profile=base,"
                + "[profile base],KEYS,[profile sso],sso_session=corp,sso_account_id=123456789012,sso_role_name=Admin,"
                + "[sso-session corp],sso_region=us-east-1,sso_start_url=x");
        String given = arguments.replaceFirst(".*(--duration-seconds \\S+).*", "$1");
        everywhere("--profile dev " + arguments).here().fails(Launch.USAGE, given, "chaining");
        assertEquals(List.of(), aws.exchanges());
    }

    @Test @DisplayName("Longer than twelve hours is refused for any role, before anything is sent.")
    void muchTooLong() {
        settings("config", "[profile dev],role_arn=ROLE/Admin,source_profile=base,[profile base],KEYS");
        command("--profile dev --duration-seconds 13h").here().fails(Launch.USAGE, "--duration-seconds 13h");
        assertEquals(List.of(), aws.exchanges());
    }

    // ---- Web identity

    @DisplayName("A token in a file takes a role, by the variables or by the profile.")
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
        # variables | settings of the default profile | arguments | what STS is asked and who signs it
        TOKEN_FILE=HOME/token ROLE_ARN=ROLE/Admin | | | nobody WEB Admin as tester WebIdentityToken=TOKEN
        TOKEN_FILE=HOME/token ROLE_ARN=ROLE/Admin ROLE_SESSION_NAME=me | | \
            | nobody WEB Admin as me WebIdentityToken=TOKEN
        TOKEN_FILE=HOME/token ROLE_ARN=ROLE/Admin ROLE_SESSION_NAME=me | | --name you \
            | nobody WEB Admin as you WebIdentityToken=TOKEN
        TOKEN_FILE=~/token ROLE_ARN=ROLE/Admin | | | nobody WEB Admin as tester WebIdentityToken=TOKEN
        TOKEN_FILE=HOME/token-with-line-end ROLE_ARN=ROLE/Admin | | | nobody WEB Admin as tester WebIdentityToken=TOKEN
        | role_arn=ROLE/Admin,web_identity_token_file=HOME/token | | nobody WEB Admin as tester WebIdentityToken=TOKEN
        | role_arn=ROLE/Admin,web_identity_token_file=HOME/token,role_session_name=me | \
            | nobody WEB Admin as me WebIdentityToken=TOKEN
        # the variables come before the settings of the same name
        ROLE_SESSION_NAME=you | role_arn=ROLE/Admin,web_identity_token_file=HOME/token,role_session_name=me | \
            | nobody WEB Admin as you WebIdentityToken=TOKEN
        ROLE_ARN=ROLE/OneHour | role_arn=ROLE/Admin,web_identity_token_file=HOME/token | \
            | nobody WEB OneHour as tester WebIdentityToken=TOKEN
        TOKEN_FILE=HOME/token | role_arn=ROLE/Admin,web_identity_token_file=HOME/none | \
            | nobody WEB Admin as tester WebIdentityToken=TOKEN
        # what may be asked of it
        TOKEN_FILE=HOME/token ROLE_ARN=ROLE/Admin | | --policy-arn ReadOnlyAccess --policy {"Statement":[]} \
            | nobody WEB Admin as tester Policy={"Statement":[]} \
            PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess WebIdentityToken=TOKEN
        # another role after it
        TOKEN_FILE=HOME/token ROLE_ARN=ROLE/Admin ROLE_SESSION_NAME=me | \
            | --role-arn ROLE/OneHour --source-identity me \
            | nobody WEB Admin as me WebIdentityToken=TOKEN; #1 AssumeRole OneHour as tester SourceIdentity=me
        """)
    void webIdentity(String variables, String settings, String arguments, String exchanges) {
        file("token", LoopbackAws.WEB_IDENTITY_TOKEN);
        file("token-with-line-end", "  " + LoopbackAws.WEB_IDENTITY_TOKEN + "\r\n");
        settings("config", "[default]," + given(settings));
        web(command(arguments), variables).here().succeeds();
        assertEquals(given(exchanges).replace("WEB", "AssumeRoleWithWebIdentity"), exchanges());
    }

    private Launch.Command web(Launch.Command command, String variables) {
        for (String variable : given(variables).split(" ")) {
            if (!variable.isEmpty()) {
                String name = variable.split("=")[0].replace("TOKEN_FILE", "WEB_IDENTITY_TOKEN_FILE");
                command.variable("AWS_" + name, variable.substring(variable.indexOf('=') + 1).replace("ROLE/", ROLE)
                        .replace("HOME", home.toString()));
            }
        }
        return command;
    }

    @DisplayName("What is wrong with a token or its role is an error that names the file.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # variables | settings of the default profile | status | error
        TOKEN_FILE=HOME/none ROLE_ARN=ROLE/Admin | | 253 | the web identity token file HOME/none cannot be read
        TOKEN_FILE=HOME ROLE_ARN=ROLE/Admin | | 253 | the web identity token file HOME cannot be read
        TOKEN_FILE=HOME/empty ROLE_ARN=ROLE/Admin | | 253 | the web identity token file HOME/empty has no token in it
        TOKEN_FILE=HOME/blank ROLE_ARN=ROLE/Admin | | 253 | the web identity token file HOME/blank has no token in it
        TOKEN_FILE=HOME/two-lines ROLE_ARN=ROLE/Admin | | 253 \
            | the web identity token file HOME/two-lines has no token in it
        TOKEN_FILE=HOME/token | | 253 | the web identity token file HOME/token comes without a role
        | role_arn=ROLE/Admin,web_identity_token_file=HOME/none | 253 \
            | the web identity token file HOME/none cannot be read
        | web_identity_token_file=HOME/token | 253 | the web identity token file HOME/token comes without a role
        TOKEN_FILE=HOME/expired ROLE_ARN=ROLE/Admin | | 254 | STS refused AssumeRoleWithWebIdentity: \
            ExpiredTokenException
        TOKEN_FILE=HOME/wrong ROLE_ARN=ROLE/Admin | | 254 | STS refused AssumeRoleWithWebIdentity: InvalidIdentityToken
        TOKEN_FILE=HOME/token ROLE_ARN=ROLE/Nobody | | 254 | STS refused AssumeRoleWithWebIdentity: AccessDenied: \
            Not authorized to perform sts:AssumeRoleWithWebIdentity
        """)
    void wrongToken(String variables, String settings, int status, String error) {
        file("token", LoopbackAws.WEB_IDENTITY_TOKEN);
        file("expired", LoopbackAws.EXPIRED_WEB_IDENTITY_TOKEN);
        file("empty", "");
        file("blank", " \n\t\n");
        file("two-lines", "one\ntwo");
        file("wrong", "HEADER.PAYLOAD.SIGNATURE");
        settings("config", "[default]," + given(settings));
        Launch launch = web(command(null), variables).here();
        launch.fails(status, given(error).replace("HOME", home.toString()));
        for (String secret : List.of(LoopbackAws.WEB_IDENTITY_TOKEN, LoopbackAws.EXPIRED_WEB_IDENTITY_TOKEN,
                "PAYLOAD")) {
            assertFalse(launch.err().contains(secret), launch.err());
        }
        assertEquals(status == Launch.CONFIGURATION ? 0 : 1, aws.exchanges().size());
    }

    @DisplayName("What AWS does not take together with a token is a usage error, before anything is sent.")
    @ParameterizedTest
    @ValueSource(strings = {"--external-id x", "--serial-number MFA/a", "--source-identity x", "--tag a=b",
        "--token-code 123456"})
    void notWithToken(String arguments) {
        file("token", LoopbackAws.WEB_IDENTITY_TOKEN);
        web(command(arguments), "TOKEN_FILE=HOME/token ROLE_ARN=ROLE/Admin").here()
                .fails(Launch.USAGE, arguments.split(" ")[0]);
        assertEquals(List.of(), aws.exchanges());
    }

    @Test @DisplayName("The hint after an expired token speaks of the token.")
    void expiredToken() {
        file("expired", LoopbackAws.EXPIRED_WEB_IDENTITY_TOKEN);
        Launch launch = web(command(null), "TOKEN_FILE=HOME/expired ROLE_ARN=ROLE/Admin").here();
        launch.fails(Launch.SERVICE, "ExpiredTokenException");
        assertFalse(launch.err().contains("these temporary credentials have expired"), launch.err());
    }

    // ---- SAML

    private static final String SAML = "--principal-arn PROVIDER --role-arn ROLE/Admin ";

    @DisplayName("A SAML response takes a role, from a file or from standard input, whatever white space is in it.")
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        # --saml-assertion | further arguments | what STS is asked | SessionDuration
        HOME/assertion | | |
        HOME/lines | | |
        - | | |
        HOME/assertion | --duration-seconds 12h | | 43200
        HOME/assertion | --duration-seconds 12h --output env | DurationSeconds=43200 |
        HOME/assertion | --policy {"Statement":[]} | Policy={"Statement":[]} |
        - | --policy-arn ReadOnlyAccess | PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess |
        HOME/assertion | --region eu-west-1 --profile dev | |
        """)
    void saml(String file, String arguments, String more, String duration) {
        file("assertion", LoopbackAws.SAML_ASSERTION);
        file("lines", LoopbackAws.SAML_ASSERTION.replaceAll(".{76}", "$0\r\n") + "\n\n");
        settings("credentials", "[dev],KEYS");
        Launch launch = command("--saml-assertion " + file + " " + SAML + given(arguments)).as(LoopbackAws.ROLE_SESSION)
                .input(LoopbackAws.SAML_ASSERTION + "\n").here().succeeds();
        Stream<String> parameters = Stream.of("PrincipalArn=PROVIDER SAMLAssertion=ASSERTION", given(more));
        assertEquals("nobody AssumeRoleWithSAML Admin " + parameters.sorted().collect(Collectors.joining(" ")).strip(),
                exchanges());
        assertEquals(duration, aws.exchanges().get(aws.exchanges().size() - 1).parameters().get("SessionDuration"));
        assertFalse((launch.out() + launch.err()).contains(LoopbackAws.SAML_ASSERTION));
    }

    @Test
    @DisplayName("Who signs in with a SAML response is the one that it names; the URL and the summary are as ever.")
    void samlIdentity() {
        Launch launch = command("--saml-assertion - --output json " + SAML).input(LoopbackAws.SAML_ASSERTION).here();
        assertSignsIn(LoopbackAws.SAML_IDENTITY, launch);
        assertTrue(launch.err().contains("signs in as arn:aws:sts::123456789012:" + LoopbackAws.SAML_IDENTITY),
                launch.err());
        assertEquals(2, aws.exchanges().size());
    }

    @Test @DisplayName("--dry-run shows the operation without the SAML response, and calls nothing.")
    void samlDryRun() {
        Launch launch = command("--saml-assertion - --dry-run " + SAML).input(LoopbackAws.SAML_ASSERTION).here()
                .succeeds();
        assertTrue(launch.out().contains("Action=AssumeRoleWithSAML"), launch.out());
        assertTrue(launch.out().contains("SAMLAssertion=(hidden)"), launch.out());
        assertFalse(launch.out().contains(LoopbackAws.SAML_ASSERTION), launch.out());
        assertEquals(List.of(), aws.exchanges());
    }

    @DisplayName("What belongs to a SAML response and is missing, or does not go with it, is a usage error.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        # arguments | flag that the error names
        --saml-assertion HOME/assertion | --saml-assertion
        --saml-assertion HOME/assertion --role-arn ROLE/Admin | --saml-assertion
        --saml-assertion HOME/assertion --principal-arn PROVIDER | --saml-assertion
        --principal-arn PROVIDER | --principal-arn
        --principal-arn PROVIDER --role-arn ROLE/Admin | --principal-arn
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn Admin | --role-arn
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --external-id x | --external-id
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --serial-number MFA/a \
            | --serial-number
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --token-code 123456 \
            | --token-code
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --source-identity x \
            | --source-identity
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --tag a=b | --tag
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --duration-seconds 13h \
            | --duration-seconds 13h
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --credentials HOME/given \
            | --credentials
        --saml-assertion HOME/assertion --principal-arn PROVIDER --role-arn ROLE/Admin --name me | --name
        """)
    void samlUsage(String arguments, String flag) {
        file("assertion", LoopbackAws.SAML_ASSERTION);
        file("given", "{\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"}"
                .formatted(ADMIN.accessKeyId(), ADMIN.secretAccessKey()));
        Launch launch = command(arguments).as(ADMIN).here();
        launch.fails(Launch.USAGE, flag);
        assertFalse(launch.err().contains(LoopbackAws.SAML_ASSERTION), launch.err());
        assertEquals(List.of(), aws.exchanges());
    }

    @DisplayName("What STS says to a SAML response is shown, the response is not.")
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        # file | provider | role | status | error
        HOME/other | PROVIDER | Admin | 254 | STS refused AssumeRoleWithSAML: InvalidIdentityToken: Response \
            signature invalid
        HOME/assertion | arn:aws:iam::123456789012:saml-provider/Other | Admin | 254 | STS refused AssumeRoleWithSAML: \
            InvalidIdentityToken: Specified provider doesn't exist
        HOME/assertion | PROVIDER | Nobody | 254 | STS refused AssumeRoleWithSAML: AccessDenied: Not authorized to \
            perform
        HOME/none | PROVIDER | Admin | 253 | --saml-assertion HOME/none cannot be read
        HOME/empty | PROVIDER | Admin | 253 | HOME/empty
        """)
    void samlRefused(String file, String provider, String role, int status, String error) {
        file("assertion", LoopbackAws.SAML_ASSERTION);
        file("other", "PHNhbWxwOlJlc3BvbnNlPm90aGVyPC9zYW1scDpSZXNwb25zZT4=");
        file("empty", "\n");
        Launch launch = command("--saml-assertion " + file + " --principal-arn " + provider + " --role-arn ROLE/"
                + role).here();
        launch.fails(status, given(error).replace("HOME", home.toString()));
        assertFalse(launch.err().contains("PHNhbWxw"), launch.err());
    }
}
