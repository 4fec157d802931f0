package sallyport.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Debian's Apache as the HTTP proxy of a customer's network, which lets CONNECT out to one port alone. */
public final class ConnectProxy implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final TempFolder folder;
    private final Program program;
    private final int port;

    private ConnectProxy(TempFolder folder, Program program, int port) {
        this.folder = folder;
        this.program = program;
        this.port = port;
    }

    /** On a free port of loopback. */
    public static ConnectProxy lettingOut(int allowed) {
        TempFolder folder = TempFolder.create("connect");
        int port = FreePort.pick();
        String modules = "/usr/lib/apache2/modules";
        Path configuration =
                folder.write("apache.conf", """
                ServerRoot %1$s
                ServerName proxy
                PidFile apache.pid
                Listen 127.0.0.1:%2$d
                %5$s
                LoadModule mpm_event_module %3$s/mod_mpm_event.so
                LoadModule authz_core_module %3$s/mod_authz_core.so
                LoadModule proxy_module %3$s/mod_proxy.so
                LoadModule proxy_connect_module %3$s/mod_proxy_connect.so
                ErrorLog error.log
                ProxyRequests On
                AllowCONNECT %4$d
                """.formatted(folder.path(), port, modules, allowed, asRoot()));
        Program program = Program.start(List.of("apache2", "-X", "-f", configuration.toString()));
        ConnectProxy proxy = new ConnectProxy(folder, program, port);
        try {
            FreePort.awaitListener(port, DEADLINE);
        } catch (RuntimeException e) {
            String why = program.stdout() + program.stderr();
            proxy.close();
            throw new IllegalStateException("apache2 did not start: " + why, e);
        }
        return proxy;
    }

    private static String asRoot() {
        return "root".equals(System.getProperty("user.name")) ? "User nobody\nGroup nogroup" : "";
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }
}
