package sallyport.gateway.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * The directory that operators change.
 *
 * <p>A change is: look at the current version and check the rules; write one transaction; make the next snapshot; publish
 * it to the data plane; wait until nothing is alive any more that it forbids. The first four happen under one lock, so
 * that two changes never see the same free port; the wait does not, so that one slow tunnel holds up nobody else.
 *
 * <p>The store is asked only here. When it fails, the change fails with {@code Fault.STORE_FAILED}, nothing is published,
 * and the data plane goes on with the snapshot that it has. When another process changed the store meanwhile, it is read
 * again and the change is tried anew on what was found.
 *
 * <p>Blocking; for control-plane threads.
 */
public final class StoredDirectory implements DirectoryEditor {
    /** How long one change waits for the one before it. */
    static final Duration CHANGE_TURN = Duration.ofSeconds(30);

    /** How long a change waits until the data plane has applied it. */
    static final Duration APPLY_LIMIT = Duration.ofSeconds(5);

    private static final int ATTEMPTS = 5;
    private static final Logger log = LoggerFactory.getLogger(StoredDirectory.class);

    private final ReentrantLock turn = new ReentrantLock(true);
    private final DirectoryStore store;
    private final InstantSource clock;
    private final DirectoryHolder holder;
    private Contents contents;
    private GatewayClaims claims;
    private Snapshot snapshot;

    /** Loads the directory from the store, which stays the caller's to close. */
    public StoredDirectory(DirectoryStore store, GatewayClaims claims, InstantSource clock) {
        this.store = store;
        this.claims = claims;
        this.clock = clock;
        this.contents = store.load();
        this.snapshot = new Snapshot(claims);
        this.holder = new DirectoryHolder(snapshot.of(contents, contents.version()));
    }

    /** Where the data plane reads the directory. */
    public DirectoryHolder holder() {
        return holder;
    }

    /** The configuration was read again: the domain, the console's name or the fronts may have changed. */
    public void claim(GatewayClaims now) {
        takeTurn();
        CompletableFuture<Void> applied;
        try {
            claims = now;
            snapshot = new Snapshot(now);
            applied = publish();
        } finally {
            turn.unlock();
        }
        awaitApplied(applied);
    }

    @Override
    public Device addDevice(NewDevice device) {
        Instant now = clock.instant();
        return device(device.name(), change(rules -> DevicePlan.add(rules, device, now)));
    }

    @Override
    public Device changeDevice(DeviceName name, DeviceChanges changes) {
        return device(name, change(rules -> DevicePlan.change(rules, name, changes)));
    }

    @Override
    public void removeDevice(DeviceName name) {
        change(rules -> DevicePlan.remove(rules, name));
    }

    @Override
    public Device addKey(DeviceName name, DeviceKey key) {
        return device(name, change(rules -> DevicePlan.addKey(rules, name, key)));
    }

    @Override
    public Device removeKey(DeviceName name, KeyFingerprint key) {
        return device(name, change(rules -> DevicePlan.removeKey(rules, name, key)));
    }

    @Override
    public Device putPort(DeviceName name, Port port) {
        return device(name, change(rules -> DevicePlan.putPort(rules, name, port)));
    }

    @Override
    public Device removePort(DeviceName name, PortNumber port) {
        return device(name, change(rules -> DevicePlan.removePort(rules, name, port)));
    }

    @Override
    public HostnameRoute addHostname(NewHostname added) {
        OwnHostname own = new OwnHostname(
                added.hostname(), added.device(), added.port(), added.tls(), added.deviceTls(), added.options());
        return route(own.hostname(), change(rules -> HostnamePlan.add(rules, own)));
    }

    @Override
    public HostnameRoute changeHostname(Hostname hostname, HostnameChanges changes) {
        return route(hostname, change(rules -> HostnamePlan.change(rules, hostname, changes)));
    }

    @Override
    public void removeHostname(Hostname hostname) {
        change(rules -> HostnamePlan.remove(rules, hostname));
    }

    @Override
    public void rememberTls(DeviceName device, PortNumber port) {
        change(rules -> DevicePlan.rememberTls(rules, device, port));
    }

    private static Device device(DeviceName name, Directory directory) {
        return directory.findDevice(name).orElseThrow();
    }

    private static HostnameRoute route(Hostname hostname, Directory directory) {
        return directory.findHostname(hostname).orElseThrow();
    }

    /** From the rules of the current version to the steps of the change; no steps when there is nothing to do. */
    private interface Plan {
        List<StoreChange> steps(DirectoryRules rules);
    }

    private Directory change(Plan plan) {
        takeTurn();
        CompletableFuture<Void> applied;
        Directory now;
        try {
            applied = store(plan);
            now = holder.current();
        } finally {
            turn.unlock();
        }
        awaitApplied(applied);
        return now;
    }

    private CompletableFuture<Void> store(Plan plan) {
        CompletableFuture<Void> applied = CompletableFuture.completedFuture(null);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<StoreChange> steps = plan.steps(new DirectoryRules(contents, holder.current(), claims));
            if (steps.isEmpty()) {
                return applied;
            }
            boolean written = store.commit(contents.version(), steps);
            contents = written ? contents.after(steps) : store.load();
            applied = CompletableFuture.allOf(applied, publish());
            if (written) {
                return applied;
            }
            log.info("another process changed the store; the change is tried on what it holds now");
        }
        throw new ProblemException(Fault.STORE_FAILED.problem("detail", "other processes change it all the time"));
    }

    private CompletableFuture<Void> publish() {
        long version = Math.max(holder.current().version() + 1, contents.version());
        return holder.publish(snapshot.of(contents, version));
    }

    private void takeTurn() {
        try {
            if (turn.tryLock(CHANGE_TURN.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ProblemException(Fault.STORE_BUSY.problem("seconds", CHANGE_TURN.toSeconds()));
    }

    private static void awaitApplied(CompletableFuture<Void> applied) {
        try {
            applied.get(APPLY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return;
        } catch (TimeoutException e) {
            log.warn("a change of the directory was not applied within {} s", APPLY_LIMIT.toSeconds());
        } catch (ExecutionException e) {
            log.error("a change of the directory could not be applied", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ProblemException(Fault.CHANGE_SLOW.problem("seconds", APPLY_LIMIT.toSeconds()));
    }
}
