package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import sallyport.gateway.fault.Fault;

/** Why bytes are no HTTP message that may be passed on. Thrown by parsers, caught once, in the decoder. */
final class MalformedMessage extends Exception {
    private final transient Refusal refusal;

    MalformedMessage(Refusal refusal) {
        super(refusal.problem().sentence(), null, false, false);
        this.refusal = refusal;
    }

    /** Bytes that mean two things to two readers, or none. */
    static MalformedMessage bad(String detail) {
        return new MalformedMessage(
                Refusal.of(HttpResponseStatus.BAD_REQUEST, Fault.BAD_REQUEST.problem("detail", detail)));
    }

    Refusal refusal() {
        return refusal;
    }
}
