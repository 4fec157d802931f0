package sallyport.gateway.edge;

/** What a decoder passes on instead of a message that it cannot read; nothing follows it. */
record Malformed(Refusal refusal) {}
