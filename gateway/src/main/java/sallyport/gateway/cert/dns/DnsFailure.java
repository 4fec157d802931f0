package sallyport.gateway.cert.dns;

import sallyport.gateway.directory.Printable;

/** A record could not be changed; says why in words that end without a full stop, and never with a secret. */
public final class DnsFailure extends Exception {
    private static final int MAX_DETAIL = 300;

    private final String detail;

    DnsFailure(String detail) {
        super(detail);
        this.detail = Printable.clean(detail.strip().replaceAll("\\s+", " "), MAX_DETAIL);
    }

    public String detail() {
        return detail.endsWith(".") ? detail.substring(0, detail.length() - 1) : detail;
    }
}
