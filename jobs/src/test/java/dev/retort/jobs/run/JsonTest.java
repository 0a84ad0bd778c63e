package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.UserError;
import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import dev.retort.provenance.CpuClass;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.Dims;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JsonTest {
  record Everything(
      Path path,
      URI uri,
      org.apache.hadoop.fs.Path hadoop,
      Sha256 hash,
      Instant time,
      Duration length,
      Dims dims,
      Optional<Double> given,
      Optional<List<Integer>> absent,
      double infinite,
      float third,
      List<String> names,
      Map<String, Integer> counts) {
    boolean isOdd() {
      return true;
    }
  }

  record Pair(int left, int right) {}

  private static final Everything EVERYTHING =
      new Everything(
          Path.of("/data/a b"),
          URI.create("s3a://bucket/key"),
          new org.apache.hadoop.fs.Path("file:/x"),
          Sha256.of("x"),
          Instant.parse("2026-11-24T10:00:00Z"),
          Duration.ofMillis(1500),
          Dims.of(1, 28, 28),
          Optional.of(0.25),
          Optional.empty(),
          Double.NEGATIVE_INFINITY,
          1f / 3,
          List.of("b", "a"),
          Map.of("z", 1, "a", 2));

  @Test
  void recordsAreWrittenByTheirComponentsAndReadBack() {
    assertThat(Json.read(Json.write(EVERYTHING), Everything.class)).isEqualTo(EVERYTHING);
  }

  @Test
  void pathsArePlainMapKeysSortedAndMethodsNoProperties() {
    assertThat(Json.line(EVERYTHING))
        .isEqualTo(
            "{\"path\":\"/data/a b\",\"uri\":\"s3a://bucket/key\",\"hadoop\":\"file:/x\",\"hash\":\""
                + Sha256.of("x")
                + "\",\"time\":\"2026-11-24T10:00:00Z\",\"length\":\"PT1.5S\",\"dims\":[1,28,28],"
                + "\"given\":0.25,\"absent\":null,\"infinite\":\"-Infinity\",\"third\":0.33333334,"
                + "\"names\":[\"b\",\"a\"],\"counts\":{\"a\":2,\"z\":1}}");
  }

  @Test
  void textIsIndentedByTwoSpacesAndLineFeeds() {
    assertThat(Json.write(new Pair(1, 2))).isEqualTo("{\n  \"left\" : 1,\n  \"right\" : 2\n}\n");
  }

  @Test
  void anAbsentOptionalIsEmpty() {
    String text = Json.line(EVERYTHING).replace("\"given\":0.25,", "");
    assertThat(Json.read(text, Everything.class).given()).isEmpty();
  }

  @Test
  void plansAndCpuClassesKeepTheirValues() {
    Decision decision = Decision.of("conv1", "int8", "it fits").with("sqnrDecibels", 31.5);
    Plan plan = new Plan("quantize", new TreeMap<>(Map.of("preset", "int8")), List.of(decision));
    CpuClass cpu = new CpuClass("amd64", "AuthenticAMD", List.of("avx2"));

    assertThat(Json.read(Json.write(plan), Plan.class)).isEqualTo(plan);
    assertThat(Json.read(Json.write(cpu), CpuClass.class)).isEqualTo(cpu);
  }

  @Test
  void equalMapsGiveEqualBytesInAnyOrder() {
    Map<String, Integer> one = new LinkedHashMap<>();
    Map<String, Integer> other = new LinkedHashMap<>();
    for (int i = 0; i < 50; i++) {
      one.put("key" + i, i);
      other.put("key" + (49 - i), 49 - i);
    }
    assertThat(Json.bytes(one)).isEqualTo(Json.bytes(other));
  }

  @Test
  void brokenTextNamesFileAndPlace() {
    assertThatThrownBy(() -> Json.read("{\n\"left\": 1,,}", Pair.class, "measurements.json"))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageContaining("Cannot read measurements.json: line 2, column")
        .hasMessageEndingWith("; restore or remove it");
  }

  @Test
  void unknownRepeatedMissingAndTrailingValuesAreRefused() {
    for (String text :
        List.of(
            "{\"left\":1,\"right\":2,\"middle\":3}",
            "{\"left\":1,\"left\":1,\"right\":2}",
            "{\"left\":1}",
            "{\"left\":1,\"right\":2} 3",
            "{\"left\":\"one\",\"right\":2}",
            "null",
            "")) {
      assertThatThrownBy(() -> Json.read(text, Pair.class))
          .as(text)
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("Cannot read JSON text: ");
    }
  }

  @Test
  void aDigestThatIsNoneIsRefusedWithItsText() {
    assertThatThrownBy(() -> Json.read("\"12\"", Sha256.class))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not a SHA-256 digest: 12");
  }

  @Test
  void aValueWithoutAFormIsOurBug() {
    assertThatThrownBy(() -> Json.write(new Object())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Json.line(new Object())).isInstanceOf(IllegalArgumentException.class);
  }
}
