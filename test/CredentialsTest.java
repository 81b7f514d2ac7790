import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Credentials, and the names of sessions")
class CredentialsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private static ConsoleLogin.Credentials fromJson(String source, String json) {
        return ConsoleLogin.Credentials.fromJson(source, ConsoleLogin.Json.parse(json, 253, source, "give JSON"),
                "give JSON");
    }

    private static ConsoleLogin.Failure refused(String json) {
        var failure = assertThrows(ConsoleLogin.Failure.class,
                () -> fromJson("--credentials key.json", json));
        assertEquals(253, failure.exitStatus);
        assertTrue(failure.getMessage().startsWith("--credentials key.json "), failure.getMessage());
        assertFalse((failure + failure.hint).contains("MARKER"), failure.getMessage());
        return failure;
    }

    /** Single quotes stand for double ones, KEY for the parts of a session's access key. */
    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            # aws sts get-federation-token, assume-role, get-session-token
            {'Credentials':{KEY,'Expiration':'2026-01-31T12:00:00Z'},'FederatedUser':{'FederatedUserId':'1:u',\
            'Arn':'arn:aws:sts::1:federated-user/u'},'PackedPolicySize':6} | t= | arn:aws:sts::1:federated-user/u
            {'Credentials':{KEY,'Expiration':'2026-01-31T12:00:00+00:00'},'AssumedRoleUser':{'AssumedRoleId':'AROA1:u',\
            'Arn':'arn:aws:sts::1:assumed-role/r/u'}} | t= | arn:aws:sts::1:assumed-role/r/u
            {'Credentials':{KEY,'Expiration':'2026-01-31T14:00:00+02:00'}} | t= | -
            # aws configure export-credentials, a credential_process
            {'Version':1,KEY,'Expiration':'2026-01-31T12:00:00Z'}        | t= | -
            {'AccessKeyId':'A1','SecretAccessKey':'s/+','SessionToken':null,'Expiration':'2026-01-31T12:00Z'} | - | -
            # container credentials, EC2 instance metadata
            {'RoleArn':'r','AccessKeyId':'A1','SecretAccessKey':'s/+','Token':'t=','Expiration':'2026-01-31T12:00:00Z'}\
             | t= | -
            {'Code':'Success','Type':'AWS-HMAC','LastUpdated':'x','AccessKeyId':'A1','SecretAccessKey':'s/+',\
            'Token':'t=','Expiration':'2026-01-31T12:00:00Z'}            | t= | -
            {KEY,'Token':'other','Expiration':'2026-01-31T12:00:00Z'}    | t= | -
            # An older token cache
            {KEY,'Expiration':'2026-01-31T12:00:00UTC'}                  | t= | -
            # An ARN that is none does no harm.
            {'Credentials':{KEY,'Expiration':'2026-01-31T12:00:00.000Z'},'AssumedRoleUser':{'Arn':'a:b'}} | t= | -
            {'Credentials':{KEY,'Expiration':'2026-01-31T12:00:00Z'},'AssumedRoleUser':{'Arn':1}}         | t= | -
            {'Credentials':{KEY,'Expiration':'2026-01-31T12:00:00Z'},'FederatedUser':[]}                  | t= | -
            """)
    @DisplayName("What aws sts, aws configure export-credentials and a credential_process print is read.")
    void reads(String json, String token, String arn) {
        String key = "'AccessKeyId':'A1','SecretAccessKey':'s/+','SessionToken':'t='";
        assertEquals(new ConsoleLogin.Credentials("A1", "s/+", token, NOON, arn, "a test"),
                fromJson("a test", json.replace("KEY", key).replace('\'', '"')));
    }

    @Test @DisplayName("A long-term access key has neither token nor expiration; expired ones are read.")
    void readsOthers() {
        assertEquals(new ConsoleLogin.Credentials("AKIA1", "s", null, null, null, "a test"),
                fromJson("a test", "{\"Version\":1,\"AccessKeyId\":\"AKIA1\",\"SecretAccessKey\":\"s\"}"));
        assertEquals(Instant.EPOCH, fromJson("a test", "{\"AccessKeyId\":\"ASIA1\","
                + "\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\"Expiration\":\"1970-01-01T00:00:00Z\"}")
                .expiration());
    }

    /** Single quotes stand for double ones. */
    @ParameterizedTest @ValueSource(strings = {
            // Missing parts.
            "{}", "{'Version':1}", "{'AccessKeyId':'AKIA'}", "{'SecretAccessKey':'MARKER'}", "{'Credentials':{}}",
            "{'Credentials':{'AccessKeyId':'AKIA'}}", "{'accessKeyId':'AKIA','secretAccessKey':'MARKER'}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER'}",
            "{'a':{'AccessKeyId':'AKIA','SecretAccessKey':'MARKER'}}",
            "{'Credentials':{},'AccessKeyId':'AKIA','SecretAccessKey':'MARKER'}",
            // Values that cannot be what they should be.
            "{'AccessKeyId':null,'SecretAccessKey':'MARKER'}", "{'AccessKeyId':1,'SecretAccessKey':'MARKER'}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':['MARKER']}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':{'a':'MARKER'}}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':true}", "{'AccessKeyId':'','SecretAccessKey':'MARKER'}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':''}", "{'AccessKeyId':'AKIA ','SecretAccessKey':'MARKER'}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':'MARKER '}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':'MARKER\\n'}",
            "{'AccessKeyId':'AK\\r\\nx-a: b','SecretAccessKey':'MARKER'}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':'MARKERü'}",
            "{'AccessKeyId':'AKIA','SecretAccessKey':'MARKER\\u0000'}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'s','SessionToken':'MARKER MARKER'}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'s','SessionToken':'MARKER\\r\\nx-a: b'}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':1}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':['t']}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','Token':1}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':'t','Token':{'MARKER':1}}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':'t','Expiration':1767776706}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':'t','Expiration':'tomorrow'}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':'t','Expiration':''}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':'t','Expiration':'2026-02-30T12:00:00Z'}",
            "{'AccessKeyId':'ASIA','SecretAccessKey':'MARKER','SessionToken':'t','Expiration':'2026-01-31T12:00:00'}",
            // No object, no JSON.
            "null", "1", "true", "'MARKER'", "[]", "['AccessKeyId','AKIA','SecretAccessKey','MARKER']",
            "[{'AccessKeyId':'AKIA','SecretAccessKey':'MARKER'}]", "{'Credentials':'MARKER'}",
            "{'Credentials':['MARKER']}", "", "MARKER", "{'AccessKeyId':'AKIA','SecretAccessKey':'MARKER'",
            "export AWS_SECRET_ACCESS_KEY=MARKER", "[default]\naws_secret_access_key = MARKER",
            "AccessKeyId,SecretAccessKey\nAKIA,MARKER"})
    @DisplayName("Anything else is refused; the error names its source, and nothing that is in it.")
    void refuses(String json) {
        refused(json.replace('\'', '"'));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            {"SecretAccessKey":"MARKER"}                      | no access key ID
            {"AccessKeyId":"AKIA"}                            | no secret access key
            {"AccessKeyId":"ASIA","SecretAccessKey":"MARKER"} | without session token
            {"AccessKeyId":"AKIA","SecretAccessKey":"a b"}    | blanks
            {"AccessKeyId":"A","SecretAccessKey":"b","Expiration":"c"} | odd expiration
            {"AccessKeyId":"AKIA"                             | not JSON
            """)
    @DisplayName("The error says what is wrong.")
    void explains(String json, String problem) {
        String message = refused(json).getMessage();
        assertTrue(message.contains(problem), message);
    }

    @ParameterizedTest @CsvSource(nullValues = "-", textBlock = """
            AKIA, MARKER,   -
            ASIA, MARKER,   MARKER
            AKIA, MARKER%=, 'MARKER,MARKER'
            """)
    @DisplayName("Credentials and the login do not show their secrets, nor the URL.")
    void hidden(String id, String secret, String token) {
        String arn = "arn:aws:sts::1:assumed-role/r/u", url = "https://a.example/federation?SigninToken=MARKER";
        var credentials = new ConsoleLogin.Credentials(id, secret, token, NOON, arn, "a test");
        var login = new ConsoleLogin.Login(url, NOON, NOON, credentials, "aws", "us-east-1",
                "https://b.example/", "it has rights");
        for (String shown : new String[] {credentials.toString(), login.toString(), login.summary()})
            assertFalse(shown.contains("MARKER"), "a secret is shown");
        assertTrue(credentials.toString().contains(id) && credentials.toString().contains("a test"));
        assertTrue(login.toString().contains("https://b.example/"), login.toString());
        assertTrue(login.toJson().contains(url), "the URL is what the JSON is for");
        assertFalse(login.toJson().replace(url, "").contains("MARKER"), "a secret is in the JSON");
    }

    @ParameterizedTest @CsvSource(quoteCharacter = '`', textBlock = """
            feduser,                           32, feduser
            a.b_c+d=e@f-1,                     32, a.b_c+d=e@f-1
            `a,b`,                             32, `a,b`
            ab,                                32, ab
            a,                                 32, a-user
            ``,                                32, -user
            Jürgen Müller,                     32, J-rgen-M-ller
            CORP\\me,                          32, CORP-me
            me:you/us,                         32, me-you-us
            😀,                                32, --
            ` `,                               32, --user
            a'b\"c,                            32, a-b-c
            12345678901234567890123456789012,  32, 12345678901234567890123456789012
            123456789012345678901234567890123, 32, 12345678901234567890123456789012
            123456789012345678901234567890123, 64, 123456789012345678901234567890123
            """)
    @DisplayName("A name is made valid for AWS: 2 to 32 (64) characters of those that AWS takes.")
    void validName(String name, int longest, String valid) {
        assertEquals(valid, ConsoleLogin.Plan.validName(name, longest));
        assertEquals(valid, ConsoleLogin.Plan.validName(valid, longest), "what is valid stays as it is");
    }

    @Test @DisplayName("Of all characters up to U+FFFF just those of [\\w+=,.@-] stay in a name.")
    void validCharacters() {
        for (int c = 0; c <= 0xFFFF; c++) {
            String name = "a" + (char) c + "b";
            assertEquals(name.matches("[A-Za-z0-9_+=,.@-]+") ? name : "a-b", ConsoleLogin.Plan.validName(name, 32));
        }
    }
}
