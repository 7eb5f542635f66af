package io.streams;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The house: which package may know which.
 */
@AnalyzeClasses(packages = "io.streams", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String[] JDK_AND_ANNOTATIONS = { "java..", "javax.net.ssl..", "jdk.net..", "jdk.jfr..",
			"org.jspecify.annotations..", "org.slf4j" };

	@ArchTest
	static final ArchRule layersKnowOnlyWhatIsBelowThem = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("flow")
		.definedBy("io.streams.flow")
		.layer("buffer")
		.definedBy("io.streams.buffer")
		.layer("transport")
		.definedBy("io.streams.transport")
		.layer("socket")
		.definedBy("io.streams.socket")
		.layer("loop")
		.definedBy("io.streams.loop")
		.layer("nio")
		.definedBy("io.streams.nio")
		.layer("memory")
		.definedBy("io.streams.memory")
		.optionalLayer("tls")
		.definedBy("io.streams.tls")
		.layer("streams")
		.definedBy("io.streams")
		.whereLayer("flow")
		.mayNotAccessAnyLayer()
		.whereLayer("buffer")
		.mayOnlyAccessLayers("flow")
		.whereLayer("transport")
		.mayOnlyAccessLayers("flow")
		.whereLayer("socket")
		.mayOnlyAccessLayers("transport")
		.whereLayer("loop")
		.mayOnlyAccessLayers("socket", "transport", "buffer", "flow")
		.whereLayer("nio")
		.mayOnlyAccessLayers("loop", "socket", "transport")
		.whereLayer("memory")
		.mayOnlyAccessLayers("loop", "socket", "transport", "buffer", "flow")
		.whereLayer("tls")
		.mayOnlyAccessLayers("transport", "buffer", "flow")
		.whereLayer("streams")
		.mayNotBeAccessedByAnyLayer();

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.(**)").should().beFreeOfCycles();

	/** The most classes of one package that may know each other in a circle. */
	private static final int MAX_CYCLE = 5;

	/** Larger circles, by package. They may only become smaller. */
	private static final Map<String, Integer> LARGER_CYCLES = Map.of("io.streams", 23, "io.streams.loop", 20,
			"io.streams.tls", 9);

	@ArchTest
	static void fewClassesOfOnePackageKnowEachOtherInACircle(JavaClasses classes) {
		Map<String, Integer> largest = new TreeMap<>();
		Set<String> packages = classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
		for (String name : packages) {
			List<Set<String>> cycles = ClassCycles.of(classes, name);
			int bound = LARGER_CYCLES.getOrDefault(name, MAX_CYCLE);
			assertThat(cycles).as("circles of classes in " + name)
				.allSatisfy((cycle) -> assertThat(cycle).hasSizeLessThanOrEqualTo(bound));
			cycles.forEach((cycle) -> largest.merge(name, cycle.size(), Math::max));
		}
		largest.values().removeIf((size) -> size <= MAX_CYCLE);
		assertThat(LARGER_CYCLES.keySet()).as("exceptions are those that are needed").isEqualTo(largest.keySet());
	}

	@ArchTest
	static final ArchRule everyPackageHasItsPlace = classes().should()
		.resideInAnyPackage("io.streams", "io.streams.flow", "io.streams.buffer", "io.streams.transport",
				"io.streams.socket", "io.streams.loop", "io.streams.nio", "io.streams.memory", "io.streams.tls");

	@ArchTest
	static final ArchRule nothingButTheJdkAnnotationsAndTheLoggingInterfaceIsNeeded = classes().should()
		.onlyDependOnClassesThat(resideIn("io.streams..").or(resideIn(JDK_AND_ANNOTATIONS)));

	@ArchTest
	static final ArchRule pureStateMachinesDoNoInputOrOutput = noClasses().that()
		.resideInAnyPackage("io.streams.flow", "io.streams.buffer")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..", "org.slf4j..");

	/** The helper logs for all transports, which share no other package. */
	@ArchTest
	static final ArchRule transportsAreInterfacesValuesAndErrorsOnly = classes().that()
		.resideInAPackage("io.streams.transport")
		.and()
		.doNotHaveSimpleName("ProtocolCalls")
		.should(beTypesWithoutBehaviour());

	@ArchTest
	static final ArchRule loopsShowTheirOptionsAndThemselvesAsAWhole = classes().that()
		.resideInAPackage("io.streams.loop")
		.and()
		.doNotHaveFullyQualifiedName("io.streams.loop.LoopOptions$Builder")
		.and()
		.doNotHaveSimpleName("LoopTransportFactory")
		.and()
		.doNotHaveSimpleName("LoopOptions")
		.and()
		.doNotHaveSimpleName("LoopThreads")
		.and()
		.doNotHaveSimpleName("TransportFactoryProvider")
		.should()
		.notBePublic();

	@ArchTest
	static final ArchRule nioShowsItsFactoryOnly = classes().that()
		.resideInAPackage("io.streams.nio")
		.and()
		.doNotHaveSimpleName("NioTransportFactory")
		.should()
		.notBePublic();

	@ArchTest
	static final ArchRule onlyTheDoorKnowsSockets = noClasses().that()
		.resideOutsideOfPackages("io.streams.socket", "io.streams.loop", "io.streams.nio", "io.streams.memory")
		.and(DescribedPredicate.not(isOrIsIn("Streams")))
		.and(DescribedPredicate.not(isOrIsIn("DefaultTransports")))
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.streams.socket", "io.streams.loop", "io.streams.nio");

	@ArchTest
	static final ArchRule socketsAreInterfacesAndErrorsOnly = classes().that()
		.resideInAPackage("io.streams.socket")
		.should()
		.beInterfaces()
		.orShould()
		.beEnums()
		.orShould()
		.beAssignableTo(Exception.class);

	@ArchTest
	static final ArchRule onlyNioSelects = noClasses().that()
		.resideOutsideOfPackage("io.streams.nio")
		.should()
		.dependOnClassesThat()
		.haveNameMatching("java\\.nio\\.channels\\.(Selector|SelectionKey)");

	@ArchTest
	static final ArchRule locksAreNeverSynchronized = methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED);

	@ArchTest
	static final ArchRule nobodySleeps = noClasses().should()
		.callMethod(Thread.class, "sleep", long.class)
		.orShould()
		.callMethod(Thread.class, "sleep", java.time.Duration.class)
		.orShould()
		.callMethod(Object.class, "wait")
		.orShould()
		.callMethod(Object.class, "wait", long.class);

	@ArchTest
	static final ArchRule nobodyPrints = noClasses().should()
		.accessField(System.class, "out")
		.orShould()
		.accessField(System.class, "err")
		.orShould()
		.callMethod(Throwable.class, "printStackTrace");

	/** The superclasses of builders and write sides are abstract. */
	@ArchTest
	static final ArchRule whatUsersSeeIsFinalOrAnInterface = classes().that()
		.arePublic()
		.and()
		.areTopLevelClasses()
		.and()
		.areNotInterfaces()
		.and()
		.areNotEnums()
		.and()
		.areNotAssignableTo(Exception.class)
		.and(DescribedPredicate.not(isOrIsIn("ConnectionOptions")))
		.and()
		.doNotHaveSimpleName("TransportOptionsBuilder")
		.and()
		.doNotHaveSimpleName("OutboundBuffer")
		.should()
		.haveModifier(JavaModifier.FINAL);

	private static DescribedPredicate<JavaClass> resideIn(String... packages) {
		return JavaClass.Predicates.resideInAnyPackage(packages);
	}

	private static DescribedPredicate<JavaClass> isOrIsIn(String outermost) {
		return DescribedPredicate.describe("is " + outermost,
				(type) -> type.getName().startsWith("io.streams." + outermost + "$")
						|| type.getName().equals("io.streams." + outermost));
	}

	private static com.tngtech.archunit.lang.ArchCondition<JavaClass> beTypesWithoutBehaviour() {
		return com.tngtech.archunit.lang.ArchCondition
			.from(DescribedPredicate.describe("be interfaces, records, enums, exceptions, options or builders",
					(type) -> type.isInterface() || type.isRecord() || type.isEnum()
							|| type.isAssignableTo(Exception.class) || type.getSimpleName().endsWith("Options")
							|| type.getSimpleName().endsWith("Builder") || type.isAnonymousClass()));
	}

}
