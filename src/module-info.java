/** Signs a browser in to the AWS Management Console with AWS credentials. */
module consolelogin {
    requires java.net.http;  // STS and the federation endpoint are called with its client
    requires java.xml;       // STS answers in XML
    requires jdk.httpserver; // --open redirects the browser once

    exports consolelogin;
}
