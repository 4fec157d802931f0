package sallyport.gateway.console.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a visitor would reach a device, step by step.
 *
 * @param reaches true when no step failed
 */
public record WhyAnswer(String url, Optional<String> from, boolean reaches, List<Step> steps) {

    /**
     * One thing that must hold.
     *
     * @param result {@code ok}, {@code failed}, or {@code unsure} when the gateway cannot judge it from where it stands
     * @param found what was found
     * @param remedy what to do; absent when nothing is to be done
     * @param code the fault's code, where there is one
     * @param at when that was found out, where it is older than the question
     */
    public record Step(
            String step,
            String result,
            String found,
            Optional<String> remedy,
            Optional<String> code,
            Optional<Instant> at) {}
}
