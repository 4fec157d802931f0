package sallyport.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A visitor's connection, byte by byte: raw TCP or TLS to loopback under any name, HTTP/1.1 requests written as text,
 * WebSocket after an upgrade. Reads give up after a deadline. For one thread.
 */
public final class Visitor implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Visitor(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        this.out = socket.getOutputStream();
    }

    /**
     * The head of an answer.
     *
     * @param status the status code
     * @param fields the fields as they arrived, {@code Name: value}
     */
    public record Head(int status, List<String> fields) {
        public Optional<String> findField(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).trim())
                    .findFirst();
        }
    }

    /** Raw TCP to a loopback port. */
    public static Visitor tcp(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) DEADLINE.toMillis());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) DEADLINE.toMillis());
        return new Visitor(socket);
    }

    /** TLS to a loopback port under a name, trusting what {@code trust} trusts. */
    public static Visitor tls(int port, String name, SSLContext trust) throws IOException {
        Visitor raw = tcp(port);
        SSLSocket secured = (SSLSocket) trust.getSocketFactory().createSocket(raw.socket, name, port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return new Visitor(secured);
    }

    /** TLS to a loopback port, taking any certificate: a device's self-signed one behind an open port. */
    public static Visitor tlsUnverified(int port) throws IOException {
        Visitor raw = tcp(port);
        SSLSocket secured =
                (SSLSocket) trustingAnything().getSocketFactory().createSocket(raw.socket, "device", port, true);
        secured.startHandshake();
        return new Visitor(secured);
    }

    /** Trusts the certificates of a PEM file and nothing else. */
    public static SSLContext trusting(Path pem) {
        try (InputStream file = Files.newInputStream(pem)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            return context(managers.getTrustManagers());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Trusts every certificate: what people do with a device's own, by clicking the warning away. */
    public static SSLContext trustingAnything() {
        return context(new TrustManager[] {new TrustsAnything()});
    }

    private static SSLContext context(TrustManager[] managers) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate that the other side showed. */
    public X509Certificate certificate() throws IOException {
        return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
    }

    /** Sends text as it is, ISO 8859-1. */
    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Sends a GET that keeps the connection and reads the answer's head. */
    public Head get(String host, String target, String... fields) throws IOException {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        send(request.append("\r\n").toString());
        return readHead();
    }

    /** Reads status line and fields; interim answers (1xx but 101) are skipped. */
    public Head readHead() throws IOException {
        while (true) {
            String status = Lines.read(in);
            List<String> fields = new ArrayList<>();
            for (String line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
                fields.add(line);
            }
            int code = Integer.parseInt(status.split(" ", 3)[1]);
            if (code == 101 || code >= 200) {
                return new Head(code, fields);
            }
        }
    }

    /** The body behind a head, by its framing. */
    public InputStream body(Head head) {
        return BodyStream.of(in, head.findField("Transfer-Encoding"), head.findField("Content-Length"));
    }

    /** The whole body as text. */
    public String bodyText(Head head) throws IOException {
        return new String(body(head).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Upgrades this connection to WebSocket; an answer other than 101 is an error. */
    public WebSocketFrames webSocket(String host, String target) throws IOException {
        String key = Base64.getEncoder().encodeToString("sixteen bytes ok".getBytes(StandardCharsets.US_ASCII));
        Head head = get(
                host,
                target,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Origin: https://" + host,
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: " + key);
        String expected = WebSocketFrames.acceptKey(key);
        if (head.status() != 101
                || !head.findField("Sec-WebSocket-Accept").orElse("").equals(expected)) {
            throw new IOException("no WebSocket: " + head);
        }
        return WebSocketFrames.client(in, out);
    }

    public InputStream in() {
        return in;
    }

    public OutputStream out() {
        return out;
    }

    /** Tells the other side that nothing more comes, and goes on reading. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Everything that still comes, ISO 8859-1, until the other side ends the connection in whatever way. */
    public String rest() throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                text.append((char) next);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // reset: that is an end too
        }
        return text.toString();
    }

    /** How long a read may wait from now on. */
    public void readDeadline(Duration deadline) throws IOException {
        socket.setSoTimeout((int) deadline.toMillis());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class TrustsAnything extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
