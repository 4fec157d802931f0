package sallyport.gateway.directory;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A public key that stands for a device.
 *
 * @param type the key's type name, such as {@code ssh-ed25519}
 * @param blob the key in SSH wire format as base64 (the second word of an OpenSSH line)
 * @param fingerprint its SHA-256 name
 * @param comment what stood behind the key, cleaned; may be empty
 * @param from where the device may dial in from with this key; empty means anywhere ({@code from=} of authorized_keys)
 * @param expires when this key stops working ({@code expiry-time=}), if ever
 */
public record DeviceKey(
        String type,
        String blob,
        KeyFingerprint fingerprint,
        String comment,
        List<Cidr> from,
        Optional<Instant> expires) {
    public DeviceKey {
        from = List.copyOf(from);
    }

    /** A key without restrictions; the fingerprint is computed. */
    public static DeviceKey of(String type, String blob, String comment) {
        return new DeviceKey(
                type, blob, KeyFingerprint.of(Base64.getDecoder().decode(blob)), comment, List.of(), Optional.empty());
    }

    /** The key as one OpenSSH line: type, blob and comment. */
    public String openSshLine() {
        return comment.isEmpty() ? type + " " + blob : type + " " + blob + " " + comment;
    }
}
