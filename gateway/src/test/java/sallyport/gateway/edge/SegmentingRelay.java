package sallyport.gateway.edge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A relay in front of a front that sends what comes first in two segments, cut where the test says. */
final class SegmentingRelay implements AutoCloseable {
    private static final int BETWEEN_SEGMENTS_MILLIS = 20;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final InetSocketAddress target;
    private volatile int cut = 1;

    SegmentingRelay(InetSocketAddress target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    void cut(int bytes) {
        cut = bytes;
    }

    private void accept() {
        try {
            while (true) {
                Socket visitor = listener.accept();
                Socket front = new Socket(target.getAddress(), target.getPort());
                front.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> copy(visitor, front, cut));
                Thread.ofVirtual().start(() -> copy(front, visitor, 0));
            }
        } catch (IOException e) {
            // closed
            return;
        }
    }

    private static void copy(Socket from, Socket to, int first) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            out.write(in.readNBytes(first));
            out.flush();
            if (first > 0) {
                // the kernel would join the two segments otherwise
                Thread.sleep(BETWEEN_SEGMENTS_MILLIS);
            }
            in.transferTo(out);
        } catch (IOException | InterruptedException e) {
            // one side went away
            return;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
