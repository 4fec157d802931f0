package sallyport.gateway.directory;

/** Whether a hostname offers HTTP/2 to visitors. */
public enum Http2Offer {
    /** Yes, unless the device was found to tie logins to its connections; then for a day not. */
    AUTO,
    ON,
    OFF
}
