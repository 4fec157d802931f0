package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import sallyport.gateway.fault.Problem;

/**
 * The gateway's own answer instead of the device's.
 *
 * @param retryAfterSeconds when it is worth to try again; 0: not said
 */
record Refusal(HttpResponseStatus status, Problem problem, int retryAfterSeconds) {
    static Refusal of(HttpResponseStatus status, Problem problem) {
        return new Refusal(status, problem, 0);
    }
}
