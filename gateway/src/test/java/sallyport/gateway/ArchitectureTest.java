package sallyport.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the packages, each with its reason (design: "Modules and packages"). */
@AnalyzeClasses(packages = "sallyport.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule ssh_and_edge_meet_only_in_tunnel = noClasses()
            .that()
            .resideInAPackage("..gateway.ssh..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..gateway.edge..")
            .because("a cluster peer or a test is just another tunnel; the edge must not know what carries it");

    @ArchTest
    static final ArchRule edge_does_not_know_ssh = noClasses()
            .that()
            .resideInAPackage("..gateway.edge..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..gateway.ssh..", "org.apache.sshd..")
            .because("visitors reach devices through tunnels, whatever carries them");

    @ArchTest
    static final ArchRule directory_is_plain_java = noClasses()
            .that()
            .resideInAPackage("..gateway.directory..")
            .should()
            .dependOnClassesThat(
                    outside("java..", "org.jspecify..", "sallyport.gateway.directory..", "sallyport.gateway.fault.."))
            .because("the snapshot is read by every part and must drag in none");

    @ArchTest
    static final ArchRule fault_and_time_are_plain_java = noClasses()
            .that()
            .resideInAnyPackage("..gateway.fault..", "..gateway.time..")
            .should()
            .dependOnClassesThat(
                    outside("java..", "org.jspecify..", "sallyport.gateway.fault..", "sallyport.gateway.time.."))
            .because("they stand below everything else");

    @ArchTest
    static final ArchRule mina_stays_in_ssh = only("org.apache.sshd..", "..gateway.ssh..")
            .because("the SSH library can then be replaced or patched in one place");

    @ArchTest
    static final ArchRule netty_handlers_stay_in_edge = only("io.netty.handler..", "..gateway.edge..")
            .because("TLS and HTTP towards visitors are the edge's business alone");

    @ArchTest
    static final ArchRule netty_stays_in_the_data_plane = noClasses()
            .that()
            .resideOutsideOfPackages("sallyport.gateway", "..gateway.tunnel..", "..gateway.ssh..", "..gateway.edge..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..")
            .because("the control plane is blocking code and must not get hold of an event loop");

    @ArchTest
    static final ArchRule bouncy_castle_stays_in_cert =
            only("org.bouncycastle..", "..gateway.cert..").because("certificates are built there and nowhere else");

    @ArchTest
    static final ArchRule acme_stays_in_cert = noClasses()
            .that()
            .resideOutsideOfPackage("..gateway.cert..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.shredzone.acme4j..", "org.jose4j..")
            .because("whoever shows a certificate must not care where it came from");

    @ArchTest
    static final ArchRule sql_stays_in_store = noClasses()
            .that()
            .resideOutsideOfPackage("..gateway.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer..", "org.flywaydb..")
            .because("the data plane never touches the database, and the control plane does so in one place");

    @ArchTest
    static final ArchRule the_data_plane_does_not_know_the_store = noClasses()
            .that()
            .resideInAnyPackage("..gateway.tunnel..", "..gateway.ssh..", "..gateway.edge..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..gateway.store..", "..gateway.console..")
            .because("a store outage changes nothing for connected devices and visitors");

    @ArchTest
    static final ArchRule web_framework_stays_in_console = noClasses()
            .that()
            .resideOutsideOfPackage("..gateway.console..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "tools.jackson..")
            .because("the console's stack is never shared with the data plane");

    @ArchTest
    static final ArchRule prometheus_stays_in_event = only("io.prometheus..", "..gateway.event..")
            .because("the one listener interface is the only seam for observation");

    @ArchTest
    static final ArchRule yaml_stays_in_config =
            only("org.snakeyaml..", "..gateway.config..").because("everything else sees records");

    @ArchTest
    static final ArchRule packages_have_no_cycles = slices().matching("sallyport.gateway.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a package that needs its user cannot be understood alone");

    @ArchTest
    static final ArchRule no_names_without_a_meaning = noClasses()
            .that()
            .resideInAPackage("sallyport..")
            .should()
            .haveNameMatching(".*(Manager|Helper|Util|Utils|Support|Impl)")
            .because("such a class has no name yet");

    private static ArchRule only(String library, String owner) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(owner)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private static DescribedPredicate<JavaClass> outside(String... packages) {
        return DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(packages))
                .and(DescribedPredicate.not(DescribedPredicate.describe("primitive", JavaClass::isPrimitive)))
                .and(DescribedPredicate.not(DescribedPredicate.describe("array", JavaClass::isArray)))
                .as("classes outside of %s", String.join(", ", packages));
    }
}
