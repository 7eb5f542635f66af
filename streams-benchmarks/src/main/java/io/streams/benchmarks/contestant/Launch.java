package io.streams.benchmarks.contestant;

import java.nio.file.Path;
import java.util.List;

import io.streams.benchmarks.workload.Service;

/**
 * How to start a server.
 *
 * @param service what it shall do
 * @param port a free port, for those that do not find one themselves
 * @param heap the size of its heap, if it is a JVM
 * @param jvmArguments further arguments of its JVM
 * @param directory for files that it needs
 */
public record Launch(Service service, int port, String heap, List<String> jvmArguments, Path directory) {
}
