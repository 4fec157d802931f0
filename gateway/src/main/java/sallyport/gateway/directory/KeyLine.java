package sallyport.gateway.directory;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * A key as {@code authorized_keys} has it: options, type, base64, comment; here also over several lines. Pieces are put
 * together until the blob is as long as its own length fields say; what follows on that line is the comment.
 */
record KeyLine(String options, String type, String base64, String comment) {
    private static final Pattern TYPE_LIKE =
            Pattern.compile("(?i)(ssh|ecdsa|sk|rsa|x509v3|webauthn)-[a-z0-9-]+(@[a-z.]+)?");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*={0,2}");
    private static final Pattern BARE = Pattern.compile("AAAA[A-Za-z0-9+/]{12,}={0,2}");
    private static final Pattern OPTION_LINE = Pattern.compile(
            "(?i)(restrict|no-|from=|permit|command=|expiry-time=|environment=|cert-authority|port-forwarding|principals=|"
                    + "tunnel=|verify-required).*");
    /** A shorter piece behind a blank is taken for a comment, not for the rest of a broken key. */
    private static final int MIN_PIECE_ON_LINE = 8;

    /** The key in wire format. */
    byte[] blob() {
        return Reader.decode(base64);
    }

    /** Reads all keys of a text; lines without one are passed over. */
    static List<KeyLine> read(String text) {
        List<KeyLine> keys = new ArrayList<>();
        Reader reader = null;
        String optionsBefore = "";
        for (String raw : text.split("\n", -1)) {
            String line = unwrap(raw);
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("```")) {
                continue;
            }
            boolean broken = reader != null && !reader.whole();
            Reader next = start(line, optionsBefore, broken);
            optionsBefore = "";
            if (next != null) {
                finish(reader, keys);
                reader = next;
            } else if (broken && reader != null) {
                reader.take(line.split(" +"), true);
            } else if (OPTION_LINE.matcher(line).matches()) {
                optionsBefore = line;
            }
        }
        finish(reader, keys);
        return keys;
    }

    /** Without the marks of quoted mail, quotes around the whole, and blanks. */
    private static String unwrap(String raw) {
        String line = raw.strip().replaceFirst("^(> ?)+", "").strip();
        while (line.length() > 1 && "\"'`".indexOf(line.charAt(0)) >= 0) {
            line = line.substring(1).strip();
        }
        while (!line.isEmpty()
                && "\"'`".indexOf(line.charAt(line.length() - 1)) >= 0
                && line.indexOf(line.charAt(line.length() - 1)) == line.length() - 1) {
            line = line.substring(0, line.length() - 1).strip();
        }
        return line;
    }

    private static @Nullable Reader start(String line, String optionsBefore, boolean broken) {
        int at = 0;
        while (at < line.length()) {
            int end = endOfWord(line, at);
            String word = line.substring(at, end);
            String rest = line.substring(end).strip();
            if (TYPE_LIKE.matcher(word).matches()) {
                String type = word.toLowerCase(Locale.ROOT);
                if (KeyBlob.isType(type) || rest.startsWith("AAAA")) {
                    refuseType(type);
                    String options = line.substring(0, at).strip();
                    return new Reader(options.isEmpty() ? optionsBefore : options, type).take(rest);
                }
            } else if (at == 0 && !broken && BARE.matcher(word).matches()) {
                String type = KeyBlob.type(Reader.decode(word));
                if (TYPE_LIKE.matcher(type).matches()) {
                    refuseType(type);
                    return new Reader(optionsBefore, type).take(line);
                }
                return null;
            }
            at = end + 1;
        }
        return null;
    }

    /** The next blank outside of double quotes. */
    private static int endOfWord(String line, int start) {
        boolean quoted = false;
        for (int i = start; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                return i;
            }
        }
        return line.length();
    }

    /** Refuses by name what is a key of a kind that is not taken. */
    static void refuseType(String type) {
        if (KeyBlob.isType(type)) {
            return;
        }
        if (type.contains("-cert-v0") || type.startsWith("x509v3-")) {
            throw new ProblemException(Fault.KEY_CERTIFICATE.problem());
        }
        if (type.equals("ssh-dss")) {
            throw new ProblemException(Fault.KEY_TOO_WEAK.problem("detail", "DSA"));
        }
        if (TYPE_LIKE.matcher(type).matches()) {
            throw new ProblemException(
                    Fault.KEY_UNSUPPORTED.problem("detail", "its type is " + Printable.shorten(type)));
        }
        throw KeyBlob.altered();
    }

    private static void finish(@Nullable Reader reader, List<KeyLine> keys) {
        if (reader != null) {
            keys.add(reader.finish());
        }
    }

    /** Puts the pieces of one key together. */
    private static final class Reader {
        private final String options;
        private final String type;
        private final StringBuilder comment = new StringBuilder();
        private String base64 = "";

        Reader(String options, String type) {
            this.options = options;
            this.type = type;
        }

        Reader take(String rest) {
            return rest.isEmpty() ? this : take(rest.split(" +"), false);
        }

        Reader take(String[] words, boolean newLine) {
            for (int i = 0; i < words.length; i++) {
                if (whole()) {
                    comment.append(comment.isEmpty() ? "" : " ").append(words[i]);
                } else {
                    append(words[i], (newLine && i == 0) || base64.isEmpty());
                }
            }
            return this;
        }

        /** {@code =3D}, {@code =} and a backslash at the end are what mail programs and shells write into broken lines. */
        private void append(String word, boolean atLineStart) {
            String piece = word.replace("=3D", "=").replaceFirst("\\\\$", "");
            if (!BASE64.matcher(piece).matches() || (!atLineStart && piece.length() < MIN_PIECE_ON_LINE)) {
                throw KeyBlob.altered();
            }
            base64 += piece.replace("=", "");
            if (KeyBlob.missing(type, decode(base64)) < 0) {
                throw KeyBlob.altered();
            }
        }

        boolean whole() {
            return KeyBlob.missing(type, decode(base64)) == 0;
        }

        KeyLine finish() {
            if (!whole()) {
                throw KeyBlob.altered();
            }
            return new KeyLine(options, type, base64, comment.toString());
        }

        /** Decodes what is there, up to the last character that completes a byte. */
        static byte[] decode(String base64) {
            Matcher unpadded = Pattern.compile("=+$").matcher(base64);
            String characters = unpadded.replaceFirst("");
            int usable = characters.length() % 4 == 1 ? characters.length() - 1 : characters.length();
            try {
                return Base64.getDecoder().decode(characters.substring(0, usable));
            } catch (IllegalArgumentException e) {
                // without the cause: its message quotes the text
                throw KeyBlob.altered();
            }
        }
    }
}
