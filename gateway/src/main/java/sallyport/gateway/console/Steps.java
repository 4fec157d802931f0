package sallyport.gateway.console;

import java.time.Instant;
import java.util.Optional;
import sallyport.gateway.console.api.WhyAnswer.Step;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** Makes the steps of an answer to {@code why}. */
final class Steps {
    private Steps() {}

    static Step ok(String step, String found) {
        return new Step(step, "ok", found, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Step ok(String step, String found, Instant at) {
        return new Step(step, "ok", found, Optional.empty(), Optional.empty(), Optional.of(at));
    }

    /** What the gateway cannot judge from where it stands. */
    static Step unsure(String step, String found, String remedy) {
        return new Step(step, "unsure", found, Optional.of(remedy), Optional.empty(), Optional.empty());
    }

    static Step failed(String step, String found, Fault fault, String remedy) {
        return new Step(step, "failed", found, Optional.of(remedy), Optional.of(fault.code()), Optional.empty());
    }

    static Step failed(String step, String found, Fault fault, String remedy, Instant at) {
        return new Step(step, "failed", found, Optional.of(remedy), Optional.of(fault.code()), Optional.of(at));
    }

    static Step failed(String step, Problem problem) {
        return failed(step, problem.cause(), problem.fault(), problem.fix());
    }
}
