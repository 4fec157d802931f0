package sallyport.gateway.console.api;

/** A fault that stops nothing: its code, cause and fix. */
public record Notice(String code, String cause, String fix) {}
