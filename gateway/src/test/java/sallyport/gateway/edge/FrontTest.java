package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** Starting, stopping, the console's name, and changes of the directory while visitors are there. */
final class FrontTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n";

    private interface Change {
        void on(TestFront front);
    }

    private static void endsWhatIsUnderWay(Change change) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
                    try {
                        connection.read();
                    } finally {
                        ended.countDown();
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(GET).until("hello\r\n");
            long start = System.nanoTime();
            change.on(front);
            assertThat(front.https.visitors()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            assertThat(visitor.isCutOff()).isTrue();
            ended.await();
        }
    }

    @Test
    void a_removed_device_loses_its_visitors_before_the_change_returns() throws Exception {
        endsWhatIsUnderWay(TestFront::publishNothing);
    }

    @Test
    void a_disabled_device_loses_its_visitors() throws Exception {
        endsWhatIsUnderWay(front -> front.publish(TestFront::disabled, r -> r));
    }

    @Test
    void a_narrowed_list_of_visitors_ends_those_outside() throws Exception {
        endsWhatIsUnderWay(front -> front.publish(d -> TestFront.visitedFrom(d, "192.0.2.0/24"), r -> r));
    }

    @Test
    void another_tls_mode_ends_connections_of_the_old_one() throws Exception {
        endsWhatIsUnderWay(front -> front.publish(d -> d, TestFront::passthrough));
    }

    @Test
    void a_change_that_allows_a_visitor_still_changes_nothing_for_it() throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(GET).answer();
            front.publish(d -> TestFront.visitedFrom(d, "127.0.0.0/8"), r -> r);
            assertThat(visitor.send(GET).answer()).endsWith("ok");
        }
    }

    @Test
    void a_stop_lets_a_request_finish_and_takes_no_other() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch there = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    there.countDown();
                    connection.await(go);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor idle = front.visitor();
                RawVisitor visitor = front.visitor()) {
            visitor.send(GET);
            there.await();
            Thread stop = Thread.ofVirtual().start(() -> {
                try {
                    front.https.stop(Duration.ofSeconds(10));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(idle.rest()).isEmpty();
            go.countDown();
            assertThat(visitor.rest()).contains("Connection: close\r\n").endsWith("ok");
            stop.join();
            assertThatThrownBy(() -> RawVisitor.plain(front.address)).hasMessageContaining("refused");
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void an_address_in_use_is_said_in_words_and_nothing_stays_open() throws Exception {
        int mine = freePort();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<ListenAddress> listen = List.of(
                    new ListenAddress("127.0.0.1", mine, ""),
                    new ListenAddress("127.0.0.1", other.getLocalPort(), "sallyport.yaml:4:12"));
            assertThatThrownBy(() -> new TestFront(settings -> new FrontSettings(
                            listen,
                            settings.publicPort(),
                            settings.console(),
                            settings.doorstep(),
                            settings.proxies(),
                            settings.ssh(),
                            settings.deadlines(),
                            settings.maxVisitors())))
                    .isInstanceOfSatisfying(ProblemException.class, e -> {
                        assertThat(e.problem().fault()).isEqualTo(Fault.LISTEN_FAILED);
                        assertThat(e.problem().sentence())
                                .contains("sallyport.yaml:4:12", "in use", "ss -ltnp sport = :" + other.getLocalPort());
                    });
            new ServerSocket(mine, 1, InetAddress.getLoopbackAddress()).close();
        }
    }

    @Test
    void all_addresses_serve_both_families() throws Exception {
        try (TestFront front = new TestFront(settings -> new FrontSettings(
                List.of(new ListenAddress("", 0, "")),
                settings.publicPort(),
                settings.console(),
                settings.doorstep(),
                settings.proxies(),
                settings.ssh(),
                settings.deadlines(),
                settings.maxVisitors()))) {
            front.publish(d -> d, r -> r);
            InetSocketAddress four = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), front.address.getPort());
            try (RawVisitor visitor = RawVisitor.tls(four, "dev1.t.test", TestCertificates.trustingAnything())) {
                assertThat(visitor.send("x\r\n\r\n").rest()).startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void the_console_is_served_under_its_name() throws Exception {
        HttpServer console = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        console.createContext("/", exchange -> {
            byte[] body = String.valueOf(exchange.getRequestHeaders().getFirst("X-Forwarded-For"))
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        console.start();
        Hostname name = new Hostname("console.t.test");
        try (TestFront front = new TestFront(settings -> new FrontSettings(
                        settings.listen(),
                        settings.publicPort(),
                        Optional.of(new ConsoleTarget(name, console::getAddress)),
                        settings.doorstep(),
                        settings.proxies(),
                        settings.ssh(),
                        settings.deadlines(),
                        settings.maxVisitors()));
                RawVisitor visitor = RawVisitor.tls(front.address, name.value(), TestCertificates.trustingAnything())) {
            visitor.send("GET /api HTTP/1.1\r\nHost: console.t.test\r\n\r\n");
            assertThat(visitor.answer()).endsWith("127.0.0.1");
        } finally {
            console.stop(0);
        }
    }
}
