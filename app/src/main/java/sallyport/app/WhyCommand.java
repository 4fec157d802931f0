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
            WhyAnswer why = ask(api, url, Optional.ofNullable(from));
            if (output.json()) {
                session.out().println(Json.writeIndented(why));
            } else {
                Texts.why(session.out(), why);
            }
            return why.reaches() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    static WhyAnswer ask(ApiClient api, String url, Optional<String> from) {
        String query = "/why?url=" + encode(url)
                + from.map(address -> "&from=" + encode(address)).orElse("");
        return api.get(query, WhyAnswer.class);
    }
}
