package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sallyport.e2e.RawAnswers.Answer;
import sallyport.testkit.DeviceServer;
import sallyport.testkit.Visitor;

/**
 * H3: whatever a visitor sends, real web servers of devices and the gateway agree where each request ends. Behind each case
 * goes a sentinel on the same connection; every answer must belong to the request in its place, and no server may have seen
 * a request that was never meant as one. The same is said over HTTP/2, as far as it can be, and more that only HTTP/2 can say.
 */
@Tag("proof")
@ExtendWith(SharedGateway.class)
class FramingCorpusTest {
    private static final Pattern SEEN = Pattern.compile("/(c|sentinel|smuggled)/([a-z0-9-]*)");

    static Stream<String> servers() {
        return DeviceServer.names().stream().limit(Size.of(2, 5));
    }

    static Stream<String> serversOverHttp2() {
        return DeviceServer.names().stream().limit(Size.of(1, 5));
    }

    @Test
    void theCorpusIsLargeAndEveryCaseHasANameOfItsOwn() {
        List<FramingCase> corpus = FramingCase.corpus();
        assertThat(corpus).hasSizeGreaterThan(350).extracting(FramingCase::name).doesNotHaveDuplicates();
        assertThat(corpus.stream().filter(FramingCase::mustBeRefused)).hasSizeGreaterThan(200);
        assertThat(Http2Corpus.of("t.test"))
                .hasSizeGreaterThan(400)
                .extracting(Http2Case::name)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void noAnswerBelongsToAnotherRequestAndNothingIsSmuggled(String kind, Scene scene) throws IOException {
        DeviceServer server = scene.use(DeviceServer.start(kind));
        scene.online("corpus-" + kind, server.port());
        String hostname = "corpus-" + kind + ".sallyport.test";
        SSLContext trust = Visitor.trusting(scene.gateway().ca());
        List<String> complaints = new ArrayList<>();
        String lastAnswered = "";
        for (FramingCase each : FramingCase.corpus()) {
            List<Answer> answers = exchange(each, hostname, trust, scene);
            complaint(each, answers).ifPresent(why -> complaints.add(each + ": " + why + "\n" + answers));
            if (answers.stream().anyMatch(answer -> answer.target().equals(Optional.of(each.sentinel())))) {
                lastAnswered = each.sentinel();
            }
        }
        String last = lastAnswered;
        await().atMost(Scene.SOON).until(() -> server.log().contains(last));
        Map<String, Integer> allowed = new HashMap<>();
        FramingCase.corpus().forEach(each -> {
            allowed.put("c " + each.name(), each.requests());
            allowed.put("sentinel " + each.name(), each.mustBeRefused() ? 0 : 1);
        });
        complaints.addAll(unexpected(server.log(), allowed));
        assertThat(complaints).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("serversOverHttp2")
    void noStreamGetsTheAnswerOfAnotherAndNothingIsSmuggledOutOfHttp2(String kind, Scene scene) throws IOException {
        DeviceServer server = scene.use(DeviceServer.start(kind));
        scene.online("streams-" + kind, server.port());
        String hostname = "streams-" + kind + ".sallyport.test";
        SSLContext trust = Visitor.trusting(scene.gateway().ca());
        List<String> complaints = new ArrayList<>();
        List<Http2Case> cases = Http2Corpus.of(hostname);
        Map<String, Integer> allowed = new HashMap<>();
        for (Http2Case each : cases) {
            Http2Corpus.complaint(each, hostname, scene.gateway().ports().https(), trust)
                    .ifPresent(why -> complaints.add(each + ": " + why));
            allowed.put("c " + each.name(), each.mayBeSeen());
            allowed.put("sentinel " + each.name(), 1);
        }
        await().atMost(Scene.SOON)
                .until(() -> server.log().contains(cases.getLast().sentinel()));
        complaints.addAll(unexpected(server.log(), allowed));
        assertThat(complaints).isEmpty();
    }

    private static List<Answer> exchange(FramingCase each, String hostname, SSLContext trust, Scene scene)
            throws IOException {
        try (Visitor visitor = Visitor.tls(scene.gateway().ports().https(), hostname, trust)) {
            try {
                visitor.send(each.bytes(hostname));
            } catch (IOException e) {
                // refused before everything was sent: the answer tells
            }
            return RawAnswers.parse(RawAnswers.readAll(visitor.in()), each.beginsWithHead());
        }
    }

    private static Optional<String> complaint(FramingCase each, List<Answer> answers) {
        if (each.mustPass()) {
            return notPassed(each, answers);
        }
        if (each.mustBeRefused()) {
            return notRefused(each, answers);
        }
        return notPassed(each, answers).flatMap(why -> notRefused(each, answers));
    }

    private static Optional<String> notPassed(FramingCase each, List<Answer> answers) {
        for (int i = 0; i < each.requests(); i++) {
            if (i >= answers.size() || !answers.get(i).whole()) {
                return Optional.of("no answer " + (i + 1));
            }
            Answer answer = answers.get(i);
            if (answer.byGateway()) {
                return Optional.of("refused");
            }
            String meant = "/c/" + each.name() + (i == 0 ? "" : "/" + (i + 1));
            if (answer.target()
                            .filter(target -> target.startsWith("/") && target.length() > 1)
                            .isPresent()
                    && !answer.target().get().contains(meant)) {
                return Optional.of("an answer to " + answer.target());
            }
            if (answer.closes()) {
                return answers.size() == i + 1 ? Optional.empty() : Optional.of("an answer behind the end");
            }
        }
        return answers.size() == each.requests() + 1
                        && answers.getLast().target().equals(Optional.of(each.sentinel()))
                ? Optional.empty()
                : Optional.of("the sentinel was not answered in its place");
    }

    private static Optional<String> notRefused(FramingCase each, List<Answer> answers) {
        if (answers.stream().anyMatch(answer -> answer.target().equals(Optional.of(each.sentinel())))) {
            return Optional.of("the sentinel was answered");
        }
        if (answers.isEmpty()) {
            return Optional.of("no answer");
        }
        int before = each.words().contains("behind") ? 1 : 0;
        Answer last = answers.getLast();
        boolean early = each.words().contains("body") && answers.size() == 1 && !last.byGateway();
        boolean refused =
                answers.size() == before + 1 && last.byGateway() && last.closes() && status(each, last.status());
        return refused || early ? Optional.empty() : Optional.of("not refused as it should be");
    }

    private static boolean status(FramingCase each, int status) {
        String wanted = each.words().isEmpty() ? "4xx" : each.words().getFirst();
        return wanted.equals("4xx") ? status / 100 == 4 : wanted.equals(Integer.toString(status));
    }

    /** What a server has seen and should not have. */
    private static List<String> unexpected(String log, Map<String, Integer> allowed) {
        Map<String, Integer> seen = new HashMap<>();
        Matcher matcher = SEEN.matcher(log);
        while (matcher.find()) {
            seen.merge(matcher.group(1) + " " + matcher.group(2), 1, Integer::sum);
        }
        List<String> complaints = new ArrayList<>();
        seen.forEach((key, times) -> {
            if (times > allowed.getOrDefault(key, 0)) {
                complaints.add(key + ": the server saw " + times);
            }
        });
        return complaints;
    }
}
