package sallyport.gateway.store;

import java.util.List;

/** Where the directory is kept. Blocking; for control-plane threads. Failures are {@code Fault.STORE_FAILED}. */
public interface DirectoryStore extends AutoCloseable {
    /** Reads everything. */
    Contents load();

    /**
     * Writes all steps and the next version in one transaction that is on the disk when this returns.
     *
     * @param version the version that the caller's picture of the store has
     * @return false when the store has another version: nothing was written, the caller has to load again
     */
    boolean commit(long version, List<StoreChange> changes);

    @Override
    void close();
}
