package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.error.ExitCode;
import dev.retort.jobs.stage.FashionFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the DAG believes of exit codes, held against ours. */
class AirflowDagTest {
  @Test
  void itCompletesOnTwoCodesAndRetriesTwo() throws IOException {
    assertThat(constant("OK")).isEqualTo(code(ExitCode.OK));
    assertThat(constant("GATE_FAILED")).isEqualTo(code(ExitCode.GATE_FAILED));
    assertThat(constant("RETRIED"))
        .isEqualTo("{" + code(ExitCode.INFRASTRUCTURE, ExitCode.INTERRUPTED) + "}");
  }

  private static String code(ExitCode... codes) {
    return Arrays.stream(codes)
        .map(code -> Integer.toString(code.code()))
        .collect(Collectors.joining(", "));
  }

  private static String constant(String name) throws IOException {
    Pattern assignment = Pattern.compile(name + " = (.*)");
    try (Stream<String> lines =
        Files.lines(FashionFixture.ROOT.resolve("deploy/airflow/retort_compress.py"))) {
      return lines
          .map(assignment::matcher)
          .filter(Matcher::matches)
          .map(match -> match.group(1))
          .findFirst()
          .orElseThrow();
    }
  }
}
