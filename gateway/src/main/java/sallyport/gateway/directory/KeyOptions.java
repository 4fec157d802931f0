package sallyport.gateway.directory;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.gateway.directory.KeyRestrictions.PermitListen;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * The options in front of a key in an {@code authorized_keys} line. An option that would be ignored is refused by name: a
 * restriction that silently does nothing is worse than none.
 */
final class KeyOptions {
    /** What they forbid or allow is never given to any device, so they change nothing. */
    private static final Set<String> ALWAYS_SO =
            Set.of("no-agent-forwarding", "no-pty", "no-user-rc", "no-x11-forwarding", "permitopen");

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,31}");
    private static final Pattern TIME = Pattern.compile("(\\d{8})(\\d{4})?(\\d{2})?(Z)?");

    private boolean forwards = true;
    private final List<PermitListen> permitListen = new ArrayList<>();
    private final List<Cidr> from = new ArrayList<>();
    private Optional<Instant> expires = Optional.empty();

    /** Reads comma-separated options as OpenSSH does: names in any case, values in double quotes with {@code \"} inside. */
    static KeyOptions parse(String text) {
        KeyOptions options = new KeyOptions();
        int at = 0;
        while (at < text.length()) {
            int end = endOfOption(text, at);
            options.apply(text.substring(at, end));
            at = end + 1;
        }
        return options;
    }

    private static int endOfOption(String text, int start) {
        boolean quoted = false;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && (i == start || text.charAt(i - 1) != '\\')) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return text.length();
    }

    private void apply(String option) {
        int equals = option.indexOf('=');
        String name = (equals < 0 ? option : option.substring(0, equals)).strip();
        String value = equals < 0 ? "" : unquote(option.substring(equals + 1).strip());
        String known = name.toLowerCase(Locale.ROOT);
        if (ALWAYS_SO.contains(known)) {
            return;
        }
        switch (known) {
            case "restrict", "no-port-forwarding" -> forwards = false;
            case "port-forwarding" -> forwards = true;
            case "permitlisten" -> permitListen.add(listen(name, value));
            case "from" -> addFrom(name, value);
            case "expiry-time" -> expires = Optional.of(time(name, value));
            default -> throw unsupported(name);
        }
    }

    private static String unquote(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1).replace("\\\"", "\"")
                : value;
    }

    private static PermitListen listen(String name, String value) {
        int colon = value.lastIndexOf(':');
        String host =
                colon < 0 ? "*" : value.substring(0, colon).replace("[", "").replace("]", "");
        String port = value.substring(colon + 1);
        try {
            return new PermitListen(host, port.equals("*") ? Optional.empty() : Optional.of(PortNumber.parse(port)));
        } catch (InvalidValue e) {
            throw unsupported(name);
        }
    }

    /** Addresses and networks; host-name patterns would need a reverse look-up, which an attacker answers. */
    private void addFrom(String name, String value) {
        for (String part : value.split(",", -1)) {
            try {
                from.add(Cidr.parse(part.strip()));
            } catch (InvalidValue e) {
                throw unsupported(name);
            }
        }
    }

    /** {@code YYYYMMDD[HHMM[SS]][Z]}; without Z in the gateway's time zone, as sshd(8) has it. */
    private static Instant time(String name, String value) {
        Matcher matcher = TIME.matcher(value);
        if (!matcher.matches() || (matcher.group(2) == null && matcher.group(3) != null)) {
            throw unsupported(name);
        }
        String digits = matcher.group(1)
                + (matcher.group(2) == null ? "0000" : matcher.group(2))
                + (matcher.group(3) == null ? "00" : matcher.group(3));
        try {
            return LocalDateTime.parse(digits, DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT))
                    .atZone(matcher.group(4) == null ? ZoneId.systemDefault() : ZoneOffset.UTC)
                    .toInstant();
        } catch (DateTimeException e) {
            throw unsupported(name);
        }
    }

    /** Names the option, unless what stands there does not look like a name: it might be a secret that slipped in. */
    private static ProblemException unsupported(String name) {
        return new ProblemException(
                Fault.KEY_OPTION.problem("option", NAME.matcher(name).matches() ? name : "that stands"));
    }

    KeyRestrictions restrictions() {
        return new KeyRestrictions(forwards, permitListen);
    }

    List<Cidr> from() {
        return List.copyOf(from);
    }

    Optional<Instant> expires() {
        return expires;
    }
}
