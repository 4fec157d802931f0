package sallyport.app;

import static sallyport.app.ApiClient.encode;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.gateway.console.Json;
import sallyport.gateway.console.api.WhyAnswer;

/** {@code sallyport why URL}: exit code 0 when the visitor would reach the device. */
@Command(
        name = "why",
        description = {
            "Why a visitor reaches a device or not: DNS, certificate, hostname, rule, tunnel, port and the",
            "device's answer. Exit code 0 when the visitor would reach the device, else 1."
        })
final class WhyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "URL", description = "What the visitor opens.")
    private String url = "";

    @Option(names = "--from", paramLabel = "ADDRESS", description = "The visitor's address.")
    private @Nullable String from;

    @Mixin
    private Output output = new Output();

    @Mixin
    private Session session = new Session();

    @Override
    public Integer call() {
        try (ApiClient api = session.connect()) {
            return ask(api, session, output, url, Optional.ofNullable(from));
        }
    }

    static int ask(ApiClient api, Session session, Output output, String url, Optional<String> from) {
        byte[] answer = api.get("/why?url=" + encode(url)
                + from.map(address -> "&from=" + encode(address)).orElse(""));
        WhyAnswer why = Json.readAnswer(answer, WhyAnswer.class);
        if (output.json()) {
            session.out().println(Json.indent(answer));
        } else {
            Texts.why(session.out(), why);
        }
        return why.reaches() ? ExitCode.DONE : ExitCode.FAILED;
    }
}
