package io.streams.spring;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * What the packages of this module may know of each other.
 */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new DoNotIncludeTests())
		.importPackages("io.streams.spring");

	@Test
	void packagesHaveNoCycle() {
		slices().matching("io.streams.spring.(*)..").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void nothingKnowsTheAutoConfiguration() {
		noClasses().that()
			.resideOutsideOfPackage("io.streams.spring.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.streams.spring.autoconfigure..")
			.check(CLASSES);
	}

	@Test
	void optionalLibrariesAreKnownInTheirOwnPackageOnly() {
		onlyIn("io.micrometer..", "io.streams.spring.metrics..");
		onlyIn("org.springframework.boot.actuate..", "io.streams.spring.actuate..");
		onlyIn("org.springframework.boot.health..", "io.streams.spring.health..");
		onlyIn("org.reactivestreams..", "io.streams.spring.handler..");
	}

	@Test
	void engineIsKnownToTheAutoConfigurationOnly() {
		noClasses().that()
			.resideOutsideOfPackage("io.streams.spring.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.streams.loop..", "io.streams.nio..", "io.streams.socket..")
			.check(CLASSES);
	}

	@Test
	void locksAreNotMonitors() {
		noClasses().should()
			.callMethod(Object.class, "wait")
			.orShould()
			.callMethod(Object.class, "notifyAll")
			.check(CLASSES);
	}

	private void onlyIn(String library, String ours) {
		noClasses().that()
			.resideOutsideOfPackages(ours, "io.streams.spring.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage(library)
			.check(CLASSES);
	}

}
