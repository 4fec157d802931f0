package sallyport.gateway.directory;

/** Whether a device's port speaks TLS, as the operator set it for a hostname. */
public enum DeviceTls {
    /** Found out through the tunnel when the forward is granted. */
    AUTO,
    /** TLS, and nothing else. */
    YES,
    /** Plain HTTP. */
    NO
}
