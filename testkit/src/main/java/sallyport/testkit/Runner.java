package sallyport.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Under which circumstances {@code ./sallyport} runs: as which user, in which network. */
public interface Runner {
    /** As this process itself does. */
    Runner PLAIN = words -> {
        List<String> line = new ArrayList<>(List.of(GatewayProcess.launcher().toString()));
        line.addAll(words);
        return line;
    };

    /** The whole command line of {@code sallyport WORDS}. */
    List<String> commandLine(List<String> words);

    /** Makes a folder and all that is in it the runner's own. */
    default void own(Path folder) {}
}
