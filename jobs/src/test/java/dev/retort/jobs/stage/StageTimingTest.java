package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StageTimingTest {
  @Test
  void stagesOfOneNameAreOneAndKeepTheirPlace() {
    List<StageTiming> merged =
        StageTiming.merged(
            List.of(
                new StageTiming("subset", 0.5, 1, 0),
                new StageTiming("evaluate", 2, 94, 0),
                new StageTiming("subset", 0.25, 32, 0),
                new StageTiming("evaluate", 1, 0, 94),
                new StageTiming("measure", 1, 1, 0),
                new StageTiming("measure", 1, 1, 0),
                new StageTiming("label", 1, 0, 79)));

    assertThat(merged)
        .containsExactly(
            new StageTiming("subset", 0.75, 32, 0),
            new StageTiming("evaluate", 3, 94, 94),
            new StageTiming("measure", 2, 1, 0),
            new StageTiming("label", 1, 0, 79));
    assertThat(merged)
        .extracting(StageTiming::shards)
        .containsExactly(
            "32 shards", "188 shards, 94 from the store", "", "79 shards, all from the store");
  }
}
