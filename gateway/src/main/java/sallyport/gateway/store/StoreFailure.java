package sallyport.gateway.store;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** Turns what the database libraries throw into one sentence. The stack trace is for the debug log. */
final class StoreFailure {
    private static final Logger log = LoggerFactory.getLogger(StoreFailure.class);
    private static final int MAX_DETAIL = 300;

    private StoreFailure() {}

    /**
     * @param doing what did not work, as the start of the sentence's detail
     * @throws ProblemException with {@code Fault.STORE_FAILED}
     */
    static <T> T inWords(String doing, Supplier<T> work) {
        try {
            return work.get();
        } catch (ProblemException e) {
            throw e;
        } catch (RuntimeException e) {
            log.debug("{}", doing, e);
            throw new ProblemException(Fault.STORE_FAILED.problem("detail", doing + " (" + reason(e) + ")"), e);
        }
    }

    /** The innermost message: the database's own words, on one line. */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        String text = message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
        return Printable.clean(text.strip().replaceAll("\\s+", " "), MAX_DETAIL);
    }
}
