package sallyport.gateway.store;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;
import org.jdbi.v3.core.statement.PreparedBatch;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;

/**
 * Hostnames and their options, from tables and back. An option that this version does not know stops the start: what an
 * operator has set must not silently do nothing. Needs an open transaction; the SQL is of both databases.
 */
final class HostnameRows {
    private final Handle handle;

    HostnameRows(Handle handle) {
        this.handle = handle;
    }

    SortedMap<Hostname, OwnHostname> read() {
        Map<String, HostnameOptions> options = options("SELECT hostname AS owner, name, value FROM hostname_option");
        return handle.createQuery("SELECT * FROM hostname").reduceRows(new TreeMap<>(), (all, row) -> {
            OwnHostname own = hostname(row, options);
            all.put(own.hostname(), own);
            return all;
        });
    }

    private static OwnHostname hostname(RowView row, Map<String, HostnameOptions> options) {
        String name = Columns.text(row, "name");
        return new OwnHostname(
                new Hostname(name),
                new DeviceName(Columns.text(row, "device")),
                Columns.findNumber(row, "port").map(port -> new PortNumber(port.intValue())),
                TlsMode.valueOf(Columns.text(row, "tls")),
                DeviceTls.valueOf(Columns.text(row, "device_tls")),
                options.getOrDefault(name, HostnameOptions.DEFAULTS));
    }

    SortedMap<DeviceName, HostnameOptions> readAutomaticOptions() {
        SortedMap<DeviceName, HostnameOptions> all = new TreeMap<>();
        options("SELECT device AS owner, name, value FROM automatic_hostname_option")
                .forEach((device, options) -> all.put(new DeviceName(device), options));
        return all;
    }

    private Map<String, HostnameOptions> options(String sql) {
        Map<String, Map<String, String>> texts = handle.createQuery(sql).reduceRows(new HashMap<>(), (all, row) -> {
            all.computeIfAbsent(Columns.text(row, "owner"), owner -> new HashMap<>())
                    .put(Columns.text(row, "name"), Columns.text(row, "value"));
            return all;
        });
        Map<String, HostnameOptions> options = new HashMap<>();
        texts.forEach((owner, set) -> options.put(owner, HostnameOptions.of(set)));
        return options;
    }

    void put(OwnHostname own) {
        handle.createUpdate("""
                        INSERT INTO hostname (name, device, port, tls, device_tls)
                        VALUES (:name, :device, :port, :tls, :deviceTls)
                        ON CONFLICT (name) DO UPDATE SET device = excluded.device, port = excluded.port,
                            tls = excluded.tls, device_tls = excluded.device_tls
                        """)
                .bind("name", own.hostname().value())
                .bind("device", own.device().value())
                .bind("port", own.port().map(PortNumber::value).orElse(null))
                .bind("tls", own.tls().name())
                .bind("deviceTls", own.deviceTls().name())
                .execute();
        replaceOptions("hostname_option", "hostname", own.hostname().value(), own.options());
    }

    void putAutomaticOptions(StoreChange.PutAutomaticOptions put) {
        replaceOptions("automatic_hostname_option", "device", put.device().value(), put.options());
    }

    private void replaceOptions(String table, String column, String owner, HostnameOptions options) {
        handle.createUpdate("DELETE FROM " + table + " WHERE " + column + " = :owner")
                .bind("owner", owner)
                .execute();
        PreparedBatch batch = handle.prepareBatch(
                "INSERT INTO " + table + " (" + column + ", name, value) VALUES (:owner, :name, :value)");
        options.set()
                .forEach((name, value) -> batch.bind("owner", owner)
                        .bind("name", name)
                        .bind("value", value)
                        .add());
        batch.execute();
    }
}
