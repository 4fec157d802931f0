package sallyport.gateway.console.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A public key as people paste it. */
public record KeyBody(@JsonProperty(required = true) String key) {}
