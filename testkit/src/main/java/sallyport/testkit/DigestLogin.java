package sallyport.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Digest login (RFC 7616) as cameras do it: user {@code u}, password {@code p}, the URI hashed as it was sent, and a nonce that
 * is worth nothing on another connection.
 */
final class DigestLogin implements WebServer.Handler {
    private static final String REALM = "camera";
    private static final String NONCE = "nonce";

    @Override
    public void handle(WebExchange exchange) throws IOException {
        String authorization = exchange.findField("Authorization").orElse("");
        String nonce = exchange.connection()
                .notes()
                .computeIfAbsent(NONCE, key -> UUID.randomUUID().toString());
        if (field(authorization, NONCE).filter(nonce::equals).isPresent() && rightAnswer(exchange, authorization)) {
            exchange.answer(200, "text/plain", "welcome to " + exchange.target() + "\n");
        } else {
            exchange.answer(
                    401,
                    "text/plain",
                    "log in\n",
                    "WWW-Authenticate: Digest realm=\"" + REALM + "\", qop=\"auth\", algorithm=MD5, nonce=\"" + nonce
                            + "\"");
        }
    }

    private static boolean rightAnswer(WebExchange exchange, String authorization) {
        String user = hash("u:" + REALM + ":p");
        String request = hash(exchange.method() + ":" + exchange.target());
        String expected = hash(String.join(
                ":",
                user,
                field(authorization, NONCE).orElse(""),
                field(authorization, "nc").orElse(""),
                field(authorization, "cnonce").orElse(""),
                field(authorization, "qop").orElse(""),
                request));
        return field(authorization, "response").filter(expected::equals).isPresent();
    }

    private static Optional<String> field(String authorization, String name) {
        Matcher matcher = Pattern.compile("[ ,]" + name + "=\"?([^\",]*)").matcher(authorization);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** MD5 because that is what the devices in the field still compute. */
    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
