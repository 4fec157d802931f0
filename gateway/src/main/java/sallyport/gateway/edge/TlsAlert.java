package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The fatal alerts that the front sends before any TLS engine is involved (RFC 8446 section 6.2). */
enum TlsAlert {
    DECODE_ERROR(50),
    INTERNAL_ERROR(80),
    UNRECOGNIZED_NAME(112),
    NO_APPLICATION_PROTOCOL(120);

    private final byte description;

    TlsAlert(int description) {
        this.description = (byte) description;
    }

    /** The alert as one unencrypted record. */
    ByteBuf record() {
        byte alertRecord = 21;
        byte fatal = 2;
        return Unpooled.wrappedBuffer(new byte[] {alertRecord, 3, 3, 0, 2, fatal, description});
    }
}
