package sallyport.gateway.cert;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.config.GatewayConfig.CertificateFiles;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;

/** Directories, configurations, real programs and a real HTTPS server for tests of certificates. */
final class CertificateFixture {
    private CertificateFixture() {}

    record Result(int exit, String output) {}

    static Result run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static String openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(Arrays.asList(arguments));
        Result result = run(command.toArray(String[]::new));
        if (result.exit() != 0) {
            throw new AssertionError(command + ": " + result.output());
        }
        return result.output();
    }

    /** A self-signed pair for these names. */
    static CertificateFiles pair(Path folder, String file, int days, String... names) {
        Path certificate = folder.resolve(file + ".crt");
        Path key = folder.resolve(file + ".key");
        List<String> sans = Arrays.stream(names).map(name -> "DNS:" + name).toList();
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "" + days,
                "-subj",
                "/CN=test",
                "-addext",
                "subjectAltName=" + String.join(",", sans),
                "-keyout",
                "" + key,
                "-out",
                "" + certificate);
        return new CertificateFiles(certificate, key, "sallyport.yaml:7:3");
    }

    /** What a visitor of a known name gets when the local CA is the only source. */
    static Optional<ServerCertificate> served(LocalCa ca, String name) {
        return new CertificateChoice(NameIndex.of(List.of()), Map.of(), ca.leaves())
                .find(new Hostname(name), true, Instant.now());
    }

    static Directory directory(long version, String... hostnames) {
        DeviceName name = new DeviceName("lab-1");
        Device device = new Device(
                name,
                "",
                List.of(),
                true,
                List.of(),
                List.of(),
                List.of(),
                List.of(Port.privatePort(new PortNumber(20001))),
                new PortNumber(20001),
                TlsMode.TERMINATE,
                DeviceTls.AUTO,
                Optional.empty(),
                Instant.EPOCH);
        List<HostnameRoute> routes = Arrays.stream(hostnames)
                .map(hostname -> new HostnameRoute(
                        new Hostname(hostname),
                        name,
                        new PortNumber(20001),
                        TlsMode.TERMINATE,
                        DeviceTls.AUTO,
                        false,
                        HostnameOptions.DEFAULTS))
                .toList();
        return new Directory(version, List.of(device), routes);
    }

    /** The same with every name passed through. */
    static Directory passthrough(Directory directory) {
        return new Directory(
                directory.version(),
                List.copyOf(directory.devices()),
                directory.hostnames().stream()
                        .map(route -> new HostnameRoute(
                                route.hostname(),
                                route.device(),
                                route.port(),
                                TlsMode.PASSTHROUGH,
                                route.deviceTls(),
                                route.automatic(),
                                route.options()))
                        .toList());
    }

    static GatewayConfig config(Path data, Optional<String> domain, List<CertificateFiles> certificates) {
        return new GatewayConfig(
                data,
                domain.map(Hostname::new),
                new GatewayConfig.Ssh(List.of(), Optional.empty()),
                new GatewayConfig.Https(List.of(), Optional.empty()),
                new GatewayConfig.Http(List.of()),
                certificates,
                Optional.empty(),
                new GatewayConfig.Console(List.of(), Optional.of(new Hostname("console.gw.test"))),
                new GatewayConfig.Log(GatewayConfig.Log.Level.INFO, GatewayConfig.Log.Format.TEXT),
                new GatewayConfig.Management(List.of()),
                new GatewayConfig.Ports(20000, 29999),
                new GatewayConfig.Database("jdbc:sqlite:x", Optional.empty(), Optional.empty()));
    }

    /** Serves this certificate to curl; close by stopping it. */
    static HttpsServer serve(ServerCertificate certificate) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "x", certificate.key(), new char[0], certificate.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
                exchange.close();
            });
            server.start();
            return server;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** curl's judgement of what {@link #serve} serves, for a name and a root. */
    static Result curl(ServerCertificate certificate, String name, Path root) {
        HttpsServer server = serve(certificate);
        try {
            int port = server.getAddress().getPort();
            return run(
                    "curl",
                    "-sS",
                    "-m",
                    "10",
                    "--noproxy",
                    "*",
                    "--cacert",
                    "" + root,
                    "--resolve",
                    name + ":" + port + ":127.0.0.1",
                    "https://" + name + ":" + port + "/");
        } finally {
            server.stop(0);
        }
    }
}
