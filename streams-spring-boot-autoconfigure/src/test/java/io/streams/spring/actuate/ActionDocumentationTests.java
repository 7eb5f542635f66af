package io.streams.spring.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.streams.flow.Activity;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the documentation says operators can do, and see, is what there is.
 */
class ActionDocumentationTests {

	private static final Pattern ACTION = Pattern.compile("`\\{\"action\": \"([a-z-]+)\"");

	@Test
	void everyActionIsDocumented() throws IOException {
		List<String> documented = ACTION.matcher(document("management.md"))
			.results()
			.map((match) -> match.group(1))
			.toList();
		assertThat(documented).containsExactlyElementsOf(
				Stream.<Enum<?>>concat(Stream.of(ServerAction.values()), Stream.of(ConnectionAction.values()))
					.map(Words::of)
					.toList());
		assertThat(document("management.md")).contains("last " + ConnectionEvents.CAPACITY + " events",
				"`" + OperatorLog.AUDIT_TYPE + "`", "at most " + StreamsEndpoint.MAX_PAGE_SIZE);
	}

	@Test
	void everyActivityIsDocumented() throws IOException {
		assertThat(Stream.of(Activity.values())).allSatisfy(
				(activity) -> assertThat(document("flow-control.md")).contains("| `" + activity.text() + "` |"));
	}

	private static String document(String name) throws IOException {
		return Files.readString(Path.of("..", "docs", name));
	}

}
