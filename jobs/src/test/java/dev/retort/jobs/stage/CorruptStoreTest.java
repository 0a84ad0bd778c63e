package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bits rot in a store that a run has filled; the next run that reads it makes them again. */
class CorruptStoreTest {
  @TempDir static Path folder;

  private static FashionFixture fixture;
  private static RunResult first;
  private static SortedMap<String, String> hashes;

  @BeforeAll
  static void fillTheStore() {
    fixture = new FashionFixture(folder);
    first = Pipeline.compress(fixture.request("work", Map.of()));
    hashes = StoreHashes.of(folder.resolve("work"));
  }

  @Test
  void whatIsCorruptIsFoundByItsHashAndMadeAgainWithTheSameBits() throws IOException {
    Map<String, Long> shards = new TreeMap<>();
    for (String stage : List.of("ingest", "subset", "label", "calibrate", "evaluate")) {
      changeAByte(one(stage, "p0.*(parquet|states)"));
    }
    changeAByte(one("model", "result-.*onnx"));
    changeAByte(one("ingest", "result-.*dataset.json"));
    cut(one("label", "p.*manifest"));
    cut(one("probe", "result-.*manifest"));

    RunResult again = compress("again");

    assertThat(again.steps()).isEqualTo(first.steps());
    assertThat(StoreHashes.of(folder.resolve("work"))).isEqualTo(hashes);
    for (StageTiming timing : again.stages()) {
      shards.merge(timing.stage().replaceFirst(" .*", ""), timing.computed(), Long::sum);
    }
    for (String stage : List.of("ingest", "subset", "label", "calibrate", "evaluate")) {
      assertThat(shards.get(stage)).as(stage).isBetween(1L, 32L);
    }
    assertThat(compress("once-more").stages())
        .filteredOn(timing -> timing.stage().matches("(label|calibrate|evaluate).*"))
        .isNotEmpty()
        .allMatch(timing -> timing.computed() == 0);
  }

  private static RunResult compress(String runId) {
    PipelineRequest request =
        fixture.request(
            "work", Map.of(), Optional.of(fixture.run("work").resolve("measurements.json")));
    return Pipeline.compress(
        new PipelineRequest(
            request.recipe(),
            request.work(),
            Optional.of(runId),
            request.measurements(),
            ProgressListener.silent()));
  }

  private static void changeAByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static void cut(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }

  /** The first file of a stage with a name that fits. */
  private static Path one(String stage, String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("work/store").resolve(stage))) {
      return files
          .filter(file -> file.getFileName().toString().matches(name))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }
}
