package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G04: a client without -N sees a status page, never a shell, and its forwards stand as long as it stays. */
@ExtendWith(SharedGateway.class)
class SessionWithoutNTest {
    @Test
    void plainSessionIsAStatusPageThatNamesForwardAndUrl(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("no-n"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("no-n", device -> device.port(port));

        Program ssh = scene.use(
                scene.ssh(key).with("-tt").forward(port, appliance.port()).startSession());

        ssh.awaitLine("no-n\\.sallyport\\.test", Scene.SOON);
        ssh.awaitLine(Integer.toString(port), Scene.SOON);
        scene.untilAnswered("no-n");
        assertThat(ssh.alive()).isTrue();
    }

    @Test
    void commandIsRefusedInOneLineAndForwardsOfAnotherSessionSurvive(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("exec"));
        KeyFile key = scene.online("exec", appliance.port());

        Program.Result exec = scene.use(scene.ssh(key).startSession("true")).finish(Scene.SOON);
        Program.Result sftp =
                scene.use(scene.ssh(key).with("-s").startSession("sftp")).finish(Scene.SOON);

        assertThat(exec.exitCode()).isNotZero();
        assertThat(exec.stdout() + exec.stderr()).contains("SP-221");
        assertThat(sftp.exitCode()).isNotZero();
        assertThat(scene.gateway().visit("exec", "/").run().body()).isEqualTo("exec");
    }

    @Test
    void forwardOfAUnixSocketIsRefusedAndNoFileAppears(Scene scene) {
        KeyFile key = scene.enrol("unix-socket", device -> device);
        Path socket = scene.folder().resolve("chosen-by-client.sock");

        Program.Result ended = scene.use(scene.ssh(key)
                        .exitOnForwardFailure()
                        .forward(socket + ":127.0.0.1:9")
                        .start())
                .finish(Scene.SOON);

        assertThat(ended.exitCode()).isEqualTo(255);
        assertThat(Files.exists(socket)).isFalse();
    }

    @Test
    void streamFromTheDeviceToSomewhereElseIsRefused(Scene scene) {
        FakeAppliance inside = scene.use(FakeAppliance.plain("inside"));
        KeyFile key = scene.enrol("direct-tcpip", device -> device);

        Program.Result ended = scene.use(
                        scene.ssh(key).with("-W", "127.0.0.1:" + inside.port()).startSession())
                .finish(Scene.SOON);

        assertThat(ended.exitCode()).isNotZero();
        assertThat(inside.server().connections()).isZero();
    }
}
