package sallyport.gateway.directory;

/** Which certificate a hostname wants. */
public enum CertificateKind {
    /** The wildcard of its domain, where there is one. */
    WILDCARD,
    /** One for this name alone. */
    SINGLE
}
