package sallyport.gateway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a consumer may rely on, on one loop and across two. */
final class StreamChannelTest {
    private static final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private static final EventLoop first = group.next();
    private static final EventLoop second = group.next();

    enum Loops {
        SAME,
        DIFFERENT;

        EventLoop session() {
            return this == SAME ? first : second;
        }
    }

    /** Keeps everything that it is told, in order. */
    private static final class Consumer extends ChannelInboundHandlerAdapter {
        final List<String> events = new CopyOnWriteArrayList<>();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
            ByteBuf data = (ByteBuf) message;
            synchronized (bytes) {
                data.readBytes(bytes, data.readableBytes());
            }
            data.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                events.add("eof after " + size());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            events.add(cause.getClass().getSimpleName());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            events.add("inactive");
        }

        byte[] content() {
            synchronized (bytes) {
                return bytes.toByteArray();
            }
        }

        int size() {
            return content().length;
        }
    }

    private final Consumer consumer = new Consumer();

    @AfterAll
    static void stopLoops() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private MemoryStream open(Loops loops) {
        return new MemoryStream(loops.session(), first, consumer);
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void bytes_of_any_size_arrive_in_order_both_ways_while_the_consumer_stops_and_goes_on(Loops loops) {
        Random random = new Random(7);
        MemoryStream device = open(loops);
        device.take(700, Long.MAX_VALUE);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        for (int round = 0; round < 3000; round++) {
            byte[] piece = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 30_000 : 300)];
            random.nextBytes(piece);
            if (random.nextBoolean()) {
                device.say(piece);
                said.writeBytes(piece);
            } else {
                device.channel().writeAndFlush(Unpooled.wrappedBuffer(piece));
                written.writeBytes(piece);
            }
            if (random.nextInt(50) == 0) {
                device.channel().config().setAutoRead(random.nextBoolean());
            }
        }
        device.channel().config().setAutoRead(true);
        await().until(() -> consumer.size() == said.size() && device.arrivedBytes() == written.size());
        assertThat(consumer.content()).isEqualTo(said.toByteArray());
        assertThat(device.arrived()).isEqualTo(written.toByteArray());
        await().until(() -> device.credited() == said.size());
        device.channel().close();
    }

    @ParameterizedTest
    @EnumSource
    void a_consumer_that_does_not_ask_gets_nothing_and_gives_no_credit(Loops loops) {
        MemoryStream device = open(loops);
        device.channel().config().setAutoRead(false);
        device.channel().eventLoop().submit(() -> {}).syncUninterruptibly();
        device.say(new byte[100_000]);
        device.say(new byte[100_000]);
        assertThat(device.credited()).isZero();
        assertThat(consumer.size()).isZero();
        device.channel().config().setAutoRead(true);
        await().until(() -> device.credited() == 200_000);
        assertThat(consumer.size()).isEqualTo(200_000);
        device.channel().close();
    }

    @ParameterizedTest
    @EnumSource
    void bytes_that_the_consumer_took_are_credited_only_when_it_asks_again(Loops loops) {
        MemoryStream device = open(loops);
        device.channel().config().setAutoRead(false);
        device.channel().eventLoop().submit(() -> {}).syncUninterruptibly();
        device.channel().read();
        device.say(new byte[5000]);
        await().until(() -> consumer.size() == 5000);
        assertThat(device.credited()).isZero();
        device.channel().read();
        await().until(() -> device.credited() == 5000);
        device.channel().close();
    }

    @ParameterizedTest
    @EnumSource
    void the_device_s_end_of_file_comes_after_its_last_byte_and_the_other_way_goes_on(Loops loops) {
        MemoryStream device = open(loops);
        device.channel().config().setAutoRead(false);
        device.say(new byte[70_000]);
        device.sayEof();
        device.channel().config().setAutoRead(true);
        await().until(() -> consumer.events.contains("eof after 70000"));
        device.channel().writeAndFlush(text("still here")).syncUninterruptibly();
        assertThat(device.arrived()).asString().isEqualTo("still here");
        assertThat(device.channel().isOpen()).isTrue();
        device.channel().shutdownOutput().syncUninterruptibly();
        await().until(() -> device.released() == 1);
        assertThat(device.eof()).isTrue();
        assertThat(consumer.events).containsExactly("eof after 70000", "inactive");
    }

    @ParameterizedTest
    @EnumSource
    void pending_bytes_go_out_before_our_end_of_file(Loops loops) {
        MemoryStream device = open(loops);
        device.take(1000, 10);
        device.channel().write(Unpooled.wrappedBuffer(new byte[600_000]));
        device.channel().write(Unpooled.EMPTY_BUFFER);
        ChannelFuture shutdown = device.channel().shutdownOutput();
        await().until(() -> device.arrivedBytes() == 10);
        assertThat(device.eof()).isFalse();
        assertThat(shutdown.isDone()).isFalse();
        device.widen(Long.MAX_VALUE / 2);
        assertThat(shutdown.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
        assertThat(device.arrivedBytes()).isEqualTo(600_000);
        assertThat(device.eof()).isTrue();
        assertThat(device.channel()
                        .writeAndFlush(text("late"))
                        .awaitUninterruptibly()
                        .isSuccess())
                .isFalse();
        assertThat(device.channel().isOpen()).isTrue();
        device.channel().close();
    }

    @ParameterizedTest
    @EnumSource
    void a_window_of_one_byte_at_a_time_carries_everything(Loops loops) {
        MemoryStream device = open(loops);
        device.take(Integer.MAX_VALUE, 0);
        byte[] bytes = new byte[500];
        new Random(1).nextBytes(bytes);
        ChannelFuture written = device.channel().writeAndFlush(Unpooled.wrappedBuffer(bytes));
        for (int i = 0; i < bytes.length; i++) {
            assertThat(written.isDone()).isFalse();
            device.widen(1);
            int sent = i + 1;
            await().pollInterval(1, TimeUnit.MILLISECONDS)
                    .pollDelay(0, TimeUnit.MILLISECONDS)
                    .until(() -> device.arrivedBytes() == sent);
        }
        assertThat(written.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
        assertThat(device.arrived()).isEqualTo(bytes);
        device.channel().close();
    }

    @ParameterizedTest
    @EnumSource
    void a_device_that_takes_nothing_makes_the_channel_unwritable_and_bounds_what_is_under_way(Loops loops) {
        MemoryStream device = open(loops);
        device.take(Integer.MAX_VALUE, 0);
        while (device.channel().isWritable()) {
            device.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[10_000]));
            device.arrivedBytes();
        }
        ChannelFuture last = device.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[10_000]));
        assertThat(device.arrivedBytes()).isZero();
        assertThat(last.isDone()).isFalse();
        device.widen(1 << 30);
        assertThat(last.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
        await().until(device.channel()::isWritable);
        device.channel().close();
    }

    @ParameterizedTest
    @EnumSource
    void a_device_that_closes_without_an_end_of_file_broke_off(Loops loops) {
        MemoryStream device = open(loops);
        device.say(new byte[1000]);
        device.sayClose();
        await().until(() -> consumer.events.contains("inactive"));
        assertThat(consumer.events).containsExactly("StreamReset", "inactive");
        assertThat(consumer.size()).isEqualTo(1000);
        await().until(() -> device.released() == 1);
        assertThat(device.eof()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void a_device_that_closes_after_its_end_of_file_ended_well(Loops loops) {
        MemoryStream device = open(loops);
        device.say(new byte[1000]);
        device.sayEof();
        device.sayClose();
        await().until(() -> consumer.events.contains("inactive"));
        assertThat(consumer.events).containsExactly("eof after 1000", "inactive");
        await().until(() -> device.released() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void a_close_without_shutdown_is_a_reset_and_frees_everything_once(Loops loops) {
        MemoryStream device = open(loops);
        device.take(Integer.MAX_VALUE, 0);
        device.channel().config().setAutoRead(false);
        device.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[300_000]));
        device.say(new byte[1000]);
        device.channel().close().syncUninterruptibly();
        device.say(new byte[1000]);
        device.sayEof();
        device.sayClose();
        await().until(() -> device.released() == 1);
        assertThat(device.eof()).isFalse();
        await().until(() -> consumer.events.contains("inactive"));
        assertThat(consumer.events).containsExactly("inactive");
        assertThat(device.released()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_cut_resets_at_once_even_when_the_consumer_does_not_read(Loops loops) {
        MemoryStream device = open(loops);
        device.channel().config().setAutoRead(false);
        device.say(new byte[1000]);
        loops.session().execute(() -> device.channel().cut("gone"));
        await().until(() -> consumer.events.contains("inactive"));
        assertThat(consumer.events).containsExactly("StreamReset", "inactive");
    }

    @ParameterizedTest
    @EnumSource
    void single_bytes_for_a_stalled_consumer_are_joined(Loops loops) {
        MemoryStream device = open(loops);
        device.channel().config().setAutoRead(false);
        byte[] expected = new byte[40_000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) i;
            device.say(Arrays.copyOfRange(expected, i, i + 1));
        }
        List<Integer> pieces = new CopyOnWriteArrayList<>();
        device.channel().pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                pieces.add(((ByteBuf) message).readableBytes());
                context.fireChannelRead(message);
            }
        });
        assertThat(device.credited()).isZero();
        device.channel().eventLoop().submit(() -> {}).syncUninterruptibly();
        device.channel().config().setAutoRead(true);
        await().until(() -> consumer.size() == expected.length);
        assertThat(consumer.content()).isEqualTo(expected);
        assertThat(pieces).hasSizeLessThan(10);
        device.channel().close();
    }
}
