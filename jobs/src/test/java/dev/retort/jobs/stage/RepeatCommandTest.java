package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepeatCommandTest {
  @Test
  void theRunsOwnRecipeAndMeasurementsAreReplayedWhereItStarted() {
    String text =
        new RepeatCommand(
                "/home/me", "/opt/retort/deploy/retort", "file:/w/runs/a-1", "file:///w", "a-1")
            .text();

    assertThat(text)
        .isEqualTo(
            """
            cd /home/me
            /opt/retort/deploy/retort compress /w/runs/a-1/recipe.yaml \\
              --measurements /w/runs/a-1/measurements.json \\
              --work file:///w --run-id a-1-again""");
  }

  @Test
  void filesOfAnotherFileSystemAreFetchedFirst() {
    String text =
        new RepeatCommand(
                "/home/me",
                "deploy/retort",
                "hdfs://name:9000/w/runs/a-1",
                "hdfs://name:9000/w",
                "a-1")
            .text();

    assertThat(text)
        .contains(
            "hadoop fs -get hdfs://name:9000/w/runs/a-1/recipe.yaml a-1-recipe.yaml\n",
            "deploy/retort compress a-1-recipe.yaml \\\n  --measurements a-1-measurements.json",
            "--work hdfs://name:9000/w --run-id a-1-again");
  }

  @Test
  void wordsThatAShellWouldSplitAreQuoted() {
    String text =
        new RepeatCommand("/my files", "deploy/retort", "file:/it's/runs/a", "file:/it's", "a")
            .text();

    assertThat(text).contains("cd '/my files'\n", "compress '/it'\\''s/runs/a/recipe.yaml'");
  }
}
