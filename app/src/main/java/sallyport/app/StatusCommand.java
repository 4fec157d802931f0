package sallyport.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import sallyport.gateway.console.Json;
import sallyport.gateway.console.api.StatusAnswer;
import sallyport.gateway.console.api.WaitingKey;

/** {@code sallyport status}. */
@Command(name = "status", description = "The gateway at a glance: devices, tunnels, keys that knocked, certificates.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private Output output = new Output();

    @Mixin
    private Session session = new Session();

    @Override
    public Integer call() {
        try (ApiClient api = session.connect()) {
            byte[] answer = api.get("/status");
            if (output.json()) {
                session.out().println(Json.indent(answer));
            } else {
                print(session.out(), Json.readAnswer(answer, StatusAnswer.class));
            }
        }
        return ExitCode.DONE;
    }

    private static void print(PrintWriter out, StatusAnswer status) {
        out.println("Sallyport " + status.version() + ", up since " + Table.ago(status.started()));
        out.println(status.listeners().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + String.join(",", entry.getValue()))
                .collect(Collectors.joining(" ")));
        out.println(status.tunnels() + " tunnels, " + status.forwards() + " forwards, " + status.streams()
                + " streams; devices: "
                + status.states().entrySet().stream()
                        .filter(entry -> entry.getValue() > 0)
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", ")));
        keyExchanges(out, status.keyExchanges());
        devices(out, status);
        uploads(out, status);
        waiting(out, status);
        troubles(out, status);
        status.certificates()
                .forEach(certificate -> out.println("certificate " + String.join(", ", certificate.names()) + ": "
                        + certificate.source() + ", until " + certificate.notAfter()));
    }

    private static void keyExchanges(PrintWriter out, StatusAnswer.KeyExchanges exchanges) {
        out.println("key exchanges: SSH " + String.join(", ", exchanges.ssh()) + "; TLS "
                + (exchanges.tls().isEmpty() ? "by the JDK" : String.join(", ", exchanges.tls()))
                + exchanges.visitors().entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", ", "; visitors so far: ", "")));
    }

    private static void devices(PrintWriter out, StatusAnswer status) {
        if (status.devices().isEmpty()) {
            return;
        }
        out.println();
        Table table = new Table("NAME", "STATE", "TUNNEL", "WEB", "FORWARDS", "STREAMS", "ADDRESS", "LAST SEEN");
        for (StatusAnswer.DeviceLine device : status.devices()) {
            table.row(
                    device.name(),
                    device.state(),
                    device.lamps().tunnel(),
                    device.lamps().web(),
                    device.forwards().stream().map(String::valueOf).collect(Collectors.joining(",")),
                    device.streams(),
                    device.address().orElse(""),
                    device.since().isPresent() ? "now" : Table.ago(device.lastSeen()));
        }
        table.print(out);
    }

    private static void uploads(PrintWriter out, StatusAnswer status) {
        if (status.uploads().isEmpty()) {
            return;
        }
        out.println();
        Table table = new Table("UPLOAD TO", "PATH", "FROM", "BYTES", "OF", "PER SECOND", "SINCE", "GUARDED");
        for (StatusAnswer.UploadLine upload : status.uploads()) {
            table.row(
                    upload.device() + " (" + upload.hostname() + ")",
                    upload.path(),
                    upload.address(),
                    upload.bytes(),
                    upload.expected().map(String::valueOf).orElse("unknown"),
                    upload.bytesPerSecond(),
                    Table.ago(upload.since()),
                    upload.guarded() ? "yes" : "no");
        }
        table.print(out);
    }

    private static void waiting(PrintWriter out, StatusAnswer status) {
        if (status.waiting().isEmpty()) {
            return;
        }
        out.println();
        out.println("Keys that knocked (sallyport device list --waiting):");
        for (WaitingKey key : status.waiting()) {
            out.println("  " + key.fingerprint() + "  " + key.address() + "  user " + key.user() + "  "
                    + Table.ago(key.last()));
        }
    }

    private static void troubles(PrintWriter out, StatusAnswer status) {
        if (!status.oldClients().isEmpty()) {
            out.println();
            out.println("Clients that are too old:");
            status.oldClients()
                    .forEach(old -> out.println(
                            "  " + Table.ago(old.at()) + "  " + old.code() + " " + old.cause() + " " + old.fix()));
        }
        status.legacy()
                .forEach(legacy -> out.println("Device " + legacy.device() + " is admitted with old algorithms until "
                        + legacy.until() + (legacy.over() ? " (over)" : "")));
        if (!status.notices().isEmpty()) {
            out.println();
            out.println("Notices:");
            status.notices()
                    .forEach(notice -> out.println("  " + notice.code() + " " + notice.cause() + " " + notice.fix()));
        }
    }
}
