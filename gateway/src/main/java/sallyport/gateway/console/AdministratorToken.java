package sallyport.gateway.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The secret of {@code admin.token} in the data folder: whoever can read that file is administrator. Never logged. */
final class AdministratorToken {
    private final byte[] token;

    AdministratorToken(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /** Compares in a time that does not depend on where the two differ. */
    boolean matches(String offered) {
        return MessageDigest.isEqual(token, offered.getBytes(StandardCharsets.UTF_8));
    }
}
