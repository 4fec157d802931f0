package sallyport.gateway.edge;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Problem;

/** What devices' ports speak, found out through their tunnels. Any thread may call it; nothing blocks. */
public interface DeviceSpeech {
    /** What the last probe found, without waiting; {@code UNKNOWN} before the first one ended. */
    Speech of(DeviceName device, PortNumber port);

    /**
     * Finds out again, joining a probe that already runs.
     *
     * @return completes within 10 s on any thread, never exceptionally
     */
    CompletionStage<Speech> probe(DeviceName device, PortNumber port);

    /** What was wrong at the last probe, if anything. */
    Optional<Problem> problem(DeviceName device, PortNumber port);
}
