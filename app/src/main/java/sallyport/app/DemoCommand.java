package sallyport.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sallyport demo}: everything on this machine, ready to click. */
@Command(
        name = "demo",
        description = "Run a gateway, a sample appliance and a tunnel between them on loopback, and print the links.")
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--once",
            description = "Make the round trip through both options, print what was checked, and end.")
    private boolean once;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        long start = System.nanoTime();
        try (DemoSite site = DemoSite.start()) {
            out.printf(
                    "Ready after %d ms.%n%n",
                    Duration.ofNanos(System.nanoTime() - start).toMillis());
            site.story().forEach(out::println);
            out.println();
            return once ? roundTrip(site, out) : stay(site, out);
        }
    }

    private static int roundTrip(DemoSite site, PrintWriter out) {
        List<RoundTrip.Check> checks = new RoundTrip(site.place()).run();
        out.print(RoundTrip.table(checks));
        long failed = checks.stream().filter(check -> !check.passed()).count();
        out.printf("%n%d checked, %d failed%n", checks.size(), failed);
        out.flush();
        return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static int stay(DemoSite site, PrintWriter out) throws InterruptedException {
        links(site.place()).forEach(out::println);
        out.println();
        out.println("Ctrl-C ends it all; nothing stays behind.");
        out.flush();
        CountDownLatch never = new CountDownLatch(1);
        never.await();
        return ExitCode.DONE;
    }

    private static List<String> links(RoundTrip.Place place) {
        String byName = "https://" + place.hostname() + ":" + place.https() + "/";
        String byPort = "https://localhost:" + place.openPort() + "/";
        Path ca = place.ca();
        return List.of(
                "Option 2, by name (your browser warns unless it trusts " + ca + "):",
                "  " + byName,
                "  curl -sS --cacert " + ca + " --resolve " + place.hostname() + ":" + place.https() + ":127.0.0.1 "
                        + byName,
                "",
                "Option 1, by port (the appliance's own certificate):",
                "  " + byPort,
                "  curl -sS -k " + byPort);
    }
}
