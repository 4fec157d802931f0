package sallyport.app;

import static sallyport.app.ApiClient.encode;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sallyport.gateway.console.Json;
import sallyport.gateway.console.api.CertificateAnswer;

/** {@code sallyport certificate ...}. */
@Command(
        name = "certificate",
        description = "Certificates of the HTTPS front: where they come from and when they end.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CertificateCommand.ListCertificates.class, CertificateCommand.Renew.class})
final class CertificateCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
    }

    private static void print(Session session, CertificateAnswer[] certificates) {
        Table table = new Table("NAME", "SOURCE", "STATE", "UNTIL", "NEXT ATTEMPT", "LAST ERROR");
        for (CertificateAnswer certificate : certificates) {
            table.row(
                    certificate.name(),
                    certificate.source(),
                    certificate.state(),
                    time(certificate.notAfter()),
                    time(certificate.next()),
                    certificate
                            .error()
                            .map(error -> error.code() + " " + error.cause() + " " + error.fix())
                            .orElse(""));
        }
        table.print(session.out());
    }

    private static String time(Optional<Instant> at) {
        return at.map(instant -> instant.truncatedTo(ChronoUnit.SECONDS).toString())
                .orElse("");
    }

    /** {@code certificate list}. */
    @Command(name = "list", description = "List all certificates with their source, state and trouble.")
    static final class ListCertificates implements Callable<Integer> {
        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                byte[] answer = api.get("/certificates");
                if (output.json()) {
                    session.out().println(Json.indent(answer));
                } else {
                    print(session, Json.readAnswer(answer, CertificateAnswer[].class));
                }
            }
            return ExitCode.DONE;
        }
    }

    /** {@code certificate renew NAME}. */
    @Command(
            name = "renew",
            description = "Order the certificate that serves a name again, without waiting for its time.")
    static final class Renew implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "A hostname, or a name from the list.")
        private String name = "";

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                api.send("POST", "/certificates/" + encode(name) + "/renew", "", CertificateAnswer[].class);
            }
            session.out()
                    .println("The certificate for " + name + " is being ordered; `sallyport certificate list` shows how"
                            + " it goes.");
            return ExitCode.DONE;
        }
    }
}
