package sallyport.gateway.config;

import java.nio.file.Path;
import java.util.regex.Pattern;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Printable;

/** {@code database.url}: which database, and where an embedded one lies. */
final class DatabaseUrl {
    static final String SQLITE = "jdbc:sqlite:";
    static final String POSTGRESQL = "jdbc:postgresql:";

    private static final Pattern POSTGRESQL_URL = Pattern.compile("jdbc:postgresql://[^/?\\s]+/[^/?\\s]+(\\?\\S*)?");

    private DatabaseUrl() {}

    /** The URL with an absolute file. */
    static String resolve(String url, Path data) {
        if (url.startsWith(SQLITE)) {
            return SQLITE + sqliteFile(url.substring(SQLITE.length()), data);
        }
        if (!url.startsWith(POSTGRESQL)) {
            throw invalid(
                    "\"" + Printable.shorten(scheme(url)) + "\" is no database that Sallyport can use",
                    "Write jdbc:sqlite:FILE or jdbc:postgresql://HOST/DATABASE.");
        }
        if (!POSTGRESQL_URL.matcher(url).matches()) {
            throw invalid(
                    "the address of the PostgreSQL server is incomplete", "Write jdbc:postgresql://HOST/DATABASE.");
        }
        return url;
    }

    private static String sqliteFile(String file, Path data) {
        if (file.isEmpty() || file.startsWith(":") || file.startsWith("file:") || file.indexOf('?') >= 0) {
            throw invalid(
                    "the database has to be a file",
                    "Write jdbc:sqlite:FILE; a relative FILE lies in the data folder.");
        }
        return data.resolve(ValueText.path(file)).normalize().toString();
    }

    /** Without what may be a password. */
    private static String scheme(String url) {
        int end = url.indexOf("//");
        return end < 0 ? url : url.substring(0, end);
    }

    private static InvalidValue invalid(String reason, String fix) {
        return new InvalidValue("database.url", reason, fix);
    }
}
