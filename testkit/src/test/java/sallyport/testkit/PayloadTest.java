package sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PayloadTest {
    private static final int SIZE = 200_001;

    @Test
    void streamAndWriteAgree() throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        Payload.write(written, SIZE);
        assertThat(written.toByteArray()).isEqualTo(Payload.stream(SIZE).readAllBytes());
    }

    @Test
    void twoSwappedBlocksChangeTheDigest() throws IOException {
        byte[] whole = Payload.stream(SIZE).readAllBytes();
        byte[] swapped = whole.clone();
        System.arraycopy(whole, 0, swapped, 65_536, 65_536);
        System.arraycopy(whole, 65_536, swapped, 0, 65_536);
        assertThat(Payload.sha256(new ByteArrayInputStream(swapped))).isNotEqualTo(Payload.sha256(SIZE));
    }
}
