package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.FreePort;
import sallyport.testkit.KeyFile;
import sallyport.testkit.PlainUser;
import sallyport.testkit.Program;
import sallyport.testkit.SelfSignedCertificate;

/** The gateway as a user without rights: what the kernel denies is said in words, and one capability opens low ports. */
@ExtendWith(SharedGateway.class)
class PlainUserTest {
    private static final int CONFIGURATION_ERROR = 78;

    private static final String LOOPBACK = """
            data: DATA
            domain: sallyport.test
            ssh: {listen: "127.0.0.1:0"}
            https: {listen: "127.0.0.1:0"}
            http: {listen: "127.0.0.1:0"}
            console: {listen: "127.0.0.1:0"}
            management: {listen: "127.0.0.1:0"}
            """;

    private static final PlainUser USER = PlainUser.create();

    @AfterAll
    static void removeTheProgramsCopy() {
        USER.close();
    }

    @Test
    void portBelow1024ThatTheGatewayMayNotBindIsRefusedWithWhatToDo(Scene scene) {
        int port = lowPort();
        scene.ownGateway(setup -> setup.by(USER));
        KeyFile key = scene.enrol("low-port", device -> device.openPort(port));

        Program.Result ended =
                scene.use(scene.ssh(key).forward(port, 9).start()).finish(Scene.SOON);

        assertThat(ended.stderr())
                .contains("SP-215", Integer.toString(port), "CAP_NET_BIND_SERVICE", "ip_unprivileged_port_start");
        assertThat(scene.gateway().api().show("low-port")).contains("SP-215", "CAP_NET_BIND_SERVICE");
    }

    @Test
    void portBelow1024OpensForAUserWithTheCapability(Scene scene) {
        assumeTrue(PlainUser.canBeChosen(), "only root gives capabilities away");
        int port = lowPort();
        FakeAppliance appliance = scene.use(FakeAppliance.plain("low-port"));
        scene.ownGateway(setup -> setup.by(USER.mayBindLowPorts()));
        KeyFile key = scene.enrol("low-port", device -> device.openPort(port));

        scene.use(scene.ssh(key).forward(port, appliance.port()).start());

        assertThat(scene.answered(() -> Curl.url("http://127.0.0.1:" + port + "/"))
                        .body())
                .isEqualTo("low-port");
    }

    @Test
    void dataFolderThatTheUserMayNotUse(Scene scene) throws Exception {
        Path data = Files.createDirectory(scene.folder().resolve("data"));
        Program.Result result = start(scene, LOOPBACK, data);
        assertRefused(result, "SP-603", data.toString(), "no permission");
    }

    @Test
    void dataFolderThatTheUserMayNotMake(Scene scene) throws Exception {
        Path parent = Files.createDirectory(scene.folder().resolve("closed"));
        Program.Result result = start(scene, LOOPBACK.replace("DATA", parent + "/data"), parent);
        assertRefused(result, "SP-603", parent.toString(), "no permission");
    }

    @Test
    void certificateThatTheUserMayNotRead(Scene scene) {
        Path certificate = pair(scene)[0];
        Program.Result result = start(scene, withPair(scene), certificate);
        assertRefused(result, "SP-711", certificate.toString(), "may not read", "bad.yaml:9:");
    }

    @Test
    void keyThatTheUserMayNotRead(Scene scene) {
        Path key = pair(scene)[1];
        Program.Result result = start(scene, withPair(scene), key);
        assertRefused(result, "SP-711", key.toString(), "may not read", "bad.yaml:9:");
    }

    @Test
    void configurationThatTheUserMayNotRead(Scene scene) {
        Program.Result result = start(scene, LOOPBACK, scene.folder().resolve("bad.yaml"));
        assertRefused(result, "SP-704", "bad.yaml", "no permission");
    }

    private static int lowPort() {
        OptionalInt port = FreePort.findPrivileged();
        assumeTrue(port.isPresent(), "this kernel lets everybody bind every port");
        return port.getAsInt();
    }

    private static Path[] pair(Scene scene) {
        SelfSignedCertificate pair = SelfSignedCertificate.forNames("a.sallyport.test");
        return new Path[] {
            scene.folder().write("full.pem", pair.certificatePem()),
            scene.folder().writeSecret("key.pem", pair.privateKeyPem())
        };
    }

    private static String withPair(Scene scene) {
        return LOOPBACK
                + "certificates:\n  - {certificate: %s, key: %s}\n"
                        .formatted(
                                scene.folder().resolve("full.pem"),
                                scene.folder().resolve("key.pem"));
    }

    /** Starts a gateway from this configuration after all permissions of {@code closed} were taken away. */
    private static Program.Result start(Scene scene, String text, Path closed) {
        Path data = scene.folder().resolve("data");
        Path file = scene.folder().write("bad.yaml", text.replace("DATA", data.toString()));
        USER.own(scene.folder().path());
        permit(closed, "---------");
        scene.use(() -> permit(closed, "rwx------"));
        return Program.run(
                Scene.SOON.multipliedBy(2), USER.commandLine(List.of("gateway", "--config", file.toString())));
    }

    private static void permit(Path path, String mode) {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertRefused(Program.Result result, String code, String... words) {
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(CONFIGURATION_ERROR);
        assertThat(result.stderr()).contains(code).contains(words);
        assertThat(result.stderr().lines().filter(line -> line.contains("SP-"))).hasSize(1);
        assertThat(result.stderr()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(result.stdout()).isEmpty();
    }
}
