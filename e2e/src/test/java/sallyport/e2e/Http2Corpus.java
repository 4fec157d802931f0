package sallyport.e2e;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import sallyport.testkit.DeviceServer;
import sallyport.testkit.Http2Visitor;
import sallyport.testkit.Http2Visitor.Answer;

/** The framing corpus as visitors of HTTP/2 say it, and whether what came of it is what had to. */
final class Http2Corpus {
    private Http2Corpus() {}

    /** Everything that can be said in HTTP/2, for a hostname. */
    static List<Http2Case> of(String hostname) {
        List<Http2Case> cases = new ArrayList<>();
        FramingCase.corpus().forEach(each -> Http2Case.of(each, hostname).ifPresent(cases::add));
        cases.addAll(Http2Case.own(hostname));
        return cases;
    }

    /** Sends one case over a connection of its own; what is wrong with the answers, if anything. */
    static Optional<String> complaint(Http2Case each, String hostname, int port, SSLContext trust) throws IOException {
        List<Answer> answers = new ArrayList<>();
        boolean ended = false;
        try (Http2Visitor visitor = Http2Visitor.connect(port, hostname, trust)) {
            each.send(visitor);
            for (int stream = 1; stream < each.sentinelStream(); stream += 2) {
                answers.add(visitor.answer(stream));
            }
            // only now, so that it uses a connection to the device that a request has used before
            visitor.headers(each.sentinelStream(), Http2Visitor.get(hostname, each.sentinel()), true);
            answers.add(visitor.answer(each.sentinelStream()));
        } catch (SocketTimeoutException e) {
            return Optional.of("neither an answer nor an end behind " + answers);
        } catch (IOException e) {
            ended = true; // so may a connection that says what it must not
        }
        if (!ended && !target(answers.removeLast()).equals(each.sentinel())) {
            return Optional.of("the sentinel was not answered behind " + answers);
        }
        boolean passed = !ended && passed(each, answers);
        boolean refused = answers.stream().allMatch(Http2Corpus::refused);
        boolean right = each.passes().map(passes -> passes ? passed : refused).orElse(passed || refused);
        return right ? Optional.empty() : Optional.of("should pass: " + each.passes() + ", got " + answers);
    }

    private static boolean passed(Http2Case each, List<Answer> answers) {
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            String meant = "/c/" + each.name() + (i == 0 ? "" : "/" + (i + 1));
            String target = target(answer);
            boolean named = target.length() > 1 && target.startsWith("/");
            if (!answer.whole() || byGateway(answer) || (named && !target.contains(meant))) {
                return false;
            }
        }
        return true;
    }

    /** A malformed request ends its stream (RFC 9113 section 8.1.1); what is too large or misdirected may be told so. */
    private static boolean refused(Answer answer) {
        boolean told = (answer.status() / 100 == 4 || answer.status() == 501) && byGateway(answer);
        return told || (answer.reset().isPresent() && answer.head().isEmpty());
    }

    private static String target(Answer answer) {
        return answer.head().getOrDefault(DeviceServer.TARGET.toLowerCase(Locale.ROOT), "");
    }

    private static boolean byGateway(Answer answer) {
        return target(answer).isEmpty()
                && (answer.body().contains("SP-") || answer.head().toString().contains("SP-"));
    }
}
