package sallyport.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static sallyport.gateway.store.Samples.device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/** What happens when the store breaks: refusal in words, and never a silent loss. */
final class StoreDamageTest {
    private static final int SECTOR = 512;
    private static final int CONFIRMED_BEFORE_KILL = 25;

    @TempDir
    private Path folder;

    @Test
    void garbage_in_place_of_the_database_is_refused_in_words() throws IOException {
        Path file = folder.resolve("sallyport.db");
        Files.writeString(file, "this was a database once, before somebody edited it\n".repeat(100));

        Problem problem = refusal();

        assertThat(problem.fault()).isEqualTo(Fault.STORE_FAILED);
        assertThat(problem.cause())
                .startsWith("The database " + file + " cannot be used: ")
                .contains("not a database");
        assertThat(problem.fix()).startsWith("Restore the file from the backup");
    }

    @Test
    void a_truncated_database_is_refused_or_complete_wherever_it_was_cut() throws IOException {
        List<Device> stored = storeSomeDevices();
        Path file = folder.resolve("sallyport.db");
        byte[] whole = Files.readAllBytes(file);

        for (int length = 0; length < whole.length; length += length < 4 * SECTOR ? SECTOR : 7 * SECTOR) {
            Files.write(file, Arrays.copyOf(whole, length));
            Throwable refused = catchThrowable(() -> assertThat(devices()).isEqualTo(stored));
            if (refused != null) {
                assertThat(refused).as("cut to %d bytes", length).isInstanceOf(ProblemException.class);
            }
        }
    }

    @Test
    void an_absent_or_empty_database_is_no_new_beginning_when_devices_were_kept_there() throws IOException {
        storeSomeDevices();
        Path file = folder.resolve("sallyport.db");
        Files.write(file, new byte[0]);
        assertThat(refusal().fault()).isEqualTo(Fault.STORE_LOST);

        Files.delete(file);
        assertThat(refusal().sentence())
                .isEqualTo("SP-633 The database " + file + " is missing or empty, but devices were kept in it. Restore"
                        + " it from the backup; to begin again without any device, remove " + file + ".made too.");
    }

    @Test
    void the_database_is_for_its_owner_alone() throws IOException {
        storeSomeDevices();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("sallyport.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_postgresql_server_that_does_not_answer_is_refused_in_words() {
        GatewayConfig.Database nobody = new GatewayConfig.Database(
                "jdbc:postgresql://127.0.0.1:1/sallyport", Optional.of("sallyport"), Optional.of("geheim"));

        Problem problem = catchThrowableOfType(ProblemException.class, () -> JdbcDirectoryStore.open(nobody))
                .problem();

        assertThat(problem.fault()).isEqualTo(Fault.STORE_FAILED);
        assertThat(problem.cause()).contains("Connection refused").doesNotContain("geheim");
    }

    @Test
    void what_was_confirmed_survives_kill_9() throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DeviceWriter.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int confirmed = 0;
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            while (line != null && confirmed < CONFIRMED_BEFORE_KILL) {
                confirmed += line.startsWith("added ") ? 1 : 0;
                line = output.readLine();
            }
        } finally {
            writer.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }

        assertThat(confirmed).isEqualTo(CONFIRMED_BEFORE_KILL);
        assertThat(devices())
                .hasSizeGreaterThanOrEqualTo(confirmed)
                .extracting(Device::name)
                .contains(new DeviceName("lab-0"), new DeviceName("lab-" + (confirmed - 1)));
    }

    @Test
    void a_store_that_fails_later_refuses_the_change_and_the_data_plane_goes_on() {
        FailingStore store = new FailingStore();
        StoredDirectory directory = new StoredDirectory(store, Samples.claims(), Samples.CLOCK);
        directory.addDevice(device("lab-1"));
        Directory before = directory.holder().current();

        store.full = true;
        Problem problem = catchThrowableOfType(ProblemException.class, () -> directory.addDevice(device("lab-2")))
                .problem();

        assertThat(problem.fault()).isEqualTo(Fault.STORE_FAILED);
        assertThat(directory.holder().current()).isSameAs(before);
        store.full = false;
        assertThat(directory.addDevice(device("lab-2")).name()).isEqualTo(new DeviceName("lab-2"));
    }

    private List<Device> storeSomeDevices() {
        try (JdbcDirectoryStore store = JdbcDirectoryStore.open(Samples.sqlite(folder))) {
            StoredDirectory directory = new StoredDirectory(store, Samples.claims(), Samples.CLOCK);
            for (int i = 0; i < 20; i++) {
                directory.addDevice(device("lab-" + i));
            }
            return List.copyOf(directory.holder().current().devices());
        }
    }

    private List<Device> devices() {
        try (JdbcDirectoryStore store = JdbcDirectoryStore.open(Samples.sqlite(folder))) {
            return List.copyOf(store.load().devices().values());
        }
    }

    private Problem refusal() {
        return catchThrowableOfType(ProblemException.class, () -> JdbcDirectoryStore.open(Samples.sqlite(folder)))
                .problem();
    }

    /** A store in memory whose disk can be full. */
    private static final class FailingStore implements DirectoryStore {
        private boolean full;
        private Contents contents = new Contents(1, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

        @Override
        public Contents load() {
            return contents;
        }

        @Override
        public boolean commit(long version, List<StoreChange> changes) {
            if (full) {
                throw new ProblemException(Fault.STORE_FAILED.problem("detail", "database or disk is full"));
            }
            contents = contents.after(changes);
            return true;
        }

        @Override
        public void close() {}
    }
}
