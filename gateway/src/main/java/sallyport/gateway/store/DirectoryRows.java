package sallyport.gateway.store;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;
import org.jdbi.v3.core.statement.PreparedBatch;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.directory.Port.OpenSocket;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;

/** The tables of the directory to records and back. Needs an open transaction; the SQL is of both databases. */
final class DirectoryRows {
    private final Handle handle;

    DirectoryRows(Handle handle) {
        this.handle = handle;
    }

    /** Moves the store from this version to the next; false when it has another one. */
    boolean advance(long version) {
        return handle.createUpdate("UPDATE directory SET version = :version + 1 WHERE version = :version")
                        .bind("version", version)
                        .execute()
                == 1;
    }

    Contents read() {
        long version = handle.createQuery("SELECT version FROM directory")
                .mapTo(Long.class)
                .one();
        Map<String, List<DeviceKey>> keys = readByDevice("SELECT * FROM device_key ORDER BY position", this::key);
        Map<String, List<Port>> ports = readByDevice("SELECT * FROM port ORDER BY position", this::port);
        SortedMap<DeviceName, Device> devices = new TreeMap<>();
        handle.createQuery("SELECT * FROM device").reduceRows(devices, (all, row) -> {
            Device device = device(row, keys, ports);
            all.put(device.name(), device);
            return all;
        });
        HostnameRows hostnames = new HostnameRows(handle);
        return new Contents(version, devices, hostnames.read(), hostnames.readAutomaticOptions());
    }

    private <T> Map<String, List<T>> readByDevice(String sql, Function<RowView, T> mapper) {
        return handle.createQuery(sql).reduceRows(new HashMap<>(), (all, row) -> {
            all.computeIfAbsent(Columns.text(row, "device"), device -> new ArrayList<>())
                    .add(mapper.apply(row));
            return all;
        });
    }

    private static Device device(RowView row, Map<String, List<DeviceKey>> keys, Map<String, List<Port>> ports) {
        String name = Columns.text(row, "name");
        return new Device(
                new DeviceName(name),
                Columns.text(row, "title"),
                words(Columns.text(row, "tags")),
                Columns.number(row, "enabled") == 1,
                keys.getOrDefault(name, List.of()),
                networks(Columns.text(row, "key_from")),
                networks(Columns.text(row, "visitor_from")),
                ports.getOrDefault(name, List.of()),
                new PortNumber((int) Columns.number(row, "automatic_port")),
                TlsMode.valueOf(Columns.text(row, "tls")),
                DeviceTls.valueOf(Columns.text(row, "device_tls")),
                Columns.findText(row, "legacy_until").map(LocalDate::parse),
                Instant.ofEpochMilli(Columns.number(row, "created")));
    }

    private DeviceKey key(RowView row) {
        return new DeviceKey(
                Columns.text(row, "type"),
                Columns.text(row, "blob"),
                new KeyFingerprint(Columns.text(row, "fingerprint")),
                Columns.text(row, "comment"),
                networks(Columns.text(row, "key_from")),
                Columns.findNumber(row, "expires").map(Instant::ofEpochMilli));
    }

    private Port port(RowView row) {
        Optional<OpenSocket> open = Columns.findText(row, "bind")
                .map(bind -> new OpenSocket(words(bind), BindChoice.valueOf(Columns.text(row, "bind_choice"))));
        return new Port(
                new PortNumber((int) Columns.number(row, "number")), open, Columns.number(row, "tls_seen") == 1);
    }

    void write(StoreChange change) {
        switch (change) {
            case StoreChange.PutDevice put -> putDevice(put.device());
            case StoreChange.RemoveDevice remove -> delete("DELETE FROM device WHERE name = :name", remove.device());
            case StoreChange.PutHostname put -> new HostnameRows(handle).put(put.hostname());
            case StoreChange.PutAutomaticOptions put -> new HostnameRows(handle).putAutomaticOptions(put);
            case StoreChange.RemoveHostname remove ->
                delete("DELETE FROM hostname WHERE name = :name", remove.hostname());
        }
    }

    private void putDevice(Device device) {
        handle.createUpdate("""
                        INSERT INTO device (name, title, tags, enabled, key_from, visitor_from, automatic_port, tls,
                            device_tls, legacy_until, created)
                        VALUES (:name, :title, :tags, :enabled, :keyFrom, :visitorFrom, :automaticPort, :tls,
                            :deviceTls, :legacyUntil, :created)
                        ON CONFLICT (name) DO UPDATE SET title = excluded.title, tags = excluded.tags,
                            enabled = excluded.enabled, key_from = excluded.key_from,
                            visitor_from = excluded.visitor_from, tls = excluded.tls,
                            device_tls = excluded.device_tls, legacy_until = excluded.legacy_until
                        """)
                .bind("name", device.name().value())
                .bind("title", device.title())
                .bind("tags", lines(device.tags()))
                .bind("enabled", device.enabled() ? 1 : 0)
                .bind("keyFrom", lines(device.keyFrom()))
                .bind("visitorFrom", lines(device.visitorFrom()))
                .bind("automaticPort", device.automaticPort().value())
                .bind("tls", device.tls().name())
                .bind("deviceTls", device.deviceTls().name())
                .bind(
                        "legacyUntil",
                        device.legacyUntil().map(LocalDate::toString).orElse(null))
                .bind("created", device.created().toEpochMilli())
                .execute();
        delete("DELETE FROM device_key WHERE device = :name", device.name());
        delete("DELETE FROM port WHERE device = :name", device.name());
        putKeys(device);
        putPorts(device);
    }

    private void putKeys(Device device) {
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO device_key (fingerprint, device, position, type, blob, comment, key_from, expires)
                VALUES (:fingerprint, :device, :position, :type, :blob, :comment, :keyFrom, :expires)
                """);
        int position = 0;
        for (DeviceKey key : device.keys()) {
            batch.bind("fingerprint", key.fingerprint().value())
                    .bind("device", device.name().value())
                    .bind("position", position++)
                    .bind("type", key.type())
                    .bind("blob", key.blob())
                    .bind("comment", key.comment())
                    .bind("keyFrom", lines(key.from()))
                    .bind("expires", key.expires().map(Instant::toEpochMilli).orElse(null))
                    .add();
        }
        batch.execute();
    }

    private void putPorts(Device device) {
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO port (number, device, position, bind, bind_choice, tls_seen)
                VALUES (:number, :device, :position, :bind, :bindChoice, :tlsSeen)
                """);
        int position = 0;
        for (Port port : device.ports()) {
            batch.bind("number", port.number().value())
                    .bind("device", device.name().value())
                    .bind("position", position++)
                    .bind("bind", port.open().map(open -> lines(open.bind())).orElse(null))
                    .bind(
                            "bindChoice",
                            port.open().map(open -> open.bindChoice().name()).orElse(null))
                    .bind("tlsSeen", port.tlsSeen() ? 1 : 0)
                    .add();
        }
        batch.execute();
    }

    private void delete(String sql, Object name) {
        handle.createUpdate(sql).bind("name", name.toString()).execute();
    }

    private static String lines(List<?> words) {
        return String.join("\n", words.stream().map(Object::toString).toList());
    }

    private static List<String> words(String lines) {
        return lines.isEmpty() ? List.of() : List.of(lines.split("\n"));
    }

    private static List<Cidr> networks(String lines) {
        return words(lines).stream().map(Cidr::parse).toList();
    }
}
