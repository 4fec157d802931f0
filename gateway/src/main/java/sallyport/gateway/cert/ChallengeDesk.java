package sallyport.gateway.cert;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import sallyport.gateway.directory.Hostname;

/** Holds the challenges that are under way: an immutable picture in one reference, replaced as a whole. Any thread. */
final class ChallengeDesk implements ChallengeAnswers {
    private record Http(Hostname name, String token) {}

    private record Picture(Map<Http, String> http, Map<Hostname, ServerCertificate> tls) {}

    private volatile Picture picture = new Picture(Map.of(), Map.of());

    /** Taken away again when it is closed. */
    interface Shown extends AutoCloseable {
        @Override
        void close();
    }

    Shown http(Hostname name, String token, String answer) {
        Http key = new Http(name, token);
        changeHttp(map -> put(map, key, answer));
        return () -> changeHttp(map -> without(map, key));
    }

    Shown tls(Hostname name, ServerCertificate certificate) {
        changeTls(map -> put(map, name, certificate));
        return () -> changeTls(map -> without(map, name));
    }

    private synchronized void changeHttp(UnaryOperator<Map<Http, String>> change) {
        picture = new Picture(changed(picture.http, change), picture.tls);
    }

    private synchronized void changeTls(UnaryOperator<Map<Hostname, ServerCertificate>> change) {
        picture = new Picture(picture.http, changed(picture.tls, change));
    }

    private static <K, V> Map<K, V> changed(Map<K, V> before, UnaryOperator<Map<K, V>> change) {
        return Map.copyOf(change.apply(new HashMap<>(before)));
    }

    private static <K, V> Map<K, V> put(Map<K, V> map, K key, V value) {
        map.put(key, value);
        return map;
    }

    private static <K, V> Map<K, V> without(Map<K, V> map, K key) {
        map.remove(key);
        return map;
    }

    @Override
    public Optional<String> findHttp(Hostname name, String token) {
        return Optional.ofNullable(picture.http.get(new Http(name, token)));
    }

    @Override
    public Optional<ServerCertificate> findTls(Hostname name) {
        return Optional.ofNullable(picture.tls.get(name));
    }
}
