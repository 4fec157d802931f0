package sallyport.gateway.ssh;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.auth.AbstractUserAuth;
import org.apache.sshd.server.auth.AbstractUserAuthFactory;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Device;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * The publickey method (RFC 4252 section 7), of our own for three reasons. A query without a signature tells nothing: every
 * well-formed key gets PK_OK, known or not. A device is whoever signed last, never who was merely queried before. And the
 * directory is asked only after the signature was verified, so that nothing about a device reaches someone without its key.
 *
 * <p>Runs on the thread that serves the handshake.
 */
final class PublickeyMethod extends AbstractUserAuth {
    static final String NAME = "publickey";
    private static final String SERVICE = "ssh-connection";
    private static final Logger log = LoggerFactory.getLogger(PublickeyMethod.class);

    private final DoorContext door;
    private final UnknownKeyPace pace;

    private PublickeyMethod(DoorContext door, UnknownKeyPace pace) {
        super(NAME);
        this.door = door;
        this.pace = pace;
    }

    /** Makes one for each request. */
    static final class Factory extends AbstractUserAuthFactory {
        private final DoorContext door;
        private final UnknownKeyPace pace;

        Factory(DoorContext door) {
            super(NAME);
            this.door = door;
            this.pace = new UnknownKeyPace(door.timers());
        }

        @Override
        public UserAuth createUserAuth(ServerSession session) {
            return new PublickeyMethod(door, pace);
        }
    }

    /** A request as it came. {@code signature} is absent in a query. */
    private static final class Request {
        private final String algorithm;
        private final byte[] blob;
        private final byte @Nullable [] signature;

        Request(Buffer buffer) {
            boolean signed = buffer.getBoolean();
            algorithm = buffer.getString();
            blob = buffer.getBytes();
            signature = signed ? buffer.getBytes() : null;
        }
    }

    @Override
    protected @Nullable Boolean doAuth(Buffer buffer, boolean init) throws Exception {
        GatewaySession session = (GatewaySession) getServerSession();
        LoginAttempt attempt = LoginAttempt.of(session);
        attempt.user(getUsername());
        Request request = read(buffer);
        if (!init || request == null || !SERVICE.equals(getService()) || attempt.isAnsweredLate()) {
            return Boolean.FALSE;
        }
        OfferedKey offered = switch (OfferedKey.read(request.blob)) {
            case OfferedKey.Reading.Usable usable -> usable.offered();
            case OfferedKey.Reading.Unusable unusable -> {
                log.debug("{}: {}", getServerSession(), unusable.why());
                yield null;
            }
        };
        byte[] signature = request.signature;
        if (signature == null ? !attempt.mayQuery() : !attempt.maySign()) {
            getServerSession()
                    .disconnect(
                            SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
                            attempt.tooMany().sentence());
            return null;
        }
        if (offered == null || !offered.signsWith(request.algorithm)) {
            return Boolean.FALSE;
        }
        if (signature == null) {
            sendOk(request);
            return null;
        }
        if (!verified(request, offered, signature)) {
            return Boolean.FALSE;
        }
        session.signedWith(request.algorithm);
        return judge(attempt, offered, session.legacyAlgorithmsUsed());
    }

    private static @Nullable Request read(Buffer buffer) {
        try {
            Request request = new Request(buffer);
            return buffer.available() > 0 ? null : request;
        } catch (BufferException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private void sendOk(Request request) throws IOException {
        Buffer packet = getServerSession().createBuffer(SshConstants.SSH_MSG_USERAUTH_PK_OK, request.blob.length + 64);
        packet.putString(request.algorithm);
        packet.putBytes(request.blob);
        getServerSession().writePacket(packet);
    }

    /** The signature covers the session and the whole request (RFC 4252 section 7). */
    private boolean verified(Request request, OfferedKey offered, byte[] signature) {
        Buffer covered = new ByteArrayBuffer();
        covered.putBytes(getServerSession().getSessionId());
        covered.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
        covered.putString(getUsername());
        covered.putString(getService());
        covered.putString(NAME);
        covered.putBoolean(true);
        covered.putString(request.algorithm);
        covered.putBytes(request.blob);
        return KeySignature.fits(getServerSession(), offered, request.algorithm, covered, signature);
    }

    private @Nullable Boolean judge(LoginAttempt attempt, OfferedKey offered, List<String> old) throws IOException {
        Admission.Caller caller = new Admission.Caller(
                offered.fingerprint(), attempt.user(), attempt.from().getAddress());
        Admission.Verdict verdict = Admission.judge(
                door.directory().current(), caller, door.user(), door.timers().now());
        return switch (verdict) {
            case Admission.Verdict.Unknown unknown -> {
                if (attempt.knocked(offered)) {
                    banner(unknown.why().sentence());
                }
                yield answerUnknown(attempt);
            }
            case Admission.Verdict.Refused refused -> refuse(attempt, refused.device(), refused.why());
            case Admission.Verdict.Admitted admitted -> {
                Optional<Problem> late = lateObjection(attempt, admitted.device(), old);
                yield late.isPresent() ? refuse(attempt, admitted.device(), late.get()) : admit(attempt, admitted);
            }
        };
    }

    /** False, or nothing yet when this address has tried many. */
    private @Nullable Boolean answerUnknown(LoginAttempt attempt) {
        if (pace.atOnce(attempt.from().getAddress())) {
            return Boolean.FALSE;
        }
        GatewaySession session = (GatewaySession) getServerSession();
        attempt.answeredLate(true);
        door.events().happened(new GatewayEvent.LoginSlowed(attempt.from()));
        door.timers().schedule(session.loop(), UnknownKeyPace.PAUSE, () -> fail(session, attempt));
        return null;
    }

    /** What MINA sends for a {@code false} (RFC 4252 section 5.1). On the session's loop. */
    private static void fail(GatewaySession session, LoginAttempt attempt) {
        attempt.answeredLate(false);
        try {
            ThreadUtils.runAsInternal(() -> {
                Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_FAILURE, NAME.length() + 16);
                packet.putString(NAME);
                packet.putBoolean(false);
                return session.writePacket(packet);
            });
        } catch (Exception e) {
            log.debug("{} left before its answer: {}", session, e.toString());
        }
    }

    private boolean refuse(LoginAttempt attempt, Device device, Problem why) throws IOException {
        attempt.refused(device.name(), why);
        banner(why.sentence());
        return false;
    }

    private Optional<Problem> lateObjection(LoginAttempt attempt, Device device, List<String> old) {
        if (!old.isEmpty() && !Admission.legacy(device, door.timers().now())) {
            return Optional.of(Fault.OLD_CLIENT.problem(
                    "client",
                    attempt.client(),
                    "address",
                    attempt.from().getAddress().getHostAddress(),
                    "missing",
                    "algorithm instead of " + String.join(", ", old)));
        }
        return door.sessions().objection(device.name());
    }

    private boolean admit(LoginAttempt attempt, Admission.Verdict.Admitted admitted) throws IOException {
        Optional<String> before = door.refusedKeys().findSentence(admitted.key().fingerprint());
        if (before.isPresent()) {
            banner(before.get());
        }
        attempt.admitted(admitted);
        return true;
    }

    /** Shown by every client, also by those that keep a disconnect's words to themselves (RFC 4252 section 5.4). */
    private void banner(String words) throws IOException {
        Buffer packet = getServerSession().createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER, words.length() + 32);
        packet.putString(words + "\r\n");
        packet.putString("");
        getServerSession().writePacket(packet);
    }
}
