package sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Debian's nginx as a device's web server: its own folder, a self-signed certificate, a free loopback port. Its page at
 * {@code /} names it; files put into {@link #documents} are served.
 */
public final class Nginx implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final TempFolder folder;
    private final Program program;
    private final int port;
    private final SelfSignedCertificate certificate;

    private Nginx(TempFolder folder, Program program, int port, SelfSignedCertificate certificate) {
        this.folder = folder;
        this.program = program;
        this.port = port;
        this.certificate = certificate;
    }

    /** HTTPS with a self-signed certificate. */
    public static Nginx tls(String name) {
        return start(name, true, "");
    }

    /** Plain HTTP. */
    public static Nginx plain(String name) {
        return start(name, false, "");
    }

    /** HTTPS with more directives inside its server block. */
    public static Nginx tls(String name, String directives) {
        return start(name, true, directives);
    }

    private static Nginx start(String name, boolean tls, String directives) {
        TempFolder folder = TempFolder.create("nginx");
        SelfSignedCertificate certificate = SelfSignedCertificate.forNames(name + ".local");
        folder.writeSecret("key.pem", certificate.privateKeyPem());
        folder.write("certificate.pem", certificate.certificatePem());
        folder.write("www/index.html", "<!doctype html><title>" + name + "</title><h1>" + name + "</h1>\n");
        int port = FreePort.pick();
        folder.write("nginx.conf", configuration(port, name, tls, directives));
        List<String> command = List.of(
                "nginx",
                "-p",
                folder.path().toString(),
                "-c",
                folder.resolve("nginx.conf").toString(),
                "-e",
                folder.resolve("error.log").toString());
        Program program = Program.start(command);
        Nginx nginx = new Nginx(folder, program, port, certificate);
        try {
            FreePort.awaitListener(port, DEADLINE);
        } catch (RuntimeException e) {
            String why = nginx.errorLog() + program.stderr();
            nginx.close();
            throw new IllegalStateException("nginx did not start: " + why, e);
        }
        return nginx;
    }

    private static String configuration(int port, String name, boolean tls, String directives) {
        String user = "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
        String secured = tls ? "ssl_certificate certificate.pem;\n    ssl_certificate_key key.pem;" : "";
        return user + """
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                error_log error.log warn;
                events { worker_connections 2048; }
                http {
                  access_log access.log;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  client_max_body_size 0;
                  keepalive_requests 100000;
                  server {
                    listen 127.0.0.1:%d%s backlog=1024;
                    server_name _;
                    %s
                    root www;
                    add_header X-Device %s always;
                    %s
                  }
                }
                """.formatted(port, tls ? " ssl" : "", secured, name, directives);
    }

    public int port() {
        return port;
    }

    /** The folder behind {@code /}. */
    public Path documents() {
        return folder.resolve("www");
    }

    public SelfSignedCertificate certificate() {
        return certificate;
    }

    public String accessLog() {
        return read("access.log");
    }

    public String errorLog() {
        return read("error.log");
    }

    private String read(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }
}
