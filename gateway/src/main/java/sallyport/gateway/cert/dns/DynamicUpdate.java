package sallyport.gateway.cert.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import sallyport.gateway.config.AcmeConfig.DnsProvider;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** Signed dynamic updates (RFC 2136) to one name server, over TCP, so that nothing is lost or cut short. */
final class DynamicUpdate implements TxtRecords {
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final int TTL_SECONDS = 60;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String[] CODES = {
        "NOERROR",
        "FORMERR",
        "SERVFAIL",
        "NXDOMAIN",
        "NOTIMP",
        "REFUSED",
        "YXDOMAIN",
        "YXRRSET",
        "NXRRSET",
        "NOTAUTH",
        "NOTZONE"
    };

    private final DnsProvider.Update settings;
    private final TransactionSignature signature;

    /** @throws ProblemException when the secret is not base64 */
    DynamicUpdate(DnsProvider.Update settings) {
        this.settings = settings;
        try {
            signature = new TransactionSignature(
                    settings.keyName(),
                    Base64.getDecoder().decode(settings.secret().strip()));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Fault.DNS_KEY.problem("key", settings.keyName()));
        }
    }

    @Override
    public void add(String record, String value) throws DnsFailure {
        send(record, value, DnsMessage.CLASS_IN, TTL_SECONDS);
    }

    /** RFC 2136 section 2.5.4: class NONE takes one record out of its set. */
    @Override
    public void remove(String record, String value) throws DnsFailure {
        send(record, value, DnsMessage.CLASS_NONE, 0);
    }

    private void send(String record, String value, int recordClass, int ttl) throws DnsFailure {
        byte[] update = new DnsMessage(RANDOM.nextInt(1 << 16))
                .zone(settings.zone())
                .txt(record, recordClass, ttl, value)
                .bytes();
        TransactionSignature.Signed request = signature.sign(update, Instant.now());
        byte[] answer = exchange(request.message());
        if (answer.length < DnsMessage.HEADER || answer[0] != update[0] || answer[1] != update[1]) {
            throw new DnsFailure(settings.server() + " answered something else");
        }
        int code = answer[3] & 0x0f;
        if (code != 0) {
            throw new DnsFailure(
                    settings.server() + " refused the update: " + (code < CODES.length ? CODES[code] : "code " + code));
        }
        if (!signature.verifies(answer, request.mac())) {
            throw new DnsFailure("the answer of " + settings.server() + " is not signed with the key");
        }
    }

    private byte[] exchange(byte[] message) throws DnsFailure {
        InetSocketAddress server = settings.server();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.getHostString(), server.getPort()), (int) DEADLINE.toMillis());
            socket.setSoTimeout((int) DEADLINE.toMillis());
            byte[] framed = new byte[message.length + 2];
            framed[0] = (byte) (message.length >> 8);
            framed[1] = (byte) message.length;
            System.arraycopy(message, 0, framed, 2, message.length);
            socket.getOutputStream().write(framed);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return answer;
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new DnsFailure(server + " cannot be reached: " + reason);
        }
    }
}
