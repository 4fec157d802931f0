package sallyport.gateway.cert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Dns01Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.exception.AcmeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.cert.dns.DnsFailure;
import sallyport.gateway.cert.dns.TxtRecords;
import sallyport.gateway.config.AcmeConfig;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.fault.Fault;

/** Proves to the authority that a name is ours, by one challenge. Blocking, one control-plane thread at a time. */
final class Authorising {
    private static final Logger LOG = LoggerFactory.getLogger(Authorising.class);
    private static final Duration CHECK = Duration.ofMinutes(2);
    private static final Duration SHOWN = Duration.ofDays(1);
    private static final Set<Status> DECIDED =
            EnumSet.of(Status.VALID, Status.INVALID, Status.DEACTIVATED, Status.EXPIRED, Status.REVOKED);

    private final AcmeConfig config;
    private final ChallengeDesk desk;
    private final @Nullable TxtRecords records;

    Authorising(AcmeConfig config, ChallengeDesk desk, @Nullable TxtRecords records) {
        this.config = config;
        this.desk = desk;
        this.records = records;
    }

    /**
     * @param failures so many attempts failed before: each takes the next type, in turns
     * @throws AcmeFailure when the authority was not convinced
     */
    void prove(Authorization authorization, CertificateName name, int failures)
            throws AcmeException, AcmeFailure, InterruptedException {
        if (authorization.getStatus() == Status.VALID) {
            return; // proved not long ago
        }
        Hostname proved = name.proved();
        ChallengeType type = choose(authorization, name, failures);
        switch (type) {
            case HTTP_01 -> {
                Http01Challenge challenge = find(authorization, Http01Challenge.class);
                try (var _ = desk.http(proved, challenge.getToken(), challenge.getAuthorization())) {
                    check(authorization, challenge, name);
                }
            }
            case TLS_ALPN_01 -> {
                TlsAlpn01Challenge challenge = find(authorization, TlsAlpn01Challenge.class);
                ServerCertificate answer =
                        X509.challenge(proved, challenge.getAcmeValidation(), new X509.Validity(Instant.now(), SHOWN));
                try (var _ = desk.tls(proved, answer)) {
                    check(authorization, challenge, name);
                }
            }
            case DNS_01 -> proveByDns(authorization, find(authorization, Dns01Challenge.class), name);
        }
    }

    private void proveByDns(Authorization authorization, Dns01Challenge challenge, CertificateName name)
            throws AcmeException, AcmeFailure, InterruptedException {
        String record = Dns01Challenge.RECORD_NAME_PREFIX + "." + name.proved().value();
        TxtRecords writer = records;
        if (writer == null) {
            throw none(name);
        }
        try {
            writer.add(record, challenge.getDigest());
        } catch (DnsFailure e) {
            throw AcmeFailure.ofName(Fault.DNS_FAILED.problem("record", record, "name", name, "detail", e.detail()));
        }
        try {
            Thread.sleep(config.dns().map(AcmeConfig.Dns::propagation).orElse(Duration.ZERO));
            check(authorization, challenge, name);
        } finally {
            takeAway(writer, record, challenge.getDigest());
        }
    }

    private static void takeAway(TxtRecords writer, String record, String value) throws InterruptedException {
        try {
            writer.remove(record, value);
        } catch (DnsFailure e) {
            LOG.warn("The record {} stays behind: {}", record, e.detail());
        }
    }

    /** The types that the authority offers for this name and that are configured, in turns. */
    private ChallengeType choose(Authorization authorization, CertificateName name, int failures) throws AcmeFailure {
        Set<String> offered =
                authorization.getChallenges().stream().map(Challenge::getType).collect(Collectors.toSet());
        List<ChallengeType> possible = new ArrayList<>(config.challenges());
        possible.removeIf(
                type -> !offered.contains(type.word()) || (name.isWildcard() && type != ChallengeType.DNS_01));
        if (possible.isEmpty()) {
            throw none(name);
        }
        Collections.rotate(possible, -failures % possible.size());
        return possible.getFirst();
    }

    private AcmeFailure none(CertificateName name) {
        String words = config.challenges().stream().map(ChallengeType::word).collect(Collectors.joining(", "));
        return AcmeFailure.ofName(Fault.ACME_NO_CHALLENGE.problem("name", name, "challenges", words));
    }

    private static <T extends Challenge> T find(Authorization authorization, Class<T> type) {
        return authorization.findChallenge(type).orElseThrow();
    }

    private static void check(Authorization authorization, Challenge challenge, CertificateName name)
            throws AcmeException, AcmeFailure, InterruptedException {
        if (challenge.getStatus() == Status.PENDING) {
            challenge.trigger();
        }
        Status status = Polling.until(authorization, DECIDED, CHECK);
        if (status != Status.VALID) {
            challenge.fetch();
            Optional<String> why = challenge.getError().map(AcmeFailure::detail);
            throw AcmeFailure.ofName(Fault.ACME_CHALLENGE_FAILED.problem(
                    "name", name, "challenge", challenge.getType(), "detail", why.orElse("it did not say why")));
        }
    }
}
