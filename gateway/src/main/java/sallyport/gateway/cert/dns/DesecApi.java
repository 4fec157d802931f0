package sallyport.gateway.cert.dns;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.shredzone.acme4j.toolbox.JSON;
import org.shredzone.acme4j.toolbox.JSONBuilder;
import sallyport.gateway.config.AcmeConfig.DnsProvider;

/** deSEC's API as its documentation describes it: a TXT record set is read, changed and written back as a whole. */
final class DesecApi implements TxtRecords {
    /** The least that deSEC allows. */
    private static final int TTL_SECONDS = 3600;

    private final HttpApi api;
    private final Optional<String> zone;

    DesecApi(DnsProvider.Desec settings) {
        api = new HttpApi(settings.url(), Map.of("Authorization", "Token " + settings.token()));
        zone = settings.zone();
    }

    @Override
    public void add(String record, String value) throws DnsFailure, InterruptedException {
        change(record, value, true);
    }

    @Override
    public void remove(String record, String value) throws DnsFailure, InterruptedException {
        change(record, value, false);
    }

    private void change(String record, String value, boolean present) throws DnsFailure, InterruptedException {
        String domain = zone.isPresent() ? zone.get() : domainOf(record);
        if (!record.endsWith("." + domain)) {
            throw new DnsFailure(record + " does not lie in the zone " + domain);
        }
        String subname = record.substring(0, record.length() - domain.length() - 1);
        String quoted = "\"" + value + "\"";
        List<String> others = records(domain, subname).stream()
                .filter(text -> !text.equals(quoted))
                .toList();
        List<String> next =
                present ? Stream.concat(others.stream(), Stream.of(quoted)).toList() : others;
        // an empty list deletes the record set
        String set = new JSONBuilder()
                .put("subname", subname)
                .put("type", "TXT")
                .put("ttl", TTL_SECONDS)
                .array("records", next)
                .toString();
        api.call("PATCH", "/domains/" + domain + "/rrsets/", "[" + set + "]");
    }

    private String domainOf(String record) throws DnsFailure, InterruptedException {
        HttpApi.Answer answer = api.call("GET", "/domains/?owns_qname=" + HttpApi.encode(record), "");
        JSON found = wrapped(answer);
        if (found.get("list").asArray().isEmpty()) {
            throw new DnsFailure("this account has no domain for " + record);
        }
        return found.get("list").asArray().get(0).asObject().get("name").asString();
    }

    private List<String> records(String domain, String subname) throws DnsFailure, InterruptedException {
        String query = "?subname=" + HttpApi.encode(subname) + "&type=TXT";
        JSON found = wrapped(api.call("GET", "/domains/" + domain + "/rrsets/" + query, ""));
        return found.get("list").asArray().stream()
                .flatMap(set -> set.asObject().get("records").asArray().stream())
                .map(JSON.Value::asString)
                .toList();
    }

    /** The parser takes objects, the API answers with arrays. */
    private static JSON wrapped(HttpApi.Answer answer) throws DnsFailure {
        return new HttpApi.Answer(answer.status(), "{\"list\":" + answer.body() + "}").json();
    }
}
