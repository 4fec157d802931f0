package sallyport.app;

import java.io.PrintWriter;
import sallyport.gateway.console.api.HostnameTestAnswer;
import sallyport.gateway.console.api.HostnameTestAnswer.Fetch;
import sallyport.gateway.console.api.HostnameTestAnswer.Finding;
import sallyport.gateway.console.api.HostnameTestAnswer.Landing;

/** What a walk through a device's pages has found, as text for a terminal. */
final class HostnameTestText {
    private HostnameTestText() {}

    static void print(PrintWriter out, HostnameTestAnswer test) {
        out.println();
        Table requests = new Table("REQUEST", "STATUS", "MS", "LOCATION");
        for (Fetch fetch : test.requests()) {
            requests.row(
                    fetch.request(),
                    fetch.problem().orElse(Integer.toString(fetch.status())),
                    fetch.millis(),
                    fetch.location().orElse(""));
        }
        requests.print(out);
        out.println();
        test.tls()
                .ifPresent(tls -> out.println("ok      device's TLS: " + tls.protocol() + ", " + tls.cipher()
                        + ", certificate SHA-256 " + tls.fingerprint()));
        test.findings().forEach(finding -> finding(out, finding));
        test.proposal().ifPresent(proposal -> {
            out.println();
            out.println("Before: " + words(proposal.before()));
            out.println("After:  " + words(proposal.after()));
            out.println("Proposal: " + proposal.command());
        });
    }

    private static void finding(PrintWriter out, Finding finding) {
        out.println(
                (finding.result().equals("ok") ? "ok      " : "WARNING ") + finding.about() + ": " + finding.found());
        finding.remedy().ifPresent(remedy -> out.println("          " + remedy));
    }

    private static String words(Landing landing) {
        return (landing.good() ? "a page, " : "no page, ") + "status " + landing.status() + " " + landing.ends();
    }
}
