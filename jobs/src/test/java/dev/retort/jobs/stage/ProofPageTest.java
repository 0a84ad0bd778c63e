package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProofPageTest {
  private static final String PAGE =
      """
      | figure | wanted | measured |
      | --- | --- | --- |
      | speed | 2 | 3 |
      | speed of another | 2 | 5 |
      """;

  @Test
  void aFigureOfTheSameDayIsReplacedWhereItStands() {
    assertThat(ProofPage.with(PAGE, "speed", "| 2 | 4 |"))
        .isEqualTo(PAGE.replace("| speed | 2 | 3 |", "| speed | 2 | 4 |"));
  }

  @Test
  void aNewFigureIsAppended() {
    assertThat(ProofPage.with(PAGE, "memory", "| 1 GB | 0.9 GB |"))
        .isEqualTo(PAGE + "| memory | 1 GB | 0.9 GB |\n");
  }
}
