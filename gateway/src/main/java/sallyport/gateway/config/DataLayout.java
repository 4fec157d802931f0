package sallyport.gateway.config;

import java.nio.file.Path;

/** Where things lie in the data folder. */
public record DataLayout(Path folder) {
    /** The SSH host keys in OpenSSH format. */
    public Path hostKeys() {
        return folder.resolve("host-keys");
    }

    /** The root certificate of the local CA, for people to download. */
    public Path authority() {
        return folder.resolve("ca.pem");
    }

    /** The administrator token for scripts. */
    public Path adminToken() {
        return folder.resolve("admin.token");
    }

    /** The Unix socket over which local commands reach the API. */
    public Path adminSocket() {
        return folder.resolve("admin.sock");
    }

    /** Locked while a gateway uses the folder. */
    public Path lock() {
        return folder.resolve("gateway.lock");
    }
}
