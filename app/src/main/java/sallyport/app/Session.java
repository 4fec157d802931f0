package sallyport.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sallyport.gateway.console.api.Notice;
import sallyport.gateway.directory.InvalidValue;

/** What every command that talks to a running gateway has: how to reach it, and how to print what it says. */
final class Session {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Talk to the console at this address, instead of the Unix socket in the data folder.")
    private @Nullable URI url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "With --url: the file that holds the administrator token.")
    private @Nullable Path tokenFile;

    PrintWriter out() {
        return spec().commandLine().getOut();
    }

    PrintWriter err() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }

    /** A connection to the gateway; the caller closes it. */
    ApiClient connect() {
        if (url == null && tokenFile == null) {
            return ApiClient.local(
                    Sallyport.of(spec()).configuration(Map.of()).config().data());
        }
        if (url == null || tokenFile == null) {
            throw new ParameterException(spec().commandLine(), "--url and --token-file go together");
        }
        return ApiClient.remote(url, readToken(tokenFile));
    }

    private static String readToken(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new InvalidValue(
                    "--token-file", file + " cannot be read", "Name a file that holds the token, readable by you.");
        }
    }

    /** Things that work but deserve a look; they go to stderr. */
    void warn(List<Notice> warnings) {
        warnings.forEach(
                warning -> err().println("warning: " + warning.code() + " " + warning.cause() + " " + warning.fix()));
        err().flush();
    }
}
