package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Visitor;

/** The JDK's own WebSocket client, which shares no code with ours, talks to a device by name. */
@ExtendWith(SharedGateway.class)
class IndependentWebSocketTest {
    @Test
    void jdkClientIsEchoedByTheDevice(Scene scene) throws Exception {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("jdk-socket"));
        scene.online("jdk-socket", appliance.port());
        CompletableFuture<String> echoed = new CompletableFuture<>();
        HttpClient client = scene.use(HttpClient.newBuilder()
                .sslContext(Visitor.trusting(scene.gateway().ca()))
                .build());
        URI uri = URI.create(
                "wss://jdk-socket.sallyport.test:" + scene.gateway().ports().https() + "/socket");

        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(uri, new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                        echoed.complete(data.toString());
                        return null;
                    }
                })
                .get(10, TimeUnit.SECONDS);
        socket.sendText("hello device", true).get(10, TimeUnit.SECONDS);

        assertThat(echoed.get(10, TimeUnit.SECONDS)).isEqualTo("hello device");
        socket.abort();
    }
}
