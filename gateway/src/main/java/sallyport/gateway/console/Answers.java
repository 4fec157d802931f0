package sallyport.gateway.console;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.console.api.ProblemAnswer;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** Reading requests and writing answers: the one place where failures become problem documents. */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final int LONGEST_PATH = 200;
    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private Answers() {}

    static void json(Context ctx, Object value) {
        ctx.contentType(JSON).result(Json.write(value));
    }

    /** The body as this record; a form or plain text is refused, because pages of other sites can send those. */
    static <T> T body(Context ctx, Class<T> type) {
        String contentType = ctx.contentType() == null ? "" : ctx.contentType();
        int parameters = contentType.indexOf(';');
        String mediaType = (parameters < 0 ? contentType : contentType.substring(0, parameters)).strip();
        if (!mediaType.equalsIgnoreCase(JSON) && !mediaType.equalsIgnoreCase(MERGE_PATCH)) {
            throw new ProblemException(
                    Fault.BAD_REQUEST.problem("detail", "the body must be sent as Content-Type: application/json"));
        }
        return Json.read(ctx.bodyAsBytes(), type);
    }

    static ProblemException notFound(String kind, Object name) {
        return new ProblemException(Fault.NOT_FOUND.problem("kind", kind, "name", name));
    }

    static void problem(Context ctx, ProblemException e) {
        write(ctx, Problems.answer(e.problem()));
    }

    static void invalid(Context ctx, InvalidValue e) {
        write(ctx, Problems.answer(e));
    }

    /** What the framework itself refused: an unknown path, a method, a body that is too large. */
    static void framework(Context ctx, HttpResponseException e) {
        switch (e.getStatus()) {
            case 404, 405 -> {
                write(
                        ctx,
                        Problems.answer(Fault.API_ADDRESS.problem(
                                "method",
                                ctx.req().getMethod().toUpperCase(Locale.ROOT),
                                "path",
                                Printable.clean(ctx.path(), LONGEST_PATH))));
                ctx.status(e.getStatus());
            }
            case 413 -> write(ctx, Problems.answer(Fault.BODY_TOO_LARGE.problem()));
            default -> {
                write(ctx, Problems.answer(Fault.BAD_REQUEST.problem("detail", "it was not understood")));
                ctx.status(e.getStatus());
            }
        }
    }

    /** A bug of ours: a stack trace for us, a code for the caller. */
    static void failed(Context ctx, Exception e) {
        LOG.error("The console failed on {} {}", ctx.req().getMethod(), Printable.clean(ctx.path(), LONGEST_PATH), e);
        write(ctx, Problems.answer(Fault.GATEWAY_FAILED.problem()));
    }

    private static void write(Context ctx, ProblemAnswer problem) {
        ctx.status(problem.status()).contentType(Problems.MEDIA_TYPE).result(Json.write(problem));
    }
}
