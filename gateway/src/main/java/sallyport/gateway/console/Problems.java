package sallyport.gateway.console;

import java.util.Optional;
import sallyport.gateway.console.api.Notice;
import sallyport.gateway.console.api.ProblemAnswer;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** Faults as answers of the API: which HTTP status each has, and its body (RFC 9457). */
final class Problems {
    static final String MEDIA_TYPE = "application/problem+json";

    private Problems() {}

    static ProblemAnswer answer(Problem problem) {
        return answer(problem, Optional.empty());
    }

    static ProblemAnswer answer(InvalidValue invalid) {
        Problem problem = Fault.INVALID_VALUE.problem(
                "field", invalid.field(), "reason", withoutFullStop(invalid.reason()), "fix", invalid.fix());
        return answer(problem, Optional.of(invalid.field()));
    }

    private static ProblemAnswer answer(Problem problem, Optional<String> field) {
        int status = status(problem.fault());
        return new ProblemAnswer(
                title(status),
                status,
                problem.cause() + " " + problem.fix(),
                problem.fault().code(),
                problem.cause(),
                problem.fix(),
                field);
    }

    static Notice notice(Problem problem) {
        return new Notice(problem.fault().code(), problem.cause(), problem.fix());
    }

    private static String withoutFullStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    /**
     * The HTTP status of a fault (RFC 9110 section 15): what the caller sent, what stands in its way, or our failure. What
     * has no entry of its own and comes from an operator's wish (SP-3xx) is a conflict with what there is.
     */
    static int status(Fault fault) {
        return switch (fault) {
            case BAD_REQUEST -> 400;
            case NOT_AUTHORISED -> 401;
            case NOT_FOUND, API_ADDRESS -> 404;
            case BODY_TOO_LARGE -> 413;
            case MISDIRECTED, CONSOLE_HOST -> 421;
            case PRIVATE_KEY,
                    KEY_CERTIFICATE,
                    KEY_TRUNCATED,
                    NOT_A_KEY,
                    KEY_TOO_WEAK,
                    KEY_OPTION,
                    SEVERAL_KEYS,
                    INVALID_VALUE -> 422;
            case STORE_FAILED, GATEWAY_STOPPING, ALREADY_SHUTTING_DOWN, TOO_BUSY, TESTS_BUSY -> 503;
            default -> fault.code().startsWith("SP-3") || fault == Fault.PORT_OWNED ? 409 : 500;
        };
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 404 -> "Not Found";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 421 -> "Misdirected Request";
            case 422 -> "Unprocessable Content";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
