package sallyport.gateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.edge.AccessRules.Admission;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * Carries a visitor's requests to a device and its answers back, one at a time and in order. The channel is a connection of
 * HTTP/1.1 or a stream of HTTP/2: what is different there is {@link VisitorWire}'s business. Runs on the visitor's loop, on
 * which the device's stream lives too, so that nothing here is shared between threads.
 *
 * <p><b>The life of a request.</b> {@link #begin} checks the request by itself ({@link RequestRules}), asks where it leads
 * and whether the visitor may go there ({@link AccessRules}), and rewrites it ({@link DeviceRequest}); {@link #connect}
 * takes one of the visitor's device connections ({@link DevicePool}) or opens one ({@link DeviceConnector}); {@link #send}
 * does what the hostname's options say ({@link RequestTranslation}) and sends the head; {@link #upload} passes the body on;
 * {@link AnswerRelay} passes the answer back; {@link #complete} makes ready for the next.
 *
 * <p><b>Back-pressure</b> is auto-read alone: the visitor is read while the device takes bytes, the device is read while
 * the visitor takes bytes, and between a request's head and its device connection nothing is read. A pipelined request
 * waits in the decoder.
 *
 * <p><b>What may be repeated.</b> A request of which no byte was sent is tried again when its connection fails. One that
 * was sent is tried once more only if it is a GET or HEAD without a body, no byte of the answer came, and either the whole
 * tunnel has ended or the connection was an idle one that the device was closing (RFC 9110 section 9.2.2).
 */
final class ProxyHandler extends ChannelInboundHandlerAdapter {
    /** Fired into the pipeline when the front stops: finish what is under way, begin nothing. */
    static final Object DRAIN = new Object() {
        @Override
        public String toString() {
            return "DRAIN";
        }
    };

    private static final Logger log = LoggerFactory.getLogger(ProxyHandler.class);

    private final Front front;
    private final Visitor visitor;
    private final AccessLog access;
    private final DevicePool devices;
    private final VisitorWire wire;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Deadline deadline;
    private @Nullable Exchange exchange;
    private @Nullable DeviceConnection device;
    private boolean over;

    /** @param devices of the visitor's connection, which closes them when it ends */
    ProxyHandler(Front front, Visitor visitor, DevicePool devices, VisitorWire wire) {
        this.front = front;
        this.visitor = visitor;
        this.devices = devices;
        this.wire = wire;
        this.access = new AccessLog(front, visitor);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline = new Deadline(front.timers(), ctx.executor());
    }

    // from the visitor

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (over) {
            ReferenceCountUtil.release(message);
            return;
        }
        switch (message) {
            case HttpRequest request -> begin(request);
            case HttpContent content -> upload(content);
            case Malformed malformed -> malformed(malformed.refusal());
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        reading(false);
        deadline().clear();
        Exchange current = new Exchange(request, front.timers().nanoTime());
        exchange = current;
        introduce(current);
        if (front.draining().getAsBoolean()) {
            current.keepAlive = false;
        }
        switch (RequestRules.check(request, visitor.hostname(), front.self())) {
            case RequestRules.Verdict.Rejected rejected -> {
                current.keepAlive = false;
                refuse(current, rejected.refusal());
            }
            case RequestRules.Verdict.Accepted accepted -> {
                DeviceRequest.prepare(current, accepted, visitor, front.self());
                connect(current);
            }
        }
    }

    /** On a proxy's connection every request may have another visitor, whose address is judged from here on. */
    private void introduce(Exchange current) {
        if (front.proxies().include(visitor.address().getAddress())) {
            current.introduction = front.proxies().introduce(visitor.address(), current.request.headers());
            front.access()
                    .findRoute(visitor.hostname())
                    .ifPresent(route -> front.live().judge(context().channel(), current.visitor(visitor), route));
        }
    }

    /** Sends the request over the connection that is there, or over a new one. */
    void connect(Exchange current) {
        switch (front.access()
                .admit(visitor.hostname(), current.visitor(visitor).address().getAddress())) {
            case Admission.Refused refused -> refuse(current, refused.refusal());
            case Admission.Admitted admitted -> {
                dropDevice();
                Destination to = admitted.destination();
                Optional<Refusal> notNow = bodyRefused(current, to);
                if (notNow.isPresent()) {
                    refuse(current, notNow.get());
                } else if (!devices.take(current, to, outcome -> connected(current, outcome))) {
                    fail(current, Fault.ANSWER_BROKEN.problem());
                }
            }
        }
    }

    private Optional<Refusal> bodyRefused(Exchange current, Destination to) {
        current.limit = BodyLimit.of(to);
        return current.limit.isExceededBy(current.announced)
                ? Optional.of(current.limit.refusal())
                : front.uploads().refusal(current, to);
    }

    private void connected(Exchange current, DeviceConnector.Outcome outcome) {
        switch (outcome) {
            case DeviceConnector.Outcome.Connected connected -> {
                if (exchange == current && !over) {
                    device = connected.connection();
                    send(current, connected.connection());
                } else {
                    devices.drop(connected.connection());
                }
            }
            case DeviceConnector.Outcome.Refused refused -> {
                if (exchange == current && !over) {
                    refuse(current, refused.refusal());
                }
            }
        }
    }

    private void send(Exchange current, DeviceConnection to) {
        current.sent = true;
        if (to.destination() instanceof Destination.DevicePort port) {
            current.tunnel = front.devices().tunnel(port.route().port());
        }
        front.uploads().begin(current, current.visitor(visitor), to.destination());
        RequestTranslation.apply(current, to);
        devices.logins().sending(current, to);
        to.send(current.request, new AnswerRelay(front, this, context(), deadline(), current, to));
        if (!current.hasBody) {
            to.sendNoBody();
            awaitAnswer(current);
        } else {
            Duration patience = current.expectsContinue
                    ? front.deadlines().answer()
                    : front.deadlines().stall();
            deadline().set(patience, () -> stalled(current));
            reading(to.writable());
        }
    }

    private void upload(HttpContent content) {
        Exchange current = exchange;
        boolean last = content instanceof LastHttpContent;
        if (current == null || !current.hasBody || !current.sent || current.uploadStopped || device == null) {
            content.release();
            return;
        }
        int bytes = content.content().readableBytes();
        current.received(bytes, last);
        if (current.limit.isExceededBy(current.bytesIn)) {
            content.release();
            giveUp(current, current.limit.refusal());
            return;
        }
        deadline().touch();
        DeviceConnection to = device;
        to.send(content, () -> current.delivered(bytes, last));
        if (last) {
            reading(false);
            current.requestDone = true;
            if (!current.answerStarted) {
                awaitAnswer(current);
            }
        } else if (!to.writable()) {
            to.flush();
            reading(to.writable());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        if (device != null && current != null && current.hasBody && current.sent) {
            device.flush();
        }
        ctx.flush();
    }

    private void malformed(Refusal refusal) {
        Exchange current = exchange;
        deadline().clear();
        if (current == null) {
            access.unreadable(refusal);
            FullHttpResponse page = ProblemPage.of(refusal, null);
            page.headers().set("Connection", "close");
            over = true;
            context().write(page);
            wire.completed(false);
        } else {
            giveUp(current, refusal);
        }
    }

    /** The rest of the request is not taken: its answer says why, when it has not begun. */
    private void giveUp(Exchange current, Refusal refusal) {
        if (current.answerStarted) {
            fail(current, refusal.problem());
        } else {
            dropDevice();
            current.keepAlive = false;
            refuse(current, refusal);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == DRAIN && exchange != null) {
            exchange.keepAlive = false;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        if (device != null && current != null && current.answerStarted) {
            device.reading(ctx.channel().isWritable());
            deadline().touch();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline().clear();
        Exchange current = exchange;
        exchange = null;
        over = true;
        dropDevice();
        if (current != null && !current.answerDone) {
            current.visitorLeft();
            access.served(current);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.error("a visitor's connection to {} failed", visitor.hostname(), cause);
        }
        wire.broken();
    }

    // the end of a request

    /** True when the exchange has ended already, from whichever side. */
    boolean isOver(Exchange other) {
        return over || exchange != other;
    }

    /** The 101 was written: what follows is none of HTTP's business. */
    void upgraded(Exchange current, DeviceConnection from) {
        deadline().clear();
        over = true;
        exchange = null;
        device = null;
        QuietLimit.watch(current, context().channel(), front.timers());
        devices.release(from);
        wire.switched(from, outcome -> {
            current.bytesIn += outcome.bytesIn();
            current.bytesOut += outcome.bytesOut();
            access.served(current);
        });
    }

    private void awaitAnswer(Exchange current) {
        deadline().set(front.deadlines().answer(), () -> stalled(current));
    }

    private void stalled(Exchange current) {
        Refusal late = current.requestDone || (current.expectsContinue && current.bytesIn == 0)
                ? Refusal.of(HttpResponseStatus.GATEWAY_TIMEOUT, Fault.WEB_SERVER_SILENT.problem())
                : Refusal.of(HttpResponseStatus.REQUEST_TIMEOUT, Fault.REQUEST_TIMEOUT.problem());
        giveUp(current, late);
    }

    /** The gateway's own answer, when the device's has not begun. */
    void refuse(Exchange current, Refusal refusal) {
        if (current.answerStarted || over) {
            return;
        }
        current.answering(front.timers().nanoTime());
        current.status = refusal.status().code();
        current.problem = refusal.problem();
        if (!current.requestDone) {
            current.uploadStopped = true;
        }
        FullHttpResponse page = ProblemPage.of(refusal, current.request);
        current.bytesOut = page.content().readableBytes();
        if (!current.leavesConnectionUsable()) {
            page.headers().set("Connection", "close");
        }
        context().write(page);
        complete(current);
    }

    /** Everything of the answer was written. */
    void complete(Exchange current) {
        current.answerDone = true;
        exchange = null;
        access.served(current);
        deadline().clear();
        DeviceConnection used = device;
        boolean mine = current.introduction == null; // another visitor's request may be next
        if (used != null && mine && current.requestDone && !current.deviceCloses && current.problem == null) {
            device = null;
            devices.giveBack(used);
        } else {
            dropDevice();
        }
        wire.completed(current.leavesConnectionUsable());
    }

    /** The answer cannot be finished, or not begun: the visitor must not take what it has for the whole. */
    void fail(Exchange current, Problem problem) {
        current.problem = problem;
        breakOff(current);
        wire.broken();
    }

    private void breakOff(Exchange current) {
        current.answerDone = true;
        exchange = null;
        over = true;
        access.served(current);
        deadline().clear();
        dropDevice();
    }

    /** What the head of an answer says about logins; true when the visitor asks again over HTTP/1.1. */
    boolean movesToHttp1(Exchange current, DeviceConnection from, HttpResponse head) {
        switch (devices.logins().look(current, from, head)) {
            case NOTHING -> {}
            case LATER -> wire.retire();
            case AT_ONCE -> {
                if (wire.requireHttp1()) {
                    current.status = head.status().code();
                    breakOff(current);
                    return true;
                }
            }
        }
        return false;
    }

    /** True when the device may switch protocols by this answer. */
    boolean maySwitch(Exchange current, HttpResponse head) {
        return current.upgrade.isPresent() && wire.trusts(head);
    }

    private void dropDevice() {
        DeviceConnection old = device;
        device = null;
        if (old != null) {
            devices.drop(old);
        }
    }

    private void reading(boolean on) {
        context().channel().config().setAutoRead(on);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private Deadline deadline() {
        return Objects.requireNonNull(deadline);
    }
}
