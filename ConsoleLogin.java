/*
 * ConsoleLogin turns the AWS credentials at hand into a URL that for 15 minutes signs a browser in to the AWS Management
 * Console: java ConsoleLogin.java --name feduser. One file, the JDK (17 or later), nothing else.
 * It contacts  by https the STS and the sign-in endpoint of the region: sts.REGION.amazonaws.com, REGION.signin.aws.amazon.com (in
 *              us-east-1 signin.aws.amazon.com), those of the other partitions (see Partition), or those that the user names.
 *              By http only what the user names at a loopback address. Redirects are not followed.
 * It reads     the AWS config and credentials files; files named on the command line; the name of the user who runs it;
 *              AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_DEFAULT_PROFILE, AWS_REGION,
 *              AWS_DEFAULT_REGION, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_CA_BUNDLE, AWS_ENDPOINT_URL,
 *              AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_SIGNIN, HOME and USERPROFILE.
 * It writes    no file. The result goes to standard output, an account of it to standard error; no secret is logged.
 * Contents: usage text, main, run; login, the five steps; Plan, all decisions before the first request; Login; Options;
 * Credentials; SharedConfig; Sts; SigV4; Federation; Partition; Destination; Http; Json; Failure; Outside.
 * Until the URL is printed the code keeps to what a JVM starts fast with: loops, String.join, few types; no lambda, stream or
 * format string, no regular expression by default. Error messages, --dry-run and --debug use what reads best.
 */
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.security.*;
import java.security.cert.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
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
          --role-arn ARN        assume this role with the credentials found
          --serial-number ARN   MFA device, where the role asks for one
          --token-code CODE     six digits that the MFA device shows
        What the session may do, and for how long
          --policy JSON         inline session policy of at most 2048 characters, or file://PATH to one
          --policy-arn ARN      managed session policy, up to 10 times; a bare name is an AWS managed policy
          --duration-seconds N  900 to 43200 or 15m to 12h (default: 1h); of a federated user up to 36h, of a
                                role that is assumed from a session up to 1h
        Where it lands
          --region REGION       (default: $AWS_REGION, $AWS_DEFAULT_REGION, the profile's, us-east-1)
          --destination D       service (s3), console path (/ec2/home#Instances:) or console URL (https://)
          --issuer URL          where the user goes when the session expires, such as https://example.com/
        What comes out
          --output FORMAT       url; json: the URL in an object about the session; env: export lines of
                                the session's credentials; process: those as credential_process JSON
          --dry-run             say which credentials, hosts and parameters would be used; call nothing
          --quiet               nothing on standard error but errors
          --debug               each request, its status and duration on standard error; no secret
          --help                this text
          --version             the version
        Network
          --endpoint-url URL    STS endpoint (default: $AWS_ENDPOINT_URL_STS, $AWS_ENDPOINT_URL, the region's)
          --signin-endpoint-url URL  base of the sign-in endpoint (default: $AWS_ENDPOINT_URL_SIGNIN)
          --ca-bundle FILE      PEM certificates to trust besides the JDK's (default: $AWS_CA_BUNDLE)
          --connect-timeout S   seconds, 1 to 600 (default: 5)
          --read-timeout S      seconds, 1 to 600 (default: 20)
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
        plan.outside.print(login == null ? session.export(plan.output) : plan.output.equals("json") ? login.toJson() : login.url);
        if (plan.options.has("--quiet")) return;
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
        // 2. They become the session string, 3. which is URL-encoded, 4. and traded for a sign-in token.
        Federation federation = new Federation(plan.http, plan.signinEndpoint.toString().concat("/federation"), plan.partition);
        String token = federation.getSigninToken(session, plan.sessionDuration);
        // 5. The login URL carries the token.
        String url = federation.loginUrl(token, plan.destination, plan.options.get("--issuer"));
        Instant now = plan.outside.now(), end = now.plusSeconds(plan.sessionDuration);
        return new Login(url, now.plusSeconds(Federation.TOKEN_SECONDS), plan.sessionDuration > 0 ? end : session.expiration,
                session, plan.partition.id, plan.region, plan.destination);
    }

    /** What will be done: every decision, made and checked before anything is sent. */
    static final class Plan {
        /** Leaves exactly the caller's rights; without a session policy a federated user has none (granted #144). */
        static final String ALLOW_ALL = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
        final Options options;
        final Outside outside;
        /** The operation is GetFederationToken or AssumeRole; null where the credentials found are a session already. */
        final String output, region, destination, operation;
        final Partition partition;
        final boolean wantsUrl;
        final URI stsEndpoint, signinEndpoint;
        final Http http;
        final Credentials found;
        final Map<String, String> parameters = new TreeMap<>();
        /** Seconds, as the federation endpoint is asked for them; 0 where it must not be. */
        final int sessionDuration;
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
            stsEndpoint = Http.endpoint("--endpoint-url", options.get("--endpoint-url"),
                    outside.variable("AWS_ENDPOINT_URL_STS"), outside.variable("AWS_ENDPOINT_URL"), partition.stsUrl(region));
            signinEndpoint = !wantsUrl ? null : Http.endpoint("--signin-endpoint-url", options.get("--signin-endpoint-url"),
                    outside.variable("AWS_ENDPOINT_URL_SIGNIN"), partition.signinUrl(region));
            destination = wantsUrl ? Destination.resolve(options.get("--destination", "console"), region) : null;
            http = new Http(options.seconds("--connect-timeout", "5"), options.seconds("--read-timeout", "20"),
                    first(options.get("--ca-bundle"), outside.variable("AWS_CA_BUNDLE"), config.get("ca_bundle")),
                    options.has("--debug") ? outside.err() : null);
            found = Credentials.find(options, outside, config);
            boolean longTerm = found.sessionToken() == null, role = options.has("--role-arn");
            operation = role ? "AssumeRole" : longTerm ? "GetFederationToken" : null;
            check(role, longTerm, duration);
            // A role assumed with a long-term key may get a console session longer than its own; a chained role may not.
            sessionDuration = wantsUrl && role == longTerm ? duration : 0;
            if (operation != null) addParameters(role, policy, duration - sessionDuration);
        }
        /** The credentials found if they are a session already, else those of a new one. */
        Credentials session() {
            return operation == null ? found : new Sts(http, stsEndpoint, region).session(found, parameters, outside.now());
        }
        private void check(boolean role, boolean longTerm, int duration) {
            String[] arn = options.get("--role-arn", "").split(":", 6);
            options.require(!role || arn.length == 6 && arn[2].equals("iam") && arn[4].length() == 12 && arn[5].startsWith("role/"),
                    "--role-arn", "is not an ARN such as arn:aws:iam::123456789012:role/Admin");
            options.require(!role || arn[1].equals(partition.id), "--role-arn", "is of another partition than --region");
            boolean device = options.has("--serial-number"), code = options.has("--token-code");
            options.require(device == code && (role || !code), code ? "--token-code" : "--serial-number",
                    "goes together with --role-arn, --serial-number and --token-code");
            String policy = options.has("--policy") ? "--policy" : "--policy-arn";
            options.require(operation != null || !options.has(policy), policy,
                    "cannot narrow credentials that are a session already, unless they assume a role (--role-arn)");
            boolean fixed = operation == null && (!wantsUrl || first(found.arn, "").contains(":federated-user/"));
            options.require(duration <= (fixed ? 0 : role == longTerm ? 43_200 : role ? 3600 : 129_600), "--duration-seconds",
                    "is longer than AWS allows with these credentials");
            String issuer = options.get("--issuer");
            options.require(issuer == null || issuer.matches("https?://[!-~]+"), "--issuer", "is not a URL");
        }
        private void addParameters(boolean role, String policy, int duration) {
            String name = options.get("--name", validName(outside.userName(), 32));
            List<String> arns = options.all("--policy-arn");
            options.require(name.equals(validName(name, role ? 64 : 32)), "--name", "is not a name that AWS accepts");
            options.require(arns.size() <= 10, "--policy-arn", "is one too many");
            parameters.putAll(Map.of("Action", operation, "Version", "2011-06-15", role ? "RoleSessionName" : "Name", name));
            if (role) parameters.put("RoleArn", options.get("--role-arn"));
            if (policy == null && arns.isEmpty() && !role) policy = ALLOW_ALL;
            if (policy != null) parameters.put("Policy", policy);
            int member = 0;
            for (String arn : arns)
                parameters.put(String.join(Integer.toString(++member), "PolicyArns.member.", ".arn"),
                        arn.startsWith("arn:") ? arn : String.join("", "arn:", partition.id, ":iam::aws:policy/", arn));
            if (duration > 0 || !role) parameters.put("DurationSeconds", Integer.toString(duration > 0 ? duration : 3600));
            if (options.has("--token-code"))
                parameters.putAll(Map.of("SerialNumber", options.get("--serial-number"), "TokenCode", options.get("--token-code")));
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
            StringJoiner text = new StringJoiner("\n").add("credentials  " + found.source + ", access key ID " + found.accessKeyId);
            text.add("region       " + region + " in the partition " + partition.id);
            text.add("STS          " + (operation == null ? "not called: these credentials are a session" : stsEndpoint));
            for (String name : parameters.keySet())
                text.add("             " + name + "=" + (name.matches("Policy|TokenCode") ? "(hidden)" : parameters.get(name)));
            if (sessionDuration > 0) text.add("console      SessionDuration=" + sessionDuration);
            if (wantsUrl) text.add("sign-in      " + signinEndpoint + "/federation").add("destination  " + destination);
            return text.toString().replaceAll("[\\p{C}&&[^\n]]", "?");
        }
    }

    /** What signing in gave. Whoever opens the URL before it dies is signed in. What is not known is null. */
    public record Login(String url, Instant urlExpiration, Instant sessionExpiration, Credentials session, String partition,
            String region, String destination) {
        /** One JSON object, all values strings. */
        public String toJson() {
            return Json.write("url", url, "urlExpiration", urlExpiration, "sessionExpiration", sessionExpiration, "arn",
                    session.arn, "account", account(), "partition", partition, "region", region, "destination", destination);
        }
        String summary() {
            return (session.arn == null ? "signs in with the credentials of " + session.source + ", if not of GetSessionToken"
                            : "signs in as " + session.arn + " (account " + account() + ")")
                    + "\nthe URL works until " + local(urlExpiration) + " for whoever has it; the session ends "
                    + (sessionExpiration == null ? "with its credentials" : local(sessionExpiration));
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
        /** The credentials provider chain: the first place that has credentials wins. */
        static Credentials find(Options options, Outside outside, SharedConfig config) {
            String file = options.get("--credentials");
            String id = outside.variable("AWS_ACCESS_KEY_ID"), secret = outside.variable("AWS_SECRET_ACCESS_KEY");
            boolean passedOver = options.has("--profile");
            Credentials found = file != null ? fromJson("--credentials ".concat(file), outside.read("--credentials", file))
                    : passedOver || id == null && secret == null ? config.credentials()
                    : new Credentials(id, secret, outside.variable("AWS_SESSION_TOKEN"), null, null, "the environment");
            if (found == null) throw Failure.configuration("no credentials found: the environment "
                            + (passedOver ? "is passed over for --profile; " : "has no AWS_ACCESS_KEY_ID; ") + config.looked,
                    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile, or give JSON to --credentials");
            if (found.expiration == null || found.expiration.isAfter(outside.now())) return found;
            throw Failure.configuration(found.source + " has credentials that expired at " + found.expiration, "get new ones");
        }
        /** {"Credentials": {"AccessKeyId": …}, "AssumedRoleUser": {"Arn": …}} as STS commands print it, or the inner object. */
        static Credentials fromJson(String source, String json) {
            Object outer = Json.parse(json, Failure.CONFIGURATION, source, "give what aws sts or a credential_process prints");
            Object inner = Json.get(outer, "Credentials") == null ? outer : Json.get(outer, "Credentials");
            Object user = Json.get(outer, Json.get(outer, "FederatedUser") == null ? "AssumedRoleUser" : "FederatedUser");
            for (String name : List.of("SessionToken", "Expiration"))
                if (Json.get(inner, name) != null && Json.string(inner, name) == null)
                    throw Failure.configuration(source + " has a " + name + " that is not a string", "get new credentials");
            return new Credentials(Json.string(inner, "AccessKeyId"), Json.string(inner, "SecretAccessKey"),
                    Json.string(inner, "SessionToken"), instant(Json.string(inner, "Expiration"), source),
                    Json.string(user, "Arn"), source);
        }
        /** A time such as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00+00:00. */
        static Instant instant(String text, String source) {
            try {
                return text == null ? null : OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) { throw Failure.configuration(source + " has an odd Expiration", "get new credentials"); }
        }
        /** Lines for sh, safe to eval whatever the values hold, or the JSON of a credential_process. */
        String export(String output) {
            return output.equals("process")
                    ? "{\"Version\":1,".concat(Json.write("AccessKeyId", accessKeyId, "SecretAccessKey", secretAccessKey,
                            "SessionToken", sessionToken, "Expiration", expiration).substring(1))
                    : String.join("", "export AWS_ACCESS_KEY_ID='", accessKeyId.replace("'", "'\\''"),
                            "'\nexport AWS_SECRET_ACCESS_KEY='", secretAccessKey.replace("'", "'\\''"),
                            "'\nexport AWS_SESSION_TOKEN='", sessionToken.replace("'", "'\\''"), "'");
        }
        @Override public String toString() { return "Credentials[" + accessKeyId + " of " + source + ", secrets=(hidden)]"; }
    }

    /** The profile chosen, as the AWS config and credentials files have it. */
    static final class SharedConfig {
        private final String profile;
        private final Map<String, String> settings = new HashMap<>();
        private final StringJoiner looked = new StringJoiner("; ");
        /** @throws Failure with status 253 when a file cannot be read, or a profile was named that is in neither */
        SharedConfig(String asked, Outside outside) {
            String named = first(asked, outside.variable("AWS_PROFILE"), outside.variable("AWS_DEFAULT_PROFILE"));
            String home = first(outside.variable("HOME"), outside.variable("USERPROFILE"), "");
            profile = first(named, "default");
            // For one profile in both files the credentials file, read last, wins key by key.
            add(outside, first(outside.variable("AWS_CONFIG_FILE"), home.concat("/.aws/config")),
                    profile.equals("default") ? profile : "profile ".concat(profile));
            add(outside, first(outside.variable("AWS_SHARED_CREDENTIALS_FILE"), home.concat("/.aws/credentials")), profile);
            if (named != null && settings.isEmpty()) throw Failure.configuration("no profile " + named + ": " + looked, "check it");
        }
        private void add(Outside outside, String file, String section) {
            boolean exists = new File(file).exists();
            Map<String, String> found = exists ? parse(file, outside.read("the file", file)).get(section) : null;
            if (found != null) settings.putAll(found);
            String problem = !exists ? " does not exist" : found == null ? " has no [" : " has no access key in [";
            looked.add(String.join("", file, problem, exists ? section.concat("]") : ""));
        }
        /** Sections such as [profile dev] with settings such as region = us-east-1; indented lines are settings of a setting. */
        static Map<String, Map<String, String>> parse(String file, String text) {
            Map<String, Map<String, String>> sections = new HashMap<>();
            Map<String, String> section = null;
            String[] lines = text.split("\n");
            for (int i = 0, base = 0; i < lines.length; i++) {
                String line = lines[i].strip();
                int equals = line.indexOf('='), column = lines[i].indexOf(line);
                if (line.isEmpty() || "#;".contains(line.substring(0, 1)) || column > base && !line.startsWith("[")) continue;
                if (line.startsWith("[") && line.indexOf(']') > 0) {
                    String name = line.substring(1, line.indexOf(']')).strip().replace("\"", "").replace("'", "");
                    if (name.equals("profile default")) name = "default";
                    sections.put(name, section = sections.getOrDefault(name, new HashMap<>()));
                    base = Integer.MAX_VALUE;
                } else if (equals > 0 && section != null) {
                    section.put(line.substring(0, equals).strip().toLowerCase(Locale.ROOT), line.substring(equals + 1).strip());
                    base = column;
                } else throw Failure.configuration(file + " line " + (i + 1) + " is not a section, a setting or a comment",
                        "a profile begins with a line such as [dev], its settings look like region = us-east-1");
            }
            return sections;
        }
        /** A setting of the profile; null where it is absent or empty. */
        String get(String name) { return settings.getOrDefault(name, "").isEmpty() ? null : settings.get(name); }
        /** The profile's access key, or null where AWS tools sign in otherwise: the identity would not be the one asked for. */
        Credentials credentials() {
            String id = get("aws_access_key_id"), secret = get("aws_secret_access_key");
            for (String name : List.of("role_arn", "sso_session", "sso_start_url", "login_session", "credential_process"))
                if (get(name) != null) looked.add(name.concat(" is not supported yet"));
            return id == null && secret == null || first(get("role_arn"), get("sso_session"), get("sso_start_url")) != null ? null
                    : new Credentials(id, secret, get("aws_session_token"), null, null, "the profile ".concat(profile));
        }
    }

    /** AWS STS over its Query API (STS API reference, version 2011-06-15). The region is the endpoint's. */
    public record Sts(Http http, URI endpoint, String region) {
        private static final List<String> VALUES = List.of("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Arn",
                "Code", "Message", "RequestId"); // elements that are read, each at most once
        Credentials session(Credentials caller, Map<String, String> parameters, Instant now) {
            Map<String, String> answer = call(caller, parameters, now);
            String source = "STS ".concat(parameters.get("Action")), token = first(answer.get("SessionToken"), "");
            try {
                return new Credentials(answer.get("AccessKeyId"), answer.get("SecretAccessKey"), token,
                        Credentials.instant(answer.get("Expiration"), source), answer.get("Arn"), source);
            } catch (Failure unusable) { throw Failure.other(unusable.getMessage(), "check the endpoint " + endpoint); }
        }
        /** Calls an operation with its parameters, Action and Version among them; returns the VALUES in the answer. */
        public Map<String, String> call(Credentials caller, Map<String, String> parameters, Instant now) {
            String body = Http.form(parameters), action = parameters.get("Action");
            SortedMap<String, String> headers = new TreeMap<>(Map.of("content-type", Http.FORM));
            String scope = endpoint.getHost().equals("sts.amazonaws.com") ? "us-east-1" : region; // the global endpoint's region
            SigV4.sign(headers, "POST", endpoint, body, caller, scope, "sts", now);
            Http.Answer answer = http.send("STS ".concat(action), "POST", endpoint, headers, body);
            Map<String, String> values = parse(answer);
            if (answer.status == 200) return values;
            values.replaceAll((name, value) -> Failure.hide(value, caller.secretAccessKey, caller.sessionToken,
                    parameters.get("Policy"), parameters.get("TokenCode")));
            if (values.isEmpty() && !answer.text.contains("<ErrorResponse")) throw answer.unlike("an XML answer of STS");
            String code = first(values.get("Code"), Integer.toString(answer.status)), message = first(values.get("Message"), "");
            String id = first(values.get("RequestId"), "unknown");
            throw new Failure(Failure.SERVICE, "STS refused " + action + ": " + code + ": " + message + " (request ID " + id + ")",
                    hint(code, message, action), code, id);
        }
        /** <pre>
         * &lt;GetFederationTokenResponse>&lt;GetFederationTokenResult>&lt;Credentials>&lt;AccessKeyId>…&lt;/AccessKeyId>…
         * &lt;ErrorResponse>&lt;Error>&lt;Code>…&lt;/Code>&lt;Message>…&lt;/Message>&lt;/Error>&lt;RequestId>…</pre> */
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
            return switch (code) {
                case "SignatureDoesNotMatch" -> message.startsWith("Signature") ? "set the clock of this machine"
                        : "the secret access key does not belong to the access key ID; copy both again";
                case "InvalidClientTokenId" -> "the access key is deleted, inactive, or of another partition (--region)";
                case "ExpiredToken", "ExpiredTokenException" -> "these temporary credentials have expired; get new ones";
                case "AccessDenied" -> message.contains("with session credentials")
                        ? "these credentials are temporary; give --role-arn to assume a role, or use the IAM user's own access key"
                        : action.equals("GetFederationToken") ? "allow this IAM user sts:GetFederationToken, or give --role-arn"
                        : "the role's trust policy and the caller's must allow it; it may ask for --serial-number and --token-code";
                default -> "the STS API reference explains it under " + action;
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
        private static String sha256(String text) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
            } catch (GeneralSecurityException everyJdkHasIt) { throw new IllegalStateException(everyJdkHasIt); }
        }
    }

    /** The federation endpoint (IAM User Guide, "Enable custom identity broker access to the AWS console"). */
    public record Federation(Http http, String endpoint, Partition partition) {
        static final int TOKEN_SECONDS = 900; // the life of a sign-in token, and with it of the login URL
        /** Trades a session for {"SigninToken":"…"}. The duration is 900 to 43200 seconds, or 0 where AWS takes none. */
        public String getSigninToken(Credentials session, int duration) {
            SortedMap<String, String> parameters = new TreeMap<>(Map.of("Action", "getSigninToken", "SessionType", "json"));
            if (duration > 0) parameters.put("SessionDuration", Integer.toString(duration));
            parameters.put("Session", Json.write("sessionId", session.accessKeyId, "sessionKey", session.secretAccessKey,
                    "sessionToken", session.sessionToken));
            String form = Http.form(parameters), action = "getSigninToken";
            // POST keeps the session out of URLs, and so out of a proxy's log; in GovCloud it is reported not to work.
            Http.Answer answer = partition.id.equals("aws-us-gov") ? null
                    : http.send(action, "POST", URI.create(endpoint), Map.of("content-type", Http.FORM), form);
            if (answer == null || answer.status == 404 || answer.status == 405)
                answer = http.send(action, "GET", URI.create(String.join("?", endpoint, form)), Map.of(), "");
            String said = answer.status == 200 ? "" : Failure.hide(answer.text, session.secretAccessKey, session.sessionToken);
            if (answer.status != 200) throw new Failure(Failure.SERVICE, answer.host + " refused " + action + ": " + answer.status
                    + ": " + said.replaceAll("<(style|script)[^<]*</\\1>|<[^<>]*>", " "), "if these credentials have "
                    + "expired, get new ones; check that --region is of their partition; leave out --duration-seconds", null, null);
            Object json = Json.parse(answer.text, Failure.OTHER, "getSigninToken at ".concat(answer.host), "did a proxy answer?");
            if (Json.get(json, "SigninToken") instanceof String token && !token.isEmpty()) return token;
            throw answer.unlike("a sign-in token");
        }
        /** @param issuer where the user goes when the session expires, or null */
        public String loginUrl(String signinToken, String destination, String issuer) {
            SortedMap<String, String> parameters = new TreeMap<>(Map.of("Action", "login", "Destination", destination));
            if (issuer != null) parameters.put("Issuer", issuer);
            parameters.put("SigninToken", signinToken);
            return String.join("?", endpoint, Http.form(parameters));
        }
    }

    /** A group of regions (botocore's endpoint data). The hosts of home go without its name; domain is null if it is not public. */
    public record Partition(String id, String prefix, String stsDomain, String domain, String home) {
        private static final Partition[] ALL = {
            new Partition("aws-cn", "cn-", "amazonaws.com.cn", "amazonaws.cn", "cn-north-1"),
            new Partition("aws-us-gov", "us-gov-", "amazonaws.com", "amazonaws-us-gov.com", "us-gov-west-1"),
            new Partition("aws-eusc", "eusc-", "amazonaws.eu", "amazonaws-eusc.eu", ""),
            new Partition("aws-iso", "us-iso-", "c2s.ic.gov", null, ""),
            new Partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", null, ""),
            new Partition("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", null, ""),
            new Partition("aws-iso-f", "us-isof-", "csp.hci.ic.gov", null, ""),
            new Partition("aws", "", "amazonaws.com", "aws.amazon.com", "us-east-1")};
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
        String stsUrl(String region) { return String.join("", "https://sts.", region, ".", stsDomain); }
        String signinUrl(String region) { return url(region, "signin."); }
        /** GovCloud has one console host for all its regions. */
        String consoleUrl(String region) { return url(id.equals("aws-us-gov") ? home : region, "console."); }
        private String url(String region, String name) {
            return domain == null ? null : String.join("", "https://", region.equals(home) ? "" : region.concat("."), name, domain);
        }
    }

    /** Where in the console the user lands. */
    public static final class Destination {
        private Destination() {}
        /** The URL of a service's page, of a path that begins with /, or the https URL itself, if it is on the console's domain. */
        public static String resolve(String destination, String region) {
            Partition partition = Partition.of(region);
            boolean isUrl = destination.startsWith("https://"), isPath = destination.startsWith("/");
            String domain = partition.domain == null ? "" : ".console.".concat(partition.domain);
            // The host ends where it ends for a browser; what that may read in its own way (a backslash, an @) is refused in it.
            String host = isUrl ? ".".concat(destination.substring(8).split("[/?#]", 2)[0]) : domain;
            boolean valid = Http.consistsOf(Http.ALPHANUMERIC + "-.", host.concat(region)) && host.length() > 1
                    && host.endsWith(domain) && (isUrl || isPath || Http.consistsOf(Http.ALPHANUMERIC + "-", destination));
            if (!valid || !Http.isVisible(destination)) throw Failure.usage("--destination " + destination + " is not a page "
                    + "of the console of " + partition.id, "give its https URL; where AWS publishes its host, s3 or /ec2/home");
            if (isUrl) return destination;
            String[] page = (isPath ? destination : String.join(destination, "/", "/home")).split("#", 2);
            String query = page[0].contains("?region=") || page[0].contains("&region=") ? ""
                    : (page[0].contains("?") ? "&region=" : "?region=").concat(region);
            return String.join("", partition.consoleUrl(region), page[0], query, page.length > 1 ? "#".concat(page[1]) : "");
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
            HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(Duration.ofSeconds(connectTimeout));
            client = caBundle == null ? builder.build() : builder.sslContext(trusting(caBundle)).build();
            seconds = readTimeout;
            this.trace = trace;
        }
        record Answer(String host, int status, String type, String text) {
            Failure unlike(String expected) {
                return Failure.other(host + " answered " + status + (type.startsWith("text/html") ? " in HTML" : "") + ", not with "
                        + expected, "a proxy may have answered, or the endpoint is wrong; --debug shows each request");
            }
            @Override public String toString() { return "Answer[" + host + ", " + status + ", text=(hidden)]"; }
        }
        Answer send(String step, String method, URI uri, Map<String, String> headers, String body) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.ofString(body));
            for (Map.Entry<String, String> header : headers.entrySet())
                if (!header.getKey().equals("host")) request.header(header.getKey(), header.getValue());
            Bytes bytes = new Bytes();
            String host = uri.getAuthority(), outcome = "no answer";
            long start = System.nanoTime();
            CompletableFuture<HttpResponse<Void>> exchange = client.sendAsync(request.build(), bytes.handler);
            try {
                HttpResponse<Void> answer = exchange.get(seconds, TimeUnit.SECONDS);
                outcome = Integer.toString(answer.statusCode());
                String contentType = answer.headers().firstValue("content-type").orElse("no content type");
                return new Answer(host, answer.statusCode(), contentType, bytes.toString(UTF_8));
            } catch (ExecutionException | TimeoutException | InterruptedException failed) {
                exchange.cancel(true);
                throw failure(host, failed);
            } finally {
                if (trace != null) trace.println("console-login: debug: " + step + ": " + method + " " + host + ": " + outcome
                        + " after " + (System.nanoTime() - start) / 1_000_000 + " ms");
            }
        }
        private static final class Bytes extends ByteArrayOutputStream implements java.util.function.Consumer<Optional<byte[]>> {
            final HttpResponse.BodyHandler<Void> handler = HttpResponse.BodyHandlers.ofByteArrayConsumer(this);
            @Override public void accept(Optional<byte[]> part) {
                if (part.isPresent()) writeBytes(part.get());
                if (size() > LARGEST) throw new IllegalStateException("an answer of more than 1 MiB");
            }
        }
        private static Failure failure(String host, Throwable failed) {
            Throwable reason = failed.getCause() == null ? failed : failed.getCause();
            // Not more of its message: the JDK quotes there what the server sent.
            String problem = " failed: " + first(reason.getMessage(), reason.getClass().getSimpleName()).split("[:\"]", 2)[0];
            String hint = "check the network; HTTPS_PROXY is not used yet";
            for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
                if (cause instanceof TimeoutException) problem = " gave no answer in time (--read-timeout)";
                if (cause instanceof ConnectException) problem = " failed: nothing answers, or not in time (--connect-timeout)";
                if (cause instanceof java.nio.channels.UnresolvedAddressException) problem = " failed: its name cannot be resolved";
                if (cause instanceof SSLException) hint = "where a proxy inspects TLS, give its certificate with --ca-bundle";
            }
            return Failure.other("the connection to " + host + problem, hint);
        }
        private static SSLContext trusting(String caBundle) {
            try (InputStream pem = new ByteArrayInputStream(new Outside().read("--ca-bundle", caBundle).getBytes(UTF_8))) {
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
        static URI endpoint(String flag, String... urls) {
            String url = first(first(urls), "");
            try {
                URI uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
                String scheme = first(uri.getScheme(), ""), host = first(uri.getHost(), "");
                boolean loopback = scheme.equals("http") && host.matches("localhost|\\[::1]|127(\\.[0-9]{1,3}){3}");
                if ((scheme.equals("https") || loopback) && !host.isEmpty() && uri.getUserInfo() == null
                        && uri.getPort() < 65_536 && uri.getQuery() == null && uri.getFragment() == null) return uri;
            } catch (URISyntaxException notAUrl) { /* As little an endpoint as any other. */ }
            throw Failure.usage(url.isEmpty() ? "AWS publishes no sign-in endpoint here" : url.replaceFirst("//.*@", "//")
                    + " is not an endpoint", "give " + flag + " or its variable as an https URL, or http to a loopback address");
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

    /** JSON, read into Map, List, String, Double, Boolean and null. */
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
        /** An object of names and values that are null, and then left out, or have no control characters in them. */
        static String write(Object... namesAndValues) {
            StringJoiner members = new StringJoiner(",", "{", "}");
            for (int i = 0; i < namesAndValues.length; i += 2)
                if (namesAndValues[i + 1] != null) members.add(String.join("", "\"", namesAndValues[i].toString(), "\":\"",
                        namesAndValues[i + 1].toString().replace("\\", "\\\\").replace("\"", "\\\""), "\""));
            return members.toString();
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
                Map<String, Object> members = new HashMap<>();
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
            if (word.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) return Double.valueOf(word);
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
            super(message.replaceAll("[\\p{C}\\p{Z}\\s]+", " ").replaceFirst("^(.{1000}).+", "$1..."));
            this.exitStatus = exitStatus;
            this.hint = hint;
            this.code = code;
            this.requestId = requestId;
        }
        static Failure usage(String message, String hint) { return new Failure(USAGE, message, hint, null, null); }
        static Failure configuration(String message, String hint) { return new Failure(CONFIGURATION, message, hint, null, null); }
        static Failure other(String message, String hint) { return new Failure(OTHER, message, hint, null, null); }
        /** The text without the secrets. No encoding changes letters and digits, so their runs go too, but for a policy's words. */
        static String hide(String all, String... secrets) {
            String text = all.substring(0, Math.min(all.length(), 20_000));
            for (String secret : secrets) if (secret != null) {
                text = text.replace(secret, "(hidden)").replace(Http.encode(secret), "(hidden)");
                String[] runs = secret.contains("{") ? new String[0] : secret.split("[^A-Za-z0-9]+");
                for (String run : runs) if (run.length() >= 6) text = text.replace(run, "(hidden)");
            }
            int kept = all.length() > 20_000 ? text.length() - 9 * String.join("", secrets).length() : text.length();
            return text.substring(0, Math.max(0, kept)); // A secret may lie where it was cut; percent-encoded, 9 a character.
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
        void note(String lines) { for (String line : lines.split("\n")) err().println("console-login: ".concat(line)); }
        /** The text of a file of at most 1 MiB, or of standard input for -. */
        String read(String what, String file) {
            try (InputStream input = file.equals("-") ? in() : new FileInputStream(file)) {
                byte[] bytes = input.readNBytes(Http.LARGEST + 1);
                if (bytes.length <= Http.LARGEST) return new String(bytes, UTF_8);
                throw new IOException(" longer than 1 MiB");
            } catch (IOException unreadable) {
                String path = file.contains("{") ? "(JSON)" : file, reason = first(unreadable.getMessage(), "").replace(file, "");
                throw Failure.configuration(what + " " + path + " cannot be read:" + reason, "check the file's path and mode");
            }
        }
    }
    private static String first(String... candidates) {
        for (String candidate : candidates) if (candidate != null) return candidate;
        return null;
    }
}
