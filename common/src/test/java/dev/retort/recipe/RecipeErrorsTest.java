package dev.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.UserError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every kind of wrong recipe is refused with a message that says how to mend it, and exit code 2.
 */
class RecipeErrorsTest {
  @Test
  void anUnknownKeyIsRefusedWithTheNearestKnownOneItsPathAndItsLine() {
    assertRefused(
        Recipes.MINIMAL + "gates: {acuracy-drop: 1}\n",
        "Cannot read the recipe r.yaml: gates.acuracy-drop (line 10) is unknown, must be one of"
            + " accuracy-drop, latency-millis, latency-ratio, size-ratio; did you mean"
            + " accuracy-drop?");
  }

  @Test
  void anUnknownKeyOfTheTopLevelIsRefused() {
    assertRefused(
        Recipes.MINIMAL + "modle: x.onnx\n", "modle (line 10) is unknown", "did you mean model?");
  }

  @Test
  void aKeyAtTheWrongPlaceIsToldWhereItBelongs() {
    assertRefused(
        Recipes.MINIMAL + "batch: 4\n",
        "batch (line 10) is unknown",
        "did you mean runtime.batch?");
  }

  @Test
  void anUnknownKeyOfAnInputIsRefused() {
    assertRefused(
        Recipes.MINIMAL.replace("shape:", "shpae:"),
        "data.inputs.x.shpae (line 7) is unknown",
        "did you mean shape?");
  }

  @Test
  void aTextHasNoKeysOfATensorAndTheOtherWayRound() {
    assertRefused(
        Recipes.MINIMAL.replace("shape: [4]", "tokenizer: t.json"),
        "data.inputs.x.type is given beside a tokenizer, must not be: a text is stored as its"
            + " tokens; remove it");
    assertRefused(
        Recipes.MINIMAL.replace("[4]", "[4], max-length: 64"),
        "data.inputs.x.max-length is given without a tokenizer, must stand beside one; add"
            + " tokenizer or remove it");
    assertRefused(
        Recipes.MINIMAL.replace(
            "x: {type: float32, shape: [4]}", "{x: {tokenizer: t.json}, y: {tokenizer: u.json}}"),
        "data.inputs has the texts x, y, must have one at most; remove the others' tokenizer");
  }

  @Test
  void anUnknownKeyOfAStepIsRefused() {
    assertRefused(
        Recipes.MINIMAL + "  - quantize:\n      calibration:\n        sample: 5\n",
        "steps.1.quantize.calibration.sample (line 12) is unknown, must be one of percentile,"
            + " range, samples; did you mean samples?");
  }

  @Test
  void fuseTakesNoSettings() {
    assertRefused(
        Recipes.MINIMAL.replace("- fuse", "- fuse: {fast: true}"),
        "steps.0.fuse.fast (line 9) is unknown");
  }

  @Test
  void aKeyNothingIsLikeIsRefusedWithoutAGuess() {
    assertRefused(
        Recipes.MINIMAL + "zzzzzzzzzz: 1\n", "zzzzzzzzzz (line 10)", "see conf/reference.md");
  }

  @ParameterizedTest
  @CsvSource({
    "name,text of 1 to 64 letters",
    "model,must be text",
  })
  void aMissingKeyIsRefused(String key, String expected) {
    String text = Recipes.MINIMAL.replaceFirst("(?m)^" + key + ":.*\n", "");

    assertRefused(text, key + " is missing", expected, "add it");
  }

  @Test
  void missingPartsOfTheDataAreRefused() {
    assertRefused(Recipes.MINIMAL.replaceFirst(" {4}x:.*\n", ""), "data.inputs is missing");
    assertRefused(Recipes.MINIMAL.replace("format: csv, ", ""), "data.train.format is missing");
    assertRefused(Recipes.MINIMAL.replace(", shape: [4]", ""), "data.inputs.x.shape is missing");
    assertRefused("name: a\nmodel: b\nsteps: [fuse]\n", "data.train.format is missing");
    assertRefused(
        Recipes.MINIMAL.replaceFirst("(?s)steps:.*", ""),
        "steps is missing, must be a list of fuse, quantize, label; add it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "runtime.batch|none|auto or a whole number 1 to 4096",
        "runtime.batch|0|auto or a whole number 1 to 4096",
        "runtime.batch|4097|auto or a whole number 1 to 4096",
        "runtime.batch|3.5|auto or a whole number 1 to 4096",
        "runtime.batch|[1]|auto or a whole number 1 to 4096",
        "runtime.batch|{a: 1}|auto or a whole number 1 to 4096",
        "runtime.threads|auto|whole number 1 to 256",
        "runtime.threads|99999999999999999999999|whole number 1 to 256",
        "runtime.memory-limit|1 MB|auto or a size of at least 64 MB",
        "runtime.memory-limit|2 gigs|auto or a size of at least 64 MB",
        "runtime.probe-timeout|120|duration from 1 s to 3600 s",
        "runtime.probe-timeout|2 h|duration from 1 s to 3600 s",
        "seed|-1|whole number 0 to 9223372036854775807",
        "seed|9223372036854775808|whole number 0 to 9223372036854775807",
        "allow-mixed-cpu|yes|true or false",
        "gates.accuracy-drop|101|number from 0 to 100",
        "gates.accuracy-drop|.nan|number from 0 to 100",
        "gates.size-ratio|0|number above 0",
        "gates.size-ratio|1e999|number above 0",
        "data.max-bad-fraction|2|number from 0 to 1",
        "data.validation.fraction|1|number above 0 and below 1",
        "data.validation|0.1|a mapping with the keys fraction, seed",
        "data.train.format|avro|one of parquet, orc, csv, json, images, idx",
        "data.train.path||must be text",
        "data.train.options|[a]|mapping of names to single values",
        "data.inputs.x.type|string|one of uint8, int8, int16, int32, int64, float32, float64",
        "data.inputs.x.shape|[0]|list of whole numbers 1 to 16777216",
        "data.inputs.x.shape|28|list of whole numbers 1 to 16777216",
        "data.inputs.x.shape|[65536, 65536]|2^28 elements",
        "data.inputs.x.scale|0|number other than 0",
        "data.inputs.x.max-length|0|whole number 1 to 65536",
        "data.inputs.x.pad-to|batch|one of longest, max-length",
        "data.inputs.x.std|[0]|number or list of numbers above 0",
        "data.label|{classes: ten}|whole number 2 to 1000000",
        "data.label|{classes: 1}|whole number 2 to 1000000",
        "name|../escape|text of 1 to 64 letters, digits",
        "spark.partitions|0|auto or a whole number 1 to 100000",
        "steps|[{quantize: {preset: int4}}]|one of int8",
        "steps|[{quantize: {ops: [conv]}}]|auto or a list of add, pool, activation",
        "steps|[{quantize: {calibration: {range: best}}}]|one of mse, minmax, percentile",
        "steps|[{quantize: {calibration: {percentile: 50}}}]|number above 50 to 100",
        "steps|[{label: {top-k: 0}}]|all or a whole number 1 to 65536",
        "steps|[]|a list of steps, at least one of fuse, quantize, label",
        "steps|fuse|a list of steps, at least one of fuse, quantize, label",
        "steps|[{fuse: , quantize: }]|the name of one step",
        "steps|[5]|did you mean|",
      })
  void aWrongTypeOrRangeIsRefusedWithWhatItMustBe(String key, String value, String expected) {
    String given = value == null ? "" : value;
    String must = expected.startsWith("did you") ? "is unknown" : expected;

    assertThatThrownBy(() -> RecipeReader.parse("r.yaml", Recipes.MINIMAL, Map.of(key, given)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read the recipe r.yaml: ")
        .hasMessageContaining("--set")
        .hasMessageContaining(must);
  }

  @Test
  void aWrongValueIsRefusedWithKeyValueLineAndRemedy() {
    assertRefused(
        Recipes.MINIMAL + "runtime:\n  batch: many\n",
        "Cannot read the recipe r.yaml: runtime.batch (line 11) is many, must be auto or a whole"
            + " number 1 to 4096; correct the value");
  }

  @Test
  void aQuotedNumberIsTextAndRefused() {
    assertRefused(
        Recipes.MINIMAL + "runtime: {threads: \"2\"}\n", "runtime.threads (line 10) is \"2\"");
  }

  @Test
  void meanAndStdMustFitTheChannels() {
    assertRefused(
        Recipes.MINIMAL.replace("[4]", "[3, 8, 8], mean: [0.1, 0.2]"),
        "data.inputs.x.mean is a list of 2 numbers, must be one number or one for each of the 3"
            + " channels");
  }

  @Test
  void aLayoutChangeNeedsAnImage() {
    assertRefused(
        Recipes.MINIMAL.replace("[4]", "[4], layout: hwc-to-chw"),
        "data.inputs.x.layout is hwc-to-chw for the shape [4]");
  }

  @Test
  void aGateOnAccuracyNeedsLabels() {
    assertRefused(
        Recipes.MINIMAL + "gates: {accuracy-drop: 1}\n",
        "gates.accuracy-drop is given but data.label is missing");
  }

  @Test
  void gatesNeedAStepThatMakesAModel() {
    assertRefused(
        Recipes.MINIMAL.replace("- fuse", "- label") + "gates: {size-ratio: 3}\n",
        "Cannot read the recipe r.yaml: gates is given but steps has only label, must have a step"
            + " that makes a model; add fuse or quantize, or remove the gates");
  }

  @Test
  void topKMayNotExceedTheClasses() {
    assertRefused(
        Recipes.MINIMAL
            .replace("steps:", "  label: {classes: 4}\nsteps:")
            .replace("- fuse", "- label: {top-k: 5}"),
        "steps.0.label.top-k is 5, must be at most data.label.classes, which is 4");
  }

  @Test
  void whatIsNoYamlIsRefusedWithItsLine() {
    assertRefused("name: a\n  b: [\n", "it is not valid YAML at line");
    assertRefused("", "it is empty");
    assertRefused("- a\n- b\n", "it is no mapping");
    assertRefused("name: \u0000\n", "it is not valid YAML");
  }

  @Test
  void poolingGoesWithAHeadOnly() {
    String two = Recipes.MINIMAL.replace("model: m.onnx", "model: [e.onnx, h.onnx]");
    assertRefused(
        two,
        "pooling is missing, must be one of mean, cls, none where model names an encoder and a"
            + " head; add it");
    assertRefused(
        Recipes.MINIMAL + "pooling: mean\n",
        "pooling is given but model is one file, must be [encoder, head] with it");
    assertRefused(
        Recipes.MINIMAL + "normalize: true\n", "normalize is given but model is one file");
    assertRefused(
        two + "pooling: max\n", "pooling (line 10) is max, must be one of mean, cls, none");
    assertRefused(
        Recipes.MINIMAL.replace("model: m.onnx", "model: [a, b, c]"),
        "model (line 2) is",
        "must be text or a list of two");
  }

  @Test
  void aKeyGivenTwiceIsRefused() {
    assertRefused(Recipes.MINIMAL + "seed: 1\nseed: 2\n", "line 11 has the key seed a second time");
  }

  @Test
  void expansionBombsAndJavaObjectsAreRefused() {
    assertRefused(
        "a: &a [x, x]\nb: [*a, *a, *a]\n", "line 1 has the anchor &a, must be plain values");
    assertRefused("name: !!javax.script.ScriptEngineManager [x]\n", "Global tag is not allowed");
    assertRefused("name: !secret x\n", "line 1 has the tag !secret", "remove the tag");
    assertRefused("? [a]\n: b\n", "has a key that is a list or mapping");
    assertRefused("a: " + "[".repeat(100) + "]".repeat(100), "it is not valid YAML");
  }

  @Test
  void overridesThatLeadNowhereAreRefused() {
    assertOverrideRefused(
        "steps.7.quantize.preset", "int8", "the index is 7, must be 0 to 0; see conf/reference.md");
    assertOverrideRefused("steps.first", "x", "the index is first");
    assertOverrideRefused("name.x", "x", "tiny is a single value, must be a section");
    assertOverrideRefused(
        "runtime.bacth", "4", "runtime.bacth (--set) is unknown", "did you mean batch?");
    assertOverrideRefused("seed", "[1", "it is not valid YAML");
  }

  @Test
  void credentialsAreRefusedWhereverTheyStandAndNotRepeated() {
    String reference = "must be without credentials; take it out, and give it by core-site.xml";
    assertNotRepeated(
        Recipes.MINIMAL.replace("train.csv", "s3a://me:hidden@bucket/x"),
        Map.of(),
        "Cannot use data.train.path (line 4) of the recipe r.yaml: it holds a user and a password",
        reference);
    assertNotRepeated(
        Recipes.MINIMAL.replace("m.onnx", "[a.onnx, 'https://host/b.onnx?sig=hidden']"),
        Map.of(),
        "Cannot use model.1 (line 2)");
    assertNotRepeated(
        Recipes.MINIMAL.replace("train.csv}", "t.csv, options: {fs.s3a.secret.key: hidden}}"),
        Map.of(),
        "Cannot use data.train.options.fs.s3a.secret.key (line 4)",
        reference);
    assertNotRepeated(
        Recipes.MINIMAL,
        Map.of("data.train.path", "s3a://me:hidden@bucket/x"),
        "Cannot use data.train.path (--set)");
    assertNotRepeated(
        Recipes.MINIMAL,
        Map.of("data.train.options", "{password: hidden}"),
        "Cannot use data.train.options.password (--set)");
    assertNotRepeated(
        Recipes.MINIMAL, Map.of("fs.s3a.secret.key", "hidden"), "Cannot use fs.s3a.secret.key");
    assertNotRepeated(
        Recipes.MINIMAL + "oops: s3a://me:hidden@bucket/x\n",
        Map.of(),
        "Cannot use oops (line 10)");
  }

  private static void assertNotRepeated(
      String text, Map<String, String> overrides, String... parts) {
    assertThatThrownBy(() -> RecipeReader.parse("r.yaml", text, overrides))
        .isInstanceOfSatisfying(
            UserError.class, error -> assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("hidden");
  }

  @Test
  void filesThatCannotBeReadAreRefused(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing.yaml");
    Path binary = folder.resolve("binary.yaml");
    Path large = folder.resolve("large.yaml");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Files.write(large, "#".repeat(2_000_000).getBytes(StandardCharsets.UTF_8));

    assertFileRefused(missing, "there is no such file");
    assertFileRefused(binary, "it is no UTF-8 text");
    assertFileRefused(large, "it has 2000000 bytes, must be at most 1048576");
    assertFileRefused(folder, "check the path");
  }

  private static void assertRefused(String text, String... parts) {
    assertThatThrownBy(() -> RecipeReader.parse("r.yaml", text, Map.of()))
        .isInstanceOfSatisfying(
            UserError.class, error -> assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContainingAll(parts);
  }

  private static void assertOverrideRefused(String key, String value, String... parts) {
    assertThatThrownBy(() -> RecipeReader.parse("r.yaml", Recipes.MINIMAL, Map.of(key, value)))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(parts);
  }

  private static void assertFileRefused(Path file, String part) {
    assertThatThrownBy(() -> RecipeReader.read(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(file.toString(), part);
  }
}
