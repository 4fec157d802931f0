package sallyport.gateway.cert;

import java.net.URL;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Certificate;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.OrderBuilder;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.fault.Fault;

/**
 * One order from the request to the certificate (RFC 8555 section 7.4), or the rest of one that an earlier process began.
 * Blocking, one control-plane thread at a time; every wait has a deadline.
 */
final class Ordering {
    private static final Logger LOG = LoggerFactory.getLogger(Ordering.class);
    private static final Duration READY = Duration.ofMinutes(1);
    private static final Duration ISSUED = Duration.ofMinutes(3);
    private static final Set<Status> AUTHORISED = EnumSet.of(Status.READY, Status.VALID, Status.INVALID);
    private static final Set<Status> DECIDED = EnumSet.of(Status.VALID, Status.INVALID);
    /** The library asks again ten times by itself; an authority that rejects every second nonce gets past even that. */
    private static final int NONCE_TRIES = 3;

    private final AcmeAccount account;
    private final Authorising authorising;
    private final AcmeBook book;

    Ordering(AcmeAccount account, Authorising authorising, AcmeBook book) {
        this.account = account;
        this.authorising = authorising;
        this.book = book;
    }

    /**
     * @param ordered is told where the order is as soon as there is one
     * @throws AcmeFailure in words, once it is clear that there will be no certificate
     */
    ServerCertificate obtain(AcmeEntry entry, Consumer<URL> ordered) throws AcmeFailure, InterruptedException {
        Optional<URL> underWay = entry.order();
        for (int tries = 1; ; tries++) {
            try {
                Login login = account.login();
                Order order = underWay.isPresent() ? login.bindOrder(underWay.get()) : place(login, entry);
                underWay = Optional.of(order.getLocation());
                ordered.accept(order.getLocation());
                return complete(order, entry);
            } catch (AcmeException e) {
                if (AcmeFailure.badNonce(e) && tries < NONCE_TRIES) {
                    continue;
                }
                if (AcmeFailure.isError(e, "accountDoesNotExist")) {
                    account.forgotten();
                }
                account.refresh();
                throw AcmeFailure.of(e, entry.name(), account);
            } catch (AcmeProtocolException e) {
                account.refresh();
                throw AcmeFailure.of(e, account);
            }
        }
    }

    private Order place(Login login, AcmeEntry entry) throws AcmeException {
        LOG.info("Ordering a certificate for {} at {}", entry.name(), account.host());
        OrderBuilder builder = login.newOrder().domain(entry.name().value());
        boolean replaces = entry.certificate().isPresent()
                && login.getSession().resourceUrlOptional(Resource.RENEWAL_INFO).isPresent();
        if (!replaces) {
            return builder.create();
        }
        try {
            // RFC 9773 section 5: says which certificate this one follows
            return builder.replaces(entry.certificate().get().certificate()).create();
        } catch (AcmeException e) {
            if (AcmeFailure.badNonce(e) || e instanceof AcmeRateLimitedException) {
                throw e;
            }
            LOG.info("{} does not take the certificate for {} as replaced", account.host(), entry.name());
            return login.newOrder().domain(entry.name().value()).create();
        }
    }

    private ServerCertificate complete(Order order, AcmeEntry entry)
            throws AcmeException, AcmeFailure, InterruptedException {
        CertificateName name = entry.name();
        Status status = Polling.until(order, EnumSet.allOf(Status.class), READY);
        if (status == Status.PENDING) {
            for (Authorization authorization : order.getAuthorizations()) {
                authorising.prove(authorization, name, entry.attempts().failures());
            }
            status = Polling.until(order, AUTHORISED, READY);
        }
        KeyPair key = book.orderKey(name);
        if (status == Status.READY) {
            order.execute(key);
        }
        if (status != Status.VALID) {
            status = Polling.until(order, DECIDED, ISSUED);
        }
        if (status != Status.VALID) {
            String why = order.getError().map(AcmeFailure::detail).orElse("the order is " + status);
            throw refused(name, why);
        }
        return download(order.getCertificate(), key, name);
    }

    private ServerCertificate download(Certificate certificate, KeyPair key, CertificateName name)
            throws AcmeException, AcmeFailure {
        certificate.download();
        List<X509Certificate> chain = certificate.getCertificateChain();
        X509Certificate leaf = chain.getFirst();
        if (!leaf.getPublicKey().equals(key.getPublic())) {
            throw refused(name, "the certificate is for another key");
        }
        return new ServerCertificate(chain, key.getPrivate());
    }

    private AcmeFailure refused(CertificateName name, String detail) {
        return AcmeFailure.ofName(
                Fault.ACME_REFUSED.problem("authority", account.host(), "name", name, "detail", detail));
    }
}
