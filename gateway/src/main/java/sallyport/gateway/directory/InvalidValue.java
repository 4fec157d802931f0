package sallyport.gateway.directory;

/** A value that cannot be: names the field, says what is wrong and how to mend it. Becomes exit code 2, HTTP 422 or a configuration error. */
public final class InvalidValue extends IllegalArgumentException {
    private final String field;
    private final String fix;

    public InvalidValue(String field, String cause, String fix) {
        super(cause);
        this.field = field;
        this.fix = fix;
    }

    /** The field's name as the person typed it (an option's or a JSON member's name). */
    public String field() {
        return field;
    }

    /** One sentence that says what to do. */
    public String fix() {
        return fix;
    }

    /** What is wrong, without the fix. */
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
