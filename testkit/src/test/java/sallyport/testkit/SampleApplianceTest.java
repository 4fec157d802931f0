package sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SampleApplianceTest {
    @Test
    void sendsLiveReadings() throws IOException {
        try (SampleAppliance appliance = SampleAppliance.start("meter");
                Visitor visitor = Visitor.tlsUnverified(appliance.port())) {
            assertThat(visitor.webSocket("meter.local", "/live").read().text()).startsWith("{\"volts\":5.0");
        }
    }

    @Test
    void namesTheDigestOfItsDownload() throws IOException {
        try (SampleAppliance appliance = SampleAppliance.start("meter");
                Visitor visitor = Visitor.tlsUnverified(appliance.port())) {
            String page = visitor.bodyText(visitor.get("meter.local", "/captures"));
            Visitor.Head head = visitor.get("meter.local", "/capture-0001.bin");
            assertThat(page).contains(Payload.sha256(visitor.body(head)));
        }
    }
}
