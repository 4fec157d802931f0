package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponse;
import java.util.function.Consumer;

/**
 * What an exchange needs of the version of HTTP that its visitor speaks: {@link ProxyHandler} is written once on {@code
 * HttpObject}s, and asks this for what differs. One for each channel that carries requests: a connection of HTTP/1.1 or a
 * stream of HTTP/2. Runs on the visitor's loop.
 */
interface VisitorWire {
    /**
     * Everything of an answer was written, not yet flushed.
     *
     * @param usable false when the channel must carry no other request after it
     */
    void completed(boolean usable);

    /** An answer has begun and cannot be finished: the visitor must not take what it has for the whole. */
    void broken();

    /**
     * The request needs HTTP/1.1, and its answer is worth nothing here.
     *
     * @return true when the visitor was told to send it again that way, and no answer may follow; false when that is what it
     *     speaks
     */
    boolean requireHttp1();

    /** A new connection would be better than this one for what the visitor asks next; what is under way goes on. */
    void retire();

    /** True when the answer that switches protocols may be believed. */
    boolean trusts(HttpResponse switching);

    /**
     * The switch was written: what follows belongs to the device alone. The proxy handler has left the channel's business.
     *
     * @param ended told once how it ended
     */
    void switched(DeviceConnection device, Consumer<Bridge.Outcome> ended);
}
