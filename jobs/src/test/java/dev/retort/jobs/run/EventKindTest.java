package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventKindTest {
  private static final Path PAGE = Path.of(System.getProperty("retort.root"), "deploy/README.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\| [^|]+ \\| ([^|]+) \\|$", Pattern.MULTILINE);

  /** Names of fields stand before a colon, those that share a meaning with commas between. */
  private static final Pattern FIELD = Pattern.compile("`(\\w+)`(?=(, `\\w+`)*:)");

  @Test
  void theTableOfTheDocumentationHasEachKindWithItsFields() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("| kind | when | fields |");
    String table = page.substring(begin, page.indexOf("\n\n", begin));

    Map<String, Set<String>> documented = new TreeMap<>();
    for (Matcher row = ROW.matcher(table); row.find(); ) {
      Matcher fields = FIELD.matcher(row.group(2));
      documented.put(
          row.group(1), fields.results().map(f -> f.group(1)).collect(Collectors.toSet()));
    }

    Map<String, Set<String>> known = new TreeMap<>();
    for (EventKind kind : EventKind.values()) {
      known.put(kind.text(), kind.fields());
    }
    assertThat(documented).isEqualTo(known);
    assertThat(table.lines()).hasSize(known.size() + 2);
  }

  @Test
  void anEventWithOtherFieldsIsADefect(@TempDir Path work) {
    try (RunWriter run = RunDirectory.of(WorkRoot.of(work), new RunId("run")).lock()) {
      assertThatThrownBy(() -> run.events().add(EventKind.RUN_END, Map.of("status", "ok")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("run-end has the fields [status], must have");
      assertThat(run.directory().events()).isEmpty();
    }
  }

  @Test
  void aLineHasTimeKindAndFields(@TempDir Path work) {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), new RunId("run"));
    try (RunWriter run = directory.lock()) {
      run.events().add(EventKind.RUN_END, Map.of("status", "ok", "exitCode", 0));
    }

    assertThat(directory.text(RunDirectory.EVENTS).orElseThrow())
        .matches(
            "\\{\"time\":\"[0-9T:.-]+Z\",\"kind\":\"run-end\",\"fields\":\\{\"exitCode\":0,\"status\":\"ok\"}}\n");
  }
}
