package sallyport.gateway.console;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * Who may come in. Runs before every handler, on the request's virtual thread.
 *
 * <p>Over {@code admin.sock}: everybody, because the file system has already decided. Over TCP: a request must name a host
 * that is this console (a page of another site whose name was pointed at this address, "DNS rebinding", names its own), and
 * the API wants the administrator token as {@code Authorization: Bearer} (RFC 6750). The read-only status page also takes it
 * as the password of Basic (RFC 7617), so that a browser can show it; nothing that changes something does, because browsers
 * send Basic credentials along with requests of other sites.
 */
final class Doorkeeper implements Handler {
    private static final int LONGEST_HOST = 255;

    private final AdministratorToken token;
    private final HostNames hosts;

    Doorkeeper(AdministratorToken token, HostNames hosts) {
        this.token = token;
        this.hosts = hosts;
    }

    @Override
    public void handle(Context ctx) {
        ctx.header("Cache-Control", "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'");
        if (local(ctx)) {
            return;
        }
        requireOwnHost(ctx);
        if (ctx.path().startsWith("/api/") && !OPEN_TO_ALL.contains(ctx.path()) && !bearer(ctx)) {
            ctx.header("WWW-Authenticate", "Bearer realm=\"Sallyport\"");
            throw new ProblemException(Fault.NOT_AUTHORISED.problem());
        }
    }

    private static final Set<String> OPEN_TO_ALL = Set.of(Console.CONTRACT_PATH);

    /** The status page: 401 with a Basic challenge, so that a browser asks. */
    void requireReader(Context ctx) {
        if (!local(ctx) && !bearer(ctx) && !basic(ctx)) {
            ctx.header("WWW-Authenticate", "Basic realm=\"Sallyport\", charset=\"UTF-8\"");
            throw new ProblemException(Fault.NOT_AUTHORISED.problem());
        }
    }

    private static boolean local(Context ctx) {
        return ServletContextRequest.getServletContextRequest(ctx.req())
                        .getConnectionMetaData()
                        .getConnector()
                instanceof UnixDomainServerConnector;
    }

    private void requireOwnHost(Context ctx) {
        String host = ctx.req().getServerName();
        if (!hosts.contains(host)) {
            throw new ProblemException(
                    Fault.CONSOLE_HOST.problem("host", "\"" + Printable.clean(host, LONGEST_HOST) + "\""));
        }
    }

    private boolean bearer(Context ctx) {
        return credentials(ctx, "Bearer").filter(token::matches).isPresent();
    }

    private boolean basic(Context ctx) {
        return credentials(ctx, "Basic")
                .map(Doorkeeper::passwordOf)
                .filter(token::matches)
                .isPresent();
    }

    private static Optional<String> credentials(Context ctx, String scheme) {
        @Nullable String header = ctx.header("Authorization");
        return header != null && header.regionMatches(true, 0, scheme + " ", 0, scheme.length() + 1)
                ? Optional.of(header.substring(scheme.length() + 1).strip())
                : Optional.empty();
    }

    private static String passwordOf(String base64) {
        try {
            String pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
