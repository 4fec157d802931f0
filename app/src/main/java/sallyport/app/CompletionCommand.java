package sallyport.app;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sallyport completion SHELL}. */
@Command(
        name = "completion",
        description = {
            "Print a completion script. bash: source <(sallyport completion bash);",
            "zsh: the same; fish: sallyport completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        bash,
        zsh,
        fish
    }

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    @Override
    public Integer call() {
        CommandSpec running = Objects.requireNonNull(spec);
        CommandLine root = running.root().commandLine();
        // picocli's script asks bashcompinit for help under zsh
        String script = shell == Shell.fish ? fish(root) : AutoComplete.bash("sallyport", root);
        running.commandLine().getOut().print(script);
        return ExitCode.DONE;
    }

    private static String fish(CommandLine root) {
        StringBuilder script = new StringBuilder("complete -c sallyport -f\n");
        describe(root, "__fish_use_subcommand", script);
        return script.toString();
    }

    /** One line for each sub-command and option, valid when the words so far name {@code command}. */
    private static void describe(CommandLine command, String condition, StringBuilder script) {
        command.getSubcommands().forEach((name, sub) -> {
            script.append("complete -c sallyport -n '")
                    .append(condition)
                    .append("' -a ")
                    .append(name)
                    .append(" -d '")
                    .append(text(sub.getCommandSpec().usageMessage().description()))
                    .append("'\n");
            String below = "__fish_seen_subcommand_from " + name;
            describe(sub, condition.equals("__fish_use_subcommand") ? below : condition + "; and " + below, script);
        });
        for (OptionSpec option : command.getCommandSpec().options()) {
            script.append("complete -c sallyport -n '")
                    .append(condition)
                    .append("' -l ")
                    .append(option.longestName().replaceFirst("^--", ""))
                    .append(option.arity().max() > 0 ? " -r" : "")
                    .append(" -d '")
                    .append(text(option.description()))
                    .append("'\n");
        }
    }

    private static String text(String[] lines) {
        return String.join(" ", lines).replace("'", "\\'");
    }
}
