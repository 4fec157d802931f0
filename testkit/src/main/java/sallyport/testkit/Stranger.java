package sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * A stranger who costs the gateway much and itself nothing: opens an SSH connection, insists on one key exchange and one host
 * key algorithm, sends a key exchange value that it made up (RFC 4253 sections 7 and 8), reads the answer and hangs up.
 */
public final class Stranger {
    private static final int KEXINIT = 20;
    private static final int KEXDH_INIT = 30;
    private static final int KEXDH_REPLY = 31;
    private static final int DEADLINE_MILLIS = 5_000;
    private static final int GROUP14_BYTES = 256;

    private Stranger() {}

    /**
     * Makes the gateway compute group 14 and an RSA signature, the dearest pair that it offers.
     *
     * @param from the loopback address that it comes from
     */
    public static void knock(int sshPort, InetAddress from) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sshPort), DEADLINE_MILLIS);
            socket.setSoTimeout(DEADLINE_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            out.write("SSH-2.0-stranger\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(packet(kexInit()));
            out.write(packet(kexDhInit()));
            Lines.read(in);
            int type = KEXINIT;
            while (type != KEXDH_REPLY) {
                byte[] payload = in.readNBytes(in.readInt());
                if (payload.length < 2) {
                    throw new IOException("turned away");
                }
                type = payload[1];
            }
        }
    }

    private static byte[] kexInit() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(KEXINIT);
        out.write(new byte[16]);
        String[] lists = {
            "diffie-hellman-group14-sha256", "rsa-sha2-512", "aes128-ctr", "aes128-ctr",
                    "hmac-sha2-256,hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-256,hmac-sha2-256-etm@openssh.com", "none", "none", "", ""
        };
        for (String list : lists) {
            out.writeInt(list.length());
            out.writeBytes(list);
        }
        out.writeBoolean(false);
        out.writeInt(0);
        return bytes.toByteArray();
    }

    private static byte[] kexDhInit() throws IOException {
        byte[] value = new byte[GROUP14_BYTES];
        new Random().nextBytes(value);
        value[0] = 0x55; // positive, and less than the group's prime
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(KEXDH_INIT);
        out.writeInt(value.length);
        out.write(value);
        return bytes.toByteArray();
    }

    /** Length, padding length, payload, padding to a multiple of 8 (RFC 4253 section 6). */
    private static byte[] packet(byte[] payload) throws IOException {
        int padding = 8 - (payload.length + 5) % 8;
        if (padding < 4) {
            padding += 8;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(payload.length + padding + 1);
        out.write(padding);
        out.write(payload);
        out.write(new byte[padding]);
        return bytes.toByteArray();
    }
}
