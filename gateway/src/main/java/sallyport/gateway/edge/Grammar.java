package sallyport.gateway.edge;

import sallyport.gateway.event.GatewayEvent.Slip;

/**
 * How strictly heads are read: what becomes of a {@link Slip}, which the specifications let a recipient mend. Whatever two
 * readers could understand differently is no slip, and refused by everyone.
 */
interface Grammar {
    /** RFC 9112 to the letter: what visitors are held to. */
    Grammar STRICT = slip -> {
        throw MalformedMessage.bad(slip.words());
    };

    /** @throws MalformedMessage when this reader does not mend it */
    void meet(Slip slip) throws MalformedMessage;
}
