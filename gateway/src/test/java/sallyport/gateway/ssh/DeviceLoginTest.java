package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.event.GatewayEvent.LoggedIn;
import sallyport.gateway.event.GatewayEvent.LoginRefused;
import sallyport.gateway.event.GatewayEvent.UnknownKeyKnocked;
import sallyport.gateway.fault.Fault;

/** Who is let in, and what those who are not get to know. */
class DeviceLoginTest {
    @TempDir
    Path folder;

    private ClientKey key;
    private DoorFixture door;

    @BeforeEach
    void open() throws Exception {
        key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder);
    }

    @AfterEach
    void shut() {
        door.close();
    }

    private static Device mm(DeviceKey... keys) {
        return DoorFixture.device("mm", DoorFixture.AUTOMATIC, List.of(keys), true, List.of(), List.of());
    }

    @Test
    void rsaAndEcdsaKeysLogInToo() throws Exception {
        ClientKey rsa = ClientKey.rsa(folder, "rsa", 2048);
        ClientKey ecdsa = ClientKey.ecdsa(folder, "ecdsa", 384);
        door.publish(mm(rsa.device(), ecdsa.device()));
        for (ClientKey each : List.of(rsa, ecdsa)) {
            try (Program ssh = door.ssh(each, "-N", "anyone@127.0.0.1")) {
                assertThat(door.await(LoggedIn.class).key().fingerprint())
                        .isEqualTo(each.device().fingerprint());
                assertThat(ssh.running()).isTrue();
            }
            door.events.clear();
        }
    }

    @Test
    void theTenthKeyOfAnAgentLogsInAndTheNineBeforeItAreNoFailures() throws Exception {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            options.addAll(
                    List.of("-i", ClientKey.ed25519(folder, "spare" + i).file().toString()));
        }
        options.addAll(List.of("-i", key.file().toString(), "-N", "mm@127.0.0.1"));
        door.publish(mm(key.device()));
        ClientKey first = ClientKey.ed25519(folder, "first");
        try (Program _ = door.ssh(first, options.toArray(String[]::new))) {
            assertThat(door.await(LoggedIn.class).key().fingerprint())
                    .isEqualTo(key.device().fingerprint());
        }
        door.await(sallyport.gateway.event.GatewayEvent.SessionEnded.class);
        assertThat(door.all(LoginRefused.class)).isEmpty();
        assertThat(door.all(UnknownKeyKnocked.class)).isEmpty();
    }

    @Test
    void aClientWithTooManyKeysIsToldSo() throws Exception {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < LoginAttempt.MOST_SIGNED; i++) {
            options.addAll(
                    List.of("-i", ClientKey.ed25519(folder, "spare" + i).file().toString()));
        }
        options.addAll(List.of("-N", "mm@127.0.0.1"));
        try (Program ssh = door.ssh(key, options.toArray(String[]::new))) {
            ssh.expect("SP-108 The client tried 20 keys and none belongs to a device. "
                    + "Let it offer the device's own key alone (IdentitiesOnly=yes).");
            ssh.expectExit(255);
        }
        assertThat(door.await(LoginRefused.class).why().fault()).isEqualTo(Fault.TOO_MANY_KEYS);
    }

    @Test
    void anUnknownKeyIsQueriedLikeAKnownOneAndKnocksOnceWhenItHasSigned() throws Exception {
        try (Program ssh = door.ssh(key, "-v", "-N", "mm@127.0.0.1")) {
            ssh.expect("Server accepts key");
            ssh.expect("SP-101 No device has the key " + key.device().fingerprint());
            ssh.expectExit(255);
        }
        UnknownKeyKnocked knocked = door.await(UnknownKeyKnocked.class);
        assertThat(knocked.key().blob()).isEqualTo(key.device().blob());
        assertThat(knocked.client()).startsWith("SSH-2.0-OpenSSH");
        assertThat(door.all(UnknownKeyKnocked.class)).hasSize(1);
    }

    @Test
    void nothingButPublickeyIsOnOffer() throws Exception {
        door.publish(mm(key.device()));
        try (Program ssh = door.ssh(key, "-v", "-o", "PubkeyAuthentication=no", "-N", "mm@127.0.0.1")) {
            ssh.expect("Authentications that can continue: publickey\r\n");
            ssh.expect("Permission denied (publickey).");
        }
    }

    @Test
    void aCertificateOfAKnownKeyIsRefusedAndTheKeyItselfIsNot() throws Exception {
        ClientKey authority = ClientKey.ed25519(folder, "ca");
        try (Program sign = Program.start(
                "ssh-keygen", "-q", "-s", authority.file().toString(), "-I", "x", "-n", "mm", key.file() + ".pub")) {
            sign.expectExit(0);
        }
        door.publish(mm(key.device()));
        try (Program ssh = door.ssh(key, "-v", "-N", "mm@127.0.0.1")) {
            door.await(LoggedIn.class);
            ssh.expect("ED25519-CERT");
            assertThat(ssh.output())
                    .contains("Server accepts key")
                    .doesNotContain("accepts key: " + key.file() + " ED25519-CERT");
        }
    }

    @Test
    void aDisabledDeviceIsToldSoAtItsLogin() throws Exception {
        door.publish(
                DoorFixture.device("mm", DoorFixture.AUTOMATIC, List.of(key.device()), false, List.of(), List.of()));
        try (Program ssh = door.ssh(key, "-N", "mm@127.0.0.1")) {
            ssh.expect("SP-103 Device mm is disabled.");
            ssh.expectExit(255);
        }
        LoginRefused refused = door.await(LoginRefused.class);
        assertThat(refused.device().orElseThrow().value()).isEqualTo("mm");
        assertThat(refused.why().fault()).isEqualTo(Fault.DEVICE_DISABLED);
    }

    @Test
    void aDeviceLogsInOnlyFromTheNetworksOfItsGrantAndOfItsKey() throws Exception {
        door.publish(DoorFixture.device(
                "mm",
                DoorFixture.AUTOMATIC,
                List.of(key.device()),
                true,
                List.of(Cidr.parse("192.0.2.0/24")),
                List.of()));
        expectRefusal("may not log in from 127.0.0.1. Dial in from 192.0.2.0/24");
        door.publish(mm(key.from("198.51.100.0/24")));
        expectRefusal("may not log in from 127.0.0.1. Dial in from 198.51.100.0/24");
        door.publish(mm(key.from("127.0.0.0/8")));
        try (Program _ = door.ssh(key, "-N", "mm@127.0.0.1")) {
            door.await(LoggedIn.class);
        }
    }

    private void expectRefusal(String words) throws Exception {
        try (Program ssh = door.ssh(key, "-N", "mm@127.0.0.1")) {
            ssh.expect(words);
            ssh.expectExit(255);
        }
    }

    @Test
    void anExpiredKeyIsRefused() throws Exception {
        DeviceKey expired = new DeviceKey(
                key.device().type(),
                key.device().blob(),
                key.device().fingerprint(),
                "",
                List.of(),
                Optional.of(Instant.parse("2020-01-01T00:00:00Z")));
        door.publish(mm(expired));
        expectRefusal("expired on 2020-01-01T00:00:00Z");
    }

    @Test
    void anotherUserNameThanTheOneConfiguredIsRefusedInWords() throws Exception {
        try (DoorFixture strict = new DoorFixture(folder, Optional.of("mmremote"))) {
            strict.publish(mm(key.device()));
            try (Program ssh = strict.ssh(key, "-N", "root@127.0.0.1")) {
                ssh.expect("SP-102 The login name \"root\" is not allowed here. Set the SSH user to \"mmremote\"");
                ssh.expectExit(255);
            }
            try (Program _ = strict.ssh(key, "-N", "mmremote@127.0.0.1")) {
                strict.await(LoggedIn.class);
            }
        }
    }

    @Test
    void aSignatureWithSha1NeedsTheDevicesLegacySwitch() throws Exception {
        ClientKey rsa = ClientKey.rsa(folder, "rsa", 2048);
        Device modern = mm(rsa.device());
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        Device other = legacy(DoorFixture.device("old", 20_002, key.device()), today);
        String[] sha1 = {"-o", "PubkeyAcceptedAlgorithms=ssh-rsa", "-N", "mm@127.0.0.1"};
        door.publish(modern, other);
        try (Program ssh = door.ssh(rsa, sha1)) {
            ssh.expect("SP-106 The SSH client SSH-2.0-OpenSSH");
            ssh.expectExit(255);
        }
        LoginRefused refused = door.await(LoginRefused.class);
        assertThat(refused.why().fault()).isEqualTo(Fault.OLD_CLIENT);
        assertThat(refused.device()).contains(modern.name());
        door.publish(legacy(modern, today));
        try (Program ssh = door.ssh(rsa, sha1)) {
            door.await(LoggedIn.class);
            assertThat(ssh.running()).isTrue();
        }
        door.publish(legacy(modern, today.minusDays(1)), other);
        try (Program ssh = door.ssh(rsa, sha1)) {
            ssh.expect("SP-106");
        }
    }

    private static Device legacy(Device device, LocalDate until) {
        return new Device(
                device.name(),
                device.title(),
                device.tags(),
                device.enabled(),
                device.keys(),
                device.keyFrom(),
                device.visitorFrom(),
                device.ports(),
                device.automaticPort(),
                device.tls(),
                device.deviceTls(),
                Optional.of(until),
                device.created());
    }

    @Test
    void dropbearLogsInWithAnRsaKeyAndGetsItsPort() throws Exception {
        ClientKey rsa = ClientKey.rsa(folder, "rsa", 2048);
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, rsa.device(), 55443));
        Path converted = folder.resolve("rsa.dropbear");
        try (Program convert = Program.start(
                "dropbearconvert", "openssh", "dropbear", rsa.file().toString(), converted.toString())) {
            convert.expectExit(0);
        }
        try (Program client = Program.start(Stream.of(
                        "dbclient",
                        "-y",
                        "-y",
                        "-N",
                        "-i",
                        converted.toString(),
                        "-p",
                        Integer.toString(door.port),
                        "-R",
                        "55443:localhost:1",
                        "mm@127.0.0.1")
                .toList())) {
            door.awaitOffer(55443);
            assertThat(client.running()).isTrue();
        }
    }
}
