package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatasetDescriptorTest {
  private static final InputSpec IMAGE = InputSpec.of("image", "c", ElementType.UINT8, 1, 28, 28);
  private static final ShardPlan PLAN = ShardPlan.of(100, 784);
  private static final List<Sha256> SHARDS = List.of(Sha256.of("a"), Sha256.of("b"));

  @Test
  void aDescriptorKnowsItsPlanAndColumns() {
    DatasetDescriptor data = DatasetDescriptor.of("train", columns(IMAGE), PLAN, SHARDS);

    assertThat(data.plan()).isEqualTo(PLAN);
    assertThat(data.columns()).isEqualTo(columns(IMAGE));
    assertThat(data.schema()).isEqualTo(new SampleSchema(List.of(IMAGE), true, false));
    assertThat(data.shards()).isEqualTo(2);
    assertThat(data.groupSize()).isEqualTo(1);
  }

  @Test
  void theContentHashIsOfTheStoredSamplesAlone() {
    Sha256 hash = DatasetDescriptor.of("a", columns(IMAGE), PLAN, SHARDS).contentHash();

    InputSpec scaled = IMAGE.withScale(0.5);
    assertThat(DatasetDescriptor.of("b", columns(scaled), PLAN, SHARDS).contentHash())
        .isEqualTo(hash);
    InputSpec flat = InputSpec.of("image", "c", ElementType.UINT8, 784);
    assertThat(DatasetDescriptor.of("a", columns(flat), PLAN, SHARDS).contentHash())
        .isNotEqualTo(hash);
    List<Sha256> swapped = List.of(SHARDS.get(1), SHARDS.get(0));
    assertThat(DatasetDescriptor.of("a", columns(IMAGE), PLAN, swapped).contentHash())
        .isNotEqualTo(hash);
  }

  @Test
  void everyShardNeedsAHash() {
    assertThatThrownBy(() -> DatasetDescriptor.of("a", columns(IMAGE), PLAN, List.of()))
        .hasMessage("2 shards have 0 hashes");
  }

  @Test
  void wrongColumnsAreRefused() {
    assertThatThrownBy(() -> new LabelSpec("label", 1))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot use label column label: classes is 1, must be 2 or more");
    assertThatThrownBy(() -> new SampleSchema(List.of(IMAGE, IMAGE), true, true))
        .hasMessageContaining("distinct names");
  }

  @Test
  void theNearestNameIsFoundWhateverItsCase() {
    assertThat(NearestName.hint("Imag", List.of("label", "image")))
        .isEqualTo("the nearest is image");
    assertThat(NearestName.hint("x", List.of())).isEqualTo("there is none");
  }

  private static SampleColumns columns(InputSpec input) {
    return new SampleColumns(
        List.of(input), Optional.of(new LabelSpec("label", 10)), Optional.empty());
  }
}
