package sallyport.app;

import sallyport.gateway.console.api.ProblemAnswer;
import sallyport.gateway.fault.Problem;

/** A command cannot do what it was asked: what to tell the person, and the exit code. */
final class CommandFailure extends RuntimeException {
    private final String code;
    private final String fix;
    private final int exitCode;

    private CommandFailure(String code, String cause, String fix, int exitCode) {
        super(cause, null, false, false);
        this.code = code;
        this.fix = fix;
        this.exitCode = exitCode;
    }

    static CommandFailure of(Problem problem, int exitCode) {
        return new CommandFailure(problem.fault().code(), problem.cause(), problem.fix(), exitCode);
    }

    static CommandFailure of(ProblemAnswer answer) {
        return new CommandFailure(answer.code(), answer.cause(), answer.fix(), ExitCode.ofStatus(answer.status()));
    }

    int exitCode() {
        return exitCode;
    }

    /** Two lines: {@code SP-nnn cause} and what to do. */
    String text() {
        return code + " " + getMessage() + System.lineSeparator() + "  " + fix;
    }
}
