package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.fault.Problem;

/**
 * The gateway's own answers: a small page for people, problem+json (RFC 9457) for programs that ask for JSON. Nothing in
 * them is known to the gateway alone, nothing is kept by caches, and nothing in the page can run.
 */
final class ProblemPage {
    private static final String STYLE = """
            :root{color-scheme:light dark}
            body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;\
            color:#1c2430;background:#f6f7f9}
            main{background:#fff;border:1px solid #dde1e7;border-radius:10px;padding:1.5rem 2rem}
            h1{font-size:1.3rem;margin:0 0 .5rem}p{margin:.5rem 0}
            .code{font:14px ui-monospace,monospace;color:#667085}
            @media(prefers-color-scheme:dark){body{color:#e4e7ec;background:#14181f}\
            main{background:#1c222b;border-color:#303843}.code{color:#98a2b3}}
            """;
    private static final String POLICY = "default-src 'none'; style-src 'sha256-" + sha256(STYLE)
            + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private ProblemPage() {}

    /** The complete answer to {@code request}; null when the request could not be read. */
    static FullHttpResponse of(Refusal refusal, @Nullable HttpRequest request) {
        boolean json = request != null && wantsJson(request.headers());
        boolean head = request != null && request.method().equals(HttpMethod.HEAD);
        String text = json ? json(refusal) : html(refusal.problem());
        ByteBuf body = ByteBufUtil.writeUtf8(Unpooled.buffer().alloc(), text);
        int length = body.readableBytes();
        if (head) {
            body.release();
        }
        FullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, refusal.status(), head ? Unpooled.EMPTY_BUFFER : body);
        answer.headers()
                .set("Content-Type", json ? "application/problem+json" : "text/html; charset=utf-8")
                .set("Content-Length", length)
                .set("Cache-Control", "no-store")
                .set("X-Content-Type-Options", "nosniff")
                .set("Referrer-Policy", "no-referrer")
                .set("Content-Security-Policy", POLICY);
        if (refusal.retryAfterSeconds() > 0) {
            answer.headers().set("Retry-After", refusal.retryAfterSeconds());
        }
        return answer;
    }

    private static boolean wantsJson(HttpHeaders headers) {
        String accept = String.join(",", headers.getAll(HttpHeaderNames.ACCEPT)).toLowerCase(Locale.ROOT);
        return (accept.contains("application/json") || accept.contains("application/problem+json"))
                && !accept.contains("text/html");
    }

    private static String html(Problem problem) {
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>%s</title>
            <style>%s</style>
            </head>
            <body>
            <main>
            <h1>%s</h1>
            <p>%s</p>
            <p class="code">%s</p>
            </main>
            </body>
            </html>
            """.formatted(
                        escape(problem.cause()),
                        STYLE,
                        escape(problem.cause()),
                        escape(problem.fix()),
                        problem.fault().code());
    }

    private static String json(Refusal refusal) {
        Problem problem = refusal.problem();
        return """
                {"type":"urn:sallyport:%s","title":"%s","status":%d,"detail":"%s","code":"%s"}
                """.formatted(
                        problem.fault().code(),
                        quote(problem.cause()),
                        refusal.status().code(),
                        quote(problem.fix()),
                        problem.fault().code());
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Problems hold printable characters alone, so two need a backslash. */
    private static String quote(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
