package sallyport.gateway.console;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import sallyport.gateway.cert.CertificateReport;
import sallyport.gateway.console.api.CertificateAnswer;

/** The certificates of the HTTPS front. Runs on the request's virtual thread. */
final class CertificateApi {
    private final GatewayFacts facts;

    CertificateApi(GatewayFacts facts) {
        this.facts = facts;
    }

    void addTo(RoutesConfig routes) {
        routes.get("/api/v1/certificates", ctx -> Answers.json(ctx, list()))
                .post("/api/v1/certificates/{name}/renew", this::renew);
    }

    private List<CertificateAnswer> list() {
        return facts.certificates().stream().map(CertificateApi::answer).toList();
    }

    private void renew(Context ctx) {
        String name = ctx.pathParam("name");
        facts.renewCertificate(name);
        ctx.status(202);
        Answers.json(ctx, list());
    }

    private static CertificateAnswer answer(CertificateReport report) {
        return new CertificateAnswer(
                report.name(),
                report.source().words(),
                report.state().words(),
                report.notAfter(),
                report.next(),
                report.error().map(Problems::notice));
    }
}
