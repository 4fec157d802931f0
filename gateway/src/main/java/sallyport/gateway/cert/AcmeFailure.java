package sallyport.gateway.cert;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** Why no certificate came, in words. */
final class AcmeFailure extends Exception {
    /** Whom it concerns. */
    enum Scope {
        /** This name alone. */
        NAME,
        /** The authority or the account: no other name has a better chance now. */
        AUTHORITY
    }

    private static final int MAX_DETAIL = 400;
    private static final String ERROR = "urn:ietf:params:acme:error:";

    /** Errors (RFC 8555 section 6.7) that are the account's, whatever the name. */
    private static final Set<String> ACCOUNT =
            Set.of("accountDoesNotExist", "userActionRequired", "externalAccountRequired", "badPublicKey");

    private final transient Problem problem;
    private final Scope scope;
    private final transient Optional<Instant> retryAfter;

    AcmeFailure(Scope scope, Problem problem, Optional<Instant> retryAfter) {
        super(problem.sentence());
        this.scope = scope;
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    static AcmeFailure ofName(Problem problem) {
        return new AcmeFailure(Scope.NAME, problem, Optional.empty());
    }

    static AcmeFailure ofAuthority(Problem problem) {
        return new AcmeFailure(Scope.AUTHORITY, problem, Optional.empty());
    }

    /** What the library threw while a name was worked on. */
    static AcmeFailure of(AcmeException e, CertificateName name, AcmeAccount account) {
        return switch (e) {
            case AcmeRateLimitedException limited ->
                new AcmeFailure(
                        Scope.AUTHORITY,
                        Fault.ACME_RATE_LIMITED.problem(
                                "authority",
                                account.host(),
                                "until",
                                limited.getRetryAfter().map(Object::toString).orElse("later"),
                                "detail",
                                detail(limited.getProblem())),
                        limited.getRetryAfter());
            case AcmeServerException refused when isError(e, "serverInternal") -> ofAuthority(account.unreachable(e));
            case AcmeServerException refused
            when ACCOUNT.stream().anyMatch(error -> isError(e, error)) ->
                ofAuthority(Fault.ACME_ACCOUNT.problem(
                        "authority", account.host(), "detail", detail(refused.getProblem())));
            case AcmeServerException refused ->
                ofName(Fault.ACME_REFUSED.problem(
                        "authority", account.host(), "name", name, "detail", detail(refused.getProblem())));
            case AcmeNetworkException network -> ofAuthority(account.unreachable(network));
            default -> ofAuthority(account.unreachable(e));
        };
    }

    /** A server that answers something that is no ACME. */
    static AcmeFailure of(AcmeProtocolException e, AcmeAccount account) {
        return ofAuthority(account.unreachable(e));
    }

    /** True when the authority wants the same once more (RFC 8555 section 6.5). */
    static boolean badNonce(AcmeException e) {
        return e instanceof AcmeServerException refused
                && refused.getType().toString().equals(ERROR + "badNonce");
    }

    static boolean isError(AcmeException e, String error) {
        return e instanceof AcmeServerException refused
                && refused.getType().toString().equals(ERROR + error);
    }

    /** The words of a problem document, without a full stop at the end. */
    static String detail(org.shredzone.acme4j.Problem problem) {
        String words = problem.getDetail().or(problem::getTitle).orElseGet(problem::toString);
        for (org.shredzone.acme4j.Problem part : problem.getSubProblems()) {
            words += "; " + part.getDetail().orElse(part.toString());
        }
        String clean = Printable.clean(words.strip().replaceAll("\\s+", " "), MAX_DETAIL);
        return clean.endsWith(".") ? clean.substring(0, clean.length() - 1) : clean;
    }

    Problem problem() {
        return problem;
    }

    Scope scope() {
        return scope;
    }

    Optional<Instant> retryAfter() {
        return retryAfter;
    }
}
