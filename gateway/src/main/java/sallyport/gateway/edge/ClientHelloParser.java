package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.edge.ClientHello.Result;

/**
 * Reads the ClientHello from the first bytes of a connection. Pure: the buffer is not consumed, and nothing is remembered
 * between calls.
 *
 * <p>A hello may be cut anywhere, by TCP and by the record layer (RFC 8446 section 5.1), so the records are walked first
 * and their payload is copied only once all of it has arrived: a declared length is compared, never allocated. Post-quantum
 * hellos are close to 2 KiB; what exceeds {@link #MAX_HELLO} is refused.
 */
final class ClientHelloParser {
    /** Longest ClientHello message, header included. */
    static final int MAX_HELLO = 16 * 1024;
    /** Most bytes that a connection may send before its hello is complete: the hello in records of a few bytes each. */
    static final int MAX_BYTES = 2 * MAX_HELLO;

    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_HEADER = 4;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MAX_RECORD = 1 << 14;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final Pattern LDH =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    private ClientHelloParser() {}

    /** Looks at the readable bytes of {@code in}. */
    static Result parse(ByteBuf in) {
        if (!in.isReadable()) {
            return new Result.Incomplete();
        }
        if (in.getByte(in.readerIndex()) != HANDSHAKE_RECORD) {
            return new Result.NotTls(whatElse(in));
        }
        return parseRecords(in);
    }

    private static Result parseRecords(ByteBuf in) {
        int available = 0;
        int at = in.readerIndex();
        int declared = Integer.MAX_VALUE;
        byte[] start = new byte[HANDSHAKE_HEADER];
        while (in.writerIndex() - at >= RECORD_HEADER) {
            int length = in.getUnsignedShort(at + 3);
            if (in.getByte(at) != HANDSHAKE_RECORD || in.getByte(at + 1) != 3) {
                return malformed("a record that belongs to no handshake");
            }
            if (length == 0 || length > MAX_RECORD) {
                return malformed("a record of " + length + " bytes");
            }
            int present = Math.min(length, in.writerIndex() - at - RECORD_HEADER);
            for (int i = 0; i < present && available + i < HANDSHAKE_HEADER; i++) {
                start[available + i] = in.getByte(at + RECORD_HEADER + i);
            }
            available += present;
            if (available > 0 && start[0] != CLIENT_HELLO) {
                return malformed("no ClientHello first");
            }
            if (available >= HANDSHAKE_HEADER) {
                declared = HANDSHAKE_HEADER + ((start[1] & 0xff) << 16 | (start[2] & 0xff) << 8 | (start[3] & 0xff));
                if (declared > MAX_HELLO) {
                    return malformed("a ClientHello of more than " + MAX_HELLO + " bytes");
                }
            }
            if (available >= declared) {
                return new Reader(payload(in, declared)).hello();
            }
            at += RECORD_HEADER + length;
        }
        return in.readableBytes() > MAX_BYTES ? malformed("too many records") : new Result.Incomplete();
    }

    /** The first {@code wanted} bytes of the records' payload, all of which are there. */
    private static byte[] payload(ByteBuf in, int wanted) {
        byte[] payload = new byte[wanted];
        int filled = 0;
        int at = in.readerIndex();
        while (filled < wanted) {
            int length = in.getUnsignedShort(at + 3);
            int take = Math.min(length, wanted - filled);
            in.getBytes(at + RECORD_HEADER, payload, filled, take);
            filled += take;
            at += RECORD_HEADER + length;
        }
        return payload;
    }

    private static String whatElse(ByteBuf in) {
        String first = in.toString(in.readerIndex(), Math.min(in.readableBytes(), 8), StandardCharsets.ISO_8859_1);
        if (first.startsWith("SSH-")) {
            return "an SSH client";
        }
        return first.matches("(?s)[A-Z]{2,8}|[A-Z]{3,7} .*") ? "plain HTTP" : "something that is not TLS";
    }

    private static Result malformed(String why) {
        return new Result.Refused(TlsAlert.DECODE_ERROR, why);
    }

    /** Walks one complete ClientHello. Every length is checked against what is there. */
    private static final class Reader {
        private final byte[] bytes;
        private int at;
        private int end;

        Reader(byte[] bytes) {
            this.bytes = bytes;
            this.end = bytes.length;
        }

        Result hello() {
            try {
                at = HANDSHAKE_HEADER;
                skip(2 + 32); // legacy_version, random
                skip(number(1)); // legacy_session_id
                skip(number(2)); // cipher_suites
                skip(number(1)); // legacy_compression_methods
                return at == end ? noName() : extensions();
            } catch (IndexOutOfBoundsException e) {
                return malformed("lengths that do not fit");
            }
        }

        private Result extensions() {
            enter(number(2));
            Optional<String> name = Optional.empty();
            Optional<List<String>> protocols = Optional.empty();
            int whole = end;
            while (at < whole) {
                int type = number(2);
                int length = number(2);
                int next = Math.addExact(at, length);
                check(next <= whole);
                end = next;
                if (type == SERVER_NAME) {
                    if (name.isPresent()) {
                        return malformed("two server names");
                    }
                    name = serverName();
                    if (name.isEmpty()) {
                        return malformed("not exactly one server name");
                    }
                } else if (type == ALPN) {
                    if (protocols.isPresent()) {
                        return malformed("two protocol lists");
                    }
                    protocols = Optional.of(protocols());
                }
                at = next;
                end = whole;
            }
            return name.isEmpty() ? noName() : named(name.get(), protocols.orElse(List.of()));
        }

        /** RFC 6066 section 3: a list, in which only one host_name may stand. */
        private Optional<String> serverName() {
            enter(number(2));
            int hostName = 0;
            check(number(1) == hostName);
            int length = number(2);
            String name = text(length);
            return at == end ? Optional.of(name) : Optional.empty();
        }

        private List<String> protocols() {
            enter(number(2));
            List<String> protocols = new ArrayList<>();
            while (at < end) {
                int length = number(1);
                check(length > 0);
                protocols.add(text(length));
            }
            return protocols;
        }

        private Result named(String raw, List<String> protocols) {
            String name = raw.toLowerCase(Locale.ROOT);
            try {
                if (LDH.matcher(name).matches()) {
                    return new Result.Complete(new ClientHello(new Hostname(name), protocols));
                }
            } catch (InvalidValue e) {
                // an address or an impossible length: the same answer as below
            }
            return new Result.Refused(TlsAlert.UNRECOGNIZED_NAME, "a server name that is no host name");
        }

        private static Result noName() {
            return new Result.Refused(TlsAlert.UNRECOGNIZED_NAME, "no server name");
        }

        /** Narrows what follows to the next {@code length} bytes, which must be exactly the rest. */
        private void enter(int length) {
            check(at + length == end);
        }

        private int number(int size) {
            check(at + size <= end);
            int value = 0;
            for (int i = 0; i < size; i++) {
                value = (value << 8) | (bytes[at++] & 0xff);
            }
            return value;
        }

        private String text(int length) {
            check(at + length <= end);
            String text = new String(bytes, at, length, StandardCharsets.ISO_8859_1);
            at += length;
            return text;
        }

        private void skip(int length) {
            check(at + length <= end);
            at += length;
        }

        private static void check(boolean holds) {
            if (!holds) {
                throw new IndexOutOfBoundsException();
            }
        }
    }
}
