package dev.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.Padding;
import dev.retort.graph.join.Pooling;
import dev.retort.recipe.DataSettings.Format;
import dev.retort.recipe.Step.Calibration;
import dev.retort.recipe.Step.OpGroup;
import dev.retort.recipe.Step.Preset;
import dev.retort.recipe.Step.Quantize;
import dev.retort.recipe.Step.RangeMethod;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RecipeReaderTest {
  private static final Path SHIPPED =
      Path.of(System.getProperty("retort.root"), "conf/recipes/fashion-mnist.yaml");

  @Test
  void aTextIsReadWithItsDefaultsAndPrinted() {
    String text =
        Recipes.MINIMAL.replace("x: {type: float32, shape: [4]}", "gloss: {tokenizer: t.json}");

    Recipe recipe =
        RecipeReader.parse("r.yaml", text, Map.of("data.inputs.gloss.max-length", "64"));

    assertThat(recipe.data().text())
        .contains(new TextSettings("gloss", "gloss", "t.json", 64, Padding.LONGEST));
    assertThat(recipe.data().inputs()).isEmpty();
    assertThat(recipe.data().padding()).isEqualTo(Padding.LONGEST);
    assertThat(RecipeReader.parse("r.yaml", RecipeWriter.write(recipe), Map.of()))
        .isEqualTo(recipe);
  }

  @Test
  void theShippedRecipeIsReadWithAllItsValues() {
    Recipe recipe = RecipeReader.read(SHIPPED, Map.of());

    assertThat(recipe.name()).isEqualTo("fashion-mnist");
    assertThat(recipe.model()).containsExactly("data/models/fashion-resnet.onnx");
    assertThat(recipe.data().train().format()).isEqualTo(Format.PARQUET);
    assertThat(recipe.data().test().path()).isEqualTo("data/fashion-mnist/test");
    InputSettings image = recipe.data().inputs().get("image");
    assertThat(image.type()).isEqualTo(ElementType.UINT8);
    assertThat(image.shape()).isEqualTo(Dims.of(1, 28, 28));
    assertThat(image.scale()).isEqualTo(1.0 / 255);
    assertThat(recipe.data().label()).contains(new DataSettings.Label("label", 10));
    assertThat(recipe.steps()).hasSize(2).first().isInstanceOf(Step.Fuse.class);
    assertThat(recipe.steps().get(1))
        .isEqualTo(
            new Quantize(
                Preset.INT8,
                new Calibration(2048, RangeMethod.AUTO, 99.999),
                Optional.empty(),
                0.8));
    assertThat(recipe.runtime().batch()).hasValue(32);
    assertThat(recipe.gates().accuracyDrop()).hasValue(0.5);
    assertThat(recipe.gates().sizeRatio()).hasValue(3.0);
  }

  @Test
  void anEncoderAndAHeadAreAModelOfTwo() {
    Recipe recipe =
        RecipeReader.parse(
            "r.yaml",
            Recipes.MINIMAL.replace(
                "model: m.onnx", "model: [a/e.onnx, h.onnx]\npooling: cls\nnormalize: true"),
            Map.of());

    assertThat(recipe.model()).containsExactly("a/e.onnx", "h.onnx");
    assertThat(recipe.pooling()).contains(Pooling.CLS);
    assertThat(recipe.normalize()).isTrue();
    assertThat(RecipeModel.title(recipe)).isEqualTo("e + h");
    assertThat(RecipeReader.parse("again", RecipeWriter.write(recipe), Map.of())).isEqualTo(recipe);
  }

  @Test
  void whatIsNotGivenHasItsDefault() {
    Recipe recipe = RecipeReader.read(SHIPPED, Map.of());

    assertThat(recipe.seed()).isEqualTo(1);
    assertThat(recipe.allowMixedCpu()).isFalse();
    assertThat(recipe.data().validation()).isEqualTo(new DataSettings.Validation(0.1, 1));
    assertThat(recipe.data().maxBadFraction()).isZero();
    assertThat(recipe.data().id()).isEmpty();
    assertThat(recipe.data().inputs().get("image").mean()).containsExactly(0.0);
    assertThat(recipe.runtime())
        .isEqualTo(
            new RuntimeSettings(OptionalInt.of(32), 1, Optional.empty(), Duration.ofMinutes(2)));
    assertThat(recipe.gates().latencyMillis()).isEqualTo(OptionalDouble.empty());
    assertThat(recipe.spark().partitions()).isEmpty();
  }

  @Test
  void theValidationSeedFollowsTheSeed() {
    Recipe recipe = RecipeReader.read(SHIPPED, Map.of("seed", "7"));

    assertThat(recipe.data().validation().seed()).isEqualTo(7);
  }

  @Test
  void overridesReachListItemsAndWholeSections() {
    Recipe recipe =
        RecipeReader.read(
            SHIPPED,
            Map.of(
                "steps.1.quantize.calibration.samples", "512",
                "steps.1.quantize.ops", "[pool, add]",
                "spark.partitions", "7",
                "runtime.memory-limit", "2 GB",
                "data.train", "{format: csv, path: a.csv, options: {header: true}}"));

    Quantize quantize = (Quantize) recipe.steps().get(1);
    assertThat(quantize.calibration().samples()).isEqualTo(512);
    assertThat(quantize.ops()).contains(new TreeSet<>(List.of(OpGroup.ADD, OpGroup.POOL)));
    assertThat(recipe.spark().partitions()).hasValue(7);
    assertThat(recipe.runtime().memoryLimit()).contains(new ByteSize(2_000_000_000));
    assertThat(recipe.data().train().options()).isEqualTo(Map.of("header", "true"));
  }

  @Test
  void anOverrideOpensAStepThatIsGivenByItsNameOnly() {
    String text = Recipes.MINIMAL.replace("- fuse", "- quantize");

    Recipe recipe =
        RecipeReader.parse("r.yaml", text, Map.of("steps.0.quantize.calibration.range", "kl"));

    assertThat(((Quantize) recipe.steps().get(0)).calibration().range()).isEqualTo(RangeMethod.KL);
  }

  @Test
  void anInputNameMayHaveDots() {
    String text = Recipes.MINIMAL.replace("x:", "input.1:");

    Recipe recipe = RecipeReader.parse("r.yaml", text, Map.of("data.inputs.input.1.scale", "0.5"));

    assertThat(recipe.data().inputs().get("input.1").scale()).isEqualTo(0.5);
  }

  @Test
  void theColumnOfAnInputIsItsNameUnlessGiven() {
    Recipe recipe = RecipeReader.parse("r.yaml", Recipes.MINIMAL, Map.of());

    assertThat(recipe.data().inputs().get("x").column()).isEqualTo("x");
  }

  @Test
  void anEmptySectionMeansItsDefaults() {
    Recipe recipe = RecipeReader.parse("r.yaml", Recipes.MINIMAL + "gates:\n", Map.of());

    assertThat(recipe.gates().sizeRatio()).isEmpty();
  }

  @Test
  void theResolvedTextReadsBackAsTheSameRecipe() {
    Map<String, String> overrides =
        Map.of(
            "data.id", "\"the id: #1\"",
            "data.train.options", "{sep: ';', quote: '\"'}",
            "steps", "[{label: {top-k: 5}}, fuse, {quantize: {ops: []}}]",
            "data.inputs.image.std", "[0.25]",
            "runtime.memory-limit", "1536 MiB",
            "runtime.probe-timeout", "1500 ms");
    Recipe recipe = RecipeReader.read(SHIPPED, overrides);

    String resolved = RecipeWriter.write(recipe);

    assertThat(RecipeReader.parse("resolved", resolved, Map.of())).isEqualTo(recipe);
    assertThat(RecipeWriter.write(RecipeReader.parse("resolved", resolved, Map.of())))
        .isEqualTo(resolved);
  }

  @Test
  void theRunIdDependsOnTheValuesAloneAndNotOnHowTheyAreWritten() {
    Recipe plain = RecipeReader.parse("a", Recipes.MINIMAL, Map.of());
    String reordered =
        Recipes.MINIMAL.replace("- fuse", "- fuse: {}").replace("shape: [4]", "shape: [ +4 ]")
            + "runtime:\n  threads: 1\nseed: 1\n";

    assertThat(RecipeReader.parse("b", reordered, Map.of()).runId()).isEqualTo(plain.runId());
    assertThat(plain.runId()).matches("tiny-[0-9a-f]{12}");
    assertThat(RecipeReader.parse("c", Recipes.MINIMAL, Map.of("seed", "2")).runId())
        .isNotEqualTo(plain.runId());
  }

  @Test
  void anOverrideByTheSameValueChangesNothing() {
    Map<String, String> same = Collections.singletonMap("runtime.batch", "32");

    assertThat(RecipeReader.read(SHIPPED, same)).isEqualTo(RecipeReader.read(SHIPPED, Map.of()));
  }
}
