package sallyport.gateway.cert;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * "Would a challenge work now?" Shows one that nobody has asked for, looks at it the way an authority does, from this
 * machine's own place in the network, and says what it saw. Blocking, for some seconds at most; nothing is ordered.
 */
final class Rehearsal {
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_ANSWER = 4096;
    private static final int DIGEST = 32;

    private final List<ChallengeType> types;
    private final ChallengeDesk desk;
    private final Resolver resolver;
    private final Ports ports;

    /** Finds addresses of a name. */
    interface Resolver {
        InetAddress[] resolve(String name) throws IOException;
    }

    /** Where an authority looks. */
    record Ports(int http, int https) {
        /** RFC 8555 section 8.3 and RFC 8737 section 3 leave no choice. */
        static final Ports STANDARD = new Ports(80, 443);
    }

    Rehearsal(List<ChallengeType> types, ChallengeDesk desk) {
        this(types, desk, InetAddress::getAllByName, Ports.STANDARD);
    }

    Rehearsal(List<ChallengeType> types, ChallengeDesk desk, Resolver resolver, Ports ports) {
        this.types = List.copyOf(types);
        this.desk = desk;
        this.resolver = resolver;
        this.ports = ports;
    }

    /** What would go wrong; empty when every challenge that can be looked at from here would work. */
    List<Problem> play(Hostname name) {
        Optional<InetAddress> address = resolve(name);
        if (address.isEmpty()) {
            return List.of(Fault.NAME_NOT_RESOLVED.problem("name", name));
        }
        List<Problem> problems = new ArrayList<>();
        for (ChallengeType type : types) {
            switch (type) {
                case HTTP_01 ->
                    http(name, address.get())
                            .ifPresent(detail -> problems.add(problem(name, type, ports.http(), detail)));
                case TLS_ALPN_01 ->
                    tls(name, address.get())
                            .ifPresent(detail -> problems.add(problem(name, type, ports.https(), detail)));
                case DNS_01 -> {
                    // writing a record to look at it would be an order's work
                }
            }
        }
        return problems;
    }

    private static Problem problem(Hostname name, ChallengeType type, int port, String detail) {
        return Fault.CHALLENGE_UNANSWERED.problem(
                "name", name, "challenge", type.word(), "port", port, "detail", Printable.shorten(detail));
    }

    private Optional<InetAddress> resolve(Hostname name) {
        FutureTask<InetAddress[]> question = new FutureTask<>(() -> resolver.resolve(name.value()));
        Thread.ofVirtual().name("sallyport-dns").start(question);
        try {
            return Optional.of(question.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)[0]);
        } catch (ExecutionException | TimeoutException e) {
            question.cancel(true);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<String> http(Hostname name, InetAddress address) {
        String token = random();
        String answer = token + "." + random();
        try (var _ = desk.http(name, token, answer);
                Socket socket = connect(address, ports.http())) {
            String request = "GET " + ChallengeAnswers.HTTP_PATH + token + " HTTP/1.1\r\nHost: " + name
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String seen = read(socket.getInputStream());
            return seen.startsWith("HTTP/1.1 200 ") && seen.endsWith("\r\n\r\n" + answer)
                    ? Optional.empty()
                    : Optional.of("something else answers there");
        } catch (IOException e) {
            return Optional.of("" + e.getMessage());
        }
    }

    private Optional<String> tls(Hostname name, InetAddress address) {
        byte[] digest = new byte[DIGEST];
        RANDOM.nextBytes(digest);
        ServerCertificate certificate =
                X509.challenge(name, digest, new X509.Validity(Instant.now(), Duration.ofDays(1)));
        try (var _ = desk.tls(name, certificate);
                Socket plain = connect(address, ports.https());
                SSLSocket socket = (SSLSocket)
                        trusting().getSocketFactory().createSocket(plain, name.value(), ports.https(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name.value())));
            parameters.setApplicationProtocols(new String[] {ChallengeAnswers.TLS_PROTOCOL});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            Certificate seen = socket.getSession().getPeerCertificates()[0];
            return seen.equals(certificate.certificate())
                    ? Optional.empty()
                    : Optional.of("something else answers there");
        } catch (IOException e) {
            return Optional.of("" + e.getMessage());
        }
    }

    private static Socket connect(InetAddress address, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout((int) DEADLINE.toMillis());
            socket.connect(new InetSocketAddress(address, port), (int) DEADLINE.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readNBytes(MAX_ANSWER), StandardCharsets.US_ASCII);
    }

    private static String random() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The certificate is compared with the one that was made here, so nothing else needs to be trusted. */
    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anything()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Anything implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
