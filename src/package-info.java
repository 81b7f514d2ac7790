/**
 * Turns AWS credentials into a URL that signs a browser in to the AWS Management Console.
 *
 * <p>All types are nested in {@link ConsoleLogin}. In jshell, after {@code make jshell} or {@code jshell ConsoleLogin.java}:
 *
 * <pre>{@code
 * ConsoleLogin.Destination.resolve("s3", "eu-central-1")
 * ConsoleLogin.login("--name", "feduser", "--destination", "s3").url()
 * }</pre>
 *
 * <p>The first gives the address of a console page and needs no network. The second finds credentials as the command
 * line does, and calls AWS.
 *
 * <p>But for {@code main}, which is the command line, the types return values and throw {@link ConsoleLogin.Failure};
 * they never exit, and print nothing but what {@code --debug} asks for. What holds a secret has a {@code toString} that
 * hides it.
 */
package consolelogin;
