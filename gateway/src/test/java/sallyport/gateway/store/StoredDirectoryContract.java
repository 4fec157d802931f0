package sallyport.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static sallyport.gateway.store.Samples.device;
import static sallyport.gateway.store.Samples.key;
import static sallyport.gateway.store.Samples.name;
import static sallyport.gateway.store.Samples.number;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryEditor.DeviceChanges;
import sallyport.gateway.directory.DirectoryEditor.HostnameChanges;
import sallyport.gateway.directory.DirectoryEditor.NewDevice;
import sallyport.gateway.directory.DirectoryEditor.NewHostname;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.OwnName;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** What holds for the directory whatever database keeps it. */
abstract class StoredDirectoryContract {
    private static final Hostname OWN = new Hostname("mixer.customer.com");

    private JdbcDirectoryStore store;
    private StoredDirectory directory;

    /** Opens the database of this test; the same one when called again. */
    abstract JdbcDirectoryStore open() throws Exception;

    @BeforeEach
    void start() throws Exception {
        store = open();
        directory = new StoredDirectory(store, Samples.claims(), Samples.CLOCK);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void a_new_device_has_an_automatic_port_and_hostname() {
        Device added = directory.addDevice(device("lab-1"));

        assertThat(added.automaticPort()).isEqualTo(number(20000));
        assertThat(added.ports()).containsExactly(Port.privatePort(number(20000)));
        assertThat(route("lab-1.mm-remote.company.com"))
                .isEqualTo(new HostnameRoute(
                        new Hostname("lab-1.mm-remote.company.com"),
                        name("lab-1"),
                        number(20000),
                        TlsMode.TERMINATE,
                        DeviceTls.AUTO,
                        true,
                        HostnameOptions.DEFAULTS));
    }

    @Test
    void the_automatic_hostname_leads_to_the_first_private_port_that_was_granted() {
        directory.addDevice(device("lab-1", 55443, 55444));

        assertThat(route("lab-1.mm-remote.company.com").port()).isEqualTo(number(55443));
    }

    @Test
    void everything_is_there_again_after_a_restart() throws Exception {
        DeviceKey restricted = new DeviceKey(
                "ssh-ed25519",
                key("a").blob(),
                key("a").fingerprint(),
                "lab",
                List.of(Cidr.parse("192.0.2.0/24")),
                Optional.of(Samples.NOON.plus(Duration.ofDays(9))));
        directory.addDevice(new NewDevice(
                name("lab-1"),
                "Messgerät in Halle 3",
                List.of("lab", "two words"),
                List.of(key("z"), restricted, key("b")),
                List.of(Cidr.parse("198.51.100.0/24")),
                List.of(Cidr.parse("2001:db8::/32"), Cidr.parse("203.0.113.7")),
                List.of(Port.privatePort(number(55443)), Port.openPort(number(8443), List.of("192.0.2.1", "::1"))),
                List.of(OWN),
                TlsMode.PASSTHROUGH,
                DeviceTls.YES));
        directory.changeDevice(name("lab-1"), legacyUntil(LocalDate.of(2027, 1, 31)));
        directory.rememberTls(name("lab-1"), number(55443));
        Directory before = directory.holder().current();

        stop();
        start();

        Directory now = directory.holder().current();
        assertThat(now.devices()).containsExactlyElementsOf(before.devices());
        assertThat(now.hostnames()).containsExactlyElementsOf(before.hostnames());
        assertThat(now.version()).isEqualTo(before.version());
    }

    @Test
    void a_name_is_taken_once() {
        directory.addDevice(device("lab-1"));

        assertThat(fault(() -> directory.addDevice(device("lab-1")))).isEqualTo(Fault.NAME_TAKEN);
    }

    @Test
    void a_key_belongs_to_one_device_and_the_refusal_names_it() {
        directory.addDevice(device("lab-1"));

        assertThat(sentence(() -> directory.addDevice(device("lab-2", List.of(key("lab-1")), List.of(), List.of()))))
                .isEqualTo("SP-306 The key " + key("lab-1").fingerprint()
                        + " belongs to lab-1. Every device needs a key of its own.");
        assertThat(fault(() -> directory.addKey(name("lab-1"), key("lab-1")))).isEqualTo(Fault.KEY_OWNED);
    }

    @Test
    void a_port_belongs_to_its_device_until_it_is_released() {
        directory.addDevice(device("lab-1", 55443));
        directory.addDevice(device("lab-2"));

        assertThat(sentence(() -> directory.putPort(name("lab-2"), Port.privatePort(number(55443)))))
                .isEqualTo("SP-312 Port 55443 belongs to lab-1. Choose another port, or release it: sallyport port"
                        + " remove lab-1 55443");
        directory.removePort(name("lab-1"), number(55443));
        directory.putPort(name("lab-2"), Port.privatePort(number(55443)));

        assertThat(directory.holder().current().findByPort(number(55443)).map(Device::name))
                .contains(name("lab-2"));
    }

    @Test
    void the_automatic_port_of_another_device_is_taken_too() {
        directory.addDevice(device("lab-1"));

        assertThat(fault(() -> directory.addDevice(device("lab-2", 20000)))).isEqualTo(Fault.PORT_TAKEN);
    }

    @Test
    void the_automatic_port_stays_with_its_device() {
        directory.addDevice(device("lab-1", 55443));

        assertThat(fault(() -> directory.removePort(name("lab-1"), number(20000))))
                .isEqualTo(Fault.LAST_PORT);
        Device changed = directory.changeDevice(name("lab-1"), privatePorts());
        assertThat(changed.ports()).extracting(Port::number).containsExactly(number(20000));
    }

    @Test
    void automatic_ports_leave_out_what_is_granted_listened_on_or_refused_by_browsers() {
        stop();
        startWith(Samples.claims(6663, 6672));
        directory.addDevice(device("granted", 6664));

        List<Integer> automatic = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            automatic.add(directory.addDevice(device(name)).automaticPort().value());
        }

        assertThat(directory.holder().current().findByPort(number(6663)).map(Device::name))
                .contains(name("granted"));
        assertThat(automatic).containsExactly(6670, 6671, 6672);
        assertThat(sentence(() -> directory.addDevice(device("d"))))
                .isEqualTo("SP-316 All ports of the range 6663-6672 are taken. Widen ports.range in the"
                        + " configuration, or remove devices.");
    }

    @Test
    void automatic_ports_leave_out_the_listeners_of_the_gateway() {
        for (String name : List.of("a", "b", "c")) {
            directory.addDevice(device(name));
        }

        assertThat(directory.addDevice(device("d")).automaticPort()).isEqualTo(number(20004));
    }

    @Test
    void a_released_automatic_port_goes_to_the_next_new_device() {
        directory.addDevice(device("lab-1"));
        directory.addDevice(device("lab-2"));
        directory.removeDevice(name("lab-1"));

        assertThat(directory.addDevice(device("lab-3")).automaticPort()).isEqualTo(number(20000));
    }

    @Test
    void a_port_that_the_gateway_listens_on_is_never_granted() {
        assertThat(sentence(() -> directory.addDevice(device("lab-1", 443))))
                .isEqualTo("SP-332 The gateway itself uses port 443 (https.listen). Choose another port.");
    }

    @Test
    void a_port_is_either_private_or_open() {
        List<Port> twice = List.of(Port.privatePort(number(55443)), Port.openPort(number(55443), List.of()));

        assertThatThrownBy(() -> directory.addDevice(device("lab-1", List.of(), twice, List.of())))
                .isInstanceOf(InvalidValue.class)
                .hasMessage("port 55443 is given twice");
    }

    @Test
    void devices_added_at_once_get_distinct_ports() throws Exception {
        List<Future<Device>> adding = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                NewDevice next = device("lab-" + i);
                Callable<Device> task = () -> directory.addDevice(next);
                adding.add(threads.submit(task));
            }
        }
        List<Integer> ports = new ArrayList<>();
        for (Future<Device> added : adding) {
            ports.add(added.get().automaticPort().value());
        }
        assertThat(ports).doesNotHaveDuplicates().hasSize(40);
        assertThat(directory.holder().current().devices()).hasSize(40);
    }

    @Test
    void a_hostname_belongs_to_one_device() {
        directory.addDevice(device("lab-1", List.of(key("1")), List.of(), List.of(OWN)));
        directory.addDevice(device("lab-2"));

        assertThat(sentence(() -> addHostname(OWN, "lab-2")))
                .isEqualTo("SP-313 mixer.customer.com belongs to lab-1. Choose another name, or release it: sallyport"
                        + " hostname remove mixer.customer.com");
        directory.removeHostname(OWN);
        assertThat(addHostname(OWN, "lab-2").device()).isEqualTo(name("lab-2"));
    }

    @Test
    void an_own_hostname_keeps_a_device_of_that_name_out() {
        directory.addDevice(device("lab-1"));
        addHostname(new Hostname("mixer.mm-remote.company.com"), "lab-1");

        assertThat(fault(() -> directory.addDevice(device("mixer")))).isEqualTo(Fault.HOSTNAME_TAKEN);
    }

    @Test
    void a_wildcard_leads_the_names_that_nobody_else_has_and_is_there_after_a_restart() throws Exception {
        directory.addDevice(device("lab-1"));
        directory.addDevice(device("lab-2"));
        addHostname(new Hostname("*.lab.customer.com"), "lab-1");
        addHostname(new Hostname("own.lab.customer.com"), "lab-2");
        assertThat(fault(() -> addHostname(new Hostname("*.lab.customer.com"), "lab-2")))
                .isEqualTo(Fault.HOSTNAME_TAKEN);

        stop();
        start();

        Directory now = directory.holder().current();
        assertThat(now.findRoute(new Hostname("any.lab.customer.com"))
                        .orElseThrow()
                        .device())
                .isEqualTo(name("lab-1"));
        assertThat(now.findRoute(new Hostname("own.lab.customer.com"))
                        .orElseThrow()
                        .device())
                .isEqualTo(name("lab-2"));
        assertThat(now.findRoute(new Hostname("_acme-challenge.lab.customer.com")))
                .isEmpty();
        assertThat(now.findHostname(new Hostname("any.lab.customer.com"))).isEmpty();
    }

    @Test
    void names_of_the_gateway_itself_are_not_given_away() {
        directory.addDevice(device("lab-1"));

        assertThat(fault(() -> addHostname(new Hostname("console.company.com"), "lab-1")))
                .isEqualTo(Fault.HOSTNAME_OF_GATEWAY);
        assertThat(fault(() -> addHostname(Samples.DOMAIN, "lab-1"))).isEqualTo(Fault.HOSTNAME_OF_GATEWAY);
        for (String wildcard : List.of("*.mm-remote.company.com", "*.company.com")) {
            assertThat(fault(() -> addHostname(new Hostname(wildcard), "lab-1")))
                    .as(wildcard)
                    .isEqualTo(Fault.HOSTNAME_OF_GATEWAY);
        }
        assertThatThrownBy(() -> addHostname(new Hostname("www.mm-remote.company.com"), "lab-1"))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("reserved");
        assertThatThrownBy(() -> addHostname(new Hostname("_acme-challenge.customer.com"), "lab-1"))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("reserved");
    }

    @Test
    void the_automatic_hostname_can_be_neither_removed_nor_moved_but_its_tls_set() {
        Hostname automatic = new Hostname("lab-1.mm-remote.company.com");
        directory.addDevice(device("lab-1"));

        assertThat(fault(() -> directory.removeHostname(automatic))).isEqualTo(Fault.AUTOMATIC_HOSTNAME);
        assertThat(fault(() -> directory.changeHostname(
                        automatic,
                        new HostnameChanges(
                                Optional.empty(),
                                Optional.of(number(20000)),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of()))))
                .isEqualTo(Fault.AUTOMATIC_HOSTNAME);
        HostnameRoute changed = directory.changeHostname(
                automatic,
                new HostnameChanges(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(DeviceTls.NO), Map.of()));
        assertThat(changed.deviceTls()).isEqualTo(DeviceTls.NO);
    }

    @Test
    void options_are_set_and_reset_one_by_one_and_are_there_after_a_restart() throws Exception {
        Hostname automatic = new Hostname("lab-1.mm-remote.company.com");
        directory.addDevice(device("lab-1", List.of(key("1")), List.of(), List.of(OWN)));
        for (Hostname hostname : List.of(OWN, automatic)) {
            setOptions(hostname, Map.of("host", Optional.of("Cam.LAN"), "forwarded", Optional.of("none")));
            setOptions(hostname, Map.of("device-names", Optional.of("192.168.7.20, cam.lan:8080")));
            HostnameRoute changed = setOptions(hostname, Map.of("forwarded", Optional.empty()));

            assertThat(changed.options().set())
                    .isEqualTo(Map.of("host", "cam.lan", "device-names", "192.168.7.20,cam.lan:8080"));
        }
        directory.changeDevice(name("lab-1"), privatePorts(55443));
        Directory before = directory.holder().current();

        stop();
        start();

        assertThat(directory.holder().current().hostnames()).containsExactlyElementsOf(before.hostnames());
        assertThat(route(automatic.value()).options().value(HostnameOption.HOST))
                .contains(OwnName.parse("cam.lan"));
    }

    @Test
    void options_of_an_automatic_name_stay_with_the_device_when_the_domain_changes() {
        directory.addDevice(device("lab-1"));
        setOptions(new Hostname("lab-1.mm-remote.company.com"), Map.of("host", Optional.of("cam.lan")));
        stop();
        startWith(new GatewayClaims(Optional.of(new Hostname("example.org")), Set.of(), 20000, 29999, Map.of()));

        assertThat(route("lab-1.example.org").options().set()).isEqualTo(Map.of("host", "cam.lan"));
    }

    @Test
    void a_removed_hostname_or_device_leaves_no_option_to_its_successor() {
        Hostname automatic = new Hostname("lab-1.mm-remote.company.com");
        directory.addDevice(device("lab-1", List.of(key("1")), List.of(), List.of(OWN)));
        setOptions(OWN, Map.of("host", Optional.of("cam.lan")));
        setOptions(automatic, Map.of("host", Optional.of("cam.lan")));

        directory.removeHostname(OWN);
        directory.removeDevice(name("lab-1"));
        directory.addDevice(device("lab-1", List.of(key("1")), List.of(), List.of(OWN)));

        assertThat(route(OWN.value()).options()).isEqualTo(HostnameOptions.DEFAULTS);
        assertThat(route(automatic.value()).options()).isEqualTo(HostnameOptions.DEFAULTS);
    }

    @Test
    void an_option_that_does_not_exist_or_a_value_that_cannot_be_changes_nothing() {
        directory.addDevice(device("lab-1", List.of(key("1")), List.of(), List.of(OWN)));
        Directory before = directory.holder().current();

        assertThatThrownBy(() -> setOptions(OWN, Map.of("colour", Optional.of("red"))))
                .isInstanceOf(InvalidValue.class)
                .hasMessage("there is no such option");
        assertThatThrownBy(() ->
                        setOptions(OWN, Map.of("host", Optional.of("cam.lan"), "websocket-idle", Optional.of("soon"))))
                .isInstanceOf(InvalidValue.class)
                .extracting(invalid -> ((InvalidValue) invalid).field())
                .isEqualTo("options.websocket-idle");
        assertThat(directory.holder().current()).isSameAs(before);
    }

    @Test
    void a_hostname_without_a_port_follows_the_main_port() {
        directory.addDevice(device("lab-1", List.of(key("1")), List.of(), List.of(OWN)));
        assertThat(route(OWN.value()).port()).isEqualTo(number(20000));

        directory.putPort(name("lab-1"), Port.privatePort(number(55443)));
        assertThat(route(OWN.value()).port()).isEqualTo(number(55443));

        directory.removePort(name("lab-1"), number(55443));
        assertThat(route(OWN.value()).port()).isEqualTo(number(20000));
    }

    @Test
    void a_port_that_a_hostname_names_cannot_be_released() {
        directory.addDevice(device("lab-1", 55443));
        directory.addHostname(hostname(OWN, "lab-1", Optional.of(number(55443))));

        assertThat(sentence(() -> directory.removePort(name("lab-1"), number(55443))))
                .isEqualTo("SP-331 mixer.customer.com leads to port 55443. Lead it elsewhere first (sallyport hostname"
                        + " set mixer.customer.com --port N), or remove it.");
        assertThat(fault(() -> directory.changeDevice(name("lab-1"), privatePorts(55444))))
                .isEqualTo(Fault.HOSTNAME_USES_PORT);
    }

    @Test
    void a_hostname_leads_only_to_ports_of_its_device() {
        directory.addDevice(device("lab-1"));
        directory.addDevice(device("lab-2", 55443));

        assertThatThrownBy(() -> directory.addHostname(hostname(OWN, "lab-1", Optional.of(number(55443)))))
                .isInstanceOf(InvalidValue.class)
                .hasMessage("port 55443 does not belong to lab-1");
    }

    @Test
    void a_removed_device_leaves_its_name_key_port_and_hostname_free() {
        directory.addDevice(device("lab-1", List.of(key("k")), List.of(Port.privatePort(number(55443))), List.of(OWN)));
        directory.removeDevice(name("lab-1"));

        assertThat(directory.holder().current().hostnames()).isEmpty();
        directory.addDevice(device("lab-1", List.of(key("k")), List.of(Port.privatePort(number(55443))), List.of(OWN)));
    }

    @Test
    void lists_are_replaced_and_the_rest_stays() {
        directory.addDevice(device(
                "lab-1",
                List.of(key("old")),
                List.of(Port.privatePort(number(55443)), Port.openPort(number(8443), List.of())),
                List.of(OWN)));
        directory.rememberTls(name("lab-1"), number(8443));

        Device changed = directory.changeDevice(name("lab-1"), privatePorts(55444));

        assertThat(changed.ports())
                .extracting(Port::number)
                .containsExactly(number(55444), number(8443), number(20000));
        assertThat(changed.findPort(number(8443)).orElseThrow().tlsSeen()).isTrue();
        assertThat(changed.keys()).containsExactly(key("old"));
        assertThat(route(OWN.value()).device()).isEqualTo(name("lab-1"));
    }

    @Test
    void tls_that_was_seen_stays_seen_when_a_port_is_opened() {
        directory.addDevice(device("lab-1", 55443));
        directory.rememberTls(name("lab-1"), number(55443));

        Device changed = directory.putPort(name("lab-1"), Port.openPort(number(55443), List.of("192.0.2.1")));

        assertThat(changed.findPort(number(55443)).orElseThrow().tlsSeen()).isTrue();
        assertThat(changed.findPort(number(55443)).orElseThrow().open()).isPresent();
    }

    @Test
    void keys_are_added_and_removed_in_order() {
        directory.addDevice(device("lab-1", List.of(key("1")), List.of(), List.of()));
        directory.addKey(name("lab-1"), key("2"));
        directory.addKey(name("lab-1"), key("3"));

        assertThat(directory.removeKey(name("lab-1"), key("1").fingerprint()).keys())
                .containsExactly(key("2"), key("3"));
        assertThat(fault(() -> directory.removeKey(name("lab-1"), key("1").fingerprint())))
                .isEqualTo(Fault.NOT_FOUND);
    }

    @Test
    void what_does_not_exist_is_not_found() {
        assertThat(sentence(() -> directory.removeDevice(name("ghost"))))
                .isEqualTo("SP-314 There is no device ghost. `sallyport device list` shows what there is.");
        assertThat(fault(() -> directory.removeHostname(OWN))).isEqualTo(Fault.NOT_FOUND);
        assertThat(fault(() -> addHostname(OWN, "ghost"))).isEqualTo(Fault.NOT_FOUND);
    }

    @Test
    void a_change_that_changes_nothing_makes_no_new_version() {
        directory.addDevice(device("lab-1"));
        directory.rememberTls(name("lab-1"), number(20000));
        Directory before = directory.holder().current();

        directory.rememberTls(name("lab-1"), number(20000));
        directory.changeDevice(name("lab-1"), DeviceChanges.none());

        assertThat(directory.holder().current()).isSameAs(before);
    }

    @Test
    void what_another_process_changed_is_read_before_the_change_is_tried_again() throws Exception {
        try (JdbcDirectoryStore second = open()) {
            StoredDirectory other = new StoredDirectory(second, Samples.claims(), Samples.CLOCK);
            other.addDevice(device("theirs"));

            Device ours = directory.addDevice(device("ours"));

            assertThat(ours.automaticPort()).isEqualTo(number(20001));
            assertThat(directory.holder().current().devices())
                    .extracting(Device::name)
                    .containsExactly(name("ours"), name("theirs"));
            assertThat(fault(() -> other.addDevice(device("ours")))).isEqualTo(Fault.NAME_TAKEN);
        }
    }

    @Test
    void a_new_domain_renames_every_automatic_hostname() {
        directory.addDevice(device("lab-1"));
        Directory before = directory.holder().current();

        directory.claim(new GatewayClaims(Optional.of(new Hostname("example.org")), Set.of(), 20000, 29999, Map.of()));

        Directory now = directory.holder().current();
        assertThat(now.hostnames())
                .extracting(HostnameRoute::hostname)
                .containsExactly(new Hostname("lab-1.example.org"));
        assertThat(now.version()).isGreaterThan(before.version());
    }

    private void startWith(GatewayClaims claims) {
        try {
            store = open();
            directory = new StoredDirectory(store, claims, Samples.CLOCK);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HostnameRoute addHostname(Hostname hostname, String device) {
        return directory.addHostname(hostname(hostname, device, Optional.empty()));
    }

    private static NewHostname hostname(Hostname hostname, String device, Optional<PortNumber> port) {
        return new NewHostname(
                hostname, name(device), port, TlsMode.TERMINATE, DeviceTls.AUTO, HostnameOptions.DEFAULTS);
    }

    private HostnameRoute setOptions(Hostname hostname, Map<String, Optional<String>> options) {
        return directory.changeHostname(
                hostname,
                new HostnameChanges(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), options));
    }

    private HostnameRoute route(String hostname) {
        return directory.holder().current().findHostname(new Hostname(hostname)).orElseThrow();
    }

    private static DeviceChanges privatePorts(int... ports) {
        DeviceChanges none = DeviceChanges.none();
        List<Port> list = Arrays.stream(ports)
                .mapToObj(port -> Port.privatePort(number(port)))
                .toList();
        return new DeviceChanges(
                none.title(),
                none.tags(),
                none.enabled(),
                none.keys(),
                none.keyFrom(),
                none.visitorFrom(),
                Optional.of(list),
                none.openPorts(),
                none.hostnames(),
                none.tls(),
                none.deviceTls(),
                none.legacyUntil());
    }

    private static DeviceChanges legacyUntil(LocalDate day) {
        DeviceChanges none = DeviceChanges.none();
        return new DeviceChanges(
                none.title(),
                none.tags(),
                none.enabled(),
                none.keys(),
                none.keyFrom(),
                none.visitorFrom(),
                none.privatePorts(),
                none.openPorts(),
                none.hostnames(),
                none.tls(),
                none.deviceTls(),
                Optional.of(Optional.of(day)));
    }

    private static Fault fault(ThrowingCallable refused) {
        return catchThrowableOfType(ProblemException.class, refused).problem().fault();
    }

    private static String sentence(ThrowingCallable refused) {
        return catchThrowableOfType(ProblemException.class, refused).problem().sentence();
    }
}
