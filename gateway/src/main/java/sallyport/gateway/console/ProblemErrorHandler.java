package sallyport.gateway.console;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import sallyport.gateway.console.api.ProblemAnswer;
import sallyport.gateway.fault.Fault;

/** What Jetty refuses before a handler sees it (malformed requests), as a problem document without internals. */
final class ProblemErrorHandler extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        ProblemAnswer problem = Problems.answer(
                status >= 500
                        ? Fault.GATEWAY_FAILED.problem()
                        : Fault.BAD_REQUEST.problem("detail", "it is not HTTP as RFC 9112 has it"));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problems.MEDIA_TYPE);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(Json.write(problem).getBytes(StandardCharsets.UTF_8)), callback);
        return true;
    }
}
