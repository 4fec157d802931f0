package sallyport.app;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import sallyport.gateway.config.ConfigException;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/** Turns every failure of a command into words on stderr and an exit code. Never a stack trace, but for bugs of ours. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    /** Problems at start that starting again does not mend. */
    private static final List<Fault> CONFIGURATION = List.of(
            Fault.HOST_KEY_MISSING,
            Fault.HOST_KEY_UNREADABLE,
            Fault.DATA_FOLDER,
            Fault.DATA_FOLDER_IN_USE,
            Fault.LISTEN_FAILED);

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) throws Exception {
        PrintWriter err = command.getErr();
        return switch (e) {
            case CommandFailure failure -> say(err, failure);
            case ConfigException config -> {
                config.problems().forEach(problem -> say(err, CommandFailure.of(problem, ExitCode.CONFIGURATION)));
                yield ExitCode.CONFIGURATION;
            }
            case InvalidValue invalid -> say(err, CommandFailure.of(problem(invalid), ExitCode.USAGE));
            case ProblemException problem ->
                say(err, CommandFailure.of(problem.problem(), exitCode(problem.problem())));
            default -> throw e;
        };
    }

    private static int say(PrintWriter err, CommandFailure failure) {
        err.println(failure.text());
        err.flush();
        return failure.exitCode();
    }

    private static Problem problem(InvalidValue invalid) {
        String reason = invalid.reason();
        return Fault.INVALID_VALUE.problem(
                "field",
                invalid.field(),
                "reason",
                reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason,
                "fix",
                invalid.fix());
    }

    private static int exitCode(Problem problem) {
        String code = problem.fault().code();
        if (CONFIGURATION.contains(problem.fault()) || code.startsWith("SP-7")) {
            return ExitCode.CONFIGURATION;
        }
        return code.startsWith("SP-30") ? ExitCode.USAGE : ExitCode.FAILED;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try `" + command.getCommandSpec().qualifiedName() + " --help`.");
        err.flush();
        return ExitCode.USAGE;
    }
}
