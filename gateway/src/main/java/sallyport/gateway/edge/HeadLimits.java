package sallyport.gateway.edge;

/**
 * How large a head (start line and fields) may be.
 *
 * @param line longest single line in bytes
 * @param head longest head or trailer section in bytes
 * @param fields most fields
 * @param grammar how strictly it is read
 */
record HeadLimits(int line, int head, int fields, Grammar grammar) {
    /** What visitors may send (docs: limits). */
    static final HeadLimits VISITOR = new HeadLimits(8 * 1024, 32 * 1024, 100, Grammar.STRICT);

    /** What devices may send: long cookies and policies are common. */
    static HeadLimits device(Grammar grammar) {
        return new HeadLimits(16 * 1024, 64 * 1024, 256, grammar);
    }
}
