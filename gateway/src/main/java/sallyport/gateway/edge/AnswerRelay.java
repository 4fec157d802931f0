package sallyport.gateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.fault.Fault;

/**
 * The way back: passes a device's answer to the visitor, part by part as it comes, and decides what becomes of a request
 * whose device connection ends before the answer does. One for each exchange; on the visitor's loop.
 */
final class AnswerRelay implements DeviceConnection.Listener {
    private final Front front;
    private final ProxyHandler proxy;
    private final ChannelHandlerContext visitor;
    private final Deadline deadline;
    private final Exchange exchange;
    private final DeviceConnection device;

    AnswerRelay(
            Front front,
            ProxyHandler proxy,
            ChannelHandlerContext visitor,
            Deadline deadline,
            Exchange exchange,
            DeviceConnection device) {
        this.front = front;
        this.proxy = proxy;
        this.visitor = visitor;
        this.deadline = deadline;
        this.exchange = exchange;
        this.device = device;
    }

    @Override
    public void answered(HttpObject part) {
        if (proxy.isOver(exchange)) {
            ReferenceCountUtil.release(part);
            return;
        }
        exchange.deviceSpoke = true;
        AnswerTranslation.apply(exchange, front, part);
        switch (part) {
            case FullHttpResponse interim -> interim(interim);
            case HttpResponse head
            when head.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code() -> upgraded(head);
            case HttpResponse head -> head(head);
            case HttpContent content -> content(content);
            default -> ReferenceCountUtil.release(part);
        }
    }

    private void interim(FullHttpResponse interim) {
        deadline.touch();
        boolean go = interim.status().code() == HttpResponseStatus.CONTINUE.code();
        exchange.continued |= go;
        if (exchange.oldVersion || (go && !exchange.expectsContinue)) {
            interim.release();
            return;
        }
        visitor.writeAndFlush(VisitorAnswer.interim(interim));
    }

    private void head(HttpResponse head) {
        if (proxy.movesToHttp1(exchange, device, head)) {
            return;
        }
        int code = head.status().code();
        boolean bodyNotWanted = !exchange.requestDone
                && (code >= HttpResponseStatus.MULTIPLE_CHOICES.code()
                        || (exchange.expectsContinue && !exchange.continued && exchange.bytesIn == 0));
        if (bodyNotWanted) {
            // RFC 9110 section 10.1.1: where the body ends nobody knows any more
            exchange.uploadStopped = true;
            visitor.channel().config().setAutoRead(false);
        }
        exchange.deviceCloses = !VisitorAnswer.deviceKeepsConnection(head);
        exchange.keepAlive &= !(exchange.deviceCloses && device.tied());
        exchange.answering(front.timers().nanoTime());
        exchange.status = code;
        deadline.set(front.deadlines().stall(), this::stalled);
        visitor.write(VisitorAnswer.last(head, exchange));
    }

    private void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        exchange.bytesOut += content.content().readableBytes();
        deadline.touch();
        if (exchange.isHead()) {
            content.release();
        } else {
            visitor.write(content, visitor.channel().voidPromise());
        }
        if (last) {
            proxy.complete(exchange);
        } else if (!visitor.channel().isWritable()) {
            visitor.flush();
            device.reading(visitor.channel().isWritable());
        }
    }

    /** No byte of an answer for long: fine, unless it is the visitor who does not take them. */
    private void stalled() {
        if (visitor.channel().isWritable()) {
            deadline.set(front.deadlines().stall(), this::stalled);
        } else {
            proxy.fail(exchange, Fault.REQUEST_TIMEOUT.problem());
        }
    }

    private void upgraded(HttpResponse head) {
        if (!proxy.maySwitch(exchange, head)) {
            proxy.refuse(exchange, broken(exchange));
            return;
        }
        exchange.status = head.status().code();
        exchange.answering(front.timers().nanoTime());
        visitor.writeAndFlush(VisitorAnswer.switching(head, exchange.upgrade.orElseThrow()));
        proxy.upgraded(exchange, device);
    }

    @Override
    public void answeredForNow() {
        visitor.flush();
    }

    @Override
    public void deviceWritable(boolean writable) {
        if (!proxy.isOver(exchange) && exchange.hasBody && !exchange.requestDone && !exchange.uploadStopped) {
            visitor.channel().config().setAutoRead(writable);
        }
    }

    @Override
    public void broken() {
        if (proxy.isOver(exchange)) {
            return;
        }
        boolean loginLost = device.tied() && device.used() && !exchange.deviceSpoke;
        if (exchange.answerStarted || loginLost) {
            proxy.fail(exchange, Fault.ANSWER_BROKEN.problem());
        } else if (!exchange.deviceSpoke && exchange.repeatable() && !exchange.retried) {
            retryUnlessTunnelLives();
        } else {
            proxy.refuse(exchange, broken(exchange));
        }
    }

    /** A session's streams may end a moment before the session does: it gets that moment. */
    private void retryUnlessTunnelLives() {
        exchange.retried = true;
        if (device.used() || device.isSpare() || tunnelEnded()) {
            proxy.connect(exchange);
            return;
        }
        deadline.set(front.deadlines().settle(), () -> {
            if (tunnelEnded()) {
                proxy.connect(exchange);
            } else {
                proxy.refuse(exchange, broken(exchange));
            }
        });
    }

    private boolean tunnelEnded() {
        return device.destination() instanceof Destination.DevicePort port
                && !front.devices().tunnel(port.route().port()).equals(exchange.tunnel);
    }

    private static Refusal broken(Exchange exchange) {
        return Refusal.of(HttpResponseStatus.BAD_GATEWAY, exchange.brokenByDevice());
    }
}
