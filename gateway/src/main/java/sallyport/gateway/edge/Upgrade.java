package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.function.Consumer;

/**
 * After 101 the connection speaks another protocol, which the gateway does not read (RFC 6455 section 4.2.2): the HTTP
 * handlers leave both pipelines and a bridge joins what remains. No timer of HTTP applies any more.
 */
final class Upgrade {
    private Upgrade() {}

    /**
     * Joins both sides; what either has sent ahead is passed on first. The 101 must have been written.
     *
     * @param ended told once, on the loop
     */
    static void join(Channel visitor, DeviceConnection device, Consumer<Bridge.Outcome> ended) {
        Bridge bridge = new Bridge(visitor, ended);
        ChannelPipeline pipeline = visitor.pipeline();
        RequestDecoder decoder = pipeline.get(RequestDecoder.class);
        decoder.raw();
        pipeline.remove(ProxyHandler.class);
        pipeline.remove(HttpResponseEncoder.class);
        device.become(bridge.deviceSide());
        bridge.start();
        pipeline.remove(decoder);
    }
}
