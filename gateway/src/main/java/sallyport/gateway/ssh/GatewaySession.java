package sallyport.gateway.ssh;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * MINA's server session, bent in four places.
 *
 * <h2>The server's KEXINIT waits for the client's</h2>
 *
 * RFC 4253 section 7.1 lets the client's order of preference decide, and OpenSSH prefers ChaCha20, which MINA computes five
 * times slower than AES-GCM. Both sides may send their KEXINIT at any time, so ours waits until the client's is there (or
 * {@link #KEXINIT_WAIT} is over, for a client that waits for us) and then names only GCM when the client has it too. The
 * decision is taken under the lock of {@code kexState}, since the message and the timer may come at once.
 *
 * <h2>From handshake thread to loop</h2>
 *
 * The message that authenticates is handled on a handshake thread. Packets that the client sent along with it are decoded by
 * the same call of MINA's; each is handled on the loop all the same, while the handshake thread waits.
 *
 * <h2>Old algorithms</h2>
 *
 * They are offered only while a device is admitted with them, and a client that fails for the lack of them is recognised, so
 * that a person can be told what to do.
 *
 * <h2>Rekeying</h2>
 *
 * MINA queues what is written during a rekey without bound and leaves the rest to a shared pool; {@link RekeyQueue} does neither,
 * and a rekey that does not end is ended by a deadline. Streams notice a rekey by the pending write future that they get.
 *
 * <p>Runs on a handshake thread until the peer is authenticated, then on {@link #loop()}.
 */
final class GatewaySession extends ServerSessionImpl {
    /** How long our KEXINIT waits for the client's. */
    static final Duration KEXINIT_WAIT = Duration.ofMillis(700);

    /** How long a rekey may take; streams stand still meanwhile. */
    static final Duration REKEY_DEADLINE = Duration.ofSeconds(60);

    /** Packets after the client's KEXINIT that are borne with. */
    static final int MAX_STRAY = 64;

    /** How long a handshake thread waits for the loop. */
    private static final long LOOP_SECONDS = 10;

    private static final Set<KexProposalOption> CIPHERS = Set.of(KexProposalOption.C2SENC, KexProposalOption.S2CENC);

    private final NettyIoSession connection;
    private final SessionEvents events;
    private final Timers timers;
    private boolean kexInitHeld; // under kexState
    private volatile String signature = "";
    private final AtomicLong exchanges = new AtomicLong();
    private Runnable arrived = () -> {}; // from the login on, by the loop
    private int strayPackets; // by the thread that handles messages

    GatewaySession(
            ServerFactoryManager server,
            NettyIoSession connection,
            SessionEvents events,
            Timers timers,
            Algorithms algorithms)
            throws Exception {
        super(server, connection);
        this.connection = connection;
        this.events = events;
        this.timers = timers;
        setKeyExchangeFactories(algorithms.keyExchanges());
        setCipherFactories(algorithms.ciphers());
        setMacFactories(algorithms.macs());
        setSignatureFactories(algorithms.signatures());
        setCompressionFactories(algorithms.compressions());
    }

    /** The connection below. */
    NettyIoSession connection() {
        return connection;
    }

    /** The loop on which this session lives from the login on. */
    EventLoop loop() {
        return connection.loop();
    }

    /** Where the client dials in from. */
    InetSocketAddress address() {
        return connection.getRemoteAddress();
    }

    /** What the client called itself, cleaned. */
    String client() {
        return Printable.clean(connection.client(), ClientIdentification.MAX_LENGTH);
    }

    /** It was sent when the connection was accepted. */
    @Override
    protected IoWriteFuture sendIdentification(String version, List<String> extraLines) {
        return AbstractIoWriteFuture.fulfilled("identification", true);
    }

    // KEXINIT

    @Override
    protected byte @Nullable [] sendKexInit() throws Exception {
        synchronized (kexState) {
            if (!initialKexDone && getClientKexData() == null && !kexInitHeld) {
                kexInitHeld = true;
                timers.schedule(loop(), KEXINIT_WAIT, this::stopWaiting);
                return null;
            }
        }
        if (initialKexDone) {
            expectKeys();
        }
        return super.sendKexInit();
    }

    private void stopWaiting() {
        try {
            sendHeldKexInit();
        } catch (Exception e) {
            exceptionCaught(e);
        }
    }

    private void sendHeldKexInit() throws Exception {
        synchronized (kexState) {
            if (kexInitHeld && getServerKexData() == null && isOpen()) {
                super.sendKexInit();
            }
        }
    }

    @Override
    protected void doKexNegotiation() throws Exception {
        sendHeldKexInit();
        super.doKexNegotiation();
    }

    @Override
    protected Map<KexProposalOption, String> getKexProposal() throws Exception {
        Map<KexProposalOption, String> proposal = new EnumMap<>(super.getKexProposal());
        if (getClientKexData() == null) {
            return proposal; // and clientProposal may be half filled
        }
        for (KexProposalOption option : CIPHERS) {
            List<String> ours = List.of(proposal.getOrDefault(option, "").split(",", -1));
            Stream.of(clientProposal.getOrDefault(option, "").split(",", -1))
                    .filter(name -> name.contains("-gcm@") && ours.contains(name))
                    .findFirst()
                    .ifPresent(gcm -> proposal.put(option, gcm));
        }
        return proposal;
    }

    // what old clients lack

    @Override
    protected Map<KexProposalOption, String> negotiate() throws Exception {
        Optional<String> missing = initialKexDone
                ? Optional.empty()
                : Negotiation.findMissing(getClientKexProposals(), getServerKexProposals());
        if (missing.isPresent()) {
            Problem why = oldClient(missing.get());
            throw new SshException(SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED, why.sentence());
        }
        return super.negotiate();
    }

    /** The name of the key exchange that both sides agreed on. */
    String keyExchange() {
        return getKexNegotiationResult().getOrDefault(KexProposalOption.ALGORITHMS, "");
    }

    /** Tells, once, that this client is too old, and returns the words for it. */
    Problem oldClient(String missing) {
        Problem why = Fault.OLD_CLIENT.problem("client", client(), "address", connection.address(), "missing", missing);
        if (connection.turnedAway()) {
            events.turnedAway(address(), client(), why);
        }
        return why;
    }

    /** The publickey method says which algorithm the accepted signature was made with. */
    void signedWith(String algorithm) {
        signature = algorithm;
    }

    /** Names of old algorithms that this session depends on: only a device with a running {@code legacyUntil} may. */
    List<String> legacyAlgorithmsUsed() {
        return Stream.concat(getKexNegotiationResult().values().stream(), Stream.of(signature))
                .filter(Algorithms::isLegacy)
                .distinct()
                .toList();
    }

    /** Runs {@code sign} at every packet that comes in from now on, on the loop. Call there. */
    void onPacket(Runnable sign) {
        arrived = sign;
    }

    // from handshake thread to loop

    @Override
    public IoWriteFuture signalAuthenticationSuccess(String username, String authService, Buffer buffer)
            throws Exception {
        IoWriteFuture written = super.signalAuthenticationSuccess(username, authService, buffer);
        connection.authenticated();
        loop().execute(this::announceLogin);
        return written;
    }

    private void announceLogin() {
        try {
            ThreadUtils.runAsInternal(() -> {
                events.loggedIn(this);
                return null;
            });
        } catch (Exception e) {
            exceptionCaught(e);
        }
    }

    @Override
    protected void doHandleMessage(Buffer buffer) throws Exception {
        if (connection.isAuthenticated() && !loop().inEventLoop()) {
            handleOnLoop(buffer);
        } else {
            arrived.run();
            refuseFloodWhileRekeying(buffer);
            super.doHandleMessage(buffer);
        }
    }

    private void handleOnLoop(Buffer buffer) throws Exception {
        Future<?> handled = loop().submit(() -> ThreadUtils.runAsInternal(() -> {
            super.doHandleMessage(buffer);
            return null;
        }));
        if (!handled.await(LOOP_SECONDS, TimeUnit.SECONDS)) {
            throw new SshException("the session's loop is stuck");
        }
        if (handled.cause() instanceof Exception failed) {
            throw failed;
        }
    }

    // rekeying

    @Override
    protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
        return new RekeyQueue(this, log);
    }

    /**
     * RFC 4253 section 7.1: after its KEXINIT a party sends nothing but the key exchange. A few stray packets are borne with
     * (some clients send them), a flood is not, since the answers would have to be kept.
     */
    private void refuseFloodWhileRekeying(Buffer buffer) throws SshException {
        KexState state = kexState.get();
        if (!initialKexDone || !(state == KexState.RUN || state == KexState.KEYS)) {
            strayPackets = 0;
        } else if (buffer.rawByte(buffer.rpos()) >= SshConstants.SSH_MSG_USERAUTH_REQUEST
                && ++strayPackets > MAX_STRAY) {
            throw new SshException(
                    SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "too many packets during a key exchange");
        }
    }

    private void expectKeys() {
        long exchange = exchanges.incrementAndGet();
        timers.schedule(loop(), REKEY_DEADLINE, () -> {
            if (exchanges.get() == exchange && kexState.get() != KexState.DONE && isOpen()) {
                exceptionCaught(new SshException(
                        SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED, "the key exchange was not finished in time"));
            }
        });
    }

    @Override
    protected void handleNewKeys(int cmd, Buffer buffer) throws Exception {
        super.handleNewKeys(cmd, buffer);
        connection.keyed();
    }

    /** Writes without asking for the state of the key exchange; for {@link RekeyQueue}. */
    IoWriteFuture writeNow(Buffer buffer) throws IOException {
        return doWritePacket(buffer);
    }
}
