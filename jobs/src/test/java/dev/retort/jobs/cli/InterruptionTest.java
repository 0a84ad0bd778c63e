package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterruptionTest {
  private static final long PATIENCE_SECONDS = 60;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalInterruptsTheCommandLetsItTidyUpAndEndsWith130(String signal) throws Exception {
    Process process = start("wait");
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("started");
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

      assertThat(out.lines().collect(Collectors.toList())).containsExactly("tidied up");
    }
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
  }

  @Test
  void withoutASignalTheCommandsCodeIsTheProcess() throws Exception {
    Process process = start("end");

    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(4);
  }

  private static Process start(String what) throws Exception {
    return new ProcessBuilder(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Waiting.class.getName(),
                what))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** A command that waits until it is interrupted. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] args) {
      Interruption interruption = Interruption.watch(Thread.currentThread());
      System.out.println("started");
      if (args[0].equals("end")) {
        interruption.finish(4);
      }
      try {
        Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      } catch (InterruptedException e) {
        System.out.println("tidied up");
      }
      interruption.finish(0);
    }
  }
}
