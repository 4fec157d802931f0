package sallyport.gateway.edge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** {@code openssl s_server -www} as a device: its page says which version was spoken and whether the session was resumed. */
final class OpensslDevice implements AutoCloseable {
    private final Process process;
    private final InetSocketAddress address;

    private OpensslDevice(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /** Starts with the pair {@code NAME.pem}, {@code NAME.key} of the folder and further arguments. */
    static OpensslDevice start(Path folder, String name, String... more) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                "openssl", "s_server", "-www", "-quiet", "-accept", "127.0.0.1:" + port, "-cert", name + ".pem"));
        command.addAll(List.of("-key", name + ".key", "-cipher", "ALL:@SECLEVEL=0"));
        command.addAll(List.of(more));
        Process process = run(folder, command);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Awaitility.await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            new Socket(address.getAddress(), port).close();
            return true;
        });
        return new OpensslDevice(process, address);
    }

    /** Makes a certificate {@code NAME.pem} with its key {@code NAME.key} by {@code openssl req -x509}. */
    static void certificate(Path folder, String name, String key, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-nodes", "-newkey", key));
        command.addAll(List.of("-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".pem"));
        command.addAll(List.of(more));
        Process made = run(folder, command);
        if (made.waitFor() != 0) {
            throw new IOException(command + " failed");
        }
    }

    private static Process run(Path folder, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
