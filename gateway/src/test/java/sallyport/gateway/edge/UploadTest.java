package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sallyport.gateway.edge.RawHttp2Visitor.Answer;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** How bodies reach devices, and what becomes of those that do not (case G15). */
final class UploadTest {
    private static final String LENGTH_10 = "POST %s HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 10\r\n\r\n";
    private static final int NO_ERROR = 0;

    private final CountDownLatch arrived = new CountDownLatch(1);

    private static Problem logged(TestFront front) {
        await().until(() -> !front.events(GatewayEvent.RequestServed.class).isEmpty());
        return front.events(GatewayEvent.RequestServed.class)
                .getLast()
                .problem()
                .orElseThrow();
    }

    /** Reads 4 bytes of the body, tells of it, and waits until nobody is there. */
    private RawDevice patient() throws Exception {
        return RawDevice.running(connection -> {
            connection.head();
            connection.read(4);
            arrived.countDown();
            while (connection.read() >= 0) {}
        });
    }

    @Test
    void the_first_bytes_reach_the_device_while_an_http2_visitor_is_still_sending() throws Exception {
        try (RawDevice device = patient();
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up", "content-length", "1000000").data(1, "abcd", false);
            assertThat(arrived.await(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_refusal_by_the_device_reaches_an_http2_visitor_that_is_still_sending() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch");
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up", "content-length", "250000000").data(1, "first part", false);
            Answer answer = visitor.answer(1);
            assertThat(answer.status()).isEqualTo("413");
            assertThat(answer.body()).isEqualTo("much");
            assertThat(visitor.next(RawHttp2Visitor.RST_STREAM).number()).isEqualTo(NO_ERROR);
        }
    }

    /** Devices that report progress answer while they are still reading. */
    private static RawDevice reporting() throws Exception {
        return RawDevice.running(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                connection.read(2);
                connection.send(String.valueOf(i) + "%");
            }
        });
    }

    @Test
    void an_answer_that_begins_early_is_delivered_as_it_comes_while_the_upload_goes_on() throws Exception {
        try (RawDevice device = reporting();
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(LENGTH_10.formatted("/up")).head();
            for (int i = 0; i < 5; i++) {
                assertThat(visitor.send("ab").read(2)).isEqualTo(i + "%");
            }
        }
    }

    @Test
    void the_same_by_http2() throws Exception {
        try (RawDevice device = reporting();
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up", "content-length", "10");
            visitor.next(RawHttp2Visitor.HEADERS);
            for (int i = 0; i < 5; i++) {
                visitor.data(1, "ab", i == 4);
                assertThat(visitor.next(RawHttp2Visitor.DATA).payload()).isEqualTo(i + "%");
            }
        }
    }

    /** Takes all of a body of 10 bytes, or 4 of them, and leaves. */
    private static RawDevice leaving() throws Exception {
        return RawDevice.running(connection -> connection.read(connection.head().contains("/all") ? 10 : 4));
    }

    @Test
    void a_device_that_leaves_after_the_whole_upload_is_told_apart_from_one_that_breaks_it_off() throws Exception {
        try (RawDevice device = leaving();
                TestFront front = TestFront.leadingTo(device)) {
            try (RawVisitor visitor = front.visitor()) {
                visitor.send(LENGTH_10.formatted("/all") + "0123456789");
                assertThat(visitor.answer())
                        .startsWith("HTTP/1.1 502 ")
                        .contains("SP-511", "The device got the whole request (10 bytes of body)");
                assertThat(logged(front).fault()).isEqualTo(Fault.CLOSED_AFTER_UPLOAD);
            }
            try (RawVisitor visitor = front.visitor()) {
                visitor.send(LENGTH_10.formatted("/some") + "0123");
                assertThat(visitor.answer())
                        .startsWith("HTTP/1.1 502 ")
                        .contains("SP-510", "The device closed the connection after 4 of 10 bytes");
                assertThat(logged(front).sentence()).contains("SP-510", "4 of 10 bytes");
            }
        }
    }

    @Test
    void the_same_are_told_apart_by_http2_without_a_length() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    boolean all = connection.head().contains("/all");
                    connection.read("a\r\n0123456789\r\n".length() + (all ? "0\r\n\r\n".length() : 0));
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/all").data(1, "0123456789", true);
            Answer whole = visitor.answer(1);
            assertThat(whole.status()).isEqualTo("502");
            assertThat(whole.body()).contains("SP-511", "10 bytes");
            assertThat(logged(front).fault()).isEqualTo(Fault.CLOSED_AFTER_UPLOAD);
            visitor.post(3, "/some").data(3, "0123456789", false);
            Answer part = visitor.answer(3);
            assertThat(part.status()).isEqualTo("502");
            assertThat(part.body()).contains("SP-510", "after 10 bytes");
            assertThat(logged(front).fault()).isEqualTo(Fault.UPLOAD_BROKEN);
        }
    }

    @Test
    void a_visitor_that_leaves_in_its_upload_is_logged_with_how_far_it_came() throws Exception {
        try (RawDevice device = patient();
                TestFront front = TestFront.leadingTo(device)) {
            try (RawVisitor visitor = front.visitor()) {
                visitor.send(LENGTH_10.formatted("/up") + "0123");
                assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(logged(front).sentence()).contains("SP-461", "after 4 of 10 bytes");
        }
    }

    /** Keeps what is written, as a device does that takes nothing. */
    private static final class Holding extends ChannelOutboundHandlerAdapter {
        private final Deque<ChannelPromise> held = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            held.add(promise);
        }
    }

    @Test
    void what_still_waits_for_the_device_is_not_counted_as_delivered() {
        Holding device = new Holding();
        DeviceConnection connection = new DeviceConnection(
                new AccessRules.Destination.Console(new InetSocketAddress(1)),
                slip -> {},
                new DeviceConnection.Ready() {
                    @Override
                    public void ready(DeviceConnection ready) {}

                    @Override
                    public void failed(@Nullable Throwable cause) {}
                });
        new EmbeddedChannel(device, connection);
        AtomicInteger left = new AtomicInteger();
        connection.send(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER), left::incrementAndGet);
        connection.send(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER), left::incrementAndGet);
        assertThat(left).hasValue(0);
        device.held.remove().setSuccess();
        assertThat(left).hasValue(1);
        device.held.remove().setFailure(new ClosedChannelException());
        assertThat(left).hasValue(1);
    }
}
