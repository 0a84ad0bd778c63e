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

class SparkFailuresTest {
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
  void aFullDiskOfAShuffleIsTheClustersFault() {
    Exception full = new IllegalStateException("job", new IOException("No space left on device"));

    assertThat(SparkFailures.explain(full)).isInstanceOf(InfrastructureError.class);
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
