package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.gateway.ssh.OfferedKey.Reading;

class OfferedKeyTest {
    private static byte[] rsa(BigInteger exponent, BigInteger modulus) {
        Buffer buffer = new ByteArrayBuffer();
        buffer.putString("ssh-rsa");
        buffer.putMPInt(exponent);
        buffer.putMPInt(modulus);
        return buffer.getCompactData();
    }

    /** A product of two odd numbers without small factors, which is all that can be seen of an RSA modulus. */
    private static BigInteger modulus(int bits) {
        Random random = new Random(bits);
        BigInteger product = BigInteger.ZERO;
        while (product.bitLength() != bits) {
            product = BigInteger.probablePrime(bits / 2, random)
                    .multiply(BigInteger.probablePrime(bits - bits / 2, random));
        }
        return product;
    }

    @ParameterizedTest
    @CsvSource({"65537, 2048, true", "65537, 2047, false", "65536, 2048, false", "1, 2048, false", "3, 1024, false"})
    void rsaKeysAreTakenBySizeAndOddExponent(long exponent, int bits, boolean usable) {
        Reading reading = OfferedKey.read(rsa(BigInteger.valueOf(exponent), modulus(bits)));
        assertThat(reading instanceof Reading.Usable).isEqualTo(usable);
    }

    @Test
    void aModulusThatKeepsUsBusyIsRefused() {
        BigInteger modulus = BigInteger.ONE.shiftLeft(16_384).or(BigInteger.ONE);
        assertThat(OfferedKey.read(rsa(BigInteger.valueOf(3), modulus))).isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void anExponentThatKeepsUsBusyIsRefused() {
        assertThat(OfferedKey.read(rsa(modulus(2001), modulus(2048)))).isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void everyCutOfAKeyIsUnusableAndSoIsATail(@TempDir Path folder) throws Exception {
        byte[] blob = Base64.getDecoder()
                .decode(ClientKey.ecdsa(folder, "k", 256).device().blob());
        assertThat(OfferedKey.read(blob)).isInstanceOf(Reading.Usable.class);
        for (int length = 0; length < blob.length; length++) {
            assertThat(OfferedKey.read(Arrays.copyOf(blob, length))).isInstanceOf(Reading.Unusable.class);
        }
        assertThat(OfferedKey.read(Arrays.copyOf(blob, blob.length + 1))).isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void anAlgorithmBelongsToItsKeyType(@TempDir Path folder) throws Exception {
        byte[] blob = Base64.getDecoder()
                .decode(ClientKey.ecdsa(folder, "k", 384).device().blob());
        OfferedKey key = ((Reading.Usable) OfferedKey.read(blob)).offered();
        assertThat(key.signsWith("ecdsa-sha2-nistp384")).isTrue();
        assertThat(key.signsWith("ecdsa-sha2-nistp256")).isFalse();
        assertThat(key.signsWith("rsa-sha2-512")).isFalse();
    }
}
