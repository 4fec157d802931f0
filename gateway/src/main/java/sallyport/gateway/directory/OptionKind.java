package sallyport.gateway.directory;

import java.util.function.Function;

/**
 * How the values of an option are spelled.
 *
 * @param syntax what stands for a value in a help text, such as {@code on|off}
 * @param read from what a person typed; throws {@link InvalidValue}, whose field is replaced by the option's
 * @param write to the one canonical text of a value, which is what is stored and shown
 */
record OptionKind<T>(String syntax, Function<String, T> read, Function<T, String> write) {}
