package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpObjectEncoder;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/**
 * Writes requests to devices. The target goes out byte for byte as the visitor sent it: digest logins hash it, and
 * {@code %5B} is not {@code [} to every device. Runs on the stream's loop.
 */
final class RequestEncoder extends HttpObjectEncoder<HttpRequest> {
    @Override
    protected void encodeInitialLine(ByteBuf out, HttpRequest request) {
        String line = request.method().name() + " " + request.uri() + " HTTP/1.1\r\n";
        out.writeCharSequence(line, StandardCharsets.ISO_8859_1);
    }
}
