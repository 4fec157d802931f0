package sallyport.gateway.directory;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Map;

/**
 * Whether bytes are a point of the curve that a key claims to be on. A key that was altered in transit almost always is
 * not, and one that an attacker chose must be.
 */
final class KeyCurves {
    private static final Map<String, String> CURVES =
            Map.of("nistp256", "secp256r1", "nistp384", "secp384r1", "nistp521", "secp521r1");

    private static final BigInteger TWO = BigInteger.TWO;
    private static final BigInteger P = TWO.pow(255).subtract(BigInteger.valueOf(19));
    /** d of edwards25519: -121665/121666 (RFC 8032 section 5.1). */
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);

    private KeyCurves() {}

    /** A point in uncompressed form (SEC 1 section 2.3.3), on the named curve and not at infinity. */
    static boolean isPoint(String curve, byte[] point) {
        String name = CURVES.get(curve);
        if (name == null) {
            return false;
        }
        ECParameterSpec parameters = parameters(name);
        BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
        int size = (p.bitLength() + 7) / 8;
        if (point.length != 1 + 2 * size || point[0] != 4) {
            return false;
        }
        BigInteger x = new BigInteger(1, point, 1, size);
        BigInteger y = new BigInteger(1, point, 1 + size, size);
        BigInteger right = x.pow(3)
                .add(parameters.getCurve().getA().multiply(x))
                .add(parameters.getCurve().getB())
                .mod(p);
        return x.compareTo(p) < 0 && y.compareTo(p) < 0 && y.pow(2).mod(p).equals(right);
    }

    private static ECParameterSpec parameters(String name) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(name));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The SSH name of a curve, or an empty text for a curve that SSH does not know. */
    static String sshName(ECParameterSpec curve) {
        return CURVES.entrySet().stream()
                .filter(entry -> {
                    ECParameterSpec known = parameters(entry.getValue());
                    return known.getCurve().equals(curve.getCurve())
                            && known.getGenerator().equals(curve.getGenerator())
                            && known.getOrder().equals(curve.getOrder());
                })
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    /**
     * A point of edwards25519 in its one encoding (RFC 8032 section 5.1.3), and none of the eight of small order: with
     * those as a key anybody could sign.
     */
    static boolean isEd25519Key(byte[] key) {
        if (key.length != 32) {
            return false;
        }
        byte[] bigEndian = new byte[32];
        for (int i = 0; i < 32; i++) {
            bigEndian[i] = key[31 - i];
        }
        bigEndian[0] &= 0x7f; // the top bit is the sign of x
        BigInteger y = new BigInteger(1, bigEndian);
        if (y.compareTo(P) >= 0) {
            return false;
        }
        BigInteger ySquared = y.multiply(y).mod(P);
        BigInteger xSquared = ySquared.subtract(BigInteger.ONE)
                .multiply(D.multiply(ySquared).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        if (xSquared.signum() == 0) {
            return false;
        }
        boolean square =
                xSquared.modPow(P.subtract(BigInteger.ONE).shiftRight(1), P).equals(BigInteger.ONE);
        return square && !smallOrder(xSquared, ySquared);
    }

    /**
     * The points with x = 0 (orders 1 and 2) are refused before. A point has order 4 when its double is (0, -1), which
     * means y = 0; it has order 8 when its double has y = 0, and the double's y is (y² + x²) / (1 - d x² y²).
     */
    private static boolean smallOrder(BigInteger xSquared, BigInteger ySquared) {
        boolean order4 = ySquared.signum() == 0;
        boolean order8 = ySquared.add(xSquared).mod(P).signum() == 0;
        return order4 || order8;
    }
}
