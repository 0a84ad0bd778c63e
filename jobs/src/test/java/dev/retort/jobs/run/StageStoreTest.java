package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageStoreTest {
  private static final Sha256 FINGERPRINT = Sha256.of("inputs and settings");

  @TempDir Path work;
  private StageStore stage;

  @BeforeEach
  void open() {
    stage = Store.open(WorkRoot.of(work)).open("label", FINGERPRINT);
  }

  @Test
  void anEmptyStageMissesEveryShard() {
    assertThat(stage.completed()).isEmpty();
    assertThat(stage.missing(0, 3)).containsExactly(0, 1, 2);
    assertThat(stage.result()).isEmpty();
  }

  @Test
  void aCommittedChunkIsFoundByEveryReader() {
    ChunkManifest chunk = write(0, 16, 4);
    stage.commit(chunk);

    assertThat(reopened().completed()).hasSize(4).isEqualTo(reopened().located());
    assertThat(reopened().completed().get(new ShardKey(0, 17))).isEqualTo(chunk.shards().get(17));
    assertThat(reopened().missing(0, 20))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    assertThat(reopened().missing(1, 2)).containsExactly(0, 1);
  }

  @Test
  void theDataOfAnEntryIsReadBack() {
    ChunkManifest chunk = write(0, 0, 2);
    stage.commit(chunk);
    assertThat(new String(stage.read(chunk.shards().get(0).file()), StandardCharsets.UTF_8))
        .isEqualTo("shards from 0");
  }

  @Test
  void factsAreKeptWithTheEntry() {
    Attempt attempt = Attempt.begin();
    String file = stage.write(stage.newDataFile(0, 0, attempt), Content.of("data"));
    ShardEntry entry =
        new ShardEntry(file, 0, Sha256.of("0"), 64, new TreeMap<>(Map.of("nulls", "2")));
    stage.commit(new ChunkManifest(0, 0, attempt, new TreeMap<>(Map.of(0, entry))));
    assertThat(stage.completed().get(new ShardKey(0, 0)).facts()).containsEntry("nulls", "2");
  }

  @Test
  void otherFingerprintsAndStagesSeeNothing() {
    stage.commit(write(0, 0, 2));
    Store store = Store.open(WorkRoot.of(work));
    assertThat(store.open("label", Sha256.of("other")).completed()).isEmpty();
    assertThat(store.open("ingest", FINGERPRINT).completed()).isEmpty();
  }

  @Test
  void aManifestCopiedToAnotherPlaceCountsAsAbsent() throws IOException {
    stage.commit(write(0, 0, 2));
    Path other = folder().resolveSibling(Sha256.of("other").hex());
    Files.createDirectories(other);
    for (Path file : files()) {
      Files.copy(file, other.resolve(file.getFileName()));
    }
    assertThat(Store.open(WorkRoot.of(work)).open("label", Sha256.of("other")).completed())
        .isEmpty();
  }

  @Test
  void dataFilesWithoutAManifestAreNotSeen() {
    write(0, 0, 3);
    assertThat(reopened().completed()).isEmpty();
  }

  @Test
  void aManifestCutAtAnyByteCountsAsAbsent() throws IOException {
    stage.commit(write(0, 0, 2));
    Path manifest = manifest();
    byte[] whole = Files.readAllBytes(manifest);
    StageStore reader = reopened();
    for (int length = 0; length < whole.length; length++) {
      Files.write(manifest, Arrays.copyOf(whole, length));
      assertThat(reader.completed()).as("%d bytes", length).isEmpty();
    }
    Files.write(manifest, whole);
    assertThat(reader.completed()).hasSize(2);
  }

  @Test
  void aManifestWithAnyByteChangedCountsAsAbsent() throws IOException {
    stage.commit(write(0, 0, 2));
    Path manifest = manifest();
    byte[] whole = Files.readAllBytes(manifest);
    StageStore reader = reopened();
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(manifest, changed);
      assertThat(reader.completed()).as("byte %d", i).isEmpty();
    }
  }

  @Test
  void aManifestOfAnotherFormatCountsAsAbsentThoughItIsWhole() throws IOException {
    stage.commit(write(0, 0, 2));
    Path manifest = manifest();
    String sealed = Files.readString(manifest);
    String json = sealed.substring(0, sealed.lastIndexOf("sha256 "));
    for (String other :
        List.of(
            json.replaceFirst("\\{", "{\"version\" : 2,"),
            json.replace("rowGroup", "row-group"),
            "[" + json + "]")) {
      Files.writeString(manifest, other + "sha256 " + Sha256.of(other) + "\n");
      assertThat(reopened().completed()).as(other).isEmpty();
    }
    Files.writeString(manifest, sealed);
    assertThat(reopened().completed()).hasSize(2);
  }

  @Test
  void aCorruptDataFileIsFoundByItsHashAndItsShardsAreMadeAgain() throws IOException {
    ChunkManifest corrupt = write(0, 0, 2);
    stage.commit(corrupt);
    Path data = folder().resolve(corrupt.shards().get(0).file());
    Files.write(data, "SHARDS from 0".getBytes(StandardCharsets.UTF_8));

    assertThat(reopened().located()).hasSize(2);
    assertThat(reopened().completed()).isEmpty();
    assertThat(reopened().located()).as("void for readers that do not hash").isEmpty();

    ChunkManifest again = write(0, 0, 2);
    reopened().commit(again);
    assertThat(reopened().completed().get(new ShardKey(0, 0))).isEqualTo(again.shards().get(0));
  }

  @Test
  void aMissingOrShortDataFileCountsAsAbsent() throws IOException {
    ChunkManifest chunk = write(0, 0, 2);
    stage.commit(chunk);
    Path data = folder().resolve(chunk.shards().get(0).file());
    Files.write(data, "short".getBytes(StandardCharsets.UTF_8));
    assertThat(reopened().located()).isEmpty();
    Files.delete(data);
    assertThat(reopened().completed()).isEmpty();
  }

  @Test
  void aChunkWhoseDataIsGoneIsNotCommitted() throws IOException {
    ChunkManifest chunk = write(0, 0, 2);
    Files.delete(folder().resolve(chunk.shards().get(0).file()));
    assertThatThrownBy(() -> stage.commit(chunk))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("it cannot be read back as it was written");
    assertThat(reopened().completed()).isEmpty();
  }

  @Test
  void aShardThatReadsBackWithAnotherHashIsNotCommitted() {
    ChunkManifest chunk = write(0, 0, 2);
    assertThatThrownBy(() -> stage.commit(chunk, (file, rowGroup) -> Sha256.of("shard 0")))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("Cannot commit shard 1: ");
    assertThat(reopened().completed()).isEmpty();

    stage.commit(chunk, (file, rowGroup) -> Sha256.of("shard " + rowGroup));
    assertThat(reopened().completed()).hasSize(2);
  }

  @Test
  void nothingIsOverwritten() {
    ChunkManifest chunk = write(0, 0, 2);
    stage.commit(chunk);
    org.apache.hadoop.fs.Path data = stage.path(chunk.shards().get(0).file());
    assertThatThrownBy(() -> stage.write(data, Content.of("other")))
        .isInstanceOf(InfrastructureError.class);
    assertThatThrownBy(() -> stage.commit(chunk)).isInstanceOf(InfrastructureError.class);
    assertThat(reopened().completed()).hasSize(2);
  }

  @Test
  void aDataFileOfAnotherAttemptIsRefused() {
    ShardEntry entry = write(0, 0, 1).shards().get(0);
    ChunkManifest foreign =
        new ChunkManifest(0, 0, Attempt.begin(), new TreeMap<>(Map.of(0, entry)));
    assertThatThrownBy(() -> stage.commit(foreign))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a data file of");
  }

  @Test
  void anExecutorOpensTheStageFromItsSerializedAddress() throws Exception {
    stage.commit(write(0, 0, 2));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(stage.address());
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      StageAddress address = (StageAddress) in.readObject();
      assertThat(address.open().completed()).hasSize(2);
    }
  }

  @Test
  void aWholeStageResultIsCommittedByOneManifest() {
    SortedMap<String, Content> contents = new TreeMap<>();
    contents.put("model.onnx", Content.of(new byte[] {1, 2, 3}));
    contents.put("plan.json", Content.of("{}\n"));
    stage.putResult(contents);

    StageResult result = reopened().result().orElseThrow();
    assertThat(result.names()).containsExactly("model.onnx", "plan.json");
    assertThat(result.bytes("model.onnx")).containsExactly(1, 2, 3);
    assertThat(result.text("plan.json")).isEqualTo("{}\n");
    assertThat(result.file("plan.json").sha256()).isEqualTo(Sha256.of("{}\n"));
    assertThatThrownBy(() -> result.bytes("other")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aResultFileIsCopiedToThisMachine() {
    StageResult result = stage.putResult("plan.json", "{}".getBytes(StandardCharsets.UTF_8));
    Path target = work.resolve("local.json");
    result.copyTo("plan.json", target);
    assertThat(target).hasContent("{}");
    assertThatThrownBy(() -> result.copyTo("plan.json", work.resolve("no/such/folder")))
        .isInstanceOf(InfrastructureError.class);
  }

  @Test
  void anIncompleteOrCorruptResultCountsAsAbsent() throws IOException {
    StageResult result = stage.putResult("plan.json", "{}".getBytes(StandardCharsets.UTF_8));
    Path manifest = manifest();
    byte[] whole = Files.readAllBytes(manifest);
    Files.write(manifest, Arrays.copyOf(whole, whole.length - 1));
    assertThat(reopened().result()).isEmpty();

    Files.write(manifest, whole);
    Files.writeString(folder().resolve(result.file("plan.json").name()), "[]");
    assertThat(reopened().result()).isEmpty();
    assertThatThrownBy(() -> result.bytes("plan.json"))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("repeat the command, which makes it again");

    stage.putResult("plan.json", "{ }".getBytes(StandardCharsets.UTF_8));
    assertThat(reopened().result().orElseThrow().text("plan.json")).isEqualTo("{ }");
  }

  @Test
  void ofTwoResultsEveryReaderTakesTheSmallestName() {
    StageResult first = stage.putResult("a", new byte[] {1});
    StageResult second = stage.putResult("a", new byte[] {1});
    String smallest =
        List.of(first.file("a").name(), second.file("a").name()).stream().sorted().toList().get(0);
    assertThat(reopened().result().orElseThrow().file("a").name()).isEqualTo(smallest);
  }

  private ChunkManifest write(int part, int firstShard, int shards) {
    Attempt attempt = Attempt.begin();
    String file =
        stage.write(
            stage.newDataFile(part, firstShard, attempt), Content.of("shards from " + firstShard));
    SortedMap<Integer, ShardEntry> entries = new TreeMap<>();
    for (int i = 0; i < shards; i++) {
      entries.put(firstShard + i, ShardEntry.of(file, i, Sha256.of("shard " + i), 512));
    }
    return new ChunkManifest(part, firstShard, attempt, entries);
  }

  private StageStore reopened() {
    return Store.open(WorkRoot.of(work)).open("label", FINGERPRINT);
  }

  private Path folder() {
    return work.resolve("store/label").resolve(FINGERPRINT.hex());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder())) {
      return files.toList();
    }
  }

  private Path manifest() throws IOException {
    return files().stream()
        .filter(file -> file.toString().endsWith(".manifest"))
        .findFirst()
        .orElseThrow();
  }
}
