package sallyport.gateway.config;

import java.util.List;
import java.util.stream.Collectors;
import sallyport.gateway.fault.Problem;

/** The configuration cannot be used: everything that is wrong with it, in the order of its places. Exit code 78. */
public final class ConfigException extends RuntimeException {
    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::sentence).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<Problem> problems() {
        return problems;
    }
}
