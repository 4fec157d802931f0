package sallyport.gateway.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.DeviceKey;

/** A key pair of a device, made by {@code ssh-keygen}. */
record ClientKey(Path file, DeviceKey device) {
    static ClientKey ed25519(Path folder, String name) throws IOException, InterruptedException {
        return make(folder, name, List.of("-t", "ed25519"));
    }

    static ClientKey rsa(Path folder, String name, int bits) throws IOException, InterruptedException {
        return make(folder, name, List.of("-t", "rsa", "-b", Integer.toString(bits)));
    }

    static ClientKey ecdsa(Path folder, String name, int bits) throws IOException, InterruptedException {
        return make(folder, name, List.of("-t", "ecdsa", "-b", Integer.toString(bits)));
    }

    private static ClientKey make(Path folder, String name, List<String> options)
            throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        try (Program keygen = Program.start(
                "ssh-keygen",
                "-q",
                "-N",
                "",
                "-f",
                file.toString(),
                "-C",
                name,
                options.get(0),
                options.get(1),
                options.size() > 2 ? options.get(2) : "-q",
                options.size() > 3 ? options.get(3) : "-q")) {
            keygen.expectExit(0);
        }
        String[] words = Files.readString(Path.of(file + ".pub")).split(" ", 3);
        return new ClientKey(file, DeviceKey.of(words[0], words[1], name));
    }

    DeviceKey from(String network) {
        return new DeviceKey(
                device.type(),
                device.blob(),
                device.fingerprint(),
                device.comment(),
                List.of(Cidr.parse(network)),
                Optional.empty());
    }
}
