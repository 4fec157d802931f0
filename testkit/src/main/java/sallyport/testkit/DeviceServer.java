package sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A web server of the kind that runs in devices, which logs the request line of every request that it understood and names
 * the target of a request in the field {@value #TARGET} of its answer: so an answer can be told to belong to a request.
 * Plain HTTP on a free loopback port; all five read a request's body to its end before they answer.
 */
public final class DeviceServer implements AutoCloseable {
    /** The field of an answer that names the target of its request. */
    public static final String TARGET = "X-Target";

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final TempFolder folder;
    private final Program program;
    private final int port;
    private final Supplier<String> log;

    private DeviceServer(TempFolder folder, Program program, int port, Supplier<String> log) {
        this.folder = folder;
        this.program = program;
        this.port = port;
        this.log = log;
    }

    /** All of them, by name. */
    public static List<String> names() {
        return List.of("nginx", "node", "apache2", "lighttpd", "haproxy");
    }

    /** Starts the one of this name. */
    public static DeviceServer start(String name) {
        TempFolder folder = TempFolder.create(name);
        int port = FreePort.pick();
        DeviceServer server = switch (name) {
            case "nginx" -> nginx(folder, port);
            case "node" -> node(folder, port);
            case "apache2" -> apache(folder, port);
            case "lighttpd" -> lighttpd(folder, port);
            case "haproxy" -> haproxy(folder, port);
            default -> throw new IllegalArgumentException(name);
        };
        try {
            FreePort.awaitListener(port, DEADLINE);
        } catch (RuntimeException e) {
            String why = server.log() + server.program.stdout() + server.program.stderr();
            server.close();
            throw new IllegalStateException(name + " did not start: " + why, e);
        }
        return server;
    }

    private static DeviceServer withLogFile(TempFolder folder, int port, String... command) {
        Path log = folder.resolve("access.log");
        return new DeviceServer(folder, Program.start(List.of(command)), port, () -> read(log));
    }

    /** One server in front of another, as in devices with several programs behind one port. */
    private static DeviceServer nginx(TempFolder folder, int port) {
        int inner = FreePort.pick();
        Path configuration = folder.write("nginx.conf", """
                daemon off;
                %s
                worker_processes 1;
                pid nginx.pid;
                error_log error.log;
                events {}
                http {
                  log_format request '$request';
                  access_log access.log request;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d;
                    location / {
                      proxy_http_version 1.1;
                      proxy_pass http://127.0.0.1:%d;
                    }
                  }
                  server {
                    listen 127.0.0.1:%d;
                    access_log off;
                    add_header X-Target $request_uri always;
                    location / { return 200 "ok\\n"; }
                  }
                }
                """.formatted(asRoot("user root;"), port, inner, inner));
        String home = folder.path().toString();
        String errors = folder.resolve("error.log").toString();
        return withLogFile(folder, port, "nginx", "-p", home, "-c", configuration.toString(), "-e", errors);
    }

    private static DeviceServer node(TempFolder folder, int port) {
        Path script = folder.write("server.js", """
                const http = require('http'), fs = require('fs');
                http.createServer((request, answer) => {
                  let length = 0;
                  request.on('data', part => length += part.length);
                  request.on('end', () => {
                    fs.appendFileSync('%s', request.method + ' ' + request.url + '\\n');
                    answer.setHeader('X-Target', request.url);
                    answer.end(length + '\\n');
                  });
                }).listen(%d, '127.0.0.1');
                """.formatted(folder.resolve("access.log"), port));
        return withLogFile(folder, port, "node", script.toString());
    }

    private static DeviceServer apache(TempFolder folder, int port) {
        folder.write("www/ok", "ok\n");
        readableByAll(folder.path());
        Path configuration =
                folder.write("apache.conf", """
                ServerRoot %1$s
                ServerName device
                PidFile apache.pid
                Listen 127.0.0.1:%2$d
                %3$s
                LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
                LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
                ErrorLog error.log
                LogFormat "%%r" request
                CustomLog access.log request
                DocumentRoot %1$s/www
                AliasMatch .* %1$s/www/ok
                Header always set X-Target "expr=%%{THE_REQUEST}"
                Header always edit X-Target "^\\S+ (\\S+) .*$" "$1"
                """.formatted(folder.path(), port, asRoot("User nobody\nGroup nogroup")));
        return withLogFile(folder, port, "apache2", "-X", "-f", configuration.toString());
    }

    /** With a program for each request, as small devices have it. */
    private static DeviceServer lighttpd(TempFolder folder, int port) {
        folder.write("www/echo.sh", """
                length=$(wc -c)
                echo "$REQUEST_METHOD $REQUEST_URI" >> %s
                printf 'Status: 200\\r\\nX-Target: %%s\\r\\n\\r\\n%%s\\n' "$REQUEST_URI" "$length"
                """.formatted(folder.resolve("access.log")));
        Path configuration =
                folder.write("lighttpd.conf", """
                server.bind = "127.0.0.1"
                server.port = %d
                server.document-root = "%s"
                server.errorlog = "%s"
                server.modules = ( "mod_rewrite", "mod_cgi" )
                url.rewrite-once = ( ".*" => "/echo.sh" )
                cgi.assign = ( ".sh" => "/bin/sh" )
                """.formatted(port, folder.resolve("www"), folder.resolve("error.log")));
        return withLogFile(folder, port, "lighttpd", "-D", "-f", configuration.toString());
    }

    private static DeviceServer haproxy(TempFolder folder, int port) {
        Path configuration = folder.write("haproxy.cfg", """
                global
                  log stdout format raw local0
                defaults
                  mode http
                  timeout client 30s
                  timeout server 30s
                  timeout connect 5s
                frontend device
                  bind 127.0.0.1:%d
                  log global
                  log-format "%%r"
                  http-request wait-for-body time 10s
                  http-request return status 200 content-type text/plain hdr X-Target %%[pathq] lf-string "ok\\n"
                """.formatted(port));
        Program program = Program.start(List.of("haproxy", "-db", "-f", configuration.toString()));
        return new DeviceServer(folder, program, port, program::stdout);
    }

    private static String asRoot(String directives) {
        return "root".equals(System.getProperty("user.name")) ? directives : "";
    }

    private static void readableByAll(Path folder) {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** The request lines of all requests, one a line; some servers write a line a moment after the answer. */
    public String log() {
        return log.get();
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }
}
