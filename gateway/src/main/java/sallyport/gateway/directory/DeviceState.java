package sallyport.gateway.directory;

/** The state of a device: one enum everywhere, with its meaning and what to do. */
public enum DeviceState {
    WAITING_APPROVAL(
            "waiting approval",
            "A key that no device owns has logged in.",
            "Compare the fingerprint with the device's own page, then add it with `sallyport device add`."),
    NEVER_CONNECTED(
            "never connected",
            "The device was added and has not dialled in yet.",
            "Type SSH host, port, user and listening port into the device; `sallyport status` shows keys that knocked."),
    ONLINE("online", "The tunnel is up and the device's web interface answers.", "Nothing to do."),
    DEGRADED(
            "degraded",
            "The tunnel is up, but the device's web interface does not answer or the tunnel keeps coming and going.",
            "Check the web server on the device and the address that its forward leads to."),
    STALE(
            "stale",
            "The device has missed keepalives.",
            "Wait: it is seen as dead after three missed keepalives. Check the device's network."),
    OFFLINE("offline", "The device is not connected.", "Check power and network of the device, then its SSH client."),
    DISABLED("disabled", "An operator has disabled the device.", "`sallyport device enable NAME` lets it in again."),
    CONFLICT(
            "conflict",
            "One key is in use by two machines.",
            "Give each machine a key of its own; `sallyport device show NAME` lists both addresses.");

    private final String words;
    private final String meaning;
    private final String remedy;

    DeviceState(String words, String meaning, String remedy) {
        this.words = words;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    /** The state as people and the API read it, such as {@code never connected}. */
    public String words() {
        return words;
    }

    public String meaning() {
        return meaning;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }
}
