package sallyport.gateway.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.stream.Collectors;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON as the API speaks it. What comes in is read strictly: no unknown, missing, doubled or converted members. What is
 * wrong is said without quoting it, because it may be a private key.
 */
public final class Json {
    private static final int LONGEST_FIELD = 100;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    private Json() {}

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** For people and scripts: indented. */
    public static String writeIndented(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    /** JSON as it came, indented. */
    public static String indent(byte[] json) {
        return writeIndented(MAPPER.readTree(json));
    }

    /**
     * Reads a request's body.
     *
     * @throws InvalidValue when a member is unknown, missing or of the wrong type
     * @throws ProblemException when it is no JSON
     */
    static <T> T read(byte[] body, Class<T> type) {
        try {
            T value = MAPPER.readValue(body, type);
            if (value == null) {
                throw badRequest("the body is null");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw new InvalidValue(
                    Printable.clean(e.getPropertyName(), LONGEST_FIELD),
                    "there is no such member",
                    "The members are " + e.getKnownPropertyIds() + ".");
        } catch (DatabindException e) {
            String field = field(e);
            if (field.isEmpty()) {
                throw badRequest("the body is no JSON object of the right members");
            }
            throw new InvalidValue(field, "is missing or of the wrong type", "See /api/v1/openapi.yaml.");
        } catch (JacksonException e) {
            throw badRequest("the body is no JSON (line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ")");
        }
    }

    /** Reads what the gateway answered. */
    public static <T> T readAnswer(byte[] body, Class<T> type) throws JacksonException {
        return MAPPER.readValue(body, type);
    }

    private static String field(DatabindException e) {
        return e.getPath().stream()
                .filter(step -> step.getPropertyName() != null)
                .map(step -> Printable.clean(step.getPropertyName(), LONGEST_FIELD))
                .collect(Collectors.joining("."));
    }

    private static ProblemException badRequest(String detail) {
        return new ProblemException(Fault.BAD_REQUEST.problem("detail", detail));
    }
}
