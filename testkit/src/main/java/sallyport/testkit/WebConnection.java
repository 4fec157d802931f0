package sallyport.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One accepted connection of a {@link WebServer}; what a device remembers per connection (a nonce) hangs on it. */
public final class WebConnection {
    private final InputStream in;
    private final OutputStream out;
    private final Socket tcp;
    private final long id;
    private final Map<String, String> notes = new ConcurrentHashMap<>();

    WebConnection(Socket talking, Socket tcp, long id) throws IOException {
        this.in = new BufferedInputStream(talking.getInputStream(), 64 * 1024);
        this.out = talking.getOutputStream();
        this.tcp = tcp;
        this.id = id;
    }

    /** 1 for the first connection of the server. */
    public long id() {
        return id;
    }

    public InputStream in() {
        return in;
    }

    /** Unbuffered: what is written leaves at once. */
    public OutputStream out() {
        return out;
    }

    /** What this connection remembers from one request to the next. */
    public Map<String, String> notes() {
        return notes;
    }

    /** Ends the connection with a TCP reset, whatever is still on its way. */
    public void reset() throws IOException {
        tcp.setSoLinger(true, 0);
        tcp.close();
    }
}
