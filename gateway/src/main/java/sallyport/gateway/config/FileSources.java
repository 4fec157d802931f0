package sallyport.gateway.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import sallyport.gateway.directory.Printable;

/** The configuration file and the folder {@code sallyport.d} beside it. */
final class FileSources {
    /** Ranks of files lie below this; what overrides them lies above. */
    static final int MAX_RANK = 10_000;

    private static final String FOLDER = "sallyport.d";
    private static final int MAX_FILE_BYTES = 1 << 20;

    private FileSources() {}

    static List<Given> read(Optional<Path> chosen, Path defaultFile, Problems problems) {
        Path main = chosen.orElse(defaultFile);
        List<Given> givens = new ArrayList<>();
        if (chosen.isPresent() || Files.exists(main)) {
            givens.addAll(readFile(0, main, problems));
        }
        int rank = 1;
        for (Path part : parts(main, problems)) {
            givens.addAll(readFile(Math.min(rank++, MAX_RANK - 1), part, problems));
        }
        return givens;
    }

    private static List<Path> parts(Path main, Problems problems) {
        Path folder = main.resolveSibling(FOLDER);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(FileSources::isPart).sorted().toList();
        } catch (IOException e) {
            problems.unreadable(new Place(1, folder.toString(), 0, 0), reason(e));
            return List.of();
        }
    }

    private static boolean isPart(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    private static List<Given> readFile(int rank, Path file, Problems problems) {
        Place place = new Place(rank, file.toString(), 0, 0);
        try {
            if (Files.isDirectory(file)) {
                problems.unreadable(place, "it is a folder");
            } else if (Files.size(file) > MAX_FILE_BYTES) {
                problems.unreadable(place, "it is larger than 1 MiB");
            } else {
                return readText(rank, file.toString(), Files.readAllBytes(file), problems);
            }
        } catch (IOException e) {
            problems.unreadable(place, reason(e));
        }
        return List.of();
    }

    private static List<Given> readText(int rank, String name, byte[] bytes, Problems problems) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
            return YamlSource.read(rank, name, text.startsWith("\uFEFF") ? text.substring(1) : text, problems);
        } catch (CharacterCodingException e) {
            String before = new String(bytes, 0, buffer.position(), StandardCharsets.UTF_8);
            int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
            problems.syntax(
                    new Place(rank, name, line, before.length() - before.lastIndexOf('\n')),
                    "this is not UTF-8 text",
                    "Save the file in UTF-8.");
            return List.of();
        }
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "it does not exist";
            case AccessDeniedException denied -> "no permission";
            default -> Printable.shorten(String.valueOf(failure.getMessage()));
        };
    }
}
