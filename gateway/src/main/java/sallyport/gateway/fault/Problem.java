package sallyport.gateway.fault;

/**
 * A fault with its words filled in.
 *
 * @param fault which one
 * @param cause one sentence: what is wrong
 * @param fix one sentence: what to do
 */
public record Problem(Fault fault, String cause, String fix) {
    /** {@code SP-214 Port 55443 belongs to lab-mm-2. This key may use 55444.} */
    public String sentence() {
        return fault.code() + " " + cause + " " + fix;
    }

    @Override
    public String toString() {
        return sentence();
    }
}
