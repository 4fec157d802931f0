package sallyport.gateway.console.api;

import java.util.Optional;

/**
 * An error as {@code application/problem+json} (RFC 9457). There is no {@code type} member: it is {@code about:blank},
 * {@code code} tells faults apart.
 *
 * @param title the HTTP status in words
 * @param status the HTTP status
 * @param detail cause and fix in one text
 * @param code {@code SP-nnn}
 * @param field the member or option that is wrong, where there is one
 */
public record ProblemAnswer(
        String title, int status, String detail, String code, String cause, String fix, Optional<String> field) {}
