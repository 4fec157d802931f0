package sallyport.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A login as NTLM does it: three messages on one TCP connection, which is logged in from then on, and no other. Any user and
 * password will do; what counts is that the answer comes over the connection of its challenge.
 */
public final class NtlmLogin implements WebServer.Handler {
    private static final String STEP = "ntlm";
    private static final byte[] SIGNATURE = "NTLMSSP\0".getBytes(StandardCharsets.US_ASCII);
    private static final int TYPE_AT = 8;
    /** Unicode, ask for the target, NTLM, extended session security. */
    private static final int FLAGS = 0x00080205;

    private static final int CHALLENGE_LENGTH = 56;

    private final WebServer.Handler behind;
    private final AtomicInteger logins = new AtomicInteger();

    /** @param behind answers once the connection is logged in */
    public NtlmLogin(WebServer.Handler behind) {
        this.behind = behind;
    }

    /** Connections that were logged in. */
    public int logins() {
        return logins.get();
    }

    @Override
    public void handle(WebExchange exchange) throws IOException {
        String credentials = exchange.findField("Authorization").orElse("");
        String step = exchange.connection().notes().getOrDefault(STEP, "");
        int type = credentials.startsWith("NTLM ") ? type(credentials.substring("NTLM ".length())) : 0;
        if (type == 1) {
            exchange.connection().notes().put(STEP, "challenged");
            refuse(exchange, "NTLM " + challenge());
        } else if (type == 3 && step.equals("challenged")) {
            logins.incrementAndGet();
            exchange.connection().notes().put(STEP, "in");
            behind.handle(exchange);
        } else if (type == 0 && step.equals("in")) {
            behind.handle(exchange);
        } else {
            refuse(exchange, "NTLM");
        }
    }

    private static void refuse(WebExchange exchange, String challenge) throws IOException {
        exchange.answer(401, "text/plain", "log in\n", "WWW-Authenticate: " + challenge);
    }

    private static int type(String base64) {
        byte[] message = Base64.getDecoder().decode(base64);
        return message.length > TYPE_AT ? message[TYPE_AT] : 0;
    }

    /** A message of type 2 with an empty target name and an empty list of facts about it. */
    private static String challenge() {
        ByteBuffer message =
                ByteBuffer.allocate(CHALLENGE_LENGTH + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        message.put(SIGNATURE).putInt(2);
        message.putShort((short) 0).putShort((short) 0).putInt(CHALLENGE_LENGTH);
        message.putInt(FLAGS | 0x00800000);
        message.putLong(ThreadLocalRandom.current().nextLong()).putLong(0);
        message.putShort((short) Integer.BYTES).putShort((short) Integer.BYTES).putInt(CHALLENGE_LENGTH);
        return Base64.getEncoder().encodeToString(message.array());
    }
}
