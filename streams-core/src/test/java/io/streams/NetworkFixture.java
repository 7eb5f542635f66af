package io.streams;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tests with servers and clients share: a network of one kind, of which nothing is
 * left afterwards, what its servers tell, and threads for whatever blocks.
 */
@ExtendWith(StreamsInvariants.class)
abstract class NetworkFixture {

	@TempDir
	Path directory;

	final RecordingListener events = new RecordingListener();

	final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	TestNetwork network;

	/** TCP, unless a test class says otherwise. */
	TransportKind kind() {
		return TransportKind.TCP;
	}

	@BeforeEach
	void openNetwork() {
		this.network = new TestNetwork(kind(), this.directory).with((options) -> options.listener(this.events));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
		this.threads.close();
	}

}
