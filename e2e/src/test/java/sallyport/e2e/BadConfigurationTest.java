package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Program;
import sallyport.testkit.SelfSignedCertificate;

/** What an operator can get wrong before the start: exit code 78, one message with place, cause and fix, nothing opened. */
@ExtendWith(SharedGateway.class)
class BadConfigurationTest {
    private static final int CONFIGURATION_ERROR = 78;

    private static Program.Result start(Scene scene, String text) {
        Path file = scene.folder()
                .write(
                        "bad.yaml",
                        text.replace("DATA", scene.folder().resolve("data").toString()));
        return Program.run(
                Scene.SOON.multipliedBy(2),
                List.of(GatewayProcess.launcher().toString(), "gateway", "--config", file.toString()));
    }

    private static void assertRefused(Program.Result result, String code, String... words) {
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(CONFIGURATION_ERROR);
        assertThat(result.stderr()).contains(code).contains(words);
        assertThat(result.stderr().lines().filter(line -> line.contains("SP-"))).hasSize(1);
        assertThat(result.stderr()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(result.stdout()).isEmpty();
    }

    private static final String LOOPBACK = """
            data: DATA
            domain: sallyport.test
            ssh: {listen: "127.0.0.1:0"}
            https: {listen: "127.0.0.1:0"}
            http: {listen: "127.0.0.1:0"}
            console: {listen: "127.0.0.1:0"}
            management: {listen: "127.0.0.1:0"}
            """;

    @Test
    void unknownKeyIsNamedWithItsPlaceAndTheLikelyOne(Scene scene) {
        Program.Result result = start(scene, LOOPBACK + "htps: {listen: \"127.0.0.1:0\"}\n");
        assertRefused(result, "SP-702", "bad.yaml:8:1", "htps", "https");
    }

    @Test
    void portThatCannotBeIsNamedWithItsPlace(Scene scene) {
        Program.Result result =
                start(scene, LOOPBACK.replace("ssh: {listen: \"127.0.0.1:0\"}", "ssh: {listen: \"127.0.0.1:70000\"}"));
        assertRefused(result, "SP-703", "bad.yaml:3:", "70000");
    }

    @Test
    void brokenYamlIsNamedWithItsPlace(Scene scene) {
        assertRefused(start(scene, LOOPBACK + "log: {level: info\n"), "SP-701", "bad.yaml:");
    }

    @Test
    void fileThatIsNotThere(Scene scene) {
        Program.Result result = Program.run(
                Scene.SOON,
                List.of(
                        GatewayProcess.launcher().toString(),
                        "gateway",
                        "--config",
                        scene.folder().resolve("absent.yaml").toString()));
        assertRefused(result, "SP-704", "absent.yaml");
    }

    @Test
    void certificateThatIsNotThere(Scene scene) {
        Program.Result result =
                start(scene, LOOPBACK + "certificates:\n  - {certificate: none.pem, key: none-key.pem}\n");
        assertRefused(result, "SP-711", "none.pem", "bad.yaml:9:");
    }

    @Test
    void certificateWithTheKeyOfAnother(Scene scene) {
        Path certificate = scene.folder()
                .write(
                        "one.pem",
                        SelfSignedCertificate.forNames("a.sallyport.test").certificatePem());
        Path key = scene.folder()
                .writeSecret(
                        "other-key.pem",
                        SelfSignedCertificate.forNames("b.sallyport.test").privateKeyPem());
        Program.Result result =
                start(scene, LOOPBACK + "certificates:\n  - {certificate: " + certificate + ", key: " + key + "}\n");
        assertRefused(result, "SP-712", "one.pem", "other-key.pem", "bad.yaml:9:");
    }

    @Test
    void portThatSomethingElseHolds(Scene scene) throws Exception {
        ServerSocket holder = scene.use(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        Program.Result result = start(
                scene,
                LOOPBACK.replace(
                        "http: {listen: \"127.0.0.1:0\"}",
                        "http: {listen: \"127.0.0.1:" + holder.getLocalPort() + "\"}"));
        assertRefused(result, "SP-604", Integer.toString(holder.getLocalPort()));
    }

    @Test
    void dataFolderThatCannotBeMade(Scene scene) {
        Path file = scene.folder().write("a-file", "not a folder");
        Program.Result result = start(scene, LOOPBACK.replace("data: DATA", "data: " + file.resolve("data")));
        assertRefused(result, "SP-603", "a-file");
    }

    @Test
    void nothingIsMadeInTheDataFolderWhenTheConfigurationIsWrong(Scene scene) {
        start(scene, LOOPBACK + "nonsense: 1\n");
        assertThat(Files.exists(scene.folder().resolve("data"))).isFalse();
    }

    @Test
    void configCheckFindsTheSame(Scene scene) {
        Path file = scene.folder().write("checked.yaml", LOOPBACK.replace("DATA", "/tmp") + "nonsense: 1\n");
        Program.Result result = Program.run(
                Scene.SOON,
                List.of(GatewayProcess.launcher().toString(), "config", "check", "--config", file.toString()));
        assertRefused(result, "SP-702", "checked.yaml:8:1");
    }
}
