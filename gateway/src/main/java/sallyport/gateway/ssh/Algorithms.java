package sallyport.gateway.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.compression.Compression;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.ServerBuilder;

/**
 * What is offered to clients, the best first.
 *
 * <p>No group exchange and no groups above 14: they cost 30 to 240 ms of the gateway's time each and buy nothing. No SHA-1,
 * no CBC, no compression (RFC 9142, RFC 8332). What old clients need instead stands in the {@code legacy} lists, which are
 * appended only while the operator has admitted a device with such a client.
 */
@SuppressWarnings("deprecation") // group14-sha1 is what old clients have; it is named for admitted devices alone
record Algorithms(
        List<KeyExchangeFactory> keyExchanges,
        List<NamedFactory<Cipher>> ciphers,
        List<NamedFactory<Mac>> macs,
        List<NamedFactory<Signature>> signatures,
        List<NamedFactory<Compression>> compressions) {
    private static final List<DHFactory> KEY_EXCHANGES = List.of(
            BuiltinDHFactories.mlkem768x25519,
            BuiltinDHFactories.sntrup761x25519,
            BuiltinDHFactories.sntrup761x25519_openssh,
            BuiltinDHFactories.curve25519,
            BuiltinDHFactories.curve25519_libssh,
            BuiltinDHFactories.ecdhp256,
            ShortGroup14.FACTORY);

    private static final List<BuiltinMacs> MACS = List.of(
            BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm, BuiltinMacs.hmacsha256, BuiltinMacs.hmacsha512);

    private static final List<BuiltinSignatures> SIGNATURES = List.of(
            BuiltinSignatures.ed25519,
            BuiltinSignatures.sk_ssh_ed25519,
            BuiltinSignatures.nistp256,
            BuiltinSignatures.nistp384,
            BuiltinSignatures.nistp521,
            BuiltinSignatures.sk_ecdsa_sha2_nistp256,
            BuiltinSignatures.rsaSHA512,
            BuiltinSignatures.rsaSHA256);

    /** Names of algorithms that only admitted devices may end up with. */
    private static final Set<String> LEGACY =
            Set.of(BuiltinDHFactories.dhg14.getName(), BuiltinMacs.hmacsha1.getName(), BuiltinSignatures.rsa.getName());

    /** What everybody is offered. */
    static final Algorithms MODERN = new Algorithms(
            kex(KEY_EXCHANGES), cipherList(), List.copyOf(MACS), List.copyOf(SIGNATURES), compressionList());

    /** The same, with what old clients need at the end. */
    static final Algorithms WITH_LEGACY = new Algorithms(
            kex(append(KEY_EXCHANGES, BuiltinDHFactories.dhg14)),
            cipherList(),
            List.copyOf(append(MACS, BuiltinMacs.hmacsha1)),
            List.copyOf(append(SIGNATURES, BuiltinSignatures.rsa)),
            compressionList());

    /** True for the name of an algorithm that only admitted devices may end up with. */
    static boolean isLegacy(String name) {
        return LEGACY.contains(name);
    }

    private static List<KeyExchangeFactory> kex(List<DHFactory> factories) {
        return NamedFactory.setUpTransformedFactories(true, factories, ServerBuilder.DH2KEX);
    }

    private static List<NamedFactory<Cipher>> cipherList() {
        return List.of(
                FastGcmCipher.factory(BuiltinCiphers.aes128gcm),
                FastGcmCipher.factory(BuiltinCiphers.aes256gcm),
                BuiltinCiphers.cc20p1305_openssh,
                BuiltinCiphers.aes128ctr,
                BuiltinCiphers.aes192ctr,
                BuiltinCiphers.aes256ctr);
    }

    private static List<NamedFactory<Compression>> compressionList() {
        return List.of(BuiltinCompressions.none);
    }

    private static <T> List<T> append(List<T> list, T last) {
        return new ArrayList<>(Stream.concat(list.stream(), Stream.of(last)).toList());
    }
}
