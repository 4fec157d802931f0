package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first line of a client (RFC 4253 section 4.2). */
class ClientIdentificationTest {
    @Test
    void a_line_ends_with_cr_lf_or_a_bare_lf() {
        assertThat(read("SSH-2.0-OpenSSH_9.2p1 Debian\r\nrest"))
                .isEqualTo(new ClientIdentification.Complete("SSH-2.0-OpenSSH_9.2p1 Debian"));
        assertThat(read("SSH-2.0-old\n")).isEqualTo(new ClientIdentification.Complete("SSH-2.0-old"));
        assertThat(read("SSH-1.99-Both\r\n")).isEqualTo(new ClientIdentification.Complete("SSH-1.99-Both"));
    }

    @Test
    void every_beginning_of_a_line_may_go_on() {
        String line = "SSH-2.0-OpenSSH_9.2p1";
        for (int length = 0; length <= line.length(); length++) {
            assertThat(read(line.substring(0, length))).isInstanceOf(ClientIdentification.Incomplete.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "SSH-1.5-old\r\n",
                "\r\nSSH-2.0-x\r\n",
                "\u0016\u0003\u0001",
                "SSH-2.0-a\0b\r\n"
            })
    void anything_else_is_not_ssh(String text) {
        assertThat(read(text)).isInstanceOf(ClientIdentification.NotSsh.class);
    }

    @Test
    void two_hundred_and_fifty_five_bytes_are_the_end() {
        String longest = "SSH-2.0-" + "x".repeat(255 - 8 - 2) + "\r\n";

        assertThat(read(longest)).isInstanceOf(ClientIdentification.Complete.class);
        assertThat(read("SSH-2.0-" + "x".repeat(246))).isInstanceOf(ClientIdentification.Incomplete.class);
        assertThat(read("SSH-2.0-" + "x".repeat(247))).isInstanceOf(ClientIdentification.NotSsh.class);
    }

    private static ClientIdentification read(String text) {
        return ClientIdentification.read(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
