package io.streams.epoll;

import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Whether this JVM and system have what it takes. Found out once.
 */
final class Support {

	/** Those whose system calls have the numbers and layouts that are used here. */
	private static final Set<String> ARCHITECTURES = Set.of("amd64", "aarch64");

	private static final @Nullable String REASON = find(System.getProperty("os.name"), System.getProperty("os.arch"));

	private Support() {
	}

	static Optional<String> unsupportedReason() {
		return Optional.ofNullable(REASON);
	}

	static @Nullable String find(String system, String architecture) {
		if (!system.equals("Linux")) {
			return "epoll is Linux', and this is " + system;
		}
		if (!ARCHITECTURES.contains(architecture)) {
			return "epoll is supported on " + ARCHITECTURES + ", and this is " + architecture;
		}
		try {
			new Epoll().close();
			return null;
		}
		catch (Exception | LinkageError ex) {
			return "the C library cannot be called (" + ex + "; is native access allowed, by --enable-native-access="
					+ moduleOption() + "?)";
		}
	}

	/**
	 * Returns this module's name in options of the JVM, on the module path or the class
	 * path.
	 */
	private static String moduleOption() {
		Module module = Support.class.getModule();
		return module.isNamed() ? module.getName() : "ALL-UNNAMED";
	}

}
