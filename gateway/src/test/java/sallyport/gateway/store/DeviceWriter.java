package sallyport.gateway.store;

import java.nio.file.Path;

/** A process that adds devices until it is killed, and says each name once the command would have returned. */
final class DeviceWriter {
    private DeviceWriter() {}

    public static void main(String[] arguments) {
        try (JdbcDirectoryStore store = JdbcDirectoryStore.open(Samples.sqlite(Path.of(arguments[0])))) {
            StoredDirectory directory = new StoredDirectory(store, Samples.claims(), Samples.CLOCK);
            for (int i = 0; i < 5_000; i++) {
                System.out.println("added "
                        + directory.addDevice(Samples.device("lab-" + i)).name());
            }
        }
    }
}
