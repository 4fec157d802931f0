package sallyport.gateway.edge;

import java.time.Duration;
import java.util.Optional;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Problem;

/** Tells the events about one visitor's requests. Runs on the visitor's loop. */
record AccessLog(Front front, Visitor visitor) {
    /** What stands for the status when the visitor left before it got one. */
    static final int VISITOR_LEFT = 499;

    private static final int LONGEST_METHOD = 20;
    private static final int LONGEST_TARGET = 1024;

    /** A request is over, whatever became of it. */
    void served(Exchange exchange) {
        if (exchange.upload != null) {
            exchange.upload.ended(exchange.problem);
        }
        front.events()
                .happened(new GatewayEvent.RequestServed(
                        front.access().findRoute(visitor.hostname()).map(HostnameRoute::device),
                        Optional.of(visitor.hostname()),
                        exchange.visitor(visitor).address(),
                        asked(exchange),
                        exchange.status == 0 ? VISITOR_LEFT : exchange.status,
                        exchange.bytesIn,
                        exchange.bytesOut,
                        exchange.firstByte(),
                        Duration.ofNanos(front.timers().nanoTime() - exchange.started),
                        Optional.ofNullable(exchange.problem)));
    }

    /** What was asked for, cleaned and shortened. */
    static GatewayEvent.Asked asked(Exchange exchange) {
        return new GatewayEvent.Asked(
                exchange.id,
                Printable.clean(exchange.method, LONGEST_METHOD),
                Printable.clean(exchange.target, LONGEST_TARGET),
                exchange.protocol,
                Printable.clean(exchange.referer, LONGEST_TARGET),
                Printable.clean(exchange.userAgent, LONGEST_TARGET));
    }

    /** What came was no request. */
    void unreadable(Refusal refusal) {
        unreadable(refusal.problem());
    }

    /** The connection is not what it should be. */
    void unreadable(Problem problem) {
        front.events()
                .happened(new GatewayEvent.VisitorRefused(
                        HttpsFront.NAME, visitor.address(), Optional.of(visitor.hostname()), problem));
    }
}
