package sallyport.gateway.cert.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.toolbox.JSON;
import org.shredzone.acme4j.toolbox.JSONBuilder;
import sallyport.gateway.config.AcmeConfig.DnsProvider;

/**
 * An acme-dns server: each name's {@code _acme-challenge} is a CNAME to a subdomain there. The accounts are read from the
 * JSON file that its usual clients keep: name → username, password, subdomain, fulldomain.
 */
final class AcmeDnsServer implements TxtRecords {
    private static final String PREFIX = "_acme-challenge.";

    private final HttpApi api;
    private final Path accounts;

    AcmeDnsServer(DnsProvider.AcmeDns settings) {
        api = new HttpApi(settings.url(), Map.of());
        accounts = settings.accounts();
    }

    @Override
    public void add(String record, String value) throws DnsFailure, InterruptedException {
        JSON account = account(record.startsWith(PREFIX) ? record.substring(PREFIX.length()) : record);
        HttpApi as = api.with(Map.of(
                "X-Api-User", account.get("username").asString(),
                "X-Api-Key", account.get("password").asString()));
        String body = new JSONBuilder()
                .put("subdomain", account.get("subdomain").asString())
                .put("txt", value)
                .toString();
        as.call("POST", "/update", body);
    }

    /** The server keeps the newest two values by itself. */
    @Override
    public void remove(String record, String value) {}

    private JSON account(String name) throws DnsFailure {
        try {
            JSON all = JSON.parse(Files.readString(accounts));
            if (!all.contains(name)) {
                throw new DnsFailure(accounts + " has no account for " + name);
            }
            return all.get(name).asObject();
        } catch (IOException e) {
            throw new DnsFailure(accounts + " cannot be read: " + e.getMessage());
        } catch (AcmeProtocolException e) {
            throw new DnsFailure(accounts + " is not a JSON file of accounts");
        }
    }
}
