package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.error.InfrastructureError;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.UserError;
import dev.retort.jobs.SparkTest;
import java.io.IOException;
import java.util.List;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkFailuresTest {
  /** The line number of a native method. */
  private static final int NATIVE = -2;

  @Test
  void theErrorOfATaskIsFoundUnderSparksOwn() {
    RuntimeException explained = null;
    try {
      SparkTest.context()
          .parallelize(List.of(1), 1)
          .foreach(
              x -> {
                throw UserError.input("the row is bad");
              });
    } catch (Exception e) {
      explained = SparkFailures.explain(e);
    }

    assertThat(explained).isInstanceOf(UserError.class).hasMessage("the row is bad");
  }

  @Test
  void aLostExecutorIsTheClustersFault() {
    SparkException lost =
        new SparkException(
            "Job aborted due to stage failure: ExecutorLostFailure (executor 1 exited)", null);

    assertThat(SparkFailures.explain(lost))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("ExecutorLostFailure")
        .hasMessageContaining("repeat the command");
  }

  @Test
  void aFullHeapOfTheDriverSaysWhatToRaise() {
    Exception failure = new IllegalStateException("stage", new OutOfMemoryError("Java heap space"));
    long heap = Runtime.getRuntime().maxMemory() >> 20;

    assertThat(SparkFailures.explain(failure))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("the driver's heap of %,d MB is too small".formatted(heap))
        .hasMessageContaining("RETORT_DRIVER_MEMORY or --driver-memory to %dm".formatted(2 * heap));
    assertThat(SparkFailures.explain(new OutOfMemoryError("unable to create native thread")))
        .isNotInstanceOf(InfrastructureError.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Task 0 failed 4 times: java.lang.OutOfMemoryError: Java heap space",
        "ExecutorLostFailure (executor 1 exited): Command exited with code 52"
      })
  void aFullHeapOfAnExecutorSaysWhatToRaise(String words) {
    assertThat(SparkFailures.explain(new SparkException(words, null)))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("the heap of an executor")
        .hasMessageContaining("--executor-memory");
  }

  @Test
  void aFullDiskOfAShuffleIsTheClustersFault() {
    Exception full = new IllegalStateException("job", new IOException("No space left on device"));

    assertThat(SparkFailures.explain(full)).isInstanceOf(InfrastructureError.class);
  }

  @Test
  void aFailedWriteOfTheSystemIsTheClustersFaultInAnyLanguage() {
    IOException german = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");
    german.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement(
              "java.io.FileOutputStream", "writeBytes", "FileOutputStream.java", NATIVE)
        });
    IOException elsewhere = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");

    assertThat(SparkFailures.explain(new IllegalStateException("job", german)))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("kein Speicherplatz")
        .hasMessageEndingWith("check executors, network and disks, then repeat the command");
    assertThat(SparkFailures.explain(elsewhere)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ourErrorIsFoundUnderAMessageOfSparksThatRepeatsIt() {
    UserError ours = UserError.input("Cannot read x: connection refused");

    assertThat(SparkFailures.explain(new SparkException("Job aborted: " + ours, ours)))
        .isSameAs(ours);
  }

  @Test
  void anInterruptedWaitIsASignal() {
    assertThat(SparkFailures.explain(new InterruptedException()))
        .isInstanceOf(InterruptedRunError.class);
  }

  @Test
  void whatNobodyKnowsStaysAsItIs() {
    IllegalStateException odd = new IllegalStateException("odd");

    assertThat(SparkFailures.explain(odd)).isSameAs(odd);
    assertThat(SparkFailures.explain(new Exception("checked"))).hasCauseInstanceOf(Exception.class);
  }
}
