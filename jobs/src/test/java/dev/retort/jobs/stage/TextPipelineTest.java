package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on texts. */
class TextPipelineTest {
  @TempDir static Path folder;

  private static GlossFixture fixture;
  private static RunResult result;

  @BeforeAll
  static void compressOnce() {
    fixture = new GlossFixture(folder);
    result = Pipeline.compress(fixture.request("work", Map.of("spark.partitions", "2")));
  }

  @Test
  void textsAreIngestedLabelledAndEvaluated() {
    assertThat(result.status()).isEqualTo("ok");
    assertThat(result.steps().get(0).metrics()).containsEntry("agreement", 1.0);
  }

  @Test
  void otherPartitionsGiveTheSameBits() {
    RunResult other = Pipeline.compress(fixture.request("other", Map.of("spark.partitions", "5")));

    assertThat(other.steps().get(0).sha256()).isEqualTo(result.steps().get(0).sha256());
    assertThat(StoreHashes.of(folder.resolve("other")))
        .isEqualTo(StoreHashes.of(folder.resolve("work")));
  }
}
