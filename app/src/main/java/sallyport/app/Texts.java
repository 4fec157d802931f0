package sallyport.app;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import sallyport.gateway.console.api.DeviceAnswer;
import sallyport.gateway.console.api.DeviceAnswer.Connect;
import sallyport.gateway.console.api.DeviceAnswer.TunnelAnswer;
import sallyport.gateway.console.api.Notice;
import sallyport.gateway.console.api.PortAnswer;
import sallyport.gateway.console.api.WhyAnswer;

/** Answers of the API as text for a terminal. */
final class Texts {
    private Texts() {}

    /** {@code 55443, 55444 (open)}; the automatic port only when it is the one that counts. */
    static String ports(DeviceAnswer device) {
        return device.ports().stream()
                .filter(port -> !port.automatic() || port.port() == device.mainPort())
                .map(port -> port.port() + (port.kind().equals("open") ? " (open)" : ""))
                .collect(Collectors.joining(", "));
    }

    /** What to type into the device's dialog, and the same for a stock client. */
    static void connect(PrintWriter out, DeviceAnswer device) {
        Connect connect = device.connect();
        out.println("Type into the device:");
        out.println("  SSH Host                          " + connect.sshHost());
        out.println("  SSH Port                          " + connect.sshPort());
        out.println("  SSH User                          " + connect.sshUser()
                + (connect.anyUser() ? "   (any name will do)" : ""));
        out.println("  Listening HTTPS Port on SSH Host  " + connect.listeningPort());
        out.println();
        out.println("The same with OpenSSH, on the device:");
        out.println("  " + connect.command());
        out.println();
        out.println("Host keys of this gateway:");
        connect.hostKeys().forEach(key -> out.println("  " + key.type() + " " + key.fingerprint()));
        if (!device.urls().isEmpty()) {
            out.println();
            out.println("Visitors then reach it at:");
            device.urls().forEach(url -> out.println("  " + url));
        }
    }

    static void device(PrintWriter out, DeviceAnswer device) {
        field(out, "Device", device.name() + (device.title().isEmpty() ? "" : "  (" + device.title() + ")"));
        field(out, "State", device.state().name() + ": " + device.state().meaning());
        field(out, "", device.state().remedy());
        field(
                out,
                "Tunnel / web",
                device.lamps().tunnel() + " / " + device.lamps().web());
        field(out, "Last seen", device.tunnels().isEmpty() ? Table.ago(device.lastSeen()) : "now");
        if (!device.conflict().isEmpty()) {
            field(out, "Key in use at", String.join(" and ", device.conflict()));
        }
        field(out, "Tags", String.join(", ", device.tags()));
        field(out, "May dial in from", anywhere(device.keyFrom()));
        field(out, "Visitors from", anywhere(device.from()));
        field(out, "TLS", device.tls() + ", device speaks TLS: " + device.deviceTls());
        device.legacyUntil().ifPresent(day -> field(out, "Old algorithms", "until " + day));
        section(out, "Keys");
        device.keys().forEach(key -> out.println("  " + key.fingerprint() + "  " + key.type() + "  " + key.comment()));
        section(out, "Ports");
        device.ports().forEach(port -> port(out, port));
        section(out, "Hostnames");
        device.hostnames()
                .forEach(name -> out.println("  " + name.url() + "  port " + name.port() + ", " + name.tls()));
        if (!device.tunnels().isEmpty()) {
            section(out, "Tunnels");
            device.tunnels().forEach(tunnel -> tunnel(out, tunnel));
        }
        if (!device.refusals().isEmpty()) {
            section(out, "Refused");
            device.refusals()
                    .forEach(refusal -> out.println("  " + Table.ago(refusal.at()) + "  " + refusal.code() + " "
                            + refusal.cause() + " " + refusal.fix()));
        }
        out.println();
        connect(out, device);
    }

    private static void field(PrintWriter out, String name, String value) {
        if (!value.isEmpty()) {
            out.println(String.format("%-17s %s", name, value));
        }
    }

    private static void section(PrintWriter out, String name) {
        out.println();
        out.println(name);
    }

    private static String anywhere(List<String> networks) {
        return networks.isEmpty() ? "anywhere" : String.join(", ", networks);
    }

    private static void port(PrintWriter out, PortAnswer port) {
        String forward = port.forward()
                .map(standing -> standing.state()
                        + (standing.addresses().isEmpty() ? "" : " on " + String.join(", ", standing.addresses()))
                        + standing.problem().stream().map(Texts::notice).collect(Collectors.joining()))
                .orElse("no forward");
        out.println("  " + port.port() + "  " + port.kind() + (port.automatic() ? ", automatic" : "") + ", " + forward
                + port.speech().map(word -> ", device speaks: " + word).orElse(""));
        out.println("         reachable by " + port.reachableBy());
    }

    private static String notice(Notice notice) {
        return ", " + notice.code() + " " + notice.cause();
    }

    private static void tunnel(PrintWriter out, TunnelAnswer tunnel) {
        out.println("  " + tunnel.address() + "  user " + tunnel.user() + ", " + tunnel.client() + ", "
                + tunnel.kex() + ", since "
                + Table.ago(tunnel.since()));
        out.println("         ports " + tunnel.ports() + ", " + tunnel.streams() + " streams, " + tunnel.bytesIn()
                + " bytes from it, " + tunnel.bytesOut() + " to it"
                + tunnel.roundTripMillis()
                        .map(ms -> ", round trip " + ms + " ms")
                        .orElse("")
                + (tunnel.missedKeepalives() > 0 ? ", missed " + tunnel.missedKeepalives() + " keepalives" : ""));
    }

    /** Each step with what was found, its age and what to do. */
    static void why(PrintWriter out, WhyAnswer why) {
        for (WhyAnswer.Step step : why.steps()) {
            String mark = switch (step.result()) {
                case "ok" -> "ok    ";
                case "failed" -> "FAILED";
                default -> "?     ";
            };
            out.println(mark + "  " + step.step() + ": "
                    + step.code().map(code -> code + " ").orElse("") + step.found()
                    + step.at().map(at -> "  (" + Table.ago(at) + ")").orElse(""));
            step.remedy().ifPresent(remedy -> out.println("          " + remedy));
        }
        out.println(
                why.reaches()
                        ? "A visitor of " + why.url() + " reaches the device."
                        : "A visitor of " + why.url() + " does not reach the device.");
    }
}
