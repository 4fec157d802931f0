package sallyport.gateway.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.directory.KeyText.Outcome;
import sallyport.gateway.fault.Fault;

final class KeyTextTest {
    @TempDir
    Path folder;

    private SshKeygen keygen() {
        return new SshKeygen(folder);
    }

    private static Outcome.Found found(String text) {
        Outcome outcome = KeyText.parse(text);
        assertThat(outcome).as(text).isInstanceOf(Outcome.Found.class);
        return (Outcome.Found) outcome;
    }

    private static Fault refused(String text) {
        Outcome outcome = KeyText.parse(text);
        assertThat(outcome).as(text).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused) outcome).why().fault();
    }

    @ParameterizedTest
    @CsvSource({"ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521", "rsa,2048", "rsa,3072", "rsa,8192"})
    void every_kind_of_key_is_read_in_every_format_that_ssh_keygen_writes(String type, String bits) {
        SshKeygen keygen = keygen();
        Path file = keygen.make(type, "-b", bits);
        String line = SshKeygen.read(Path.of(file + ".pub"));
        DeviceKey key = found(line).key();
        assertThat(key.fingerprint().value()).isEqualTo(keygen.fingerprint(line));
        assertThat(key.openSshLine()).isEqualTo(line.strip());
        assertThat(key.comment()).isEqualTo("mm@lab one");
        for (String format : type.equals("rsa") ? List.of("RFC4716", "PKCS8", "PEM") : List.of("RFC4716")) {
            assertThat(found(keygen.export(file, format)).key().blob())
                    .as(format)
                    .isEqualTo(key.blob());
        }
    }

    @ParameterizedTest
    @CsvSource({"P-256", "P-384", "P-521", "ED25519", "RSA"})
    void public_keys_that_openssl_writes_are_read(String kind) throws Exception {
        Path file = folder.resolve("key.pem");
        if (kind.startsWith("P-")) {
            SshKeygen.run("openssl", "ecparam", "-name", kind, "-genkey", "-noout", "-out", "" + file);
        } else {
            SshKeygen.run("openssl", "genpkey", "-algorithm", kind, "-out", "" + file);
        }
        String pem = SshKeygen.run("openssl", "pkey", "-in", "" + file, "-pubout");
        Path published = Files.writeString(folder.resolve("published.pem"), pem);
        DeviceKey key = found(pem).key();
        if (!kind.equals("ED25519")) { // this ssh-keygen reads no Ed25519 PEM
            assertThat(SshKeygen.run("ssh-keygen", "-i", "-m", "PKCS8", "-f", "" + published))
                    .startsWith(key.type() + " " + key.blob());
        }
        assertThat(found(pem.replaceAll("-----[A-Z ]+-----|\n", "")).key().blob())
                .isEqualTo(key.blob());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"})
    void security_keys_are_read(String type) {
        SshKeygen keygen = keygen();
        boolean ed25519 = type.contains("ed25519");
        String plain = keygen.publicLine(ed25519 ? "ed25519" : "ecdsa");
        byte[] blob = Base64.getDecoder().decode(plain.split(" ", -1)[1]);
        int from = 4 + plain.split(" ", -1)[0].length();
        byte[] fields = Arrays.copyOfRange(blob, from, blob.length);
        byte[] head = KeyBlob.of(type);
        byte[] tail = KeyBlob.of("ssh:");
        byte[] sk = new byte[head.length + fields.length + tail.length];
        System.arraycopy(head, 0, sk, 0, head.length);
        System.arraycopy(fields, 0, sk, head.length, fields.length);
        System.arraycopy(tail, 0, sk, head.length + fields.length, tail.length);
        String line = type + " " + Base64.getEncoder().encodeToString(sk) + " token";
        assertThat(found(line).key().fingerprint().value()).isEqualTo(keygen.fingerprint(line));
    }

    @Test
    void what_editors_mail_programs_and_dialogs_do_to_a_line_does_not_matter() {
        String line = keygen().publicLine("rsa", "-b", "2048").strip();
        String[] words = line.split(" ", -1);
        String blob = words[1];
        List<String> pasted = List.of(
                line + "\r\n",
                "\uFEFF" + line,
                "\n\n  \n" + line + "\n\n\n",
                "\"" + line + "\"",
                "“" + line + "”",
                "'" + line + "'",
                "`" + line + "`",
                "```\n" + line + "\n```",
                "> " + line,
                "# my key\n" + line,
                "Here is the key of our analyser:\n\n" + line + "\n\nRegards\nBob",
                words[0] + "\u00A0" + blob,
                words[0] + "\t" + blob + "\tlab",
                words[0] + "   " + blob,
                words[0] + "\n" + blob,
                words[0] + " " + blob.replaceAll("(.{64})", "$1\n"),
                words[0] + " " + blob.replaceAll("(.{64})", "$1\r\n") + " lab one",
                words[0] + " " + blob.replaceAll("(.{72})", "$1\n> "),
                words[0] + " " + blob.replaceAll("(.{75})", "$1=\n"),
                words[0] + " " + blob.replaceAll("(.{70})", "$1\\\\\n"),
                words[0] + " " + blob.replaceAll("(.{76})", "$1 "),
                words[0] + " " + blob.substring(0, 100) + "\u200B" + blob.substring(100),
                "Ssh-Rsa " + blob,
                blob,
                line + "\n" + line);
        String fingerprint = found(line).key().fingerprint().value();
        for (String text : pasted) {
            assertThat(found(text).key().fingerprint().value()).as(text).isEqualTo(fingerprint);
        }
    }

    @Test
    void a_broken_line_of_every_kind_and_width_is_put_together() {
        SshKeygen keygen = keygen();
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            String line = keygen.publicLine(type).strip();
            String[] words = line.split(" ", 3);
            for (int width = 20; width < 100; width++) {
                String broken = words[0] + " " + words[1].replaceAll("(.{" + width + "})", "$1\n") + " " + words[2];
                assertThat(found(broken).key().openSshLine()).startsWith(words[0] + " " + words[1]);
            }
        }
    }

    @Test
    void options_come_back_with_the_key() {
        String line = keygen().publicLine("ed25519");
        Outcome.Found key = found("restrict,port-forwarding,permitlisten=\"55443\",permitlisten=\"localhost:8443\","
                + "from=\"192.0.2.0/24,2001:db8::1\",expiry-time=\"20300102T\",no-pty ".replace("T\"", "\"") + line);
        assertThat(key.restrictions().forwards()).isTrue();
        assertThat(key.restrictions().permitListen())
                .containsExactly(
                        new KeyRestrictions.PermitListen("*", Optional.of(new PortNumber(55443))),
                        new KeyRestrictions.PermitListen("localhost", Optional.of(new PortNumber(8443))));
        assertThat(key.key().from()).containsExactly(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::1"));
        assertThat(key.key().expires()).isPresent();
        assertThat(found("restrict " + line).restrictions().forwards()).isFalse();
        assertThat(found("no-port-forwarding " + line).restrictions().forwards())
                .isFalse();
        assertThat(found("expiry-time=\"203001021530Z\" " + line).key().expires())
                .contains(Instant.parse("2030-01-02T15:30:00Z"));
    }

    @Test
    void an_option_on_the_line_before_its_key_still_counts() {
        assertThat(found("restrict\n" + keygen().publicLine("ed25519"))
                        .restrictions()
                        .forwards())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "command=\"/bin/false\"",
                "cert-authority",
                "no-touch-required",
                "environment=\"A=B C\"",
                "from=\"*.example.com\"",
                "from=\"!192.0.2.1\"",
                "expiry-time=\"2030\"",
                "expiry-time=\"20301399\"",
                "permitlisten=\"99999\"",
                "frobnicate"
            })
    void an_option_that_would_do_nothing_is_refused_by_name(String option) {
        Outcome outcome = KeyText.parse(option + " " + keygen().publicLine("ed25519"));
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) outcome).why().sentence())
                .startsWith("SP-307")
                .contains(option.split("=", -1)[0]);
    }

    @Test
    void every_private_key_is_refused_and_not_echoed() throws Exception {
        SshKeygen keygen = keygen();
        Path rsa = folder.resolve("rsa.pem");
        SshKeygen.run("openssl", "genpkey", "-algorithm", "RSA", "-out", "" + rsa);
        Path ec = folder.resolve("ec.pem");
        SshKeygen.run("openssl", "ecparam", "-name", "P-256", "-genkey", "-noout", "-out", "" + ec);
        Path ed = folder.resolve("ed.pem");
        SshKeygen.run("openssl", "genpkey", "-algorithm", "ED25519", "-out", "" + ed);
        Path openssh = keygen.make("ed25519");
        List<String> texts = List.of(
                Files.readString(openssh),
                Files.readString(openssh).replace("\n", "\r\n"),
                Files.readString(openssh).replace("\n", " "),
                Files.readString(openssh).replaceAll("-----.*-----", ""),
                Files.readString(openssh) + Files.readString(Path.of(openssh + ".pub")),
                Files.readString(Path.of(openssh + ".pub")) + Files.readString(openssh),
                Files.readString(keygen.make("rsa", "-m", "PEM")),
                Files.readString(keygen.make("ecdsa", "-m", "PEM")),
                Files.readString(keygen.make("rsa", "-m", "PKCS8")),
                Files.readString(keygen.make("ed25519", "-P", "secret")),
                SshKeygen.run("openssl", "pkcs8", "-topk8", "-in", "" + rsa, "-passout", "pass:secret"),
                Files.readString(rsa),
                Files.readString(ec),
                Files.readString(ed),
                Files.readString(ed).replaceAll("-----.*-----|\n", ""),
                Files.readString(rsa).substring(0, 200),
                "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAA\n",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"abc\",\"x\":\"def\"}");
        for (String text : texts) {
            Outcome outcome = KeyText.parse(text);
            assertThat(outcome).as(text).isInstanceOf(Outcome.Refused.class);
            assertThat(((Outcome.Refused) outcome).why().sentence())
                    .as(text)
                    .isEqualTo(
                            "SP-301 This is a private key; it was neither stored nor logged. "
                                    + "Paste the public key (the .pub file), and make a new key if this one has left its device.");
        }
    }

    @Test
    void certificates_are_refused_as_such() throws Exception {
        SshKeygen keygen = keygen();
        Path authority = keygen.make("ed25519");
        Path key = keygen.make("ed25519");
        SshKeygen.run("ssh-keygen", "-q", "-s", "" + authority, "-I", "id", "-n", "mm", key + ".pub");
        assertThat(refused(Files.readString(Path.of(key + "-cert.pub")))).isEqualTo(Fault.KEY_CERTIFICATE);
        Path certificate = folder.resolve("cert.pem");
        SshKeygen.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=x",
                "-keyout",
                "" + folder.resolve("k.pem"),
                "-out",
                "" + certificate);
        assertThat(refused(Files.readString(certificate))).isEqualTo(Fault.KEY_CERTIFICATE);
    }

    @Test
    void a_key_that_is_cut_off_anywhere_is_refused() {
        SshKeygen keygen = keygen();
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            String line = keygen.publicLine(type).strip();
            String blob = line.split(" ", -1)[1];
            String whole = found(line).key().blob();
            for (int cut = 1; cut < blob.length(); cut++) {
                String short1 = line.split(" ", -1)[0] + " " + blob.substring(0, blob.length() - cut);
                if (blob.substring(blob.length() - cut).matches("=+")) {
                    assertThat(found(short1).key().blob()).isEqualTo(whole);
                } else {
                    assertThat(refused(short1)).isEqualTo(Fault.KEY_TRUNCATED);
                }
                assertThat(KeyText.parse(short1 + " mm@lab one").getClass())
                        .isEqualTo(KeyText.parse(short1).getClass());
            }
        }
    }

    @Test
    void a_key_whose_lengths_or_point_were_altered_is_refused() {
        SshKeygen keygen = keygen();
        String ec = keygen.publicLine("ecdsa");
        byte[] blob = Base64.getDecoder().decode(ec.split(" ", -1)[1]);
        for (int at : new int[] {0, 3, 8, 25, 30, 40, 60, 90}) {
            byte[] altered = blob.clone();
            altered[at] ^= 0x10;
            assertThat(refused("ecdsa-sha2-nistp256 " + Base64.getEncoder().encodeToString(altered)))
                    .isEqualTo(Fault.KEY_TRUNCATED);
        }
        assertThat(refused("ssh-ed25519 " + ec.split(" ", -1)[1])).isEqualTo(Fault.KEY_TRUNCATED);
        assertThat(refused(keygen.publicLine("ed25519").replaceFirst("(AAAA.{20})(.)", "$1*")))
                .isEqualTo(Fault.KEY_TRUNCATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void ed25519_keys_of_small_order_with_which_anybody_could_sign_are_refused(String point) {
        byte[] blob = KeyBlob.of("ssh-ed25519", java.util.HexFormat.of().parseHex(point));
        assertThat(refused("ssh-ed25519 " + Base64.getEncoder().encodeToString(blob)))
                .isEqualTo(Fault.KEY_TRUNCATED);
    }

    @Test
    void weak_and_unsupported_keys_are_refused_by_name() {
        SshKeygen keygen = keygen();
        assertThat(refused(keygen.publicLine("rsa", "-b", "1024"))).isEqualTo(Fault.KEY_TOO_WEAK);
        assertThat(refused(keygen.publicLine("dsa"))).isEqualTo(Fault.KEY_TOO_WEAK);
        Path dsa = keygen.make("dsa");
        assertThat(refused(keygen.export(dsa, "RFC4716"))).isEqualTo(Fault.KEY_TOO_WEAK);
        assertThat(refused(keygen.export(dsa, "PKCS8"))).isEqualTo(Fault.KEY_TOO_WEAK);
        Path ed448 = folder.resolve("ed448.pem");
        SshKeygen.run("openssl", "genpkey", "-algorithm", "ED448", "-out", "" + ed448);
        assertThat(refused(SshKeygen.run("openssl", "pkey", "-in", "" + ed448, "-pubout")))
                .isEqualTo(Fault.KEY_UNSUPPORTED);
        assertThat(refused("ssh-foo AAAAB3NzaC1yc2EAAAADAQAB")).isEqualTo(Fault.KEY_UNSUPPORTED);
    }

    @Test
    void rsa_needs_an_odd_exponent_and_a_bounded_modulus() {
        byte[] e4 = {4};
        byte[] e3 = {3};
        byte[] modulus = java.math.BigInteger.ONE.shiftLeft(3071).setBit(0).toByteArray();
        byte[] huge = java.math.BigInteger.ONE.shiftLeft(16384).setBit(0).toByteArray();
        Base64.Encoder base64 = Base64.getEncoder();
        assertThat(refused("ssh-rsa " + base64.encodeToString(KeyBlob.of("ssh-rsa", e4, modulus))))
                .isEqualTo(Fault.KEY_TRUNCATED);
        assertThat(refused("ssh-rsa " + base64.encodeToString(KeyBlob.of("ssh-rsa", e3, huge))))
                .isEqualTo(Fault.KEY_UNSUPPORTED);
        found("ssh-rsa " + base64.encodeToString(KeyBlob.of("ssh-rsa", e3, modulus)));
    }

    @Test
    void several_keys_are_counted() {
        SshKeygen keygen = keygen();
        Outcome outcome = KeyText.parse(keygen.publicLine("ed25519") + keygen.publicLine("ecdsa"));
        assertThat(((Outcome.Refused) outcome).why().sentence()).startsWith("SP-308 The text holds 2 keys.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "hello", "ssh", "256 SHA256:abc mm (ED25519)", "https://example.com/", "AAAA"})
    void a_text_without_a_key_says_what_to_paste(String text) {
        assertThat(refused(text)).isEqualTo(Fault.NOT_A_KEY);
    }

    @Test
    void no_text_makes_it_throw() {
        String line = keygen().publicLine("ecdsa");
        java.util.Random random = new java.util.Random(7);
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder(line);
            for (int k = random.nextInt(4); k >= 0; k--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(0x180));
            }
            assertThat(KeyText.parse(text.toString())).isNotNull();
        }
    }

    @Test
    void a_comment_cannot_carry_control_characters() {
        String line = keygen().publicLine("ed25519").replace("mm@lab one", "a\u001b[31mb");
        assertThat(found(line).key().comment()).isEqualTo("a?[31mb");
    }
}
