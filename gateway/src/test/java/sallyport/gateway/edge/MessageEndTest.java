package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of the input never overtakes bytes that wait for a slow reader. */
final class MessageEndTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast";
    private static final String REQUESTS = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";

    private final List<String> told = new ArrayList<>();

    /** Stops after each head, as the proxy does for a visitor that takes nothing, or has a request under way. */
    private final class Slow extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            switch (message) {
                case HttpResponse head -> pause(ctx, "head");
                case HttpRequest head -> pause(ctx, head.uri());
                case HttpContent content
                when content.content().isReadable() ->
                    told.add(content.content().toString(StandardCharsets.US_ASCII));
                default -> told.add(message instanceof LastHttpContent ? "last" : "?");
            }
            ReferenceCountUtil.release(message);
        }

        private void pause(ChannelHandlerContext ctx, String what) {
            told.add(what);
            ctx.channel().config().setAutoRead(false);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                told.add("end");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            told.add("inactive");
        }
    }

    private EmbeddedChannel reading(MessageDecoder decoder, String bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(decoder, new Slow());
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII));
        return channel;
    }

    private EmbeddedChannel answer(String bytes) {
        ResponseDecoder decoder = new ResponseDecoder(new Mending(slip -> {}));
        decoder.expect(HttpMethod.GET);
        return reading(decoder, bytes);
    }

    @Test
    void the_end_of_an_answer_waits_behind_its_bytes() {
        EmbeddedChannel channel = answer(ANSWER);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(told).containsExactly("head");

        channel.config().setAutoRead(true);
        assertThat(told).containsExactly("head", "last", "end");
        channel.finishAndReleaseAll();
    }

    @Test
    void what_a_device_said_is_passed_on_when_its_channel_ends() {
        EmbeddedChannel channel = answer(ANSWER);
        channel.close();
        assertThat(told).containsExactly("head", "last", "inactive");
    }

    @Test
    void an_end_within_a_message_is_told_as_soon_as_its_bytes_are() {
        EmbeddedChannel channel = answer(ANSWER.replace("4", "9"));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.config().setAutoRead(true);
        assertThat(told).containsExactly("head", "last", "end");
        channel.finishAndReleaseAll();
    }

    @Test
    void the_end_of_a_visitors_input_waits_behind_its_next_request_which_ends_with_the_channel() {
        EmbeddedChannel channel = reading(new RequestDecoder(), REQUESTS);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(told).containsExactly("/1", "last");

        channel.close();
        assertThat(told).containsExactly("/1", "last", "inactive");
    }
}
