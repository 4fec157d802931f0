package sallyport.gateway.directory;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/**
 * Public keys as people really paste them: an OpenSSH line with or without options and comment, an RFC 4716 block, PEM, the
 * bare base64; with the line ends, byte order marks, quotes and breaks that mail programs and dialogs add.
 *
 * <p>What is refused is refused by name, and nothing of the text is ever echoed except the name of an option: it might be a
 * private key. A private key anywhere in the text refuses the whole text.
 */
public final class KeyText {
    /** Far more than a key needs; an authorized_keys file of a whole fleet is not pasted. */
    public static final int MAX_LENGTH = 64 * 1024;

    private static final int MAX_COMMENT = 120;

    private static final Pattern PRIVATE = Pattern.compile(
            "BEGIN[A-Z0-9 \\n]*PRIVATE\\s+KEY|PuTTY-User-Key-File|Private-(Lines|MAC|Hash):|b3BlbnNzaC1rZXktdjE|"
                    + "AGE-SECRET-KEY-|\"d\"\\s*:\\s*\"",
            Pattern.CASE_INSENSITIVE);
    /** PEM (RFC 7468) has five hyphens, RFC 4716 four and a blank. */
    private static final Pattern BLOCK =
            Pattern.compile("-{4,5} ?BEGIN ([A-Z0-9 ]+?) ?-{4,5}(.*?)(-{4,5} ?END \\1 ?-{4,5}|\\z)", Pattern.DOTALL);

    private static final Pattern COMMENT_HEADER = Pattern.compile("(?im)^Comment:[ \\t]*((?:.*\\\\\\n)*.*)$");
    private static final Pattern BLOCK_BODY = Pattern.compile("(?:^|[\\s])(AAAA[A-Za-z0-9+/=\\s]*)\\z");

    /** What a text turned out to be. */
    public sealed interface Outcome {
        /** One public key. */
        record Found(DeviceKey key, KeyRestrictions restrictions) implements Outcome {}

        /** No usable key, and why. */
        record Refused(Problem why) implements Outcome {}
    }

    private KeyText() {}

    /** Reads the one public key in a text; never throws. */
    public static Outcome parse(String text) {
        try {
            return require(text);
        } catch (ProblemException e) {
            return new Outcome.Refused(e.problem());
        }
    }

    /**
     * Reads the one public key in a text.
     *
     * @throws ProblemException when there is none, several, or one that is refused
     */
    public static Outcome.Found require(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new ProblemException(Fault.NOT_A_KEY.problem());
        }
        String plain = normalise(text);
        refusePrivateKeys(plain);
        Map<KeyFingerprint, Outcome.Found> keys = new LinkedHashMap<>();
        String rest = readBlocks(plain, keys);
        for (KeyLine line : KeyLine.read(rest)) {
            add(keys, line.type(), line.blob(), line.comment(), KeyOptions.parse(line.options()));
        }
        if (keys.isEmpty()) {
            readBareDer(rest, keys);
        }
        if (keys.isEmpty()) {
            throw new ProblemException(Fault.NOT_A_KEY.problem());
        }
        if (keys.size() > 1) {
            throw new ProblemException(Fault.SEVERAL_KEYS.problem("count", keys.size()));
        }
        return keys.values().iterator().next();
    }

    /** One kind of line end, blank and quote; what cannot be seen (byte order marks, zero-width characters) goes. */
    private static String normalise(String text) {
        return text.replace("\r\n", "\n")
                .replace('\r', '\n')
                .replaceAll("[\\uFEFF\\uFFFE\\u200B-\\u200F\\u2060\\u00AD\\u0000]", "")
                .replaceAll("[\\t\\u00A0\\u2000-\\u200A\\u202F\\u3000]", " ")
                .replaceAll("[\\u2028\\u2029\\u0085\\u000B\\u000C]", "\n")
                .replaceAll("[\\u201C-\\u201F\\u00AB\\u00BB]", "\"")
                .replaceAll("[\\u2018-\\u201B]", "'")
                .replaceAll("[\\u2010-\\u2015\\u2212]", "-");
    }

    private static void refusePrivateKeys(String text) {
        if (PRIVATE.matcher(text).find()) {
            throw new ProblemException(Fault.PRIVATE_KEY.problem());
        }
    }

    /** Reads the blocks with BEGIN and END and gives the text without them. */
    private static String readBlocks(String text, Map<KeyFingerprint, Outcome.Found> keys) {
        Matcher block = BLOCK.matcher(text);
        StringBuilder rest = new StringBuilder();
        while (block.find()) {
            String label = block.group(1).strip();
            if (label.contains("CERTIFICATE")) {
                throw new ProblemException(Fault.KEY_CERTIFICATE.problem());
            }
            if (block.group(3).isEmpty()) {
                throw KeyBlob.altered();
            }
            readBlock(label, block.group(2), keys);
            block.appendReplacement(rest, "\n");
        }
        return block.appendTail(rest).toString();
    }

    private static void readBlock(String label, String body, Map<KeyFingerprint, Outcome.Found> keys) {
        switch (label) {
            case "PUBLIC KEY" -> addDer(keys, PemKey.ofSubjectPublicKeyInfo(decode(body)));
            case "RSA PUBLIC KEY" -> addDer(keys, PemKey.ofPkcs1(decode(body)));
            case "SSH2 PUBLIC KEY" -> readRfc4716(body, keys);
            case "DSA PUBLIC KEY" -> throw new ProblemException(Fault.KEY_TOO_WEAK.problem("detail", "DSA"));
            default -> throw new ProblemException(Fault.NOT_A_KEY.problem());
        }
    }

    /** RFC 4716 section 3: headers, each continued by a backslash at the end of its line, then the blob. */
    private static void readRfc4716(String body, Map<KeyFingerprint, Outcome.Found> keys) {
        Matcher header = COMMENT_HEADER.matcher(body);
        String comment = header.find() ? header.group(1).replace("\\\n", "").strip() : "";
        if (comment.length() > 1 && comment.startsWith("\"") && comment.endsWith("\"")) {
            comment = comment.substring(1, comment.length() - 1);
        }
        Matcher matcher = BLOCK_BODY.matcher(body);
        if (!matcher.find()) {
            throw KeyBlob.altered();
        }
        byte[] blob = decode(matcher.group(1));
        KeyLine.refuseType(KeyBlob.type(blob));
        add(keys, KeyBlob.type(blob), blob, comment, KeyOptions.parse(""));
    }

    /** Base64 of a DER structure without its frame, as some cloud consoles show keys. */
    private static void readBareDer(String text, Map<KeyFingerprint, Outcome.Found> keys) {
        String packed = text.replaceAll("[\\s\"']", "");
        if (!packed.matches("M[A-Za-z0-9+/]{20,}={0,2}")) {
            return;
        }
        byte[] der = decode(packed);
        if (PemKey.Der.looksPrivate(der)) {
            throw new ProblemException(Fault.PRIVATE_KEY.problem());
        }
        addDer(keys, PemKey.ofSubjectPublicKeyInfo(der));
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            // without the cause: its message quotes the text
            throw KeyBlob.altered();
        }
    }

    private static void addDer(Map<KeyFingerprint, Outcome.Found> keys, byte[] blob) {
        add(keys, KeyBlob.type(blob), blob, "", KeyOptions.parse(""));
    }

    private static void add(
            Map<KeyFingerprint, Outcome.Found> keys, String type, byte[] blob, String comment, KeyOptions options) {
        KeyBlob.check(type, blob);
        DeviceKey key = new DeviceKey(
                type,
                Base64.getEncoder().encodeToString(blob),
                KeyFingerprint.of(blob),
                Printable.clean(comment.strip(), MAX_COMMENT),
                options.from(),
                options.expires());
        keys.putIfAbsent(key.fingerprint(), new Outcome.Found(key, options.restrictions()));
    }
}
