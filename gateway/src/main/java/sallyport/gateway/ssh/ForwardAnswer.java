package sallyport.gateway.ssh;

import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Problem;

/** What a device gets for its wish for a forward. */
sealed interface ForwardAnswer {
    record Granted(PortNumber port) implements ForwardAnswer {}

    record Refused(Problem why) implements ForwardAnswer {}
}
