package sallyport.gateway.directory;

/** What the HTTPS front does with a visitor's TLS for a hostname. */
public enum TlsMode {
    /** TLS ends at the gateway, with the gateway's certificate. */
    TERMINATE,
    /** Bytes go untouched to the device, routed by SNI. */
    PASSTHROUGH
}
