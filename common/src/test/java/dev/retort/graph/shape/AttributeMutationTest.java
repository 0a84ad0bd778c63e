package dev.retort.graph.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Mutants that pass {@link ModelCheck} do not crash the process that runs them. */
class AttributeMutationTest {
  private static final int MUTANTS = 300;

  @Test
  void mutantsOfTheStudentAreRefusedOrRunWithoutACrash() throws Exception {
    survives("fashion-student.onnx", 1);
  }

  /** Surefire starts tests with a jar that refers to their class path. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static void survives(String file, long seed) throws IOException, InterruptedException {
    Path model = Path.of(System.getProperty("retort.root"), "data", "models", file);
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                classPath(),
                MutationProbe.class.getName(),
                model.toString(),
                Long.toString(seed),
                Integer.toString(MUTANTS))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> lines;
    try (InputStream out = child.getInputStream()) {
      lines = new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    assertThat(child.waitFor()).as("exit code after %s", lines).isZero();
    Map<String, Long> outcomes =
        lines.stream()
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(outcomes).containsEntry("begun", (long) MUTANTS);
    assertThat(outcomes.get("refused")).isGreaterThan(50);
    assertThat(outcomes.get("ran")).isGreaterThan(50);
  }
}
