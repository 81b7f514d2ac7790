import consolelogin.ConsoleLogin;
import consolelogin.ConsoleLogin.*;
System.out.println("Without a network:    ConsoleLogin.Destination.resolve(\"s3\", \"eu-central-1\")");
System.out.println("With AWS credentials: ConsoleLogin.login(\"--name\", \"feduser\").url()");
