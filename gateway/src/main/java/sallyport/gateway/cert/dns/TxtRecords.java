package sallyport.gateway.cert.dns;

import sallyport.gateway.config.AcmeConfig.DnsProvider;

/**
 * Writes the TXT records that prove a name. Blocking, every call with a deadline of its own; for control-plane threads, one
 * at a time.
 */
public interface TxtRecords {
    /**
     * Adds a value; values that are there already stay.
     *
     * @param record its whole name without a final dot, such as {@code _acme-challenge.example.com}
     */
    void add(String record, String value) throws DnsFailure, InterruptedException;

    /** Takes the value away again; others stay. */
    void remove(String record, String value) throws DnsFailure, InterruptedException;

    /** The provider of the configuration. */
    static TxtRecords of(DnsProvider provider) {
        return switch (provider) {
            case DnsProvider.Exec exec -> new ExecHook(exec.command());
            case DnsProvider.Update update -> new DynamicUpdate(update);
            case DnsProvider.AcmeDns acmeDns -> new AcmeDnsServer(acmeDns);
            case DnsProvider.Desec desec -> new DesecApi(desec);
            case DnsProvider.Cloudflare cloudflare -> new CloudflareApi(cloudflare);
        };
    }
}
