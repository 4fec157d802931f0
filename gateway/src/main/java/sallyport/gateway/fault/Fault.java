package sallyport.gateway.fault;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every refusal and failure that a person can meet. Each has a number, one sentence of cause and one of fix; words in
 * braces are filled in by {@link #problem}. The same text stands in console, API, CLI, log and on the wire to the device;
 * {@code docs/faults.md} has a section for each.
 */
public enum Fault {
    // 1xx: a device's connection and login
    UNKNOWN_KEY(
            101,
            "No device has the key {key}.",
            "Add it with `sallyport device add NAME --key FILE`; `sallyport device list --waiting` shows it."),
    USER_NOT_ALLOWED(
            102, "The login name \"{user}\" is not allowed here.", "Set the SSH user to \"{allowed}\" in the device."),
    DEVICE_DISABLED(
            103,
            "Device {device} is disabled.",
            "An operator lets it in again with `sallyport device enable {device}`."),
    KEY_FROM(
            104,
            "The key {key} of {device} may not log in from {address}.",
            "Dial in from {from}, or change --key-from with `sallyport device set {device}`."),
    KEY_EXPIRED(
            105,
            "The key {key} of {device} expired on {expired}.",
            "Give the device a new key with `sallyport device keys`."),
    OLD_CLIENT(
            106,
            "The SSH client {client} at {address} offers no {missing} that is safe today.",
            "Update its firmware, or admit it until a day with `sallyport device set NAME --legacy-until YYYY-MM-DD`."),
    LOGIN_TIMEOUT(107, "No login within {seconds} s.", "Check the network for loss, and that the client offers a key."),
    TOO_MANY_KEYS(
            108,
            "The client tried {count} keys and none belongs to a device.",
            "Let it offer the device's own key alone (IdentitiesOnly=yes)."),
    TOO_BUSY(109, "The gateway is busy with other logins.", "The client tries again by itself."),
    NOT_SSH(110, "What came from {address} is not SSH.", "Point the device at the SSH port of the gateway."),
    SILENT_DEVICE(
            111,
            "Device {device} answered no keepalive for {seconds} s.",
            "Check the device's network; it reconnects by itself."),
    SESSION_REPLACED(
            112,
            "A newer session of the same key has taken all ports of this one.",
            "If another machine uses this key, give that machine a key of its own."),
    REVOKED(113, "An operator withdrew what this session was allowed.", "Ask the operator of the gateway."),
    GATEWAY_STOPPING(114, "The gateway is stopping.", "The client connects again by itself."),
    CLIENT_LEFT(
            115,
            "The SSH client {client} left before it signed with a key.",
            "Its own log says why; often it does not know the gateway's host key."),
    TOO_MANY_SESSIONS(
            116,
            "Device {device} has {limit} sessions open.",
            "Let one client run on the device; sessions that are dead end within 45 s."),

    // 2xx: forwards
    PORT_PRIVILEGED(
            211,
            "Port {port} is below 1024 and not granted to {device}.",
            "This key may use {ports}; an operator can grant it with `sallyport port add {device} {port}`."),
    PORT_NOT_GRANTED(
            212,
            "Port {port} is not granted to {device}.",
            "This key may use {ports}; an operator can grant it with `sallyport port add {device} {port}`."),
    PORT_INVALID(213, "{port} is not a port number.", "Ask for a port from 1 to 65535. This key may use {ports}."),
    PORT_OWNED(214, "Port {port} belongs to {owner}.", "This key may use {ports}."),
    PORT_NOT_BINDABLE(
            215,
            "The gateway process may not listen on port {port}.",
            "Give it CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities) or lower net.ipv4.ip_unprivileged_port_start."),
    PORT_WAITING(
            216,
            "Port {port} is in use by another program on {address}.",
            "The gateway takes it as soon as it is free; `ss -ltnp sport = :{port}` shows who holds it."),
    TOO_MANY_FORWARDS(217, "A session may have {limit} forwards.", "Ask for fewer ports."),
    UNIX_SOCKET_FORWARD(218, "Forwards of Unix sockets are not allowed.", "Ask for a TCP port: -R PORT:localhost:443."),
    KEY_IN_CONFLICT(
            219,
            "The key of {device} is in use by two machines, {first} and {second}.",
            "Give each machine a key of its own; {first} keeps the ports meanwhile."),
    ADDRESS_NOT_GRANTED(
            220, "Port {port} of {device} may not listen on {address}.", "Ask for one of {granted}, or none."),
    SSH_NOT_ALLOWED(
            221,
            "{what} is not available here.",
            "This gateway takes remote forwards alone: ssh -N -R PORT:localhost:443."),
    PORT_OUTGOING_RANGE(
            222,
            "Port {port} lies in the kernel's range for outgoing connections ({range}).",
            "Reserve it: sysctl -w net.ipv4.ip_local_reserved_ports={port}"),
    PORT_ADDRESS_MISSING(
            226,
            "Port {port} cannot listen on {address}: {detail}.",
            "Bring the interface up, or change the port's address with `sallyport port set`; it is tried every second."),
    TOO_MANY_REQUESTS(
            223,
            "The client sent more than {limit} requests a second.",
            "Check what the SSH client on the device does."),
    AUTOMATIC_PORT_TAKEN(
            224,
            "Port 0 stands for {port} alone, and this session has it already.",
            "Ask for the other ports by number. This key may use {ports}."),

    // 3xx: what an operator typed
    PRIVATE_KEY(
            301,
            "This is a private key; it was neither stored nor logged.",
            "Paste the public key (the .pub file), and make a new key if this one has left its device."),
    KEY_CERTIFICATE(302, "This is a certificate, not a public key.", "Paste the plain public key (the .pub file)."),
    KEY_TRUNCATED(
            303, "The key is cut off or altered.", "Copy the whole line again, from the type to the last character."),
    NOT_A_KEY(
            304,
            "No public key was found in the text.",
            "Paste one OpenSSH line (ssh-ed25519 AAAA...), an RFC 4716 block or a PEM public key."),
    KEY_TOO_WEAK(305, "The key is too weak: {detail}.", "Make an Ed25519 key, or RSA with 3072 bits."),
    KEY_OWNED(306, "The key {key} belongs to {owner}.", "Every device needs a key of its own."),
    KEY_OPTION(
            307,
            "The option {option} in front of the key is not supported.",
            "Remove it, or use restrict, port-forwarding, from= or expiry-time=."),
    SEVERAL_KEYS(308, "The text holds {count} keys.", "Give one key a time."),
    KEY_UNSUPPORTED(
            309,
            "The key is not supported: {detail}.",
            "Make an Ed25519 key, ECDSA (nistp256, nistp384, nistp521) or RSA with 3072 bits."),
    NAME_TAKEN(
            311, "A device named {device} exists.", "Choose another name, or change it with `sallyport device set`."),
    PORT_TAKEN(
            312,
            "Port {port} belongs to {owner}.",
            "Choose another port, or release it: sallyport port remove {owner} {port}"),
    HOSTNAME_TAKEN(
            313,
            "{hostname} belongs to {owner}.",
            "Choose another name, or release it: sallyport hostname remove {hostname}"),
    NOT_FOUND(314, "There is no {kind} {name}.", "`sallyport {kind} list` shows what there is."),
    INVALID_VALUE(315, "{field}: {reason}.", "{fix}"),
    NO_PORT_LEFT(
            316,
            "All ports of the range {range} are taken.",
            "Widen ports.range in the configuration, or remove devices."),
    AUTOMATIC_HOSTNAME(
            317,
            "{hostname} exists as long as device {device} does.",
            "Change it with `sallyport device set {device}`."),
    LAST_PORT(318, "Port {port} was stored for {device} at its creation.", "It goes with the device."),
    NOT_AUTHORISED(
            319,
            "This needs the administrator token.",
            "Send it as `Authorization: Bearer`; it is in admin.token in the data folder."),
    UNREACHABLE(
            320,
            "The gateway does not answer at {address}.",
            "Start it with `sallyport gateway`, or say where it is with --config or --url."),
    CONSOLE_HOST(
            321,
            "The console does not answer to the name {host}.",
            "Use an address of this machine, or set console.hostname in the configuration."),
    API_ADDRESS(
            322,
            "There is nothing to {method} at {path}.",
            "The addresses of the API are listed in /api/v1/openapi.yaml."),
    HOSTNAME_USES_PORT(
            331,
            "{hostname} leads to port {port}.",
            "Lead it elsewhere first (sallyport hostname set {hostname} --port N), or remove it."),
    PORT_OF_GATEWAY(332, "The gateway itself uses port {port} ({front}).", "Choose another port."),
    HOSTNAME_OF_GATEWAY(333, "{hostname} is a name of the gateway itself.", "Choose another name."),
    OPTION_WITHOUT_EFFECT(
            334,
            "{hostname} is passed through to its device, so these options do nothing: {options}.",
            "Serve it with `sallyport hostname set {hostname} --tls terminate`, or reset them with --OPTION default."),
    PRIVATE_TARGET(
            335,
            "{hostname} sends visitors to {target}, which only the device's own network can reach.",
            "If that is the device itself: sallyport hostname set {hostname} --device-names {names}"),
    SHARED_NAME(
            337,
            "{device} and {other} have open ports under one name, and browsers share cookies between the ports of a name.",
            "Give visitors a name for each device; this one leads to the same port: {url}"),
    PASSTHROUGH_CERTIFICATE_CHANGED(
            338,
            "{device} shows another certificate under {hostname} than before: {now}, before {before}.",
            "If it was renewed, nothing is wrong; else compare it with what the device itself prints."),
    TESTS_BUSY(336, "{limit} tests of hostnames are running.", "Try again in a moment."),
    CERTIFICATE_NOT_ORDERED(
            361,
            "The certificate for {name} does not come from a certificate authority by ACME.",
            "`sallyport certificate list` shows where it comes from."),
    RENEWAL_TOO_EARLY(
            362,
            "The certificate for {name} cannot be ordered before {until}.",
            "The certificate authority asked to wait or does not answer; `sallyport certificate list` shows why."),

    // 4xx: what a visitor meets
    BAD_REQUEST(400, "The request is malformed: {detail}.", "Check the program that sent it."),
    VISITOR_FORBIDDEN(403, "Your address may not reach this device.", "Ask the operator of this gateway."),
    UNKNOWN_HOSTNAME(404, "No device is reachable under this name.", "Check the address in the link."),
    BODY_TOO_LARGE(
            413, "The body is larger than this gateway allows.", "Send less, or ask the operator of this gateway."),
    REQUEST_TIMEOUT(408, "The request did not arrive in time.", "Try again; check the network for loss."),
    TARGET_TOO_LONG(414, "The address is too long.", "Shorten the address, or send the data in a body."),
    MISDIRECTED(
            421,
            "The request names another host than the connection.",
            "Open a new connection to the host that you mean."),
    HEADER_TOO_LARGE(431, "The request's header is too large.", "Clear the cookies of this site and try again."),
    HTTP2_VIOLATION(
            432,
            "The visitor broke the rules of HTTP/2: {detail}.",
            "Update the visitor's program, or let it offer http/1.1 alone."),
    HTTP2_FLOOD(
            433,
            "The visitor sent a flood of HTTP/2 frames, or asked for much and took nothing.",
            "Nothing has to be done about an attack; for a program of your own, let it offer http/1.1 alone."),
    HELLO_TIMEOUT(
            451,
            "The visitor did not begin a TLS connection within {seconds} s.",
            "Check the program that connects, and the network for loss."),
    NOT_TLS(
            452,
            "The visitor sent {what} to the HTTPS port.",
            "Use https:// for browsers; SSH clients of devices belong to the SSH port."),
    HELLO_REFUSED(
            453, "The visitor's TLS hello cannot be routed: {detail}.", "Connect by a device's name, not by address."),
    TLS_FAILED(454, "The TLS handshake with the visitor failed: {detail}.", "Check the visitor's TLS settings."),
    NO_COMMON_PROTOCOL(
            455,
            "The visitor offers no protocol that is spoken here.",
            "Let it offer h2 or http/1.1 in ALPN, or no ALPN."),
    NO_CERTIFICATE(
            456,
            "There is no certificate for {hostname}.",
            "Add one under certificates in the configuration; `sallyport why https://{hostname}/` shows more."),
    TOO_MANY_VISITORS(
            457, "More than {limit} visitors are connected.", "Close idle clients, or share them between gateways."),
    PROXY_HEADER_MISSING(
            458,
            "The balancer's PROXY header is missing: {detail}.",
            "Let the balancer send it (HAProxy: send-proxy-v2), or take its address out of {key}."),
    PROXY_HEADER_FORBIDDEN(
            459,
            "A PROXY header came from {address}, which is no known balancer.",
            "If it is one, list its address in {key}."),
    UPLOAD_TOO_LARGE(
            460,
            "The body is larger than the {limit} that {hostname} takes.",
            "Send less, or let the operator allow more: sallyport hostname set {hostname} --max-body SIZE"),
    UPLOAD_LEFT(
            461,
            "The visitor's connection ended after {bytes} bytes of the request.",
            "Send it again; check the network between visitor and gateway when that happens often."),
    PROXY_ENDS_TLS(
            469,
            "The proxy in front of this gateway has ended TLS and asks the port that only redirects to it.",
            "Let it ask the HTTPS port, with the visitor's Host and the same name as server name (SNI)."),
    GATEWAY_FAILED(500, "The gateway failed on this request.", "Try again; the operator finds the reason in the log."),
    WEB_SERVER_DOWN(
            502,
            "The device is connected, but its web server does not accept connections.",
            "Check that the web interface of the device is running."),
    DEVICE_OFFLINE(503, "The device is not connected.", "It comes back by itself; check its power and network."),
    WEB_SERVER_SILENT(
            504,
            "The device is connected, but its web server does not answer.",
            "Wait a moment and try again; check the web interface of the device."),
    PLAIN_AFTER_TLS(
            505,
            "The device answered in plain HTTP although it used TLS before.",
            "If that is intended, allow it: sallyport hostname set {hostname} --device-tls no"),
    ANSWER_BROKEN(
            506, "The device's answer broke off or was malformed.", "Try again; check the web server of the device."),
    TOO_MANY_STREAMS(
            507,
            "The device serves as many connections as one tunnel may carry ({limit}).",
            "Try again in a moment, or close connections that nobody uses."),
    LOOP(508, "The request came back to this gateway.", "Check where the device's web server forwards to."),
    DEVICE_TLS_FAILED(
            509,
            "The TLS handshake with the device's web server failed.",
            "Check the web server of the device, or say what it speaks with --device-tls."),
    UPLOAD_BROKEN(
            510,
            "The device closed the connection after {bytes} bytes of the request.",
            "Try again; check whether the device takes bodies of this size."),
    CLOSED_AFTER_UPLOAD(
            511,
            "The device got the whole request ({bytes} bytes of body) and closed the connection without an answer.",
            "If it restarts now, wait for it and look whether the upload had its effect."),
    SPEECH_UNKNOWN(
            512,
            "The device's port answers neither in TLS nor in HTTP.",
            "Check the address that the device's forward leads to, or say what it speaks with --device-tls."),

    WEBSOCKET_QUIET(
            513,
            "Nothing came over the WebSocket for {seconds} s.",
            "Nothing, if nobody used it; else change --websocket-idle of the hostname."),
    RESTART_COMES(514, "The gateway is about to restart and would cut off this upload.", "Try again in some minutes."),
    DEVICE_BUSY(
            525,
            "The device serves {limit} requests at a time, and none of them ended while this one waited.",
            "Try again in a moment; if the device can do more, say so:"
                    + " sallyport hostname set {hostname} --parallel-streams N"),
    HTTP1_ALONE(
            526,
            "The device ties logins to its connections, so {hostname} offers HTTP/1.1 alone until {until}.",
            "Nothing; or decide for good: sallyport hostname set {hostname} --http2 on|off"),
    DEVICE_TLS_OLD(
            521,
            "The device speaks no version of TLS that is safe (1.2 or newer).",
            "Update the device, or allow it for a time:"
                    + " sallyport hostname set {hostname} --device-tls-legacy-until YYYY-MM-DD"),
    DEVICE_KEY_WEAK(
            522,
            "The device's certificate is too weak: {detail}.",
            "Give the device a new certificate, or allow it for a time:"
                    + " sallyport hostname set {hostname} --device-tls-legacy-until YYYY-MM-DD"),
    DEVICE_CERTIFICATE_CHANGED(
            523,
            "The device shows another certificate ({shown}) than the one that was pinned ({pinned}).",
            "If the device got a new one, pin that:"
                    + " sallyport hostname set {hostname} --device-certificate pinned"),
    DEVICE_CERTIFICATE_UNTRUSTED(
            524,
            "The device's certificate was not issued by the authority that is set for {hostname}: {detail}.",
            "Give the device a certificate of that authority, or set another with --device-certificate."),

    // 6xx: start and store
    HOST_KEY_MISSING(
            601,
            "There are devices in the store but no host key in {folder}.",
            "Restore the host keys from the backup, or allow new ones once: sallyport gateway --new-host-keys"),
    HOST_KEY_UNREADABLE(
            602, "The host key {file} cannot be used: {detail}.", "Restore it from the backup or remove it."),
    DATA_FOLDER(
            603,
            "The data folder {folder} cannot be used: {detail}.",
            "Give it to the user that runs the gateway, mode 0700."),
    LISTEN_FAILED(604, "Cannot listen on {address}: {detail}.", "{fix}"),
    STORE_FAILED(
            605,
            "The database cannot be used: {detail}.",
            "Check disk and permissions of the data folder, or database.url."),
    DATA_FOLDER_IN_USE(606, "Another gateway uses the data folder {folder}.", "Stop it first, or use another folder."),
    FAMILY_MISSING(
            609,
            "This host cannot listen on {address}: {detail}.",
            "Nothing, if the other address family is enough; else enable it in the kernel."),
    ALREADY_SHUTTING_DOWN(607, "The gateway is shutting down.", "Try again after the restart."),
    HOST_KEY_EXPOSED(
            608,
            "The host key {file} could be read by others ({mode}); its mode is 0600 now.",
            "If somebody may have copied it, remove it so that a new one is made, and tell every device."),
    STOP_WAITS(
            610,
            "The gateway stops once its guarded uploads ({count}) have ended, at {latest} at the latest.",
            "Nothing; a second SIGTERM (or Ctrl-C) stops it at once and cuts them off."),
    STORE_BUSY(
            631,
            "Another change has held the directory for {seconds} s.",
            "Try again; the log says what takes so long."),
    CHANGE_SLOW(
            632,
            "The change is stored and in force, but something that it forbids was still alive after {seconds} s.",
            "Look at `sallyport status`; the log names what did not end."),
    STORE_LOST(
            633,
            "The database {file} is missing or empty, but devices were kept in it.",
            "Restore it from the backup; to begin again without any device, remove {marker} too."),

    // 7xx: configuration and certificates
    CONFIG_SYNTAX(701, "{place}: {detail}.", "Mend the YAML at this place."),
    CONFIG_UNKNOWN_KEY(702, "{place}: unknown key \"{key}\".", "{fix}"),
    CONFIG_VALUE(703, "{place}: {key}: {detail}.", "{fix}"),
    CONFIG_UNREADABLE(704, "The configuration {file} cannot be read: {detail}.", "Check path and permissions."),
    CERTIFICATE_UNREADABLE(
            711,
            "{place}: the certificate {file} cannot be read: {detail}.",
            "Give PEM files that the gateway may read."),
    CERTIFICATE_MISMATCH(
            712,
            "{place}: the key {key} does not belong to the certificate {file}.",
            "Give the pair that belongs together."),
    CERTIFICATE_EXPIRED(
            713, "The certificate {file} expired on {expired}.", "Renew it; the gateway takes the new file by itself."),
    LOCAL_CA_UNREADABLE(
            714,
            "The local certificate authority {file} cannot be used: {detail}.",
            "Restore it from the backup; or remove the folder ca, and everybody imports the new ca.pem."),
    LOCAL_CA_FAILED(
            715,
            "The local certificate authority in {folder} could not issue: {detail}.",
            "Check free space and permissions of the data folder; the gateway tries again every hour and at every change."),
    CERTIFICATE_ENDS(
            716,
            "The certificate for {name} ends on {expires}, and no new one is there.",
            "Renew it; `sallyport certificate list` shows what was tried."),
    ACME_UNREACHABLE(
            721,
            "The certificate authority {authority} cannot be reached: {detail}.",
            "Check the way out of this machine and acme.directory; it is tried again by itself."),
    ACME_REFUSED(
            722,
            "The certificate authority {authority} gave no certificate for {name}: {detail}.",
            "Mend what it says; it is tried again by itself, or now with `sallyport certificate renew {name}`."),
    ACME_CHALLENGE_FAILED(
            723,
            "The certificate authority could not check {name} by {challenge}: {detail}.",
            "Lead the name and the ports 80 and 443 to this gateway, or set up dns-01; it is tried again by itself."),
    ACME_RATE_LIMITED(
            724,
            "The certificate authority {authority} asks to wait until {until}: {detail}.",
            "Nothing is asked of it before; certificates in use stay."),
    ACME_ACCOUNT(
            725,
            "The certificate authority {authority} gave no account: {detail}.",
            "Check acme.email, acme.eab-key-id and acme.eab-key."),
    ACME_NO_CHALLENGE(
            726,
            "The certificate authority offers none of {challenges} for {name}.",
            "Add another type to acme.challenges."),
    DNS_FAILED(
            727,
            "The record {record} that proves {name} could not be written: {detail}.",
            "Check acme.dns-provider and its keys; it is tried again by itself."),
    DNS_COMMAND(
            728,
            "acme.dns-command names {command}, which is no program that the gateway may run.",
            "Give the whole path of an executable file."),
    DNS_KEY(
            729,
            "The secret of the key {key} in acme.dns-secret is not base64.",
            "Copy it from the server's key file."),
    ACME_TRUST(
            731,
            "The roots in acme.trust, {file}, cannot be used: {detail}.",
            "Give a PEM file with the root of the certificate authority's own HTTPS."),
    ACME_ACCOUNT_UNREADABLE(
            732,
            "The account key {file} cannot be read.",
            "Restore it from the backup; or remove it, and a new account is made."),
    ACME_NOT_KEPT(
            733,
            "A certificate could not be stored: {detail}.",
            "Check free space and permissions of the data folder; it is tried again by itself."),
    ACME_WILDCARD(
            734,
            "{count} names have a certificate each.",
            "Set up dns-01 (acme.dns-provider): one wildcard then serves all names of the domain."),
    NAME_NOT_RESOLVED(
            735,
            "{name} does not resolve here, so no certificate authority will find it.",
            "Make a DNS record that leads to this gateway."),
    CHALLENGE_UNANSWERED(
            736,
            "A {challenge} challenge for {name} would fail now: {detail}.",
            "Lead the name and its port {port} to this gateway; where it cannot reach itself, look from outside."),
    WILDCARD_UNPROVED(
            737,
            "{name} gets no certificate from the authority: a wildcard is proved by dns-01 alone.",
            "Set up dns-01 (acme.dns-provider), or give a certificate file; until then the local CA serves it.");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)}");

    private final int number;
    private final String cause;
    private final String fix;

    Fault(int number, String cause, String fix) {
        this.number = number;
        this.cause = cause;
        this.fix = fix;
    }

    /** The code as people quote it: {@code SP-214}. */
    public String code() {
        return "SP-" + number;
    }

    /** The sentence of cause with its placeholders. */
    public String cause() {
        return cause;
    }

    /** The sentence of fix with its placeholders. */
    public String fix() {
        return fix;
    }

    /**
     * This fault with its words filled in.
     *
     * @param namesAndValues name, value, name, value, for every placeholder of cause and fix
     * @throws IllegalArgumentException when a placeholder has no value (a bug of ours)
     */
    public Problem problem(Object... namesAndValues) {
        return new Problem(this, fill(cause, namesAndValues), fill(fix, namesAndValues));
    }

    private String fill(String template, Object[] namesAndValues) {
        Matcher matcher = PLACEHOLDER.matcher(template);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(text, Matcher.quoteReplacement(value(matcher.group(1), namesAndValues)));
        }
        return matcher.appendTail(text).toString();
    }

    private String value(String name, Object[] namesAndValues) {
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return namesAndValues[i + 1].toString();
            }
        }
        throw new IllegalArgumentException(code() + " needs a value for " + name);
    }
}
