package sallyport.gateway.console;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.stream.Collectors;
import sallyport.gateway.console.api.DeviceAnswer.Lamps;
import sallyport.gateway.console.api.StatusAnswer;
import sallyport.gateway.console.api.StatusAnswer.DeviceLine;
import sallyport.gateway.console.api.WaitingKey;

/**
 * A plain page for people until the console is built: at {@code /} what it is and how to get in, at {@code /status} the
 * devices with both lamps. No script; state is said in words and shape, never by colour alone. Every value is escaped:
 * titles come from operators, client names from devices.
 */
final class StatusPage {
    private static final String HTML = "text/html; charset=utf-8";

    private final Doorkeeper doorkeeper;
    private final StatusApi status;

    StatusPage(Doorkeeper doorkeeper, StatusApi status) {
        this.doorkeeper = doorkeeper;
        this.status = status;
    }

    void addTo(RoutesConfig routes) {
        routes.get("/", ctx -> html(ctx, page("Sallyport", WELCOME)));
        routes.get("/status", this::devices);
        routes.get(
                "/style.css", ctx -> ctx.contentType("text/css; charset=utf-8").result(style()));
    }

    private static final String WELCOME = """
            <p class="lead">Safe HTTPS access to devices behind NAT, over SSH reverse tunnels.</p>
            <p><a class="button" href="/status">Show the devices</a></p>
            <p>Your browser asks for a name and a password: the name is free, the password is the administrator token,
            <code>admin.token</code> in the data folder of this gateway.</p>
            <p>Scripts send the token as <code>Authorization: Bearer</code> to the API, whose contract is
            <a href="/api/v1/openapi.yaml">openapi.yaml</a>. On this machine <code>sallyport status</code> needs no
            token.</p>
            """;

    private void devices(Context ctx) {
        doorkeeper.requireReader(ctx);
        html(ctx, page("Devices", body(status.status())));
    }

    private static void html(Context ctx, String page) {
        ctx.contentType(HTML).result(page);
    }

    private static String page(String title, String body) {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>%s</title>
                <link rel="stylesheet" href="/style.css">
                </head>
                <body>
                <header><h1>%s</h1></header>
                <main>
                %s</main>
                </body>
                </html>
                """.formatted(title.equals("Sallyport") ? title : title + " - Sallyport", title, body);
    }

    private static String body(StatusAnswer now) {
        String figures = "<p class=\"lead\">" + now.devices().size() + " devices, " + now.tunnels() + " tunnels, "
                + now.forwards() + " forwards, " + now.streams() + " streams. Sallyport " + escape(now.version())
                + ", up since " + time(now.started()) + ".</p>\n";
        return figures + devices(now) + waiting(now) + notices(now);
    }

    private static String devices(StatusAnswer now) {
        if (now.devices().isEmpty()) {
            return "<p>No device yet. Add the first: <code>sallyport device add NAME --key FILE</code></p>\n";
        }
        return now.devices().stream()
                .map(StatusPage::row)
                .collect(Collectors.joining(
                        "",
                        "<table>\n<thead><tr><th scope=\"col\">Device</th><th scope=\"col\">State</th>"
                                + "<th scope=\"col\">Tunnel</th><th scope=\"col\">Web interface</th>"
                                + "<th scope=\"col\">Address</th><th scope=\"col\">Streams</th>"
                                + "<th scope=\"col\">Last seen</th></tr></thead>\n<tbody>\n",
                        "</tbody>\n</table>\n"));
    }

    private static String row(DeviceLine device) {
        String name = escape(device.name());
        String link = device.url()
                .map(url -> "<a href=\"" + escape(url) + "\">" + name + "</a>")
                .orElse(name);
        String title = device.title().isEmpty() ? "" : "<br><small>" + escape(device.title()) + "</small>";
        Lamps lamps = device.lamps();
        return "<tr><th scope=\"row\">" + link + title + "</th>" + cell("State", escape(device.state()))
                + cell("Tunnel", lamp(lamps.tunnel())) + cell("Web interface", lamp(lamps.web()))
                + cell("Address", escape(device.address().orElse("-")))
                + cell("Streams", String.valueOf(device.streams()))
                + cell("Last seen", device.lastSeen().map(StatusPage::time).orElse("-")) + "</tr>\n";
    }

    private static String cell(String label, String html) {
        return "<td data-label=\"" + label + "\">" + html + "</td>";
    }

    /** A filled, half or empty disc beside the word. */
    private static String lamp(String word) {
        String shape = switch (word) {
            case "on" -> "&#9679;";
            case "off" -> "&#9675;";
            default -> "&#9680;";
        };
        return "<span class=\"lamp " + word + "\" aria-hidden=\"true\">" + shape + "</span> " + word;
    }

    private static String waiting(StatusAnswer now) {
        if (now.waiting().isEmpty()) {
            return "";
        }
        return now.waiting().stream()
                .map(StatusPage::knock)
                .collect(Collectors.joining("", "<h2>Keys that knocked</h2>\n<ul>\n", "</ul>\n"));
    }

    private static String knock(WaitingKey key) {
        return "<li><code>" + escape(key.fingerprint()) + "</code> from " + escape(key.address()) + " as "
                + escape(key.user()) + " (" + escape(key.client()) + "), " + key.times() + " times, last "
                + time(key.last()) + "</li>\n";
    }

    private static String notices(StatusAnswer now) {
        if (now.notices().isEmpty()) {
            return "";
        }
        return now.notices().stream()
                .map(notice -> "<li><b>" + notice.code() + "</b> " + escape(notice.cause()) + " " + escape(notice.fix())
                        + "</li>\n")
                .collect(Collectors.joining("", "<h2>Notices</h2>\n<ul>\n", "</ul>\n"));
    }

    private static String time(Instant at) {
        String text = at.toString().substring(0, 19).replace('T', ' ') + " UTC";
        return "<time datetime=\"" + at + "\">" + text + "</time>";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static byte[] style() {
        try (InputStream in = StatusPage.class.getResourceAsStream("style.css")) {
            if (in == null) {
                throw new IllegalStateException("style.css is not in the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
