package sallyport.gateway.cert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.Timers;

/**
 * The gateway's own certificate authority, for names that no certificate of the operator serves.
 *
 * <p><b>Why it is constrained.</b> People put its root into their trust stores. Whoever steals the data folder could then
 * impersonate every site on the Internet to them, if the root did not say that it is good for the gateway's names alone
 * (critical name constraints, RFC 5280 section 4.2.1.10). The issuing certificate says the same once more, for clients that
 * ignore constraints on roots.
 *
 * <p><b>Generations.</b> A constraint cannot be widened: the root in people's trust stores stays as it is. So a name that
 * no root covers, such as a hostname of its own that is added later, gets a new root and issuing certificate for just the
 * names that are missing, and {@code ca.pem} holds all roots that are in use. Who already trusts the first one keeps
 * reaching all names below {@code domain}; only who visits the new name imports the file again.
 *
 * <p>{@link #leaves} answers from memory on any thread. {@link #refresh} makes keys and writes files: control plane, one at a
 * time.
 */
final class LocalCa {
    /** Leaves live so long at most, and are renewed when two thirds of it are over. */
    static final Duration LEAF_LIFE = Duration.ofDays(90);
    /** Beyond this many roots the ones for single names are replaced by one for all of them. */
    static final int MAX_GENERATIONS = 16;

    private static final String FOLDER = "ca";
    private static final String ROOTS = "ca.pem";

    private final Path data;
    private final Timers timers;
    private List<CaGeneration> generations;
    private volatile Map<String, ServerCertificate> leaves = Map.of();

    /**
     * Opens what is stored; makes nothing.
     *
     * @throws ProblemException when a stored authority is damaged
     */
    LocalCa(Path data, Timers timers) {
        this.data = data;
        this.timers = timers;
        generations = read(data.resolve(FOLDER));
    }

    private static List<CaGeneration> read(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d+\\.pem"))
                    .sorted(Comparator.comparingInt(LocalCa::number))
                    .map(CaGeneration::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int number(Path file) {
        return Integer.parseInt(file.getFileName().toString().replace(".pem", ""));
    }

    /**
     * Makes what is missing or due for these names and forgets the leaves of others.
     *
     * <p>A domain's leaf serves the domain itself too.
     */
    synchronized void refresh(WantedNames names) {
        Instant now = timers.now();
        TreeSet<Hostname> wanted = new TreeSet<>(names.names());
        names.domain().ifPresent(wanted::add);
        if (!wanted.isEmpty()) {
            cover(wanted, now);
        }
        Map<String, ServerCertificate> next = new HashMap<>();
        Optional<Hostname> wildcard =
                names.domain().filter(name -> name.findParent().isPresent());
        wildcard.ifPresent(base -> {
            String pattern = "*." + base.value();
            next.put(pattern, leaf(pattern, List.of(pattern, base.value()), base, now));
            next.put(base.value(), next.get(pattern));
        });
        for (Hostname name : names.names()) {
            boolean served = wildcard.isPresent() && (names.shares(name) || name.equals(wildcard.get()));
            if (!served) {
                next.put(name.value(), leaf(name.value(), List.of(name.value()), name, now));
            }
        }
        leaves = Map.copyOf(next);
        if (!wanted.isEmpty()) {
            writeRoots(wanted);
        }
    }

    /** Makes a generation for the names that no root covers, and renews issuing certificates that are due. */
    private void cover(Set<Hostname> wanted, Instant now) {
        List<CaGeneration> next = new ArrayList<>();
        for (CaGeneration generation : generations) {
            next.add(
                    generation.due(now) && wanted.stream().anyMatch(generation::covers)
                            ? generation.renewed(now)
                            : generation);
        }
        TreeSet<Hostname> missing = new TreeSet<>(wanted);
        missing.removeIf(name -> next.stream().anyMatch(generation -> generation.covers(name)));
        List<CaGeneration> retired = List.of();
        if (!missing.isEmpty()) {
            int number = next.isEmpty() ? 1 : number(next.getLast().file()) + 1;
            if (next.size() >= MAX_GENERATIONS) {
                retired = List.copyOf(next.subList(1, next.size()));
                next.removeAll(retired);
                missing.addAll(wanted);
                missing.removeIf(next.getFirst()::covers);
            }
            Path file = data.resolve(FOLDER).resolve(number + ".pem");
            next.add(CaGeneration.create(file, CaGeneration.bases(missing), now));
        }
        generations = List.copyOf(next);
        retired.forEach(generation -> PrivateFiles.delete(generation.file()));
    }

    private ServerCertificate leaf(String key, List<String> dnsNames, Hostname name, Instant now) {
        CaGeneration authority = authority(name);
        ServerCertificate before = leaves.get(key);
        boolean good = before != null
                && !X509.due(before.certificate(), now)
                && before.chain().getLast().equals(authority.issuing());
        return good && before != null ? before : authority.leaf(dnsNames, now, LEAF_LIFE);
    }

    /** The oldest root that covers the name: the one that most people have. */
    private CaGeneration authority(Hostname name) {
        return generations.stream()
                .filter(generation -> generation.covers(name))
                .findFirst()
                .orElseThrow();
    }

    /** Writes the roots that are in use to {@code ca.pem}, for people to download. */
    private void writeRoots(Set<Hostname> wanted) {
        Object[] roots = wanted.stream()
                .map(this::authority)
                .distinct()
                .sorted(Comparator.comparingInt(generation -> number(generation.file())))
                .map(CaGeneration::root)
                .toArray();
        byte[] content = Pem.bytes(roots);
        try {
            Path file = rootsFile();
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
                PrivateFiles.writePublic(file, content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the roots are, as PEM. */
    Path rootsFile() {
        return data.resolve(ROOTS);
    }

    /** The leaves in use, by the name in each; immutable. */
    Map<String, ServerCertificate> leaves() {
        return leaves;
    }

    /** What people want to know about a leaf; it is renewed by itself. */
    CertificateReport report(String name, ServerCertificate leaf) {
        return new CertificateReport(
                name,
                CertificateReport.Source.LOCAL_CA,
                CertificateReport.State.READY,
                Optional.of(leaf.certificate().getNotAfter().toInstant()),
                Optional.of(X509.thirdLeft(leaf.certificate())),
                Optional.empty());
    }
}
