package sallyport.app;

import picocli.CommandLine.Option;

/** How a listing is printed. */
final class Output {
    enum Format {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (default) or json.")
    private Format format = Format.table;

    @Option(names = "--json", description = "Short for -o json.")
    private boolean json;

    boolean json() {
        return json || format == Format.json;
    }
}
