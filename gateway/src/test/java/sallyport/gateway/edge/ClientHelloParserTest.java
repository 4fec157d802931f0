package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.edge.ClientHello.Result;

final class ClientHelloParserTest {
    private static final Hostname NAME = new Hostname("dev1.t.test");

    /** What the JDK sends. */
    private static byte[] realHello() throws Exception {
        SSLEngine engine = TestCertificates.trustingAnything().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("DEV1.t.test")));
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void a_real_hello_names_host_and_protocols() throws Exception {
        assertThat(parse(realHello())).isEqualTo(new Result.Complete(new ClientHello(NAME, List.of("h2", "http/1.1"))));
    }

    @Test
    void a_hello_cut_anywhere_is_incomplete_until_its_last_byte() throws Exception {
        byte[] hello = realHello();
        for (int cut = 0; cut < hello.length; cut++) {
            assertThat(parse(Arrays.copyOf(hello, cut))).as("%d bytes", cut).isInstanceOf(Result.Incomplete.class);
        }
    }

    @Test
    void a_hello_in_records_of_any_size_is_read() throws Exception {
        byte[] hello = realHello();
        byte[] message = Arrays.copyOfRange(hello, 5, hello.length);
        for (int size = 1; size <= message.length; size++) {
            assertThat(parse(records(message, size))).as("records of %d", size).isInstanceOf(Result.Complete.class);
        }
    }

    @Test
    void bytes_behind_the_hello_do_not_matter() throws Exception {
        byte[] hello = realHello();
        byte[] more = Arrays.copyOf(hello, hello.length + 100);
        assertThat(parse(more)).isInstanceOf(Result.Complete.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev1.t.test.",
                "192.0.2.1",
                "2001:db8::1",
                "[::1]",
                "dev1..t.test",
                "-dev1.t.test",
                "dev1.t.test-",
                "d\u00e4v.t.test",
                "dev1\u0000.t.test",
                "dev1.t.test/",
                "*.t.test",
                " dev1.t.test",
                ""
            })
    void a_server_name_that_is_no_host_name_gets_an_alert(String name) {
        assertThat(parse(hello(serverName(name))))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.alert()).isEqualTo(TlsAlert.UNRECOGNIZED_NAME));
    }

    @Test
    void a_hello_without_a_name_gets_an_alert() {
        assertThat(parse(hello(new byte[0])))
                .isEqualTo(new Result.Refused(TlsAlert.UNRECOGNIZED_NAME, "no server name"));
    }

    /** RFC 9849 section 6.2: most hellos carry one that means nothing; and one that means something is the device's. */
    @Test
    void a_hello_inside_the_hello_does_not_matter() {
        byte[] encrypted = extension(0xfe0d, new byte[200]);
        assertThat(parse(hello(concat(encrypted, serverName("dev1.t.test")))))
                .isInstanceOfSatisfying(
                        Result.Complete.class,
                        complete -> assertThat(complete.hello().serverName()).isEqualTo(NAME));
    }

    @Test
    void two_names_get_an_alert() {
        byte[] twice = concat(serverName("dev1.t.test"), serverName("dev1.t.test"));
        assertThat(parse(hello(twice))).isInstanceOf(Result.Refused.class);
        byte[] entry = entry("dev1.t.test");
        byte[] list = concat(entry, entry);
        assertThat(parse(hello(extension(0, concat(number(2, list.length), list)))))
                .isInstanceOf(Result.Refused.class);
    }

    @Test
    void declared_lengths_are_compared_and_never_believed() {
        byte[] huge = {22, 3, 1, 0x40, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        assertThat(parse(huge)).isInstanceOf(Result.Refused.class);
        assertThat(parse(new byte[] {22, 3, 1, 0, 0})).isInstanceOf(Result.Refused.class);
        assertThat(parse(new byte[] {22, 3, 1, 0x7f, 0, 1})).isInstanceOf(Result.Refused.class);
        assertThat(parse(new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0})).isInstanceOf(Result.Refused.class);
        byte[] hello = hello(serverName("dev1.t.test"));
        for (int at = 5 + 38; at < hello.length; at++) {
            byte[] bent = hello.clone();
            bent[at] ^= (byte) 0xff;
            assertThat(parse(bent)).as("byte %d bent", at).isNotNull();
        }
    }

    @Test
    void what_is_not_tls_is_named() {
        assertThat(parse(ascii("GET / HTTP/1.1\r\n"))).isEqualTo(new Result.NotTls("plain HTTP"));
        assertThat(parse(ascii("SSH-2.0-OpenSSH_9.2\r\n"))).isEqualTo(new Result.NotTls("an SSH client"));
        assertThat(parse(new byte[] {0, 1, 2})).isEqualTo(new Result.NotTls("something that is not TLS"));
    }

    @Test
    void a_hello_in_endless_tiny_records_is_refused() {
        byte[] message = new byte[ClientHelloParser.MAX_BYTES];
        message[0] = 1;
        message[2] = 0x3f;
        assertThat(parse(Arrays.copyOf(records(message, 1), ClientHelloParser.MAX_BYTES + 1)))
                .isInstanceOf(Result.Refused.class);
    }

    private static Result parse(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        Result result = ClientHelloParser.parse(buffer);
        assertThat(buffer.readableBytes()).isEqualTo(bytes.length);
        return result;
    }

    private static byte[] records(byte[] message, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += size) {
            int length = Math.min(size, message.length - at);
            out.writeBytes(new byte[] {22, 3, 1});
            out.writeBytes(number(2, length));
            out.write(message, at, length);
        }
        return out.toByteArray();
    }

    private static byte[] hello(byte[] extensions) {
        byte[] body =
                concat(new byte[2 + 32], new byte[] {0, 0, 2, 0x13, 1, 1, 0}, number(2, extensions.length), extensions);
        byte[] message = concat(new byte[] {1}, number(3, body.length), body);
        return records(message, message.length);
    }

    private static byte[] serverName(String name) {
        byte[] entry = entry(name);
        return extension(0, concat(number(2, entry.length), entry));
    }

    private static byte[] entry(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return concat(new byte[] {0}, number(2, bytes.length), bytes);
    }

    private static byte[] extension(int type, byte[] data) {
        return concat(number(2, type), number(2, data.length), data);
    }

    private static byte[] number(int size, int value) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >> (8 * (size - 1 - i)));
        }
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
