package sallyport.gateway.ssh;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.DHParameterSpec;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.DHG;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * Group 14 with a private exponent of {@value #EXPONENT_BITS} bits instead of as many as the group has: a discrete logarithm in
 * this group is no harder than an exponent of twice the strength in bits (RFC 4419 section 6.2; RFC 7919 section 5.2 says 225
 * for 2048 bits), and both exponentiations take an eighth of the time. Strangers choose what we must compute.
 */
final class ShortGroup14 extends DHG {
    static final int EXPONENT_BITS = 256;

    private ShortGroup14(DHG group) throws Exception {
        super(BuiltinDigests.sha256, group.getP(), group.getG());
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
        KeyPairGenerator generator = SecurityUtils.getKeyPairGenerator(KEX_TYPE);
        generator.initialize(new DHParameterSpec(getP(), getG(), EXPONENT_BITS));
        KeyPair pair = generator.generateKeyPair();
        myKeyAgree.init(pair.getPrivate());
        return ((DHPublicKey) pair.getPublic()).getY().toByteArray();
    }
}
