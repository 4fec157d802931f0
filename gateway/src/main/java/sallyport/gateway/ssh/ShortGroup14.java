package sallyport.gateway.ssh;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import javax.crypto.KeyAgreement;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.DHParameterSpec;
import javax.crypto.spec.DHPublicKeySpec;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.DHG;
import org.jspecify.annotations.Nullable;

/**
 * Group 14 with a private exponent of {@value #EXPONENT_BITS} bits instead of as many as the group has: a discrete logarithm in
 * this group is no harder than an exponent of twice the strength in bits (RFC 4419 section 6.2; RFC 7919 section 5.2 says 225
 * for 2048 bits), and both exponentiations
 * take an eighth of the time. The JDK computes it rather than Bouncy Castle, whose agreement costs six times as much. Strangers choose what we must compute.
 */
final class ShortGroup14 extends DHG {
    static final int EXPONENT_BITS = 256;

    private @Nullable BigInteger peer;

    private ShortGroup14(DHG group) throws Exception {
        super(BuiltinDigests.sha256, group.getP(), group.getG());
        myKeyAgree = KeyAgreement.getInstance(KEX_TYPE);
    }

    /** diffie-hellman-group14-sha256 (RFC 8268), sooner done than MINA's. */
    static final DHFactory FACTORY = new DHFactory() {
        @Override
        public String getName() {
            return BuiltinDHFactories.dhg14_256.getName();
        }

        @Override
        public boolean isSupported() {
            return BuiltinDHFactories.dhg14_256.isSupported();
        }

        @Override
        public boolean isGroupExchange() {
            return false;
        }

        @Override
        public AbstractDH create(Object... params) throws Exception {
            return new ShortGroup14((DHG) BuiltinDHFactories.dhg14_256.create(params));
        }
    };

    @Override
    protected byte[] calculateE() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(KEX_TYPE);
        generator.initialize(new DHParameterSpec(getP(), getG(), EXPONENT_BITS));
        KeyPair pair = generator.generateKeyPair();
        myKeyAgree.init(pair.getPrivate());
        return ((DHPublicKey) pair.getPublic()).getY().toByteArray();
    }

    @Override
    public void setF(BigInteger f) {
        super.setF(f);
        peer = f;
    }

    /** The JDK refuses a value outside of 2 to p-2 (RFC 4253 section 8). */
    @Override
    protected byte[] calculateK() throws Exception {
        if (peer == null) {
            throw new SshException("no public value of the client");
        }
        PublicKey key = KeyFactory.getInstance(KEX_TYPE).generatePublic(new DHPublicKeySpec(peer, getP(), getG()));
        myKeyAgree.doPhase(key, true);
        return stripLeadingZeroes(myKeyAgree.generateSecret());
    }
}
