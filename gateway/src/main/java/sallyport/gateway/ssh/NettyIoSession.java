package sallyport.gateway.ssh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection of an SSH peer: what MINA sees of a Netty channel.
 *
 * <h2>Outgoing</h2>
 *
 * Any thread may write (MINA calls {@link #writeBuffer} under the lock that also numbers and encrypts the packets), through
 * the one {@link WriteQueue}; so the order of encryption is the order on the wire. A graceful close drains the queue first; any
 * close fails what is left in it.
 *
 * <h2>Incoming</h2>
 *
 * A new connection costs next to nothing: it is greeted, and MINA's session is made with the first bytes of a peer that
 * speaks SSH. Messages are handled by one thread at a time. Until the peer is authenticated that is the {@link HandshakeExecutor}, since
 * key exchange costs milliseconds: the socket is read once, the bytes go to the executor, and only when they are dealt with
 * is the socket read again. From {@link #authenticated()} on it is the session's loop, after the executor's last task has
 * ended. {@link #phase} is touched by the loop alone; the executor's task and the loop meet through {@code loop.execute}.
 *
 * <h2>Loop and waiting</h2>
 *
 * Everything goes into MINA inside {@link ThreadUtils#runAsInternal}, else MINA may park the thread during a rekey.
 */
final class NettyIoSession extends AbstractCloseable implements IoSession {
    /** MINA compacts its buffer once per packet: offering little at a time bounds what it moves. */
    static final int SLICE = 40 * 1024;

    /** A peer that asks without reading the answers is cut off here; streams stop long before. */
    static final int MAX_PENDING = 16 * 1024 * 1024;

    /** The same, before the peer is authenticated: nothing that it may ask for then is long. */
    static final int MAX_PENDING_UNAUTHENTICATED = 256 * 1024;

    /** What may arrive while the executor is busy; Netty reads a little on when the peer hangs up. */
    static final int MAX_AHEAD = 256 * 1024;

    /** How long a graceful close waits for the peer to take what is still unsent. */
    static final int CLOSE_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(NettyIoSession.class);

    private enum Phase {
        /** The peer has not said yet that it speaks SSH. */
        IDENTIFICATION,
        /** Waiting for bytes of a peer that is not authenticated. */
        HANDSHAKE,
        /** A task of the executor has, or waits for, this session's bytes. */
        HANDSHAKE_BUSY,
        /** Everything happens on the loop. */
        LOOP,
        ENDED
    }

    private final NettyIoAcceptor service;
    private final IoHandler handler;
    private final long id;
    private final SocketChannel channel;
    private final SocketAddress acceptanceAddress;
    private final InetSocketAddress remote;
    private final Map<Object, Object> attributes = new ConcurrentHashMap<>();

    private final WriteQueue writes;
    private final AtomicBoolean turnedAway = new AtomicBoolean();
    private volatile boolean authenticated;
    private volatile boolean keyed;
    private volatile String client = "";

    /** Belongs to whoever has the session's bytes: the executor's task or the loop, never both. */
    private final Slice slice = new Slice();

    /** MINA's session exists; belongs to whoever has the session's bytes. */
    private boolean created;

    /** CPU time that the executor spent here; touched under its lock. */
    long spentNanos;

    // touched on the loop alone
    private final Deque<ByteBuf> ahead = new ArrayDeque<>();
    private Phase phase = Phase.IDENTIFICATION;
    private boolean greeted;
    private boolean readSuspended;
    private boolean inactive;
    private int aheadBytes;

    /** @param remote where the peer is, behind whatever balancer */
    NettyIoSession(
            NettyIoAcceptor service, IoHandler handler, long id, SocketChannel channel, InetSocketAddress remote) {
        super(String.valueOf(remote));
        this.service = service;
        this.handler = handler;
        this.id = id;
        this.channel = channel;
        this.acceptanceAddress = channel.localAddress();
        this.remote = remote;
        this.writes = new WriteQueue(channel);
    }

    /** The loop on which this session lives once it is authenticated. */
    EventLoop loop() {
        return channel.eventLoop();
    }

    /** What the peer called itself, as it was sent; empty until it did. Any thread. */
    String client() {
        return client;
    }

    /** The first key exchange is done: this peer has shown that it is worth going on with. Any thread. */
    void keyed() {
        keyed = true;
    }

    boolean isKeyed() {
        return keyed;
    }

    /** From now on messages are handled on the loop. Any thread; takes effect after the message that is being handled. */
    void authenticated() {
        authenticated = true;
        service.loggedIn(this);
    }

    boolean isAuthenticated() {
        return authenticated;
    }

    // what MINA asks for

    @Override
    public long getId() {
        return id;
    }

    @Override
    public SocketAddress getAcceptanceAddress() {
        return acceptanceAddress;
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return remote;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return acceptanceAddress;
    }

    @Override
    public @Nullable Object getAttribute(Object key) {
        return attributes.get(key);
    }

    @Override
    public @Nullable Object setAttribute(Object key, Object value) {
        return attributes.put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
        return attributes.putIfAbsent(key, value);
    }

    @Override
    public @Nullable Object removeAttribute(Object key) {
        return attributes.remove(key);
    }

    @Override
    public IoService getService() {
        return service;
    }

    @Override
    public void shutdownOutputStream() {
        onLoop(channel::shutdownOutput);
    }

    @Override
    public void suspendRead() {
        onLoop(() -> {
            readSuspended = true;
            channel.config().setAutoRead(false);
        });
    }

    @Override
    public void resumeRead() {
        onLoop(() -> {
            readSuspended = false;
            readOn();
        });
    }

    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
        IoWriteFuture written = writes.add(buffer);
        if (writes.unsent() > (authenticated ? MAX_PENDING : MAX_PENDING_UNAUTHENTICATED)) {
            LOG.debug("{} does not read its answers: closed", this);
            close(true);
        }
        return written;
    }

    @Override
    protected CloseFuture doCloseGracefully() {
        onLoop(() -> {
            writes.drain();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(future -> {
                channel.close();
                closeFuture.setClosed();
            });
            // a peer that does not read must not hold the session
            loop().schedule(() -> close(true), CLOSE_SECONDS, TimeUnit.SECONDS);
        });
        return closeFuture;
    }

    @Override
    protected void doCloseImmediately() {
        writes.close();
        onLoop(channel::close);
        super.doCloseImmediately();
    }

    private void onLoop(Runnable task) {
        try {
            loop().execute(task);
        } catch (RejectedExecutionException e) {
            writes.close(); // the gateway has stopped its loops, and with them its sockets
        }
    }

    // what arrives, on the loop

    /** Greets; MINA's part is made only when there is something for it to do. */
    private void activate() {
        if (greeted || !channel.isActive()) {
            return;
        }
        greeted = true;
        channel.writeAndFlush(Unpooled.copiedBuffer(service.identification() + "\r\n", StandardCharsets.US_ASCII));
        channel.read();
    }

    private void arrived(ByteBuf bytes) {
        switch (phase) {
            case LOOP -> {
                try {
                    deliver(bytes);
                } finally {
                    bytes.release();
                }
            }
            case IDENTIFICATION -> identify(bytes);
            case HANDSHAKE -> toExecutor(bytes);
            case HANDSHAKE_BUSY -> keep(bytes);
            case ENDED -> bytes.release();
        }
    }

    private void keep(ByteBuf bytes) {
        ahead.add(bytes);
        aheadBytes += bytes.readableBytes();
        if (aheadBytes > MAX_AHEAD) {
            close(true);
        }
    }

    /** Whoever does not speak SSH is sent away before it costs anything. */
    private void identify(ByteBuf bytes) {
        ByteBuf first = ahead.isEmpty()
                ? bytes
                : channel.alloc().buffer().writeBytes(ahead.remove()).writeBytes(bytes);
        switch (ClientIdentification.read(first)) {
            case ClientIdentification.Complete complete -> {
                client = complete.text();
                phase = Phase.HANDSHAKE;
                toExecutor(first);
            }
            case ClientIdentification.Incomplete _ -> {
                ahead.add(first);
                readOn();
            }
            case ClientIdentification.NotSsh notSsh -> {
                first.release();
                service.notSsh(this, notSsh.why());
            }
        }
    }

    private void toExecutor(ByteBuf bytes) {
        phase = Phase.HANDSHAKE_BUSY;
        service.handshakes().submit(new Handshake(bytes));
    }

    /** The executor is done with its bytes: what came meanwhile is next, then the socket. */
    private void handshakeStepped() {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = authenticated ? Phase.LOOP : Phase.HANDSHAKE;
        while (!ahead.isEmpty() && phase != Phase.HANDSHAKE_BUSY) {
            ByteBuf next = ahead.remove();
            aheadBytes -= next.readableBytes();
            arrived(next);
        }
        if (phase != Phase.HANDSHAKE_BUSY) {
            if (inactive) {
                ended();
            } else {
                readOn();
            }
        }
    }

    private void readOn() {
        if (readSuspended || inactive || !channel.isActive()) {
            return;
        }
        if (phase == Phase.LOOP) {
            channel.config().setAutoRead(true);
        } else if (phase == Phase.HANDSHAKE || phase == Phase.IDENTIFICATION) {
            channel.read();
        }
    }

    /** Hands bytes to MINA, a slice at a time. On whichever thread has the session now. */
    private void deliver(ByteBuf bytes) {
        try {
            if (!created) {
                created = true;
                ThreadUtils.runAsInternal(() -> {
                    handler.sessionCreated(this);
                    return null;
                });
            }
            while (bytes.isReadable() && isOpen()) {
                slice.take(bytes);
                ThreadUtils.runAsInternal(() -> {
                    handler.messageReceived(this, slice);
                    return null;
                });
            }
        } catch (Exception e) {
            failed(e);
        } finally {
            slice.bytes = null;
        }
    }

    private void failed(Throwable cause) {
        try {
            ThreadUtils.runAsInternal(() -> {
                handler.exceptionCaught(this, cause);
                return null;
            });
        } catch (Exception e) {
            LOG.debug("{}: failed without an SSH session", this, e);
            close(true);
        }
    }

    private void hungUp() {
        inactive = true;
        if (phase != Phase.HANDSHAKE_BUSY) {
            ended();
        }
    }

    private void ended() {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.ENDED;
        ahead.forEach(ByteBuf::release);
        ahead.clear();
        service.ended(this);
        try {
            if (created) {
                ThreadUtils.runAsInternal(() -> {
                    handler.sessionClosed(this);
                    return null;
                });
            }
        } catch (Exception e) {
            LOG.debug("{}: failed while ending", this, e);
        } finally {
            close(true);
        }
    }

    @Override
    public String toString() {
        return "ssh " + id + " from " + remote;
    }

    /** The part of a received buffer that MINA may take now. */
    private static final class Slice implements Readable {
        private @Nullable ByteBuf bytes;
        private int length;

        void take(ByteBuf from) {
            bytes = from;
            length = Math.min(SLICE, from.readableBytes());
        }

        @Override
        public int available() {
            return length;
        }

        @Override
        public void getRawBytes(byte[] data, int offset, int count) {
            if (bytes != null) {
                bytes.readBytes(data, offset, count);
                length -= count;
            }
        }
    }

    /** Bytes of a peer that is not authenticated, to be handled by the executor. */
    private final class Handshake implements HandshakeExecutor.Step {
        private final ByteBuf bytes;

        Handshake(ByteBuf bytes) {
            this.bytes = bytes;
        }

        @Override
        public NettyIoSession session() {
            return NettyIoSession.this;
        }

        @Override
        public void run() {
            try {
                deliver(bytes);
            } finally {
                bytes.release();
                onLoop(NettyIoSession.this::handshakeStepped);
            }
        }

        @Override
        public void drop(boolean busy) {
            bytes.release();
            if (busy) {
                service.tooBusy(NettyIoSession.this);
            } else {
                close(true);
            }
            onLoop(NettyIoSession.this::handshakeStepped);
        }
    }

    /** The one handler in the channel's pipeline. */
    final class Handler extends ChannelInboundHandlerAdapter {
        /** A connection that came in elsewhere, or through a balancer, is active already. */
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            activate();
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            activate();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            arrived((ByteBuf) message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            hungUp();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("{}: connection failed", NettyIoSession.this, cause);
            close(true);
        }
    }

    /** Where the peer is, for people. */
    String address() {
        return remote.getAddress().getHostAddress();
    }

    /** True for the first who says that the peer is turned away; the reason is told once. Any thread. */
    boolean turnedAway() {
        return turnedAway.compareAndSet(false, true);
    }
}
