package dev.retort.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.InputSpec;
import dev.retort.data.SampleColumns;
import dev.retort.recipe.DataSettings.Format;
import dev.retort.recipe.DataSettings.Validation;
import dev.retort.tensor.ElementType;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All training images of Fashion-MNIST. */
@Tag("proof")
class IngestProofTest {
  @TempDir Path work;

  @Test
  void sixtyThousandImagesGiveOneDataSetForAnyPartitions() {
    Path data = Path.of(System.getProperty("retort.root")).resolve("data/fashion-mnist/train");
    SampleColumns columns =
        new SampleColumns(
            List.of(InputSpec.of("image", "image", ElementType.UINT8, 1, 28, 28)),
            Fixture.COLUMNS.label(),
            Optional.empty());
    Set<Object> made = new HashSet<>();
    for (int partitions : new int[] {1, 2, 7, 64}) {
      IngestRequest request =
          IngestRequest.of("train", Fixture.source(Format.PARQUET, data), columns)
              .withValidation(new Validation(0.1, 7))
              .withPartitions(partitions);
      IngestResult result = Fixture.ingest(request, work.resolve("p" + partitions));
      assertThat(result.data().shards()).isEqualTo(121);
      assertThat(result.data().samplesPerShard()).isEqualTo(448);
      assertThat(result.validation().orElseThrow().samples()).isEqualTo(6_000);
      made.add(result);
    }
    assertThat(made).hasSize(1);
  }
}
