package sallyport.gateway.cert.dns;

import java.util.Map;
import java.util.Optional;
import org.shredzone.acme4j.toolbox.JSON;
import org.shredzone.acme4j.toolbox.JSONBuilder;
import sallyport.gateway.config.AcmeConfig.DnsProvider;

/** Cloudflare's API, version 4, as its documentation describes it; the token needs "DNS: Edit" for the zone. */
final class CloudflareApi implements TxtRecords {
    private static final int TTL_SECONDS = 60;

    private final HttpApi api;
    private final Optional<String> zone;

    CloudflareApi(DnsProvider.Cloudflare settings) {
        api = new HttpApi(settings.url(), Map.of("Authorization", "Bearer " + settings.token()));
        zone = settings.zone();
    }

    @Override
    public void add(String record, String value) throws DnsFailure, InterruptedException {
        String body = new JSONBuilder()
                .put("type", "TXT")
                .put("name", record)
                .put("content", value)
                .put("ttl", TTL_SECONDS)
                .toString();
        api.call("POST", "/zones/" + zoneId(record) + "/dns_records", body);
    }

    @Override
    public void remove(String record, String value) throws DnsFailure, InterruptedException {
        String records = "/zones/" + zoneId(record) + "/dns_records";
        String query = "?type=TXT&name=" + HttpApi.encode(record) + "&content=" + HttpApi.encode(value);
        JSON found = api.call("GET", records + query, "").json();
        for (JSON.Value entry : found.get("result").asArray()) {
            api.call("DELETE", records + "/" + entry.asObject().get("id").asString(), "");
        }
    }

    /** The zone of the configuration, else the longest parent of the record that this token can see. */
    private String zoneId(String record) throws DnsFailure, InterruptedException {
        String name = zone.orElse(record);
        while (true) {
            JSON found =
                    api.call("GET", "/zones?name=" + HttpApi.encode(name), "").json();
            if (!found.get("result").asArray().isEmpty()) {
                return found.get("result").asArray().get(0).asObject().get("id").asString();
            }
            int dot = name.indexOf('.');
            if (zone.isPresent() || dot < 0) {
                throw new DnsFailure("this token sees no zone for " + zone.orElse(record));
            }
            name = name.substring(dot + 1);
        }
    }
}
