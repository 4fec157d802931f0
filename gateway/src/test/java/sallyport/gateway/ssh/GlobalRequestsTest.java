package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.HandTimers;

class GlobalRequestsTest {
    private final HandTimers timers = new HandTimers();
    private final List<String> replies = new ArrayList<>();
    private final List<CompletableFuture<ForwardAnswer>> grants = new ArrayList<>();
    private boolean slow;
    private final List<Problem> cut = new ArrayList<>();

    private final GlobalRequests requests = new GlobalRequests(
            new GlobalRequests.Desk() {
                @Override
                public CompletionStage<ForwardAnswer> forward(String address, long port) {
                    CompletableFuture<ForwardAnswer> grant = new CompletableFuture<>();
                    grants.add(grant);
                    if (!slow) {
                        grant.complete(new ForwardAnswer.Granted(new PortNumber(20001)));
                    }
                    return grant;
                }

                @Override
                public boolean cancel(String address, long port) {
                    return port == 1;
                }

                @Override
                public void noMoreSessions() {}

                @Override
                public void unixForward() {}

                @Override
                public CompletionStage<Optional<byte[]>> proveHostKeys(ByteBuffer blobs) {
                    return CompletableFuture.failedFuture(new IllegalStateException("no key"));
                }

                @Override
                public void reply(boolean success, byte[] payload) {
                    replies.add((success ? "yes" : "no") + payload.length);
                }

                @Override
                public void cutOff(Problem why) {
                    cut.add(why);
                }
            },
            timers);

    @Test
    void aGrantThatWaitsHoldsBackTheAnswersBehindIt() {
        slow = true;
        requests.received(new GlobalRequest.Forward(true, "", 55443));
        requests.received(new GlobalRequest.Other(true, "keepalive@openssh.com"));
        requests.received(new GlobalRequest.Cancel(true, "", 1));
        assertThat(replies).isEmpty();
        grants.getFirst().complete(new ForwardAnswer.Granted(new PortNumber(55443)));
        assertThat(replies).containsExactly("yes0", "no0", "yes0");
    }

    @Test
    void aThousandPipelinedRequestsAreAnsweredInTheirOrder() {
        List<String> expected = new ArrayList<>();
        slow = true;
        requests.received(new GlobalRequest.Forward(true, "", 0));
        expected.add("yes4");
        slow = false;
        for (int i = 0; i < 333; i++) {
            requests.received(new GlobalRequest.Other(true, "keepalive@openssh.com"));
            requests.received(new GlobalRequest.Other(false, "nobody asked"));
            requests.received(new GlobalRequest.Forward(true, "", i % 2));
            requests.received(new GlobalRequest.HostKeysProve(true, ByteBuffer.allocate(0)));
            expected.addAll(List.of("no0", i % 2 == 0 ? "yes4" : "yes0", "no0"));
        }
        grants.getFirst().complete(new ForwardAnswer.Granted(new PortNumber(20001)));
        assertThat(replies).isEqualTo(expected);
    }

    @Test
    void thePortStandsInTheAnswerOnlyWhenTheClientAskedForAny() {
        requests.received(new GlobalRequest.Forward(true, "", 0));
        requests.received(new GlobalRequest.Forward(true, "", 20001));
        assertThat(replies).containsExactly("yes4", "yes0");
    }

    @Test
    void aClientThatFloodsIsCutOffAndOneThatKeepsTheRateIsNot() {
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < GlobalRequests.PER_SECOND; i++) {
                requests.received(new GlobalRequest.Other(false, "x"));
            }
            timers.advance(Duration.ofSeconds(1));
        }
        assertThat(cut).isEmpty();
        for (int i = 0; i <= GlobalRequests.BURST; i++) {
            requests.received(new GlobalRequest.Other(false, "x"));
        }
        assertThat(cut).extracting(Problem::fault).contains(Fault.TOO_MANY_REQUESTS);
    }
}
