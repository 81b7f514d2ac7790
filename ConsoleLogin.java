/*
 * ConsoleLogin turns the AWS credentials at hand into a URL that for 15 minutes signs a browser in to the AWS Management
 * Console: java ConsoleLogin.java --name feduser. One file, the JDK (17 or later), nothing else.
 * It contacts  by https the STS and the sign-in endpoint of the region: sts.REGION.amazonaws.com, REGION.signin.aws.amazon.com (in
 *              us-east-1 signin.aws.amazon.com), those of the other partitions (see Partition), or those that the user names;
 *              for IAM Identity Center portal.sso.REGION and oidc.REGION.amazonaws.com. By http only what the user names at a
 *              loopback address, and the metadata addresses of containers and EC2 instances. Redirects are not followed.
 * It reads     the AWS config and credentials files, and the AWS CLI's token caches in ~/.aws/sso and ~/.aws/login; files named
 *              in these or on the command line; the name of the user who runs it; HOME, USERPROFILE and these variables, all of
 *              which begin with AWS_: ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, SECURITY_TOKEN, CREDENTIAL_EXPIRATION,
 *              PROFILE, DEFAULT_PROFILE, REGION, DEFAULT_REGION, CONFIG_FILE, SHARED_CREDENTIALS_FILE, CA_BUNDLE, ENDPOINT_URL
 *              and ENDPOINT_URL_STS, _SSO, _SSO_OIDC, _SIGNIN, IGNORE_CONFIGURED_ENDPOINT_URLS, USE_FIPS_ENDPOINT,
 *              USE_DUALSTACK_ENDPOINT, STS_REGIONAL_ENDPOINTS, ROLE_ARN, ROLE_SESSION_NAME, WEB_IDENTITY_TOKEN_FILE,
 *              LOGIN_CACHE_DIRECTORY, CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI, CONTAINER_AUTHORIZATION_TOKEN and _FILE,
 *              EC2_METADATA_DISABLED, EC2_METADATA_SERVICE_ENDPOINT and _MODE; for --open and --copy BROWSER, DISPLAY,
 *              WAYLAND_DISPLAY, SSH_CONNECTION, TMUX and TERM.
 * It runs      the credential_process of the profile, a shell that reads an MFA code from the terminal, a browser with --open.
 * It writes    no file but those token caches, when it had to refresh a token that is good for one use only. The result goes
 *              to standard output, an account of it to standard error; no secret is logged.
 * Contents: usage text, main, run; login, the five steps; Plan, all decisions before the first request; Login; Options;
 * Credentials; Chain, where credentials come from; TokenCache; SharedConfig; Sts; SigV4; Federation; Partition; Destination;
 * Handover, of the URL to a browser; Http; Json; Failure; Outside.
 * Until the URL is printed the code keeps to what a JVM starts fast with: loops, String.join, few types; no lambda, stream or
 * format string, no regular expression by default. Error messages, --dry-run and --debug use what reads best.
 */

import com.sun.net.httpserver.*;
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Mac;
import javax.net.ssl.*;
import javax.xml.stream.*;
import static java.nio.charset.StandardCharsets.UTF_8;

/** Turns AWS credentials into a URL that signs a browser in to the AWS Management Console. */
public final class ConsoleLogin {
    /** What {@code --version} prints. */
    public static final String VERSION = "0.1.0";
    /** What --help prints and the parser knows: a line that begins with a flag tells whether it takes a value, and is its hint. */
    static final String USAGE = """
        Usage: java ConsoleLogin.java [--name NAME] [options]
        Turns the AWS credentials at hand into a URL that for 15 minutes signs a browser in to the AWS
        Management Console. To look around for half a day, for example, beginning at S3:
        java ConsoleLogin.java --policy-arn ReadOnlyAccess --duration-seconds 12h --destination s3

        Who signs in
          --profile NAME        profile of the AWS config and credentials files (default: $AWS_PROFILE)
          --credentials FILE    JSON of aws sts, aws configure export-credentials or a credential_process, or -
          --name NAME           name of the federated user or role session, 2 to 32 (64) of A-Z a-z 0-9 _+=,.@-
          --role-arn ARN        assume this role with the credentials found (default: the profile's role)
          --external-id ID      what the role's trust policy asks for
          --serial-number ARN   MFA device, where the role asks for one (default: the profile's mfa_serial)
          --token-code CODE     six digits that the MFA device shows (default: asked for on the terminal)
          --source-identity ID  who it is, as the logs of the role session and of those after it shall say
          --tag KEY=VALUE       session tag, up to 50 times
          --saml-assertion FILE base64 of a SAML response, or -; goes with --role-arn and --principal-arn
          --principal-arn ARN   identity provider of the SAML response, as it is called in IAM
        What the session may do, and for how long
          --policy JSON         inline session policy of at most 2048 characters, or file://PATH to one
          --policy-arn ARN      managed session policy, up to 10 times; a bare name is an AWS managed policy
          --duration-seconds N  900 to 43200 or 15m to 12h (default: 1h); of a federated user up to 36h, of a
                                role that is assumed from a session up to 1h
        Where it lands
          --region REGION       (default: $AWS_REGION, $AWS_DEFAULT_REGION, the profile's, us-east-1)
          --destination D       service (s3), console path (/ec2/home#Instances:), ARN, or console URL (https://)
          --issuer URL          where the user goes when the session expires, such as https://example.com/
          --logout-first        sign the browser out before; breaks its other sessions
        What comes out
          --output FORMAT       url; json: the URL in an object about the session; env: export lines of
                                the session's credentials; process: those as credential_process JSON
          --open                open the browser ($BROWSER or the platform's) instead of printing the URL
          --copy                put the URL on the clipboard of the terminal (OSC 52) instead of printing it
          --dry-run             say which credentials, hosts and parameters would be used; call nothing
          --quiet               nothing on standard error but errors
          --debug               each request, its status and duration on standard error; no secret
          --help                this text
          --version             the version
        Network
          --endpoint-url URL    STS endpoint (default: $AWS_ENDPOINT_URL_STS, ..., the region's)
          --signin-endpoint-url URL  base of the sign-in endpoint (default: $AWS_ENDPOINT_URL_SIGNIN)
          --ca-bundle FILE      PEM certificates to trust besides the JDK's (default: $AWS_CA_BUNDLE)
          --connect-timeout S   seconds, 1 to 600 (default: 5)
          --read-timeout S      seconds, 1 to 600 (default: 20; of a credential_process 60)
        Exit status: 0 done, 252 usage, 253 configuration, 254 refused by AWS, 255 anything else, 130 interrupted
        """;
    private ConsoleLogin() {}
    public static void main(String[] arguments) { System.exit(run(new Outside(), arguments)); }
    /** Runs the command line and returns the exit status. */
    static int run(Outside outside, String... arguments) {
        try {
            Options options = Options.parse(arguments);
            if (options.has("--help")) outside.print(USAGE.stripTrailing());
            else if (options.has("--version")) outside.print("console-login ".concat(VERSION));
            else perform(new Plan(options, outside));
            return 0;
        } catch (Failure failure) {
            outside.note("error: " + failure.getMessage() + "\nhint: " + failure.hint);
            return failure.exitStatus;
        } catch (RuntimeException mistake) { // Its message might quote a secret, so only its type and place are shown.
            outside.note("error: unexpected " + mistake.getClass().getName() + " at " + mistake.getStackTrace()[0]
                    + "\nhint: this is a mistake in ConsoleLogin " + VERSION + "; please report the line above");
            return Failure.OTHER;
        }
    }

    private static void perform(Plan plan) {
        if (plan.options.has("--dry-run")) { plan.outside.print(plan.toString()); return; }
        Login login = plan.wantsUrl ? login(plan) : null;
        Credentials session = login != null ? login.session : plan.session();
        boolean open = plan.options.has("--open");
        String undone = open ? Handover.open(login.url, plan.outside)
                : plan.options.has("--copy") ? Handover.copy(login.url, plan.outside) : "";
        if (undone != null) plan.outside.print(login == null ? session.export(plan.output)
                : plan.output.equals("json") ? login.toJson() : login.url);
        if (plan.options.has("--quiet")) return;
        if (undone == null) plan.outside.note(open ? "opened in the browser" : "sent to the clipboard of the terminal");
        else if (!undone.isEmpty()) plan.outside.note(undone);
        plan.outside.note(login != null ? login.summary() : "credentials of " + first(session.arn, session.source) + ", which end "
                + (session.expiration == null ? "at a time not known" : Login.local(session.expiration)));
    }

    /** The whole command line in one call, such as {@code login("--name", "feduser").url()}, with the errors of Failure. */
    public static Login login(String... arguments) { return login(new Plan(Options.parse(arguments), new Outside())); }
    /** The five steps from credentials to the URL. */
    private static Login login(Plan plan) {
        if (!plan.wantsUrl || plan.options.has("--dry-run")) throw Failure.usage("--output or --dry-run gives no URL", "omit it");
        // 1. Temporary credentials: those found if they are a session already, else a federated user's or a role's.
        Credentials session = plan.session();
        Http.Exchange identity = session.arn == null ? plan.askIdentity(session) : null;
        // 2. They become the session string, 3. which is URL-encoded, 4. and traded for a sign-in token.
        Federation federation = new Federation(plan.http, plan.signinEndpoint.toString().concat("/federation"), plan.partition);
        Federation.SigninToken token = null;
        Failure refused = null;
        try {
            token = federation.getSigninToken(session, plan.sessionDurations);
        } catch (Failure failure) { refused = failure; }
        if (identity != null) session = plan.identified(session, identity, refused);
        if (refused != null) throw refused;
        // 5. The login URL carries the token.
        String url = federation.loginUrl(token.value(), plan.destination, plan.options.get("--issuer"));
        if (plan.options.has("--logout-first")) url = Federation.logoutUrl(plan.logoutEndpoint(), url);
        Instant now = plan.outside.now(), end = now.plusSeconds(token.sessionDuration());
        return new Login(url, now.plusSeconds(Federation.TOKEN_SECONDS), token.sessionDuration() > 0 ? end : session.expiration,
                session, plan.partition.id, plan.region, plan.destination, plan.remark(token.sessionDuration()));
    }

    /** What will be done: every decision, made and checked before anything is sent. */
    static final class Plan {
        static final Map<String, String> IDENTITY = Map.of("Action", "GetCallerIdentity", "Version", "2011-06-15");
        static final int IDENTITY_SECONDS = 5; // then the browser is let in by a name that is not known
        /** Leaves exactly the caller's rights; without a session policy a federated user has none (granted #144). */
        static final String ALLOW_ALL = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
        final Options options;
        final Outside outside;
        final String output, region, destination;
        final Partition partition;
        final boolean wantsUrl;
        final URI signinEndpoint;
        final Http http;
        final Sts sts;
        final Chain chain;
        /** Seconds, as the federation endpoint is asked for them, in this order; 0 asks for none. */
        final int[] sessionDurations;

        /** @throws Failure with status 252 for what was asked, 253 for what was found */
        Plan(Options options, Outside outside) {
            this.options = options;
            this.outside = outside;
            output = options.get("--output", "url");
            wantsUrl = output.equals("url") || output.equals("json");
            options.require(wantsUrl || output.equals("env") || output.equals("process"), "--output", "is not a format");
            int duration = duration();
            String policy = policy();
            SharedConfig config = new SharedConfig(options.get("--profile"), outside);
            region = region(config);
            partition = Partition.of(region);
            URI stsEndpoint = !options.has("--endpoint-url") ? config.endpoint("sts", "sts", region)
                    : Http.endpoint(Failure.USAGE, "--endpoint-url", options.get("--endpoint-url"));
            signinEndpoint = !wantsUrl ? null : options.has("--signin-endpoint-url")
                    ? Http.endpoint(Failure.USAGE, "--signin-endpoint-url", options.get("--signin-endpoint-url"))
                    : Http.endpoint(Failure.CONFIGURATION, "--signin-endpoint-url", config.endpoint("signin", false),
                            partition.signinUrl(region));
            destination = !wantsUrl ? null
                    : Destination.resolve(options.get("--destination", "console"), region, options.has("--region"));
            http = new Http(options.seconds("--connect-timeout", "5"), options.seconds("--read-timeout", "20"),
                    first(options.get("--ca-bundle"), config.get("ca_bundle")), options.has("--debug") ? outside.err() : null,
                    outside);
            sts = new Sts(http, stsEndpoint, region);
            check();
            chain = new Chain(options, outside, config);
            sessionDurations = settle(policy, duration);
        }

        /** Settles the operations of STS, and returns the sessionDurations. */
        private int[] settle(String policy, int duration) {
            if (options.has("--debug")) outside.note("debug: ".concat(chain.toString().replace("\n", "\ndebug: ")));
            // Only what a process prints tells what kind of credentials it has.
            if (chain.runsProcess() && !options.has("--dry-run")) chain.retrieve(http, region, outside.now());
            boolean longTerm = chain.found != null && chain.found.sessionToken() == null;
            if (longTerm && chain.operations.isEmpty()) chain.operations.add(new TreeMap<>(Map.of("Action", "GetFederationToken")));
            Map<String, String> last = chain.operations.peekLast();
            if (last == null && chain.runsProcess() && chain.found == null) return new int[] {0}; // a dry run cannot know
            String operation = last == null ? "" : last.get("Action");
            boolean role = operation.startsWith("AssumeRole");
            boolean chained = chain.operations.size() > 1 || operation.equals("AssumeRole") && !longTerm;
            check(operation);
            options.require(duration == 0 || last != null || wantsUrl && !chain.isFederatedUser(), "--duration-seconds",
                    "cannot change the end of a session that is there already");
            options.require(duration <= 3600 || !chained, "--duration-seconds",
                    "is too long: a role that is assumed from a session (role chaining) lasts an hour at most");
            options.require(duration <= 43_200 || longTerm && !role, "--duration-seconds",
                    "is too long: only the session of a federated user lasts longer than 12h");
            // A role assumed with a long-term key may get a console session longer than its own; a chained role may not.
            int console = wantsUrl && !chained && (role || !longTerm) ? duration : 0;
            if (last != null) addParameters(last, role, policy, duration - console);
            // Whether credentials that were found as they are take a duration, only the endpoint knows.
            return last == null && console > 0 ? new int[] {console, 0} : new int[] {console};
        }

        private void check() {
            String[] arn = options.get("--role-arn", "").split(":", 6);
            options.require(!options.has("--role-arn") || arn.length == 6 && arn[0].equals("arn") && !arn[1].isEmpty()
                    && arn[2].equals("iam") && arn[4].length() == 12 && arn[5].startsWith("role/"), "--role-arn",
                    "is not an ARN such as arn:aws:iam::123456789012:role/Admin");
            boolean printed = output.equals("url");
            options.require(printed || !options.has("--open"), "--open", "goes with --output url");
            options.require(printed && !options.has("--open") || !options.has("--copy"), "--copy",
                    "goes with --output url, and not with --open");
            String issuer = options.get("--issuer"), code = options.get("--token-code", "000000");
            options.require(issuer == null || issuer.matches("https?://[!-~]+"), "--issuer", "is not a URL");
            options.require(isCode(code), "--token-code", "is not six digits");
        }

        private void check(String operation) {
            for (Map<String, String> assumed : chain.operations) {
                boolean asked = options.has("--role-arn") && assumed == chain.operations.getLast();
                String arn = assumed.getOrDefault("RoleArn", "");
                String[] parts = arn.split(":");
                String of = parts.length > 5 && parts[0].equals("arn") ? parts[1] : partition.id;
                if (!of.equals(partition.id)) throw new Failure(asked ? Failure.USAGE : Failure.CONFIGURATION,
                        (asked ? "--role-arn " : "the role ") + arn + " is of the partition " + of
                                + ", but the region " + region + " is of " + partition.id,
                        "give a --region of " + of + ", or a role of " + partition.id, null, null);
            }
            boolean role = operation.equals("AssumeRole");
            for (String flag : List.of("--external-id", "--serial-number", "--source-identity", "--token-code"))
                options.require(role || !options.has(flag), flag, "goes with a role to assume (--role-arn)");
            for (String flag : List.of("--policy", "--policy-arn"))
                options.require(!operation.isEmpty() || !options.has(flag), flag,
                        "cannot narrow credentials that are a session already, unless they assume a role (--role-arn)");
            options.require(role || operation.equals("GetFederationToken") || !options.has("--tag"), "--tag",
                    "goes only with GetFederationToken and AssumeRole");
        }

        private static boolean isCode(String code) { return code.length() == 6 && Options.number(code) >= 0; }

        /** What is asked for goes to the last operation, whose session the browser gets; the code to the first that takes one. */
        private void addParameters(Map<String, String> last, boolean role, String policy, int duration) {
            String name = options.get("--name", first(last.get("RoleSessionName"), validName(outside.userName(), role ? 64 : 32)));
            options.require(!options.has("--name") || name.equals(validName(name, role ? 64 : 32)), "--name",
                    "is not a name that AWS accepts");
            if (!last.get("Action").endsWith("SAML")) last.put(role ? "RoleSessionName" : "Name", name);
            if (policy == null && !options.has("--policy-arn") && !role) policy = ALLOW_ALL;
            if (policy != null) last.put("Policy", policy);
            members(last, "--policy-arn", 10, "PolicyArns.member.");
            members(last, "--tag", 50, "Tags.member.");
            if (duration > 0 || !role) last.put("DurationSeconds", Integer.toString(duration > 0 ? duration : 3600));
            if (options.has("--external-id")) last.put("ExternalId", options.get("--external-id"));
            if (options.has("--source-identity")) last.put("SourceIdentity", options.get("--source-identity"));
            if (options.has("--serial-number")) last.put("SerialNumber", options.get("--serial-number"));
            Map<String, String> withMfa = null;
            for (Map<String, String> operation : chain.operations) {
                operation.put("Version", "2011-06-15");
                if (withMfa == null && operation.containsKey("SerialNumber")) withMfa = operation;
            }
            options.require(withMfa != null || !options.has("--token-code"), "--token-code", "goes with --serial-number");
            if (options.has("--token-code")) withMfa.put("TokenCode", options.get("--token-code"));
        }

        /** Values of a flag that may be given several times, numbered from 1 as STS wants them. */
        private void members(Map<String, String> operation, String flag, int most, String prefix) {
            List<String> values = options.all(flag);
            options.require(values.size() <= most, flag, "is one too many");
            for (int i = 0; i < values.size(); i++) {
                String value = values.get(i), member = prefix.concat(Integer.toString(i + 1));
                int equals = value.indexOf('=');
                options.require(equals > 0 || !flag.equals("--tag"), flag, "is not a key and a value");
                if (flag.equals("--tag")) {
                    operation.put(member.concat(".Key"), value.substring(0, equals));
                    operation.put(member.concat(".Value"), value.substring(equals + 1));
                } else operation.put(member.concat(".arn"), value.startsWith("arn:") ? value
                        : String.join("", "arn:", partition.id, ":iam::aws:policy/", value));
            }
        }

        /** The credentials found if they are a session already, else those of the last operation. */
        Credentials session() {
            Credentials session = chain.retrieve(http, region, outside.now());
            Instant start = outside.now();
            for (Map<String, String> operation : chain.operations) {
                String device = operation.get("SerialNumber");
                if (device != null && !operation.containsKey("TokenCode")) operation.put("TokenCode", askForCode(device));
                session = sts.session(session, operation, outside.now());
            }
            if (session.sessionToken != null) return requireGranted(session, start);
            throw Failure.configuration(session.source + " gave no session token", "give --credentials or --profile");
        }

        /** STS gives a root user's key an hour, whatever it was asked for, and does not say so (GetFederationToken). */
        private Credentials requireGranted(Credentials session, Instant start) {
            Map<String, String> last = chain.operations.peekLast();
            int asked = last == null ? 0 : Options.number(last.getOrDefault("DurationSeconds", "0"));
            if (asked <= 3600 || session.expiration == null || session.expiration.isAfter(start.plusSeconds(asked - 300)))
                return session;
            throw new Failure(Failure.SERVICE, "STS gave a session only until " + session.expiration + ", less than was asked for",
                    "a root user's key gets --duration-seconds 1h at most; an IAM user's key gets up to 36h", null, null);
        }

        /** The host that signs browsers out: the sign-in host, but with the region's name in us-east-1 as well. */
        String logoutEndpoint() {
            String signin = signinEndpoint.toString();
            return signin.equals(partition.signinUrl(region)) ? partition.logoutUrl(region) : signin;
        }

        /** For people: what the session may do, and what it was not given. */
        String remark(int sessionDuration) {
            StringJoiner limits = new StringJoiner(", ");
            if (options.has("--policy")) limits.add("--policy");
            for (String arn : options.all("--policy-arn")) limits.add(arn);
            String rights = chain.operations.isEmpty() ? "it has the rights of these credentials" : String.join("",
                    "it has the rights of the ", chain.operations.getLast().containsKey("RoleArn") ? "role" : "caller",
                    limits.length() > 0 ? ", within ".concat(limits.toString())
                            : "; --policy-arn ReadOnlyAccess, say, or --policy narrows them");
            return sessionDurations[0] == sessionDuration ? rights : rights.concat(
                    "\nwith these credentials the sign-in endpoint takes no --duration-seconds, so it was left out");
        }

        private String askForCode(String device) {
            String code = outside.ask("MFA code of " + device.replaceAll("\\p{C}", "?") + ": ");
            if (code != null && isCode(code)) return code;
            throw Failure.configuration((code == null ? "there is no terminal to ask for the MFA code of "
                    : "no six digits were given as the MFA code of ") + device, "give what the device shows as --token-code");
        }

        Http.Exchange askIdentity(Credentials session) { return sts.start(session, IDENTITY, outside.now(), IDENTITY_SECONDS); }

        /**
         * The session with its ARN, if STS said it. When getSigninToken was refused, the reason of STS is the better one. A session
         * that GetSessionToken gave would be refused only in the browser; its ARN is that of its user.
         */
        Credentials identified(Credentials session, Http.Exchange identity, Failure refused) {
            String arn = null;
            try {
                arn = sts.values(identity.answer(), session, IDENTITY).get("Arn");
            } catch (Failure unknown) {
                if (refused != null && unknown.exitStatus == Failure.SERVICE) throw unknown;
            }
            if (arn != null && (arn.contains(":user/") || arn.endsWith(":root"))) throw Failure.configuration(session.source
                    + " has a session of " + arn + " itself, as GetSessionToken gives it; the console takes only those of roles "
                    + "and federated users", "give --role-arn to assume a role with it, or use the access key that made it");
            return new Credentials(session.accessKeyId, session.secretAccessKey, session.sessionToken, session.expiration, arn,
                    session.source);
        }

        /** The name with every character outside [\w+=,.@-] replaced, at least 2 long (STS API reference). */
        static String validName(String name, int longest) {
            StringBuilder valid = new StringBuilder(name.length() < 2 ? name.concat("-user") : name);
            valid.setLength(Math.min(valid.length(), longest));
            for (int i = 0; i < valid.length(); i++)
                if ((Http.ALPHANUMERIC + "_+=,.@-").indexOf(valid.charAt(i)) < 0) valid.setCharAt(i, '-');
            return valid.toString();
        }

        /** Seconds; 0 when none are asked for. */
        private int duration() {
            String value = options.get("--duration-seconds");
            if (value == null) return 0;
            long unit = value.endsWith("h") ? 3600 : value.endsWith("m") ? 60 : 1;
            long duration = unit * Options.number(value.substring(0, value.length() - (unit == 1 ? 0 : 1)));
            options.require(duration >= 900 && duration <= 129_600, "--duration-seconds", "is not a duration that AWS accepts");
            return (int) duration;
        }

        private String policy() {
            String policy = options.get("--policy");
            if (policy == null) return null;
            if (policy.startsWith("file://")) policy = outside.read("--policy", policy.substring(7));
            Object json = Json.parse(policy, Failure.USAGE, "--policy", "give a policy as one JSON object, or file://PATH to one");
            options.require(json instanceof Map && policy.length() <= 2048, "--policy", "is no object of at most 2048 characters");
            return policy;
        }

        private String region(SharedConfig config) {
            String found = first(outside.variable("AWS_REGION"), outside.variable("AWS_DEFAULT_REGION"), config.get("region"));
            String region = options.get("--region", first(found, "us-east-1"));
            options.require(!options.has("--region") || Partition.isRegion(region), "--region", "is not the name of a region");
            if (Partition.isRegion(region)) return region;
            throw Failure.configuration(region + " of AWS_REGION or profile is not the name of a region", "give us-east-1, say");
        }

        /** What --dry-run prints, without the secrets. */
        @Override public String toString() {
            StringJoiner text = new StringJoiner("\n").add(chain.toString());
            text.add("region       " + region + " in the partition " + partition.id);
            if (chain.operations.isEmpty()) text.add("STS          " + (chain.runsProcess()
                    ? "called for GetFederationToken if the process prints a long-term key"
                    : !wantsUrl || chain.found != null && chain.found.arn != null ? "not called: these credentials are a session"
                    : "only asked whose session this is"));
            for (Map<String, String> operation : chain.operations) {
                text.add("STS          " + sts.endpoint());
                for (String name : operation.keySet())
                    text.add("             " + name + "=" + (Sts.SECRETS.contains(name) ? "(hidden)" : operation.get(name)));
            }
            if (sessionDurations[0] > 0) text.add("console      SessionDuration=" + sessionDurations[0]);
            if (wantsUrl) text.add("sign-in      " + signinEndpoint + "/federation").add("destination  " + destination);
            return text.toString().replaceAll("[\\p{C}&&[^\n]]", "?");
        }
    }

    /** What signing in gave. Whoever opens the URL before it dies is signed in. What is not known is null. */
    public record Login(String url, Instant urlExpiration, Instant sessionExpiration, Credentials session, String partition,
            String region, String destination, String remark) {

        /** One JSON object, all values strings. */
        public String toJson() {
            return Json.write(Json.object("url", url, "urlExpiration", urlExpiration, "sessionExpiration", sessionExpiration, "arn",
                    session.arn, "account", account(), "partition", partition, "region", region, "destination", destination));
        }

        String summary() {
            return (session.arn == null ? "signs in with the credentials of " + session.source + "; STS did not say whose they are"
                            : "signs in as " + session.arn + " (account " + account() + ")")
                    + "\nthe URL works until " + local(urlExpiration) + " for whoever has it; the session ends "
                    + (sessionExpiration == null ? "with its credentials" : local(sessionExpiration)) + "\n" + remark;
        }

        private String account() { return session.arn == null ? null : session.arn.split(":")[4]; }
        private static OffsetDateTime local(Instant instant) { return OffsetDateTime.ofInstant(instant, ZoneId.systemDefault()); }
        @Override public String toString() { return "Login[" + session + ", destination=" + destination + ", url=(hidden)]"; }
    }

    /** The options of a command line. Of one that is given again, the last value counts. */
    static final class Options {
        private final Map<String, List<String>> values = new HashMap<>();

        /** @throws Failure with status 252 for an argument that --help does not list, or without the value it takes */
        static Options parse(String... arguments) {
            Options options = new Options();
            String hint = "--help lists the options";
            for (int i = 0; i < arguments.length; i++) {
                String argument = arguments[i];
                int equals = argument.indexOf('=');
                String flag = equals < 0 ? argument : argument.substring(0, equals);
                // What belongs to no flag might be a secret that lost its own, so it is not shown.
                if (!flag.startsWith("--")) throw Failure.usage("argument " + (i + 1) + " belongs to no option", hint);
                int line = flag.indexOf(' ') < 0 ? USAGE.indexOf(String.join(flag, "\n  ", " ")) : -1;
                if (line < 0) throw Failure.usage(flag.split(" ")[0] + " is not an option", hint);
                boolean valued = USAGE.charAt(line + flag.length() + 4) != ' ';
                boolean separate = valued && equals < 0 && i + 1 < arguments.length && !arguments[i + 1].startsWith("--");
                String value = separate ? arguments[++i] : equals < 0 ? "" : argument.substring(equals + 1);
                if (valued == value.isEmpty()) throw Failure.usage(flag.concat(valued ? " needs a value" : " takes none"), hint);
                if (!options.has(flag)) options.values.put(flag, new ArrayList<>());
                options.values.get(flag).add(value);
            }
            options.require(!options.has("--quiet") || !options.has("--debug"), "--quiet", "forbids --debug");
            return options;
        }

        boolean has(String flag) { return values.containsKey(flag); }
        List<String> all(String flag) { return values.getOrDefault(flag, List.of()); }
        String get(String flag) { return get(flag, null); }
        String get(String flag, String standard) { return has(flag) ? all(flag).get(all(flag).size() - 1) : standard; }
        int seconds(String flag, String standard) {
            int seconds = number(get(flag, standard));
            require(seconds >= 1 && seconds <= 600, flag, "is out of range");
            return seconds;
        }

        /** @throws Failure with status 252, naming the flag and its value, with the flag's help as the hint */
        void require(boolean valid, String flag, String problem) {
            if (valid) return;
            String value = flag.equals("--policy") || flag.equals("--token-code") ? "" : " ".concat(get(flag));
            String help = USAGE.substring(USAGE.indexOf("\n  ".concat(flag).concat(" ")) + 3).split("\n( ? ?\\S|\n)")[0];
            throw Failure.usage(flag + value + " " + problem, help.replaceFirst("\\s{2,}", ": ").replaceAll("\\s+", " "));
        }

        /** The value of up to six digits, or -1. */
        static int number(String text) {
            return text.isEmpty() || text.length() > 6 || !Http.consistsOf("0123456789", text) ? -1 : Integer.parseInt(text);
        }
    }

    /** An access key. A long-term one has no sessionToken; expiration and arn (of the session) are null where not known. */
    public record Credentials(String accessKeyId, String secretAccessKey, String sessionToken, Instant expiration,
            String arn, String source) {

        /** @throws Failure with status 253 for a part that is missing or cannot be one (ASIA: IAM User Guide, "IAM identifiers") */
        public Credentials {
            String wrong = accessKeyId == null ? "no access key ID" : secretAccessKey == null ? "no secret access key"
                    : sessionToken == null && accessKeyId.startsWith("ASIA") ? "a temporary access key without session token"
                    : !Http.isVisible(accessKeyId) || !Http.isVisible(secretAccessKey)
                            || sessionToken != null && !Http.isVisible(sessionToken) ? "blanks or nothing in its access key" : null;
            if (wrong != null) throw Failure.configuration(source + " has " + wrong, "copy all parts of the access key again");
            if (arn != null && (!Http.isVisible(arn) || arn.split(":").length < 6)) arn = null;
        }

        /** {"Credentials": {"AccessKeyId": ...}, "AssumedRoleUser": {"Arn": ...}} as STS commands print it, or the inner object. */
        static Credentials fromJson(String source, Object outer, String hint) {
            Object inner = Json.get(outer, "Credentials") == null ? outer : Json.get(outer, "Credentials");
            Object user = Json.get(outer, Json.get(outer, "FederatedUser") == null ? "AssumedRoleUser" : "FederatedUser");
            for (String name : List.of("SessionToken", "Token", "Expiration"))
                if (Json.get(inner, name) != null && Json.string(inner, name) == null)
                    throw Failure.configuration(source + " has a " + name + " that is not a string", hint);
            return of(Json.string(inner, "AccessKeyId"), Json.string(inner, "SecretAccessKey"),
                    first(Json.string(inner, "SessionToken"), Json.string(inner, "Token")),
                    instant(Json.string(inner, "Expiration"), source, hint), Json.string(user, "Arn"), source, hint);
        }

        /** The same as the constructor, with a hint for those who did not type them in. */
        static Credentials of(String id, String secret, String token, Instant expiration, String arn, String source, String hint) {
            try {
                return new Credentials(id, secret, token, expiration, arn, source);
            } catch (Failure unusable) { throw Failure.configuration(unusable.getMessage(), hint); }
        }

        /** A time such as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00+00:00; in older token caches Z is UTC. */
        static Instant instant(String text, String source, String hint) {
            try {
                OffsetDateTime time = text == null ? null : OffsetDateTime.parse(text.replace("UTC", "Z"));
                if (time != null && time.getYear() > 9998) throw new DateTimeException("too late to be written everywhere");
                return time == null ? null : time.toInstant();
            } catch (DateTimeException e) { throw Failure.configuration(source + " has an odd expiration", hint); }
        }

        /** Lines for sh, safe to eval whatever the values hold, or the JSON of a credential_process. */
        String export(String output) {
            return output.equals("process")
                    ? Json.write(Json.object("Version", 1, "AccessKeyId", accessKeyId, "SecretAccessKey", secretAccessKey,
                            "SessionToken", sessionToken, "Expiration", expiration))
                    : String.join("", "export AWS_ACCESS_KEY_ID='", accessKeyId.replace("'", "'\\''"),
                            "'\nexport AWS_SECRET_ACCESS_KEY='", secretAccessKey.replace("'", "'\\''"),
                            "'\nexport AWS_SESSION_TOKEN='", sessionToken.replace("'", "'\\''"), "'");
        }

        @Override public String toString() { return "Credentials[" + accessKeyId + " of " + source + ", secrets=(hidden)]"; }
    }

    /**
     * The credentials provider chain, in the order of the AWS CLI: the first place that is set up wins. Which one that is the
     * constructor tells by variables and files alone; retrieve() runs or asks it.
     */
    static final class Chain {
        private static final int INSTANCE_SECONDS = 1; // for each answer, so that a machine that is no EC2 instance does not wait
        /** Calls of STS, each with the credentials that the one before gave, by their parameters. */
        final LinkedList<Map<String, String>> operations = new LinkedList<>();
        /** What the place gave; null as long as it was not asked. */
        Credentials found;
        private final StringJoiner passedOver = new StringJoiner("\n");
        private final Outside outside;
        private final SharedConfig config;
        private final int processSeconds;
        /** The place that won: a method below, what it is called, its profile's section, and its settings or addresses. */
        private String provider = "", source = "", section = "";
        private final Map<String, String> settings = new TreeMap<>();

        Chain(Options options, Outside outside, SharedConfig config) {
            this.outside = outside;
            this.config = config;
            processSeconds = options.seconds("--read-timeout", "60");
            boolean variables = !options.has("--profile"); // who names a profile does not mean the environment
            String file = options.get("--credentials"), role = options.get("--role-arn"), saml = options.get("--saml-assertion");
            options.require((saml == null) == !options.has("--principal-arn") && (saml == null || role != null),
                    saml == null ? "--principal-arn" : "--saml-assertion",
                    saml == null ? "goes with --saml-assertion" : "goes with --role-arn and --principal-arn");
            for (String flag : List.of("--credentials", "--name"))
                options.require(saml == null || !options.has(flag), flag, "does not go with --saml-assertion");
            if (saml != null) saml(role, options.get("--principal-arn"), saml);
            else if (file != null) given("--credentials ".concat(file), outside.read("--credentials", file));
            else if (!environment(variables) && !roles() && !webIdentity(config.profile, variables) && !profile(config.profile)
                    && !container() && !instance()) throw nothing();
            if (saml == null && role != null) operations.add(new TreeMap<>(Map.of("Action", "AssumeRole", "RoleArn", role)));
            if (found != null) requireUnexpired();
        }

        boolean runsProcess() { return provider.equals("process"); }

        boolean isFederatedUser() { return found != null && first(found.arn, "").contains(":federated-user/"); }

        private boolean won(String provider, String source) {
            this.provider = provider;
            this.source = source;
            return true;
        }

        private boolean passOver(String place, String reason) {
            passedOver.add(String.join(": ", place, reason));
            return false;
        }

        private Failure nothing() {
            return Failure.configuration("no credentials found: " + passedOver.toString().replace("\n", "; "),
                    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; or give a profile that has credentials as --profile; or pipe "
                            + "them as JSON to --credentials -");
        }

        private void requireUnexpired() {
            if (found.expiration != null && !found.expiration.isAfter(outside.now()))
                throw Failure.configuration(found.source + " has credentials that expired at " + found.expiration, "get new ones");
        }

        private void given(String place, String json) {
            won("", place);
            String hint = "give what aws sts or a credential_process prints";
            found = Credentials.fromJson(place, Json.parse(json, Failure.CONFIGURATION, place, hint), hint);
        }

        private void saml(String role, String principal, String file) {
            String assertion = outside.read("--saml-assertion", file).replaceAll("\\s", "");
            if (!Http.isVisible(assertion)) throw Failure.configuration("--saml-assertion " + file + " has no assertion in it",
                    "give the base64 that the identity provider sends as SAMLResponse");
            operations.add(new TreeMap<>(Map.of("Action", "AssumeRoleWithSAML", "RoleArn", role, "PrincipalArn", principal,
                    "SAMLAssertion", assertion)));
            won("", "the SAML assertion for " + role);
        }

        private boolean environment(boolean variables) {
            String place = "the environment", id = outside.variable("AWS_ACCESS_KEY_ID");
            if (id == null || !variables) return passOver(place, variables ? "AWS_ACCESS_KEY_ID is not set" : "--profile is given");
            found = new Credentials(id, outside.variable("AWS_SECRET_ACCESS_KEY"),
                    first(outside.variable("AWS_SESSION_TOKEN"), outside.variable("AWS_SECURITY_TOKEN")),
                    Credentials.instant(outside.variable("AWS_CREDENTIAL_EXPIRATION"), place, "get new ones"), null, place);
            return won("", place);
        }

        /** Collects the roles of the profile, of its source_profile and so on, down to one that has credentials by itself. */
        private boolean roles() {
            Set<String> visited = new LinkedHashSet<>();
            String name = config.profile;
            boolean key = false;
            while (isRole(name) && !key) {
                visited.add(name);
                section = "profile ".concat(name);
                String source = config.get(section, "credential_source"), next = config.get(section, "source_profile");
                if ((next == null) == (source == null)) throw Failure.configuration("the " + section + " has a role_arn and "
                        + (next == null ? "no source_profile or" : "both source_profile and") + " credential_source", "one is due");
                operations.addFirst(assumeRole());
                if (source != null) return credentialSource(source);
                if (!config.has("profile ".concat(next))) throw Failure.configuration("the " + section + " has the source_profile "
                        + next + ", which is in neither the config nor the credentials file", "check its name");
                // As a source, a profile's access key comes before its role; so a profile may be its own source.
                key = config.get("profile ".concat(next), "aws_access_key_id") != null;
                if (visited.contains(next) && !(key && next.equals(name)))
                    throw Failure.configuration("each of these profiles is the source_profile of the one before: "
                            + String.join(" -> ", visited) + " -> " + next, "give one of them a source with credentials");
                name = next;
            }
            if (visited.isEmpty() || webIdentity(name, false) || profile(name)) return !visited.isEmpty();
            throw Failure.configuration("the source_profile " + name + " has no credentials", "give it some, or name another");
        }

        private boolean isRole(String name) {
            return config.get("profile ".concat(name), "role_arn") != null
                    && config.get("profile ".concat(name), "web_identity_token_file") == null;
        }

        private boolean credentialSource(String place) {
            boolean there = switch (place) {
                case "Environment" -> environment(true);
                case "EcsContainer" -> container();
                case "Ec2InstanceMetadata" -> instance();
                default -> passOver(place, "is not one of Environment, EcsContainer and Ec2InstanceMetadata");
            };
            if (there) return true;
            String reason = passedOver.toString();
            throw Failure.configuration("the " + section + " has a credential_source that gives nothing: "
                    + reason.substring(reason.lastIndexOf('\n') + 1), "set it up, or give the profile another source");
        }

        private Map<String, String> assumeRole() {
            Map<String, String> operation =
                    operation("AssumeRole", config.get(section, "role_arn"), config.get(section, "role_session_name"));
            String[] names = {"external_id", "ExternalId", "mfa_serial", "SerialNumber", "duration_seconds", "DurationSeconds"};
            for (int i = 0; i < names.length; i += 2)
                if (config.get(section, names[i]) != null) operation.put(names[i + 1], config.get(section, names[i]));
            if (Options.number(operation.getOrDefault("DurationSeconds", "")) < 0) operation.remove("DurationSeconds"); // botocore
            return operation;
        }

        private Map<String, String> operation(String action, String role, String session) {
            return new TreeMap<>(Map.of("Action", action, "RoleArn", role,
                    "RoleSessionName", first(session, Plan.validName(outside.userName(), 64))));
        }

        private boolean webIdentity(String name, boolean variables) {
            section = "profile ".concat(name);
            String set = outside.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
            String file = first(variables ? set : null, config.get(section, "web_identity_token_file"));
            String role = first(variables ? outside.variable("AWS_ROLE_ARN") : null, config.get(section, "role_arn"));
            String session = first(variables ? outside.variable("AWS_ROLE_SESSION_NAME") : null,
                    config.get(section, "role_session_name"));
            if (file == null) return operations.isEmpty() && (variables || set != null) && passOver("web identity",
                    variables ? "AWS_WEB_IDENTITY_TOKEN_FILE is not set" : "--profile is given");
            String place = "the web identity token file ".concat(file);
            if (role == null) throw Failure.configuration(place + " comes without a role", "set AWS_ROLE_ARN or role_arn");
            String token = outside.read("the web identity token file", outside.path(file)).strip();
            if (!Http.isVisible(token) || token.length() > 20_000) // the limit of STS
                throw Failure.configuration(place + " has no token in it", "get a new one");
            operations.addFirst(operation("AssumeRoleWithWebIdentity", role, session));
            operations.getFirst().put("WebIdentityToken", token);
            return won("", place);
        }

        /** What a profile has by itself: IAM Identity Center, an access key, aws login, a process. */
        private boolean profile(String name) {
            section = "profile ".concat(name);
            String place = "the ".concat(section), id = config.get(section, "aws_access_key_id");
            if (config.get(section, "sso_account_id") != null || config.get(section, "sso_role_name") != null)
                return identityCenter(place);
            if (id != null) {
                found = new Credentials(id, config.get(section, "aws_secret_access_key"), first(config.get(section,
                        "aws_session_token"), config.get(section, "aws_security_token")), null, null, place);
                return won("", place);
            }
            if (config.get(section, "login_session") != null) return won("login", "aws login of ".concat(place));
            if (config.get(section, "credential_process") != null)
                return won("process", "the credential_process of ".concat(place));
            return passOver(place, config.looked.toString());
        }

        private boolean identityCenter(String place) {
            String session = config.get(section, "sso_session");
            for (String name : List.of("sso_account_id", "sso_role_name", "sso_region", "sso_start_url")) {
                String value = first(session == null ? null : config.get("sso-session ".concat(session), name),
                        config.get(section, name));
                if (value == null || name.equals("sso_region") && !Partition.isRegion(value))
                    throw Failure.configuration(place + " has no " + name + (session == null ? ""
                            : config.has("sso-session ".concat(session)) ? ", nor has its sso-session " + session
                            : ", and its sso-session " + session + " is not there"), "run: aws configure sso");
                settings.put(name, value);
            }
            settings.put("session", first(session, settings.get("sso_start_url")));
            return won("sso", "IAM Identity Center of ".concat(place));
        }

        private boolean container() {
            String variable = "AWS_CONTAINER_CREDENTIALS_", relative = outside.variable(variable.concat("RELATIVE_URI"));
            String url = relative == null ? outside.variable(variable.concat("FULL_URI")) : "http://169.254.170.2".concat(relative);
            if (url == null) return passOver("container", variable.concat("RELATIVE_URI and _FULL_URI are not set"));
            if (relative != null && !relative.startsWith("/")
                    || Http.uri(url, "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]") == null)
                throw Failure.configuration(variable + (relative == null ? "FULL" : "RELATIVE") + "_URI is neither https nor of a "
                        + "loopback address or one of containers", "correct it, or unset it");
            settings.put("url", url);
            return won("container", "container");
        }

        private boolean instance() {
            String place = "EC2 instance metadata", variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
            if (config.isTrue("ec2_metadata_disabled") || config.isTrue("disable_ec2_metadata"))
                return passOver(place, "AWS_EC2_METADATA_DISABLED is true");
            String mode = first(config.get("ec2_metadata_service_endpoint_mode"), "IPv4").toLowerCase(Locale.ROOT);
            String url = first(config.get("ec2_metadata_service_endpoint"),
                    mode.equals("ipv6") ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
            if (Http.uri(url, "169.254.169.254", "[fd00:ec2::254]") == null || !mode.equals("ipv4") && !mode.equals("ipv6"))
                throw Failure.configuration(variable + " is neither https nor of a loopback or the metadata address, or its _MODE "
                        + "is neither IPv4 nor IPv6", "correct it, or unset it");
            settings.put("url", url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            return won("instance", place);
        }

        /** The credentials of the place that won, asked for once; null where the first operation needs none. */
        Credentials retrieve(Http http, String region, Instant now) {
            if (found != null || provider.isEmpty()) return found;
            found = switch (provider) {
                case "sso" -> sso(http, now);
                case "login" -> login(http, region, now);
                case "process" -> process();
                case "container" -> askContainer(http);
                default -> askInstance(http);
            };
            requireUnexpired();
            return found;
        }

        private Credentials process() {
            String hint = "run the command by hand: it must print credentials as JSON with Version 1";
            String output = outside.run(source, config.get(section, "credential_process"), processSeconds);
            Object json = Json.parse(output, Failure.CONFIGURATION, source, hint);
            if (Json.get(json, "Version") instanceof Number version && version.doubleValue() == 1)
                return Credentials.fromJson(source, json, hint);
            throw Failure.configuration(source + " printed something of another Version than 1", hint);
        }

        private Credentials sso(Http http, Instant now) {
            String name = SigV4.digest("SHA-1", settings.get("session")).concat(".json"), region = settings.get("sso_region");
            String file = String.join("/", outside.path("~/.aws/sso/cache"), name);
            TokenCache cache = new TokenCache(source, login("aws sso login"), file, outside);
            if (cache.isOver(Json.string(cache.values, "expiresAt"), now)) {
                if (cache.isOver(Json.string(cache.values, "registrationExpiresAt"), now))
                    cache.values.remove("refreshToken"); // the client that it was made for is not known any more
                URI url = URI.create(config.endpoint("sso_oidc", "oidc", region).toString().concat("/token"));
                cache.refresh(http, url, null, now, outside);
            }
            String token = first(Json.string(cache.values, "accessToken"), "");
            if (!Http.isVisible(token)) throw Failure.configuration(source + " has no accessToken in its cache", cache.hint);
            Map<String, String> query = new TreeMap<>(Map.of(
                    "role_name", settings.get("sso_role_name"), "account_id", settings.get("sso_account_id")));
            String endpoint = config.endpoint("sso", "portal.sso", region).toString();
            Http.Answer answer = http.send("GetRoleCredentials", "GET", URI.create(String.join("", endpoint,
                    "/federation/credentials?", Http.form(query))), Map.of("x-amz-sso_bearer_token", token), "");
            if (answer.status() != 200) throw answer.refused("GetRoleCredentials", answer.status() == 401 ? cache.hint
                    : "check sso_account_id and sso_role_name, and that they are assigned to this user", token);
            Object key = Json.get(answer.json("GetRoleCredentials"), "roleCredentials");
            Instant end = Json.get(key, "expiration") instanceof Number millis
                    ? Instant.ofEpochSecond((long) Math.max(0, Math.min(millis.doubleValue() / 1000, 1e11))) : null;
            return key(key, end, "check AWS_ENDPOINT_URL_SSO, if it is set");
        }

        private Credentials login(Http http, String region, Instant now) {
            String name = SigV4.digest("SHA-256", config.get(section, "login_session")).concat(".json");
            String folder = outside.path(first(outside.variable("AWS_LOGIN_CACHE_DIRECTORY"), "~/.aws/login/cache"));
            TokenCache cache = new TokenCache(source, login("aws login"), String.join("/", folder, name), outside);
            for (String member : List.of("accessToken", "refreshToken", "clientId", "dpopKey"))
                if (!cache.values.containsKey(member))
                    throw Failure.configuration(source + " has no " + member + " in its cache", cache.hint);
            if (cache.isOver(Json.string(cache.values.get("accessToken"), "expiresAt"), now)) {
                URI base = Http.endpoint(Failure.CONFIGURATION, "AWS_ENDPOINT_URL_SIGNIN", config.endpoint("signin", true),
                        Partition.of(region).loginUrl(region)), url = URI.create(base.toString().concat("/v1/token"));
                cache.refresh(http, url, cache.proof(url, now), now, outside);
            }
            Object key = cache.values.get("accessToken");
            return key(key, Credentials.instant(Json.string(key, "expiresAt"), source, cache.hint), cache.hint);
        }

        private String login(String command) {
            String name = section.substring("profile ".length());
            boolean plain = Http.consistsOf(Http.ALPHANUMERIC + "-_.@:/+%", name);
            return String.join("", "run: ", command, " --profile ", plain ? name : "'" + name.replace("'", "'\\''") + "'");
        }

        private Credentials key(Object key, Instant expiration, String hint) {
            return Credentials.of(Json.string(key, "accessKeyId"), Json.string(key, "secretAccessKey"),
                    Json.string(key, "sessionToken"), expiration, null, source, hint);
        }

        private Credentials askContainer(Http http) {
            String variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN", file = outside.variable(variable.concat("_FILE"));
            String token = file == null ? outside.variable(variable) : outside.read("the authorization token", file).strip();
            if (token != null && !Http.isVisible(token.replace(" ", "")))
                throw Failure.configuration(variable + " or its _FILE cannot be sent as a header", "correct it, or unset it");
            Http.Answer answer = http.send("container credentials", "GET", URI.create(settings.get("url")),
                    token == null ? Map.of() : Map.of("authorization", token), "");
            String hint = "check the role of the task or pod";
            if (answer.status() != 200) throw answer.refused("container credentials", hint, token);
            return Credentials.fromJson(source, answer.json("container credentials"), hint);
        }

        private Credentials askInstance(Http http) {
            try {
                String path = "/latest/meta-data/iam/security-credentials/", header = "x-aws-ec2-metadata-token";
                String token = metadata(http, "PUT", "/latest/api/token", header.concat("-ttl-seconds"), "60");
                String role = metadata(http, "GET", path, header, token);
                String answer = metadata(http, "GET", path.concat(Http.encode(role)), header, token);
                Object json = Json.parse(answer, Failure.CONFIGURATION, source, "");
                String code = first(Json.string(json, "Code"), "Success");
                if (code.equals("Success")) return Credentials.fromJson(source, json, "");
                throw Failure.configuration("its role gives no access key: " + code, "");
            } catch (Failure failure) {
                passOver(source, failure.getMessage());
                throw nothing();
            }
        }

        private String metadata(Http http, String method, String path, String header, String value) {
            URI url = URI.create(settings.get("url").concat(path));
            Http.Answer answer = http.start("instance metadata", method, url, Map.of(header, value), "", INSTANCE_SECONDS).answer();
            String text = answer.text().strip();
            if (answer.status() != 200) throw answer.refused("instance metadata", "", value);
            if (path.endsWith("token") || path.endsWith("/") ? Http.isVisible(text) : !text.isEmpty()) return text;
            throw answer.unlike("instance metadata");
        }

        /** What was passed over, and what won: with --dry-run and --debug. */
        @Override public String toString() {
            String won = "credentials  " + source + (found == null ? "" : ", access key ID " + found.accessKeyId);
            return passedOver.length() == 0 ? won
                    : "passed over  " + passedOver.toString().replace("\n", "\n             ") + "\n" + won;
        }
    }

    /** A file in which aws sso login or aws login keeps a token. */
    static final class TokenCache {
        final Map<String, Object> values;
        final String hint;
        private final String source, file;

        TokenCache(String source, String hint, String file, Outside outside) {
            this.source = source;
            this.hint = hint;
            this.file = file;
            if (!new File(file).isFile())
                throw Failure.configuration("nobody is signed in to " + source + ": there is no " + file, hint);
            values = read(outside);
        }

        private Map<String, Object> read(Outside outside) {
            return Json.members(Json.parse(outside.read("the token cache", file), Failure.CONFIGURATION, file, hint));
        }

        /** Whether a time of the cache is over, or was not told. */
        boolean isOver(String end, Instant now) {
            return first(end, "").isEmpty() || !Credentials.instant(end, source, hint).isAfter(now);
        }

        /**
         * Refreshes the token, here and in the file. The refresh token may be good for one use only, so the place for the new one
         * is made before the old one is spent.
         */
        void refresh(Http http, URI url, String proof, Instant now, Outside outside) {
            String refreshToken = Json.string(values, "refreshToken"), secret = Json.string(values, "clientSecret");
            if (refreshToken == null || Json.string(values, "clientId") == null || secret == null && proof == null)
                throw Failure.configuration(source + " has a token that expired, and nothing to refresh it with", hint);
            Map<String, String> headers = new TreeMap<>(Map.of("content-type", "application/json"));
            if (proof != null) headers.put("dpop", proof);
            Path real = null, fresh = null;
            try {
                real = Path.of(file).toRealPath();
                fresh = outside.beside(real);
                String body = Json.write(Json.object("grantType", "refresh_token", "clientId", values.get("clientId"),
                        "clientSecret", secret, "refreshToken", refreshToken));
                Http.Answer answer = http.send("CreateToken", "POST", url, headers, body);
                Map<String, Object> meanwhile = answer.status() == 200 ? values : read(outside);
                if (!meanwhile.equals(values)) { values.putAll(meanwhile); return; } // Somebody else was faster.
                if (answer.status() != 200) throw answer.refused("CreateToken", hint, refreshToken, secret, proof);
                update(answer, proof != null, now);
                Files.writeString(fresh, Json.write(values));
                Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | InvalidPathException unwritable) {
                throw Failure.configuration("a refreshed token cannot be written to " + file + ": "
                        + unwritable.getClass().getSimpleName(), hint);
            } finally {
                if (fresh != null) fresh.toFile().delete();
            }
        }

        /** {"accessToken":"...","expiresIn":3600,"refreshToken":"..."}; of aws login the accessToken is an object with a key. */
        private void update(Http.Answer answer, boolean login, Instant now) {
            Object json = answer.json("CreateToken"), token = Json.get(json, "accessToken");
            Map<String, Object> key = Json.members(values.get("accessToken"));
            key.putAll(Json.members(token));
            for (String name : List.of("accessKeyId", "secretAccessKey", "sessionToken"))
                if (!Http.isVisible(login ? first(Json.string(token, name), "") : token instanceof String text ? text : ""))
                    throw answer.unlike("a new token");
            double seconds = Json.get(json, "expiresIn") instanceof Number number ? number.doubleValue() : 0;
            (login ? key : values).put("expiresAt", now.plusSeconds((long) Math.max(0, Math.min(seconds, 1e9))).toString());
            values.put("accessToken", login ? key : token);
            if (Json.string(json, "refreshToken") != null) values.put("refreshToken", Json.string(json, "refreshToken"));
        }

        /** A proof of possession (RFC 9449) for a POST: a JWT, signed with the P-256 key that aws login made. */
        String proof(URI url, Instant now) {
            try {
                String pem = first(Json.string(values, "dpopKey"), "");
                byte[] sec1 = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
                if (sec1.length != 121) throw new InvalidKeyException("no SEC 1 key of P-256 that ends with its public point");
                ByteArrayOutputStream pkcs8 = new ByteArrayOutputStream();
                pkcs8.writeBytes(HexFormat.of().parseHex("308193020100301306072a8648ce3d020106082a8648ce3d0301070479"));
                pkcs8.writeBytes(sec1);
                Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
                Map<String, Object> jwk = Json.object("kty", "EC", "crv", "P-256",
                        "x", base64.encodeToString(Arrays.copyOfRange(sec1, 57, 89)),
                        "y", base64.encodeToString(Arrays.copyOfRange(sec1, 89, 121)));
                String header = Json.write(Json.object("typ", "dpop+jwt", "alg", "ES256", "jwk", jwk));
                String claims = Json.write(Json.object(
                        "htm", "POST", "htu", url, "iat", now.getEpochSecond(), "jti", UUID.randomUUID()));
                String text = String.join(".", base64.encodeToString(header.getBytes(UTF_8)),
                        base64.encodeToString(claims.getBytes(UTF_8)));
                Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
                signature.initSign(KeyFactory.getInstance("EC").generatePrivate(
                        new java.security.spec.PKCS8EncodedKeySpec(pkcs8.toByteArray())));
                signature.update(text.getBytes(UTF_8));
                return String.join(".", text, base64.encodeToString(signature.sign()));
            } catch (GeneralSecurityException | IllegalArgumentException unusable) {
                throw Failure.configuration(source + " has a dpopKey in its cache that cannot be used", hint);
            }
        }
    }

    /** The AWS config and credentials files, and the variables that override what they say. */
    static final class SharedConfig {
        private static final String[] KINDS = {"profile", "sso-session", "services"};
        private static final String SYNTAX = "a profile begins with a line such as [profile dev], in the credentials file [dev], "
                + "and its settings look like region = us-east-1";
        private static final String MALFORMED = ""; // the name of a setting that tells what is wrong with its section
        final String profile;
        /** Why neither file gave credentials. */
        final StringJoiner looked = new StringJoiner("; ");
        private final Outside outside;
        /** By kind and name, such as "profile dev" or "sso-session corp". */
        private final Map<String, Map<String, String>> sections = new HashMap<>();

        /** @throws Failure with status 253 when a file is not one of settings, or a profile was named that is in neither */
        SharedConfig(String asked, Outside outside) {
            this.outside = outside;
            String named = first(asked, outside.variable("AWS_PROFILE"), outside.variable("AWS_DEFAULT_PROFILE"));
            profile = first(named, "default");
            // For one profile in both files the credentials file, read last, wins key by key.
            read(outside.path(first(outside.variable("AWS_CONFIG_FILE"), "~/.aws/config")), false);
            read(outside.path(first(outside.variable("AWS_SHARED_CREDENTIALS_FILE"), "~/.aws/credentials")), true);
            if (named != null && !has("profile ".concat(named)))
                throw Failure.configuration("no profile " + named + ": " + looked, "check its name, and the files named here");
        }

        private void read(String file, boolean credentials) {
            String text = null, problem = file.concat(new File(file).exists() ? " is not a file" : " is not there");
            try { // What cannot be read gives nothing, as for the AWS CLI. A FIFO would be waited for.
                if (new File(file).isFile()) text = outside.read("the file", file);
            } catch (Failure unreadable) { problem = unreadable.getMessage(); }
            looked.add(text == null ? problem : merge(file, parse(file, text), credentials));
        }

        private String merge(String file, Map<String, Map<String, String>> read, boolean credentials) {
            String kind = credentials || profile.equals("default") ? "" : "profile ";
            String problem = String.join("", file, " has no [", kind, profile, "]");
            for (Map.Entry<String, Map<String, String>> section : read.entrySet()) {
                String name = section.getKey(); // of [default] and [profile default] the latter counts, as for the AWS SDKs
                if (credentials || name.equals("default") && !read.containsKey("profile default")) name = "profile ".concat(name);
                if (sections.putIfAbsent(name, section.getValue()) != null) sections.get(name).putAll(section.getValue());
                if (name.equals("profile ".concat(profile))) problem = file.concat(" has no credentials for it");
            }
            String malformed = read.getOrDefault(MALFORMED, Map.of()).get(MALFORMED);
            return malformed == null ? problem : String.join(", and ", problem, malformed);
        }

        /**
         * The settings of sections such as [default], [profile dev] and [sso-session "my corp"], by kind and name. They look like
         * region = us-east-1; a line that is indented below goes on with the value or, below an empty one as that of s3 =, is a
         * setting such as s3.region. A mistake spoils its section only.
         */
        static Map<String, Map<String, String>> parse(String file, String text) {
            Map<String, Map<String, String>> sections = new HashMap<>();
            Map<String, String> section = null;
            String setting = null;
            String[] lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\n");
            for (int i = 0, indent = 0; i < lines.length; i++) {
                String line = lines[i].strip(), above = setting == null ? null : section.get(setting);
                int column = lines[i].indexOf(line), equals = separator(line);
                if (line.isEmpty() || line.charAt(0) == '#' || line.charAt(0) == ';') continue;
                String name = equals < 0 ? "" : line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                String value = equals < 0 ? "" : value(name, line.substring(equals + 1));
                if (above != null && column > indent) {
                    if (!above.isEmpty() && above.length() < 10_000) section.put(setting, String.join("\n", above, line));
                    else if (above.isEmpty() && equals > 0) section.put(String.join(".", setting, name), value);
                } else if (line.charAt(0) == '[') {
                    String header = header(line);
                    section = sections.getOrDefault(header, new HashMap<>());
                    sections.put(header, section);
                    setting = null;
                    if (header.isEmpty()) section.putIfAbsent(MALFORMED, malformed(file, i));
                } else if (section == null) {
                    throw Failure.configuration(malformed(file, i), SYNTAX);
                } else {
                    setting = equals > 0 ? name : null;
                    indent = column;
                    if (equals > 0) section.put(name, value);
                    else section.putIfAbsent(MALFORMED, malformed(file, i));
                }
            }
            return sections;
        }

        private static String malformed(String file, int line) {
            return file + " line " + (line + 1) + " is not a section, a setting or a comment";
        }

        /** Where the first = or : is, which the AWS CLI takes as well. */
        private static int separator(String line) {
            int equals = line.indexOf('='), colon = line.indexOf(':');
            return colon >= 0 && (equals < 0 || colon < equals) ? colon : equals;
        }

        /** The kind and name in [profile dev] # comment, without quotes and with one blank; empty where it does not end. */
        private static String header(String line) {
            String name = line.indexOf(']') < 0 ? "" : line.substring(1, line.indexOf(']')).strip();
            for (String kind : KINDS) {
                String rest = name.startsWith(kind) ? name.substring(kind.length()) : "";
                if (!rest.isEmpty() && rest.charAt(0) <= ' ')
                    return String.join(" ", kind, rest.strip().replace("\"", "").replace("'", ""));
            }
            return name;
        }

        /** Without a comment behind it; but of a command only the shell knows what is one. */
        private static String value(String name, String text) {
            for (int i = 1; i < text.length() && !name.equals("credential_process"); i++)
                if ((text.charAt(i) == '#' || text.charAt(i) == ';') && text.charAt(i - 1) <= ' ')
                    return text.substring(0, i).strip();
            return text.strip();
        }

        boolean has(String section) { return sections.containsKey(section); }

        /** A setting of a section such as "profile dev"; null where it is absent or empty. */
        String get(String section, String name) {
            Map<String, String> settings = sections.getOrDefault(section, Map.of());
            if (settings.containsKey(MALFORMED)) throw Failure.configuration(settings.get(MALFORMED), SYNTAX);
            String value = settings.getOrDefault(name, "");
            if (name.equals("credential_process")) value = value.replace("\\\n", " ").replace('\n', ' ');
            int end = value.indexOf('\n'); // No other setting has a second line, so it may be one that was indented by mistake.
            return value.isEmpty() ? null : end < 0 ? value : value.substring(0, end);
        }

        /** A setting such as ca_bundle: AWS_CA_BUNDLE, else that of the profile. */
        String get(String name) {
            return first(outside.variable(variable(name)), get("profile ".concat(profile), name));
        }

        private static String variable(String setting) { return "AWS_".concat(setting.toUpperCase(Locale.ROOT)); }

        boolean isTrue(String name) { return "true".equalsIgnoreCase(get(name)); }

        /**
         * The endpoint that variables or the profile name for a service such as sts or sso_oidc, or null. The federation endpoint
         * goes only by its own name: the variables for all services mean those with an API.
         */
        String endpoint(String service, boolean api) {
            if (isTrue("ignore_configured_endpoint_urls")) return null;
            String section = "profile ".concat(profile), services = get(section, "services");
            if (services != null && !has("services ".concat(services)))
                throw Failure.configuration(section + " names the services " + services + ", which are not there",
                        "add a section [services " + services + "] to the config file, or take out the setting");
            return first(outside.variable(variable("endpoint_url_".concat(service))),
                    api ? outside.variable("AWS_ENDPOINT_URL") : null,
                    services == null ? null : get("services ".concat(services), service.concat(".endpoint_url")),
                    api ? get(section, "endpoint_url") : null);
        }

        /** The endpoint of sts, portal.sso or oidc; the service is its name in settings. */
        URI endpoint(String service, String host, String region) {
            boolean fips = isTrue("use_fips_endpoint"), dualStack = isTrue("use_dualstack_endpoint");
            boolean legacy = host.equals("sts") && "legacy".equals(get("sts_regional_endpoints")) && !fips && !dualStack
                    && Partition.LEGACY.contains(String.join(region, ",", ","));
            String variable = variable("endpoint_url_".concat(service));
            return Http.endpoint(Failure.CONFIGURATION, variable, endpoint(service, true), legacy ? "https://sts.amazonaws.com"
                    : Partition.of(region).serviceUrl(host, region, fips, dualStack));
        }
    }

    /** AWS STS over its Query API (STS API reference, version 2011-06-15). The region is the endpoint's. */
    public record Sts(Http http, URI endpoint, String region) {
        private static final List<String> VALUES = List.of("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Arn",
                "Code", "Message", "RequestId"); // elements that are read, each at most once
        static final List<String> SECRETS = List.of("Policy", "TokenCode", "WebIdentityToken", "SAMLAssertion"); // parameters

        Credentials session(Credentials caller, Map<String, String> parameters, Instant now) {
            Map<String, String> answer = call(caller, parameters, now);
            String source = "STS ".concat(parameters.get("Action")), token = first(answer.get("SessionToken"), "");
            try {
                return new Credentials(answer.get("AccessKeyId"), answer.get("SecretAccessKey"), token,
                        Credentials.instant(answer.get("Expiration"), source, ""), answer.get("Arn"), source);
            } catch (Failure unusable) { throw Failure.other(unusable.getMessage(), "check the endpoint " + endpoint); }
        }

        /** Calls an operation with its parameters, Action and Version among them; returns the VALUES in the answer. */
        public Map<String, String> call(Credentials caller, Map<String, String> parameters, Instant now) {
            return values(start(caller, parameters, now, http.seconds).answer(), caller, parameters);
        }

        /** The caller is null for the operations that are not signed: a token or an assertion is among their parameters. */
        Http.Exchange start(Credentials caller, Map<String, String> parameters, Instant now, int limit) {
            String body = Http.form(parameters);
            SortedMap<String, String> headers = new TreeMap<>(Map.of("content-type", Http.FORM));
            String scope = endpoint.getHost().equals("sts.amazonaws.com") ? "us-east-1" : region; // the global endpoint's region
            if (caller != null) SigV4.sign(headers, "POST", endpoint, body, caller, scope, "sts", now);
            return http.start("STS ".concat(parameters.get("Action")), "POST", endpoint, headers, body, limit);
        }

        Map<String, String> values(Http.Answer answer, Credentials caller, Map<String, String> parameters) {
            Map<String, String> values = parse(answer);
            if (answer.status == 200) return values;
            List<String> secrets = new ArrayList<>();
            if (caller != null) secrets.addAll(Arrays.asList(caller.secretAccessKey, caller.sessionToken));
            for (String name : SECRETS) secrets.add(parameters.get(name));
            values.replaceAll((name, value) -> Failure.hide(value, secrets.toArray(new String[0])));
            if (values.isEmpty() && !answer.text.contains("<ErrorResponse")) throw answer.unlike("an XML answer of STS");
            String action = parameters.get("Action"), code = first(values.get("Code"), Integer.toString(answer.status));
            String message = first(values.get("Message"), ""), id = first(values.get("RequestId"), "unknown");
            throw new Failure(Failure.SERVICE, "STS refused " + action + ": " + code + ": " + message + " (request ID " + id + ")",
                    hint(code, message, action), code, id);
        }

        /** <pre>
         * &lt;GetFederationTokenResponse>&lt;GetFederationTokenResult>&lt;Credentials>&lt;AccessKeyId>...&lt;/AccessKeyId>...
         * &lt;ErrorResponse>&lt;Error>&lt;Code>...&lt;/Code>&lt;Message>...&lt;/Message>&lt;/Error>&lt;RequestId>...</pre> */
        static Map<String, String> parse(Http.Answer answer) {
            Map<String, String> values = new HashMap<>();
            try {
                XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
                factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
                factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
                XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(answer.text));
                while (xml.hasNext()) {
                    int event = xml.next();
                    if (event == XMLStreamConstants.DTD) throw new XMLStreamException("STS has none");
                    if (event != XMLStreamConstants.START_ELEMENT || !VALUES.contains(xml.getLocalName())) continue;
                    if (values.put(xml.getLocalName(), xml.getElementText()) != null) throw new XMLStreamException("one too many");
                }
                return values;
            } catch (XMLStreamException notFromSts) { throw answer.unlike("an XML answer of STS"); }
        }

        private static String hint(String code, String message, String action) {
            String reference = "the STS API reference explains it under ".concat(action);
            return switch (code) {
                case "SignatureDoesNotMatch" -> message.startsWith("Signature") ? "set the clock of this machine"
                        : "the secret access key does not belong to the access key ID; copy both again";
                case "InvalidClientTokenId" -> "the access key is deleted, inactive, or of another partition (--region)";
                case "ExpiredToken", "ExpiredTokenException" -> action.startsWith("AssumeRoleWith")
                        ? "the token in the file has expired; get a new one"
                        : "these temporary credentials have expired; get new ones";
                case "AccessDenied" -> message.contains("with session credentials")
                        ? "these credentials are temporary; give --role-arn to assume a role, or use the IAM user's own access key"
                        : action.equals("GetFederationToken") ? "allow this IAM user sts:GetFederationToken, or give --role-arn"
                        : "the role's trust policy and the caller's must allow it; it may ask for --serial-number and --token-code";
                case "ValidationError" -> message.contains("role chaining")
                        ? "a role that is assumed from a session lasts 1h at most: lower duration_seconds in the profile"
                        : message.contains("DurationSeconds exceeds") ? "the role's maximum session duration is less: give a "
                        + "shorter --duration-seconds, or none for 1h, or raise the maximum in IAM" : reference;
                default -> reference;
            };
        }
    }

    /** Signature Version 4 (IAM User Guide, "Create a signed AWS API request"), each stage by itself. */
    public static final class SigV4 {
        private SigV4() {}

        /** Adds host, x-amz-date, x-amz-security-token and authorization to the headers, whose names are in lower case. */
        static void sign(SortedMap<String, String> headers, String method, URI uri, String body, Credentials credentials,
                String region, String service, Instant now) {
            String timestamp = Instant.ofEpochSecond(now.getEpochSecond()).toString().replace("-", "").replace(":", "");
            headers.put("host", Http.host(uri));
            headers.put("x-amz-date", timestamp);
            if (credentials.sessionToken() != null) headers.put("x-amz-security-token", credentials.sessionToken());
            String scope = credentialScope(timestamp, region, service);
            String toSign = stringToSign(timestamp, scope, canonicalRequest(method, uri.getRawPath(), headers, body));
            byte[] key = signingKey(credentials.secretAccessKey(), timestamp.substring(0, 8), region, service);
            headers.put("authorization", String.join("", "AWS4-HMAC-SHA256 Credential=", credentials.accessKeyId(), "/", scope,
                    ", SignedHeaders=", String.join(";", headers.keySet()), ", Signature=", signature(key, toSign)));
        }

        /** Stage 1. The path, which is encoded already, is encoded once more; the query is empty. */
        public static String canonicalRequest(String method, String path, SortedMap<String, String> headers, String body) {
            StringBuilder lines = new StringBuilder();
            for (Map.Entry<String, String> header : headers.entrySet())
                lines.append(header.getKey()).append(':').append(header.getValue()).append('\n');
            return String.join("\n", method, path.isEmpty() ? "/" : Http.encode(path).replace("%2F", "/"), "", lines,
                    String.join(";", headers.keySet()), sha256(body));
        }

        /** The credential scope, such as 20260131/us-east-1/sts/aws4_request for the timestamp 20260131T120000Z. */
        public static String credentialScope(String timestamp, String region, String service) {
            return String.join("/", timestamp.substring(0, 8), region, service, "aws4_request");
        }

        /** Stage 2. */
        public static String stringToSign(String timestamp, String credentialScope, String canonicalRequest) {
            return String.join("\n", "AWS4-HMAC-SHA256", timestamp, credentialScope, sha256(canonicalRequest));
        }

        /** Stage 3, for a date such as 20260131. */
        public static byte[] signingKey(String secretAccessKey, String date, String region, String service) {
            byte[] dateKey = hmac("AWS4".concat(secretAccessKey).getBytes(UTF_8), date);
            return hmac(hmac(hmac(dateKey, region), service), "aws4_request");
        }

        /** Stage 4. */
        public static String signature(byte[] signingKey, String stringToSign) {
            return HexFormat.of().formatHex(hmac(signingKey, stringToSign));
        }

        private static byte[] hmac(byte[] key, String text) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new javax.crypto.spec.SecretKeySpec(key, "HmacSHA256"));
                return mac.doFinal(text.getBytes(UTF_8));
            } catch (GeneralSecurityException everyJdkHasIt) { throw new IllegalStateException(everyJdkHasIt); }
        }

        private static String sha256(String text) { return digest("SHA-256", text); }

        static String digest(String algorithm, String text) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8)));
            } catch (GeneralSecurityException everyJdkHasIt) { throw new IllegalStateException(everyJdkHasIt); }
        }
    }

    /** The federation endpoint (IAM User Guide, "Enable custom identity broker access to the AWS console"). */
    public record Federation(Http http, String endpoint, Partition partition) {
        static final int TOKEN_SECONDS = 900; // the life of a sign-in token, and with it of the login URL

        /** The sessionDuration is in seconds, and 0 where the session lasts as long as the credentials. */
        public record SigninToken(String value, int sessionDuration) {
            @Override public String toString() { return "SigninToken[(hidden)]"; }
        }

        /**
         * Trades a session for {"SigninToken":"..."}. The first of the durations that is accepted counts: 900 to 43200 seconds, or
         * 0 for none. POST keeps the session out of URLs, and so out of a proxy's log, and is reported not to work in GovCloud;
         * elsewhere GET comes when the endpoint took no POST at all. What is refused in the end, is refused as it was first.
         */
        public SigninToken getSigninToken(Credentials session, int... durations) {
            Failure refused = null;
            for (String method : new String[] {"POST", "GET"}) for (int duration : durations) {
                if (method.equals("POST") && partition.id.equals("aws-us-gov")) continue;
                Http.Answer answer = getSigninToken(session, method, duration);
                if (answer.status == 200 && Json.get(answer.json("getSigninToken"), "SigninToken") instanceof String token
                        && !token.isEmpty()) return new SigninToken(token, duration);
                if (answer.status == 200) throw answer.unlike("a sign-in token");
                if (refused == null) refused = answer.refused("getSigninToken", "if these credentials have expired, get new ones; "
                        + "check that --region is of their partition", session.secretAccessKey, session.sessionToken);
                if (answer.status / 100 != 4) throw refused;
            }
            throw refused;
        }

        private Http.Answer getSigninToken(Credentials session, String method, int duration) {
            SortedMap<String, String> parameters = new TreeMap<>(Map.of("Action", "getSigninToken", "SessionType", "json"));
            if (duration > 0) parameters.put("SessionDuration", Integer.toString(duration));
            parameters.put("Session", Json.write(Json.object("sessionId", session.accessKeyId,
                    "sessionKey", session.secretAccessKey, "sessionToken", session.sessionToken)));
            String form = Http.form(parameters);
            return method.equals("POST")
                    ? http.send("getSigninToken", method, URI.create(endpoint), Map.of("content-type", Http.FORM), form)
                    : http.send("getSigninToken", method, URI.create(String.join("?", endpoint, form)), Map.of(), "");
        }

        /** @param issuer where the user goes when the session expires, or null */
        public String loginUrl(String signinToken, String destination, String issuer) {
            SortedMap<String, String> parameters = new TreeMap<>(Map.of("Action", "login", "Destination", destination));
            if (issuer != null) parameters.put("Issuer", issuer);
            parameters.put("SigninToken", signinToken);
            return String.join("?", endpoint, Http.form(parameters));
        }

        static String logoutUrl(String endpoint, String loginUrl) {
            return String.join("", endpoint, "/oauth?Action=logout&redirect_uri=", Http.encode(loginUrl));
        }
    }

    /**
     * A group of regions (botocore's endpoint data). The sign-in and console hosts of home go without its name; their domain is
     * null where it is not public.
     */
    public record Partition(String id, String prefix, String dnsSuffix, String dualStackDnsSuffix, String domain, String home) {
        private static final Partition[] ALL = {
            new Partition("aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "amazonaws.cn", "cn-north-1"),
            new Partition("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "amazonaws-us-gov.com", "us-gov-west-1"),
            new Partition("aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", "amazonaws-eusc.eu", ""),
            new Partition("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", null, ""),
            new Partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", null, ""),
            new Partition("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", null, ""),
            new Partition("aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", null, ""),
            new Partition("aws", "", "amazonaws.com", "api.aws", "aws.amazon.com", "us-east-1")};
        /** The regions where AWS_STS_REGIONAL_ENDPOINTS=legacy means the global endpoint of STS. */
        static final String LEGACY = ",ap-northeast-1,ap-south-1,ap-southeast-1,ap-southeast-2,ca-central-1,eu-central-1,"
                + "eu-north-1,eu-west-1,eu-west-2,eu-west-3,sa-east-1,us-east-1,us-east-2,us-west-1,us-west-2,";

        /** The partition of a region; what begins like no other partition's regions is of aws. */
        public static Partition of(String region) {
            for (Partition partition : ALL) if (region.startsWith(partition.prefix)) return partition;
            throw new AssertionError("the last prefix is empty");
        }

        /** Whether a name is built like a region's: us-east-1, us-gov-west-1, ap-southeast-2. */
        static boolean isRegion(String name) {
            String[] parts = name.split("-", 5);
            String compass = parts.length < 3 || parts.length > 4 ? "?" : String.join(parts[parts.length - 2], ",", ",");
            return ",north,east,south,west,central,northeast,northwest,southeast,southwest,".contains(compass)
                    && Options.number(parts[parts.length - 1]) > 0 && parts[0].length() >= 2 && !name.contains("--")
                    && Http.consistsOf("abcdefghijklmnopqrstuvwxyz0123456789-", name);
        }

        /** The regional endpoint of sts, portal.sso or oidc. In GovCloud the plain one is a FIPS endpoint already. */
        String serviceUrl(String service, String region, boolean fips, boolean dualStack) {
            String name = fips && (dualStack || !id.equals("aws-us-gov")) ? "-fips." : ".";
            return String.join("", "https://", service, name, region, ".", dualStack ? dualStackDnsSuffix : dnsSuffix);
        }

        /** The endpoint of aws login. */
        String loginUrl(String region) {
            return id.equals("aws") || id.equals("aws-cn") || id.equals("aws-us-gov")
                    ? logoutUrl(region) : serviceUrl("signin", region, false, false);
        }

        String signinUrl(String region) { return url(region, "signin."); }
        /** Unlike the federation endpoint always under the region's name. */
        String logoutUrl(String region) { return String.join("", "https://", region, ".signin.", domain); }

        /** GovCloud has one console host for all its regions. */
        String consoleUrl(String region) { return url(id.equals("aws-us-gov") ? home : region, "console."); }
        private String url(String region, String name) {
            return domain == null ? null : String.join("", "https://", region.equals(home) ? "" : region.concat("."), name, domain);
        }
    }

    /** Where in the console the user lands. */
    public static final class Destination {
        /** Services by their names, with the paths of their pages where these are not /NAME/home. */
        private static final String SERVICES = " acm amplify apigateway athena backup batch bedrock cloud9 cloudformation "
                + "cloudshell billing=costmanagement/home#/home cloudfront=cloudfront/v4/home#/distributions "
                + "cloudtrail=cloudtrailv2/home#/dashboard "
                + "cloudwatch=cloudwatch/home#home: codebuild=codesuite/codebuild/home codecommit=codesuite/codecommit/home "
                + "codedeploy=codesuite/codedeploy/home codepipeline=codesuite/codepipeline/home cognito=cognito/v2/home config "
                + "console=console/home cost=costmanagement/home#/home dms=dms/v2/home dynamodb=dynamodbv2/home "
                + "ec2=ec2/home#Instances: ecr=ecr/private-registry/repositories ecs=ecs/v2/clusters efs eks=eks/clusters "
                + "elasticache elasticbeanstalk eventbridge=events/home glue guardduty iam=iam/home#/home kinesis "
                + "kms=kms/home#/kms/home lambda logs=cloudwatch/home#logsV2:log-groups opensearch=aos/home "
                + "organizations=organizations/v2/home rds=rds/home#databases: redshift=redshiftv2/home "
                + "route53=route53/v2/hostedzones s3=s3/buckets sagemaker secretsmanager securityhub servicequotas sns sqs "
                + "ssm=systems-manager/home sso=singlesignon/home stepfunctions=states/home support vpc=vpcconsole/home#vpcs: "
                + "wafv2=wafv2/homev2 ";

        private Destination() {}

        /** The URL of a service's page, of a path that begins with /, of an ARN's resource, or the https URL itself. */
        public static String resolve(String destination, String region) { return resolve(destination, region, false); }

        /** @param move whether a URL's region is replaced by this one */
        static String resolve(String destination, String region, boolean move) {
            Partition partition = Partition.of(region);
            String domain = partition.domain == null ? null : "console.".concat(partition.domain);
            if (Http.isVisible(destination) && destination.startsWith("https://")) {
                String[] parts = destination.substring(8).split("(?=[/?#])", 2); // the host ends where it ends for a browser
                if (Http.consistsOf(Http.ALPHANUMERIC + "-.", parts[0]) && !parts[0].isEmpty()
                        && !".".concat(parts[0]).contains("..")
                        && (domain == null || parts[0].equals(domain) || parts[0].endsWith(".".concat(domain))))
                    return !move || domain == null ? destination
                            : moved(parts[0], parts.length > 1 ? parts[1] : "/", region, partition);
            } else if (Http.isVisible(destination) && domain != null) {
                String[] arn = destination.split(":", 6);
                if (destination.startsWith("/")) return page(partition.consoleUrl(region), destination, region);
                if (arn.length == 6 && arn[0].equals("arn") && arn[1].equals(partition.id)
                        && (!Partition.isRegion(arn[3]) || Partition.of(arn[3]).equals(partition)))
                    return String.join("", partition.consoleUrl(Partition.isRegion(arn[3]) ? arn[3] : region), "/go/view?arn=",
                            destination.replace("%", "%25").replace("&", "%26").replace("#", "%23").replace("+", "%2B"));
                if (Http.consistsOf(Http.ALPHANUMERIC + "-", destination))
                    return page(partition.consoleUrl(region), path(destination), region);
            }
            throw Failure.usage("--destination " + destination + " is not a page of the console of " + partition.id + ", where the "
                    + "region " + region + " is", "give its https URL; where AWS publishes its host, s3 or /ec2/home or an ARN");
        }

        /** A page of the console with the region in its query, unless there is one. */
        private static String page(String console, String path, String region) {
            String[] page = path.split("#", 2);
            String query = page[0].contains("?region=") || page[0].contains("&region=") ? ""
                    : (page[0].contains("?") ? "&region=" : "?region=").concat(region);
            return String.join("", console, page[0], query, page.length > 1 ? "#".concat(page[1]) : "");
        }

        private static String moved(String host, String rest, String region, Partition partition) {
            StringJoiner labels = new StringJoiner(".");
            for (String label : host.split("\\.")) labels.add(Partition.isRegion(label) ? region : label);
            String[] page = rest.split("#", 2);
            boolean bare = host.equals("console.".concat(partition.domain));
            String console = bare ? partition.consoleUrl(region) : "https://" + labels;
            page[0] = page[0].replaceAll("([?&]region=)[^&]*", "$1" + region);
            String path = String.join("#", page);
            return console.contains(region) || page[0].contains("region=") ? console + path : page(console, path, region);
        }

        private static String path(String name) {
            int entry = SERVICES.indexOf(String.join(name, " ", "="));
            if (entry >= 0) return "/".concat(SERVICES.substring(entry + name.length() + 2, SERVICES.indexOf(' ', entry + 1)));
            StringJoiner near = new StringJoiner(" or ");
            if (SERVICES.indexOf(String.join(name, " ", " ")) < 0 && name.length() > 3)
                for (String service : SERVICES.strip().split(" "))
                    if (distance(name, service.split("=")[0]) <= (name.length() < 6 ? 1 : 2)) near.add(service.split("=")[0]);
            if (near.length() > 0) throw Failure.usage("--destination " + name + " is not a service known here",
                    "did you mean " + near + "? If not, give its path, such as /" + name + "/home");
            return String.join("", "/", name, "/home");
        }

        /** How many characters have to be put in, taken out or changed to get from one word to the other (Levenshtein). */
        private static int distance(String from, String to) {
            int[] row = new int[to.length() + 1];
            for (int j = 0; j < row.length; j++) row[j] = j;
            for (int i = 1; i <= from.length(); i++)
                for (int j = 1, diagonal = row[0]++; j < row.length; j++) {
                    int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                    diagonal = row[j];
                    row[j] = Math.min(change, Math.min(diagonal, row[j - 1]) + 1);
                }
            return row[to.length()];
        }
    }

    /** Hands the URL over to a browser or a clipboard, so that it is neither on a command line nor on the screen. */
    static final class Handover {
        private static final int SECONDS = 60;
        private Handover() {}

        /** Opens a browser at a redirect to the URL that works once. Null when it came for it, else why not. */
        static String open(String url, Outside outside) {
            String browser = outside.variable("BROWSER"), system = System.getProperty("os.name");
            boolean screen = first(outside.variable("DISPLAY"), outside.variable("WAYLAND_DISPLAY")) != null;
            if (outside.variable("SSH_CONNECTION") != null) return "this session is over SSH: open the URL in your own browser";
            if (browser == null && !system.startsWith("Windows") && !system.startsWith("Mac") && !screen)
                return "there is no display to open a browser on: open the URL in your own browser";
            if (browser == null) browser = system.startsWith("Windows") ? "rundll32 url.dll,FileProtocolHandler"
                    : system.startsWith("Mac") ? "open" : "xdg-open";
            String path = "/".concat(UUID.randomUUID().toString());
            CountDownLatch used = new CountDownLatch(1);
            AtomicBoolean taken = new AtomicBoolean();
            ExecutorService threads = Executors.newCachedThreadPool();
            HttpServer server = null;
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
                server.createContext("/", exchange -> redirect(exchange, path, url, taken, used));
                server.setExecutor(threads); // A browser opens connections that it does not use; none of them may hold up another.
                server.start();
                Process process = outside.start(browser.split(":"), "http://127.0.0.1:" + server.getAddress().getPort() + path);
                for (int second = 0; second < SECONDS; second++) {
                    if (used.await(1, TimeUnit.SECONDS)) return null;
                    if (!process.isAlive() && process.exitValue() != 0)
                        return browser + " ended with status " + process.exitValue() + ": open the URL in your own browser";
                }
                return "no browser came for the URL within " + SECONDS + " s: open it in your own browser";
            } catch (IOException | InterruptedException failed) {
                return "the browser \"" + browser + "\" cannot be started: open the URL in your own browser, or set BROWSER";
            } finally {
                if (server != null) server.stop(0);
                threads.shutdownNow();
            }
        }

        private static void redirect(HttpExchange exchange, String path, String url, AtomicBoolean taken, CountDownLatch used)
                throws IOException {
            boolean asked = exchange.getRequestMethod().equals("GET") && exchange.getRequestURI().toString().equals(path)
                    && taken.compareAndSet(false, true);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            if (asked) exchange.getResponseHeaders().set("Location", url);
            exchange.sendResponseHeaders(asked ? 302 : 404, -1);
            exchange.close();
            if (asked) used.countDown();
        }

        /** Sends the URL to the clipboard by OSC 52, which goes over SSH. Null when there was a terminal to send it to. */
        static String copy(String url, Outside outside) {
            String sequence = "\033]52;c;" + Base64.getEncoder().encodeToString(url.getBytes(UTF_8)) + "\007";
            StringBuilder wrapped = new StringBuilder(sequence);
            if (outside.variable("TMUX") != null) { // takes the sequence itself or hands it on, depending on its settings
                wrapped.append("\033Ptmux;").append(sequence.replace("\033", "\033\033")).append("\033\\");
            } else if (first(outside.variable("TERM"), "").startsWith("screen")) { // hands on strings of some hundred characters
                wrapped.setLength(0);
                for (int i = 0; i < sequence.length(); i += 200)
                    wrapped.append("\033P").append(sequence, i, Math.min(i + 200, sequence.length())).append("\033\\");
            }
            return outside.write(wrapped.toString()) ? null : "there is no terminal whose clipboard could take the URL";
        }
    }

    /** The HTTP client: no redirects; every answer bounded in size and time. */
    public static final class Http {
        static final String ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        static final String FORM = "application/x-www-form-urlencoded; charset=utf-8";
        static final int LARGEST = 1 << 20; // bytes of an answer or a file
        private final HttpClient client;
        private final int seconds;
        private final PrintStream trace;

        /** @param caBundle PEM file to trust besides the JDK's authorities, or null; trace gets a line a request, or is null */
        public Http(int connectTimeout, int readTimeout, String caBundle, PrintStream trace) {
            this(connectTimeout, readTimeout, caBundle, trace, new Outside());
        }

        Http(int connectTimeout, int readTimeout, String caBundle, PrintStream trace, Outside outside) {
            HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(Duration.ofSeconds(connectTimeout));
            client = caBundle == null ? builder.build() : builder.sslContext(trusting(caBundle, outside)).build();
            seconds = readTimeout;
            this.trace = trace;
        }

        record Answer(String host, int status, String type, String text) {
            Failure unlike(String expected) {
                return Failure.other(host + " answered " + status + (type.startsWith("text/html") ? " in HTML" : "") + ", not with "
                        + expected, "a proxy may have answered, or the endpoint is wrong; --debug shows each request");
            }

            Failure refused(String action, String hint, String... secrets) {
                String shown = status / 100 == 2 ? "" : text; // what is half an answer may have new secrets in it
                String said = Failure.hide(shown, secrets).replaceAll("<(style|script)[^<]*</\\1>|<[^<>]*>", " ");
                return new Failure(Failure.SERVICE, host + " refused " + action + ": " + status + ": " + said, hint, null, null);
            }

            /** The JSON of an answer with status 200. */
            Object json(String action) {
                return Json.parse(text, Failure.OTHER, String.join(" at ", action, host), "did a proxy answer?");
            }

            @Override public String toString() { return "Answer[" + host + ", " + status + ", text=(hidden)]"; }
        }

        Answer send(String action, String method, URI uri, Map<String, String> headers, String body) {
            return start(action, method, uri, headers, body, seconds).answer();
        }

        /** Sends a request; the answer must be complete within the seconds. */
        Exchange start(String action, String method, URI uri, Map<String, String> headers, String body, int limit) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.ofString(body));
            for (Map.Entry<String, String> header : headers.entrySet())
                if (!header.getKey().equals("host")) request.header(header.getKey(), header.getValue());
            return new Exchange(String.join(" ", action.concat(":"), method), uri.getAuthority(), request.build(), limit);
        }

        /** A request that is under way. */
        final class Exchange {
            private final String label, host;
            private final int limit;
            private final Bytes bytes = new Bytes();
            private final long start = System.nanoTime();
            private final CompletableFuture<HttpResponse<Void>> response;

            private Exchange(String label, String host, HttpRequest request, int limit) {
                this.label = label;
                this.host = host;
                this.limit = limit;
                response = client.sendAsync(request, bytes.handler);
            }

            Answer answer() {
                String outcome = "no answer";
                try {
                    HttpResponse<Void> answer = response.get(limit, TimeUnit.SECONDS);
                    outcome = Integer.toString(answer.statusCode());
                    String contentType = answer.headers().firstValue("content-type").orElse("no content type");
                    return new Answer(host, answer.statusCode(), contentType, bytes.toString(UTF_8));
                } catch (ExecutionException | TimeoutException | InterruptedException failed) {
                    response.cancel(true);
                    throw failure(host, failed, limit == seconds ? "in time (--read-timeout)" : "within " + limit + " s");
                } finally {
                    if (trace != null) trace.println("console-login: debug: " + label + " " + host + ": " + outcome
                            + " after " + (System.nanoTime() - start) / 1_000_000 + " ms");
                }
            }
        }

        private static final class Bytes extends ByteArrayOutputStream implements java.util.function.Consumer<Optional<byte[]>> {
            final HttpResponse.BodyHandler<Void> handler = HttpResponse.BodyHandlers.ofByteArrayConsumer(this);
            @Override public void accept(Optional<byte[]> part) {
                if (part.isPresent()) writeBytes(part.get());
                if (size() > LARGEST) throw new IllegalStateException("an answer of more than 1 MiB");
            }
        }

        private static Failure failure(String host, Throwable failed, String limit) {
            Throwable reason = failed.getCause() == null ? failed : failed.getCause();
            // Not more of its message: the JDK quotes there what the server sent.
            String problem = " failed: " + first(reason.getMessage(), reason.getClass().getSimpleName()).split("[:\"]", 2)[0];
            String hint = "check the network; HTTPS_PROXY is not used yet";
            for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
                if (cause instanceof TimeoutException) problem = " gave no answer ".concat(limit);
                if (cause instanceof ConnectException) problem = " failed: nothing answers, or not in time (--connect-timeout)";
                if (cause instanceof java.nio.channels.UnresolvedAddressException) problem = " failed: its name cannot be resolved";
                if (cause instanceof SSLException) hint = "where a proxy inspects TLS, give its certificate with --ca-bundle";
            }
            return Failure.other("the connection to " + host + problem, hint);
        }

        private static SSLContext trusting(String caBundle, Outside outside) {
            try (InputStream pem = new ByteArrayInputStream(outside.read("--ca-bundle", caBundle).getBytes(UTF_8))) {
                TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init((KeyStore) null);
                KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
                trusted.load(null, null);
                for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem))
                    trusted.setCertificateEntry(Integer.toString(trusted.size()), certificate);
                if (trusted.size() == 0) throw new IOException("there is no certificate in it");
                for (X509Certificate certificate : ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers())
                    trusted.setCertificateEntry(Integer.toString(trusted.size()), certificate);
                factory.init(trusted);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, factory.getTrustManagers(), null);
                return context;
            } catch (GeneralSecurityException | IOException unusable) {
                throw Failure.configuration("CA bundle " + caBundle + " is unusable: " + unusable.getMessage(), "see --ca-bundle");
            }
        }

        /** The first URL that is given, as an endpoint: https, or http to a loopback address; a path at most. */
        static URI endpoint(int exitStatus, String flag, String... urls) {
            String url = first(first(urls), "");
            URI uri = uri(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            if (uri != null && uri.getQuery() == null) return uri;
            throw new Failure(url.isEmpty() ? Failure.USAGE : exitStatus, url.isEmpty() ? "AWS publishes no sign-in endpoint here"
                    : url.replaceFirst("//.*@", "//") + " is not an endpoint",
                    "give " + flag + " as an https URL, or http to a loopback address", null, null);
        }

        /** An https URL, or an http one to a loopback address or one of these hosts; null for any other. */
        static URI uri(String url, String... hosts) {
            try {
                URI uri = new URI(url);
                String scheme = first(uri.getScheme(), ""), host = first(uri.getHost(), "");
                boolean plain = scheme.equals("http") // by default it is not, and then there is no regular expression
                        && (List.of(hosts).contains(host) || host.matches("localhost|\\[::1]|127(\\.[0-9]{1,3}){3}"));
                return (scheme.equals("https") || plain) && !host.isEmpty() && uri.getUserInfo() == null
                        && uri.getPort() < 65_536 && uri.getFragment() == null ? uri : null;
            } catch (URISyntaxException notAUrl) { return null; }
        }

        /** The Host header, as the client sends it: without a standard port. */
        static String host(URI uri) {
            int port = uri.getPort();
            return port < 0 || port == (uri.getScheme().equals("https") ? 443 : 80) ? uri.getHost() : uri.getAuthority();
        }

        static String form(Map<String, String> parameters) {
            StringJoiner form = new StringJoiner("&");
            for (Map.Entry<String, String> parameter : parameters.entrySet())
                form.add(String.join("=", encode(parameter.getKey()), encode(parameter.getValue())));
            return form.toString();
        }

        /** Percent-encodes all but letters, digits and -._~ (RFC 3986), as SigV4 demands. */
        static String encode(String text) {
            return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
        }

        static boolean consistsOf(String characters, String text) {
            for (int i = 0; i < text.length(); i++) if (characters.indexOf(text.charAt(i)) < 0) return false;
            return true;
        }

        /** Whether there is something, all of it ASCII that can be seen. */
        static boolean isVisible(String text) {
            return !text.isEmpty() && consistsOf(ALPHANUMERIC + "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", text);
        }
    }

    /** JSON, read into Map, List, String, BigDecimal, Boolean and null; and written from them. */
    public static final class Json {
        private final String text;
        private int at;
        private Json(String text) { this.text = text; }

        /** @throws Failure that says at which character the text is not JSON, and quotes nothing of it */
        public static Object parse(String text) {
            Json json = new Json(text);
            Object value = json.value(0);
            if (json.next() != 0 || json.at < text.length()) throw json.unlike("the end");
            return value;
        }

        static Object parse(String text, int exitStatus, String what, String hint) {
            try {
                return parse(text);
            } catch (Failure failure) { throw new Failure(exitStatus, what + " is " + failure.getMessage(), hint, null, null); }
        }

        /** The member of an object; null when there is none, or no object. */
        static Object get(Object object, String name) { return object instanceof Map<?, ?> map ? map.get(name) : null; }
        static String string(Object object, String name) { return get(object, name) instanceof String text ? text : null; }

        /** A copy of an object's members; empty for anything else. */
        static Map<String, Object> members(Object object) {
            Map<String, Object> members = new LinkedHashMap<>();
            if (object instanceof Map<?, ?> map)
                for (Map.Entry<?, ?> member : map.entrySet()) members.put(member.getKey().toString(), member.getValue());
            return members;
        }

        /** An object of names and values; without those that are null. */
        static Map<String, Object> object(Object... namesAndValues) {
            Map<String, Object> members = new LinkedHashMap<>();
            for (int i = 0; i < namesAndValues.length; i += 2)
                if (namesAndValues[i + 1] != null) members.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
            return members;
        }

        /** The text of what parse gives; of anything else, such as an Instant, its toString as a string. */
        static String write(Object value) {
            if (value == null || value instanceof Boolean || value instanceof Number) return String.valueOf(value);
            StringJoiner elements = value instanceof List ? new StringJoiner(",", "[", "]") : new StringJoiner(",", "{", "}");
            if (value instanceof List<?> list) for (Object element : list) elements.add(write(element));
            else if (value instanceof Map<?, ?> map) for (Map.Entry<?, ?> member : map.entrySet())
                elements.add(String.join(":", write(member.getKey()), write(member.getValue())));
            else return quote(value.toString());
            return elements.toString();
        }

        private static String quote(String text) {
            StringBuilder quoted = new StringBuilder("\"");
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < ' ') quoted.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
                else quoted.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
            return quoted.append('"').toString();
        }

        private Object value(int depth) {
            if (depth > 64) throw unlike("no deeper nesting");
            if (taken('"')) return string();
            if (taken('[')) {
                List<Object> elements = new ArrayList<>();
                for (; !taken(']'); elements.add(value(depth + 1))) if (!elements.isEmpty()) expect(',');
                return elements;
            }
            if (taken('{')) {
                Map<String, Object> members = new LinkedHashMap<>();
                while (!taken('}')) {
                    if (!members.isEmpty()) expect(',');
                    expect('"');
                    String name = string();
                    expect(':');
                    if (members.containsKey(name)) throw unlike("each name once");
                    members.put(name, value(depth + 1));
                }
                return members;
            }
            int start = at;
            while (at < text.length() && (Http.ALPHANUMERIC + "+-.").indexOf(text.charAt(at)) >= 0) at++;
            String word = text.substring(start, at);
            if (word.equals("true") || word.equals("false")) return word.equals("true");
            if (word.equals("null")) return null;
            if (word.length() < 64 && word.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d{1,4})?"))
                return new java.math.BigDecimal(word);
            at = start;
            throw unlike("a value");
        }

        private String string() {
            StringBuilder string = new StringBuilder();
            for (; at < text.length() && text.charAt(at) >= ' ' && text.charAt(at) != '"'; at++)
                string.append(text.charAt(at) == '\\' ? escape() : text.charAt(at));
            if (!text.startsWith("\"", at)) throw unlike("a closing quote");
            at++;
            return string.toString();
        }

        private char escape() {
            int simple = ++at < text.length() ? "\"\\/bfnrt".indexOf(text.charAt(at)) : -1;
            if (simple >= 0) return "\"\\/\b\f\n\r\t".charAt(simple);
            String digits = text.startsWith("u", at) && at + 5 <= text.length() ? text.substring(at + 1, at + 5) : "?";
            if (!Http.consistsOf("0123456789abcdefABCDEF", digits)) throw unlike("an escape sequence");
            at += 4;
            return (char) Integer.parseInt(digits, 16);
        }

        private void expect(char c) { if (!taken(c)) throw unlike(Character.toString(c)); }
        private boolean taken(char c) {
            if (next() != c) return false;
            at++;
            return true;
        }

        /** The next character that is no white space; 0 at the end. */
        private char next() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
            return at < text.length() ? text.charAt(at) : 0;
        }

        private Failure unlike(String expected) {
            return Failure.other("not JSON: " + expected + " expected at character " + (at + 1), "");
        }
    }

    /** Why there is no result: what happened, and in the hint what to do next. Holds no secret and no control character. */
    public static final class Failure extends RuntimeException {
        static final int USAGE = 252, CONFIGURATION = 253, SERVICE = 254, OTHER = 255;
        private static final long serialVersionUID = 1;
        public final int exitStatus;
        /** What to do next, and what AWS answered: null where AWS did not refuse, or did not say. */
        public final String hint, code, requestId;
        Failure(int exitStatus, String message, String hint, String code, String requestId) {
            super(plain(message));
            this.exitStatus = exitStatus;
            this.hint = plain(hint);
            this.code = code;
            this.requestId = requestId;
        }

        /** One line, at most 3000 characters long, that does not steer a terminal. */
        private static String plain(String text) {
            return text.replaceAll("[\\p{C}\\p{Z}\\s]+", " ").replaceFirst("^(.{3000}).+", "$1...");
        }

        static Failure usage(String message, String hint) { return new Failure(USAGE, message, hint, null, null); }
        static Failure configuration(String message, String hint) { return new Failure(CONFIGURATION, message, hint, null, null); }
        static Failure other(String message, String hint) { return new Failure(OTHER, message, hint, null, null); }

        /** The text without the secrets. Most encodings keep letters and digits, so their runs go too, but for a policy's words. */
        static String hide(String all, String... secrets) {
            String text = all.substring(0, Math.min(all.length(), 20_000));
            Set<String> runs = new LinkedHashSet<>();
            for (String secret : secrets) if (secret != null && !secret.isEmpty()) {
                text = text.replace(secret, "(hidden)").replace(Http.encode(secret), "(hidden)");
                if (!secret.contains("{")) for (String run : secret.split("[^A-Za-z0-9]+")) if (run.length() >= 6) runs.add(run);
            }
            for (String run : runs) text = text.replace(run, "(hidden)");
            for (String word : text.split("[^A-Za-z0-9+/_-]+")) if (hasInBase64(word, runs)) text = text.replace(word, "(hidden)");
            int kept = all.length() > 20_000 ? text.length() - 9 * String.join("", secrets).length() : text.length();
            return text.substring(0, Math.max(0, kept)); // A secret may lie where it was cut; percent-encoded, 9 a character.
        }

        private static boolean hasInBase64(String word, Set<String> runs) {
            for (int i = 0; i < 4 && i + 8 < word.length(); i++) {
                String quartets = word.substring(i, word.length() - (word.length() - i) % 4).replace('+', '-').replace('/', '_');
                String decoded = new String(Base64.getUrlDecoder().decode(quartets), UTF_8);
                for (String run : runs) if (decoded.contains(run)) return true;
            }
            return false;
        }
    }

    /** Everything that touches the world outside; tests replace it. */
    static class Outside {
        /** Null where it is absent or empty. */
        String variable(String name) { return "".equals(System.getenv(name)) ? null : System.getenv(name); }
        String userName() { return System.getProperty("user.name", ""); }
        /** In whole seconds. */
        Instant now() { return Instant.ofEpochSecond(System.currentTimeMillis() / 1000); }
        InputStream in() { return System.in; }
        PrintStream out() { return System.out; }
        PrintStream err() { return System.err; }
        void print(String result) {
            out().println(result);
            if (out().checkError()) throw Failure.other("the result could not be written to standard output", "look where it goes");
        }

        /** Lines for people; what steers a terminal does not get through. */
        void note(String lines) {
            StringBuilder text = new StringBuilder("console-login: ");
            for (int i = 0; i < lines.length(); i++) {
                char c = lines.charAt(i);
                if (c == '\n') text.append(System.lineSeparator()).append("console-login: ");
                else text.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
            }
            err().println(text);
        }

        /** The file of a path that may begin with ~/, which is $HOME as all AWS tools read it. */
        String path(String path) {
            String home = first(variable("HOME"), variable("USERPROFILE"), "");
            return path.startsWith("~/") ? home.concat(path.substring(1)) : path;
        }

        /** The text of a file of at most 1 MiB, or of standard input for -. */
        String read(String what, String file) {
            try (InputStream input = input(what.startsWith("--"), file)) {
                byte[] bytes = input.readNBytes(Http.LARGEST + 1);
                if (bytes.length <= Http.LARGEST) return new String(bytes, UTF_8);
                throw new IOException(" longer than 1 MiB");
            } catch (IOException unreadable) {
                File folder = new File(file).getParentFile(); // What is no path may be what should be in the file.
                String path = file.length() < 32 || folder != null && folder.isDirectory() ? file : "(hidden)";
                String reason = first(unreadable.getMessage(), "").replace(file, "");
                throw Failure.configuration(what + " " + path + " cannot be read:" + reason, "check the file's path and mode");
            }
        }

        /** What is named on the command line may be a pipe; a setting must not wait for one. */
        private InputStream input(boolean onCommandLine, String file) throws IOException {
            if (onCommandLine && file.equals("-")) return in();
            if (!onCommandLine && new File(file).exists() && !new File(file).isFile()) throw new IOException(" it is not a file");
            return new FileInputStream(file);
        }

        /** What a command line of the platform's shell prints; what it says on standard error goes there. */
        String run(String source, String command, int seconds) {
            boolean windows = File.separatorChar == '\\';
            ProcessBuilder shell = new ProcessBuilder(windows ? "cmd.exe" : "sh", windows ? "/C" : "-c", command);
            String problem = " did not end within " + seconds + " s";
            try {
                Process process = shell.redirectInput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
                FutureTask<byte[]> output = new FutureTask<>(() -> process.getInputStream().readNBytes(Http.LARGEST + 1));
                Thread reader = new Thread(output);
                reader.setDaemon(true);
                reader.start();
                try {
                    byte[] bytes = output.get(seconds, TimeUnit.SECONDS);
                    if (bytes.length > Http.LARGEST) problem = " printed more than 1 MiB";
                    else if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                        if (process.exitValue() == 0) return new String(bytes, UTF_8);
                        problem = " ended with status " + process.exitValue() + "; above is what it said, if anything";
                    }
                } finally {
                    for (Object child : process.descendants().toArray()) ((ProcessHandle) child).destroyForcibly();
                    process.destroyForcibly();
                }
            } catch (IOException | ExecutionException | InterruptedException failed) {
                problem = " could not be run";
            } catch (TimeoutException late) { /* as the problem says */ }
            throw Failure.configuration(source + problem, "run the command by hand, and see what it prints");
        }

        /** Starts the first of the commands that can be started, with the argument behind it or in the place of %s. */
        Process start(String[] commands, String argument) throws IOException {
            IOException unknown = new IOException("no command");
            for (String command : commands) try {
                List<String> words = new ArrayList<>(List.of(command.replace("%s", argument).split(" +")));
                if (!command.contains("%s")) words.add(argument);
                ProcessBuilder builder = new ProcessBuilder(words).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
                builder.environment().keySet().removeIf(name -> name.startsWith("AWS_")); // It is no matter of a browser.
                return builder.start();
            } catch (IOException notThere) { unknown = notThere; }
            throw unknown;
        }

        /** Writes to the terminal, if there is one. */
        boolean write(String sequence) {
            try (FileOutputStream terminal = new FileOutputStream(File.separatorChar == '/' ? "/dev/tty" : "CONOUT$")) {
                terminal.write(sequence.getBytes(UTF_8));
                return true;
            } catch (IOException noTerminal) { return false; }
        }

        /** What the user types at the terminal, without an echo; null where there is no terminal. */
        String ask(String prompt) {
            File terminal = new File("/dev/tty");
            Console console = terminal.exists() ? null : System.console();
            if (console != null) return new String(console.readPassword("%s", prompt));
            String script = "trap 'stty echo; exit 1' 1 2 3 15; stty -echo && printf %s \"$0\" >&2 && read -r code; stty echo; "
                    + "echo >&2; printf %s \"$code\"";
            try {
                Process shell = new ProcessBuilder("sh", "-c", script, prompt).redirectInput(terminal)
                        .redirectError(ProcessBuilder.Redirect.appendTo(terminal)).start();
                return new String(shell.getInputStream().readNBytes(1000), UTF_8).strip();
            } catch (IOException noTerminal) { return null; }
        }

        /** Copies a file to its own folder, with its owner, group and mode: there the content of tomorrow has room. */
        Path beside(Path file) throws IOException {
            Path copy = Files.createTempFile(file.getParent(), file.getFileName().toString(), null);
            copy.toFile().deleteOnExit();
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            String owners = File.separatorChar == '/' ? "posix:owner,group,permissions" : "owner:owner";
            if (Files.readAttributes(file, owners).equals(Files.readAttributes(copy, owners))) return copy;
            Files.delete(copy);
            throw new IOException("its owner, group and mode cannot be kept");
        }
    }

    private static String first(String... candidates) {
        for (String candidate : candidates) if (candidate != null) return candidate;
        return null;
    }
}
