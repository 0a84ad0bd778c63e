package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.WorkRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The main job on all 60,000 and 10,000 images, through the launcher. */
@Tag("proof")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobProof {
  private static final String RECIPE = "conf/recipes/fashion-mnist.yaml";
  private static final double GIGABYTE = 1e9;

  @TempDir static Path folder;

  @Test
  @Order(1)
  void itEndsWithinFiveMinutesAndThreeGigabytes() throws Exception {
    Launcher.retort(Map.of(), "version");

    Launcher.Outcome outcome = compress("main", Map.of());

    ProofPage.row(
        "main job on 60,000/10,000 images, embedded",
        "< 300 s; peak resident < 3 GB",
        "%.0f s; %.2f GB".formatted(outcome.seconds(), outcome.peakBytes() / GIGABYTE));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.seconds()).isLessThan(300);
    assertThat(outcome.peakBytes()).isLessThan((long) (3 * GIGABYTE));
  }

  @Test
  @Order(2)
  void halfAGigabyteOfHeapIsEnoughForAnyNumberOfSamples() throws Exception {
    Path thousand = folder.resolve("thousand");
    SparkTest.session()
        .read()
        .parquet(FashionFixture.ROOT.resolve("data/fashion-mnist/train").toString())
        .limit(1_000)
        .write()
        .parquet(thousand.toString());
    List<Launcher.Outcome> few = smallHeap("few", 900, "data.train.path=" + thousand);
    List<Launcher.Outcome> all = smallHeap("all", 54_000, "data.train.format=parquet");

    ProofPage.row(
        "ingest, labelling and calibration of all training samples at -Xmx512m and an off-heap cap of 256 MB, 1,000 and 60,000 images",
        "all pass",
        "exit codes %s and %s; peak resident %.2f and %.2f GB"
            .formatted(codes(few), codes(all), peak(few), peak(all)));
    assertThat(few).allSatisfy(each -> assertThat(each.exitCode()).as(each.output()).isZero());
    assertThat(all).allSatisfy(each -> assertThat(each.exitCode()).as(each.output()).isZero());
  }

  /** Labels and calibrates, each of which ingests if nothing did before. */
  private static List<Launcher.Outcome> smallHeap(String work, int calibration, String data)
      throws Exception {
    List<Launcher.Outcome> outcomes = new ArrayList<>();
    for (String command : List.of("label", "calibrate")) {
      outcomes.add(
          Launcher.retort(
              Map.of("RETORT_DRIVER_MEMORY", "512m"),
              command,
              RECIPE,
              "--work",
              folder.resolve("small-heap-" + work).toString(),
              "--set",
              data,
              "--set",
              "steps.1.quantize.calibration.samples=" + calibration,
              "--set",
              "runtime.memory-limit=256MB"));
    }
    return outcomes;
  }

  private static List<Integer> codes(List<Launcher.Outcome> outcomes) {
    return outcomes.stream().map(Launcher.Outcome::exitCode).toList();
  }

  private static double peak(List<Launcher.Outcome> outcomes) {
    return outcomes.stream().mapToLong(Launcher.Outcome::peakBytes).max().orElseThrow() / GIGABYTE;
  }

  @Test
  @Order(3)
  void hashesDoNotDependOnPartitionsOrCores() throws Exception {
    SortedMap<String, String> first = hashes("main");
    List<String> different = new ArrayList<>();
    for (int cores : new int[] {1, 2}) {
      for (int partitions : new int[] {1, 2, 7, 64}) {
        String work = "cores-%d-partitions-%d".formatted(cores, partitions);
        Launcher.Outcome outcome =
            compress(
                work,
                Map.of(),
                "--master",
                "local[%d]".formatted(cores),
                "--set",
                "spark.partitions=" + partitions,
                "--measurements",
                run("main").resolve("measurements.json").toString());
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        if (!hashes(work).equals(first)) {
          different.add(work);
        }
      }
    }
    ProofPage.row(
        "hashes of data, labels, statistics, plans and models over 1, 2, 7, 64 partitions x 1, 2 cores",
        "1 each",
        different.isEmpty() ? "1 each" : "different: " + different);
    assertThat(different).isEmpty();
  }

  @Test
  @Order(4)
  void theModelHoldsAgainstTheQuantizerOfOnnxRuntime() throws Exception {
    RunResult result =
        Json.read(Files.readString(run("main").resolve("result.json")), RunResult.class);
    ModelOutcome ours = result.steps().get(result.steps().size() - 1);
    String json =
        PythonPeer.lastLine(
            "ort_quantizer.py",
            "data/fashion-mnist",
            "data/models/fashion-resnet.onnx",
            run("main").resolve(ours.model()).toString(),
            folder.resolve("peer").toString());
    PeerResults peers = Json.read("{\"models\":" + json + "}", PeerResults.class);

    peers
        .models()
        .forEach(
            (name, peer) ->
                ProofPage.row(
                    "int8 on the test images: " + name,
                    "",
                    "%.2f %%; KL %.2e; %d bytes; %.3f ms at batch 1, %.2f ms at 32"
                        .formatted(
                            100 * peer.accuracy(),
                            peer.meanKl(),
                            peer.sizeBytes(),
                            peer.medianMillisBatch1(),
                            peer.medianMillisBatch32())));
    ProofPage.row(
        "paired accuracy drop of Retort's int8, points",
        "<= 0.15",
        "%.2f (95 %%: %.2f to %.2f)"
            .formatted(
                ours.metrics().get("accuracyDrop"),
                ours.metrics().get("accuracyDropLow"),
                ours.metrics().get("accuracyDropHigh")));
    assertThat(ours.metrics().get("accuracyDrop")).isLessThanOrEqualTo(0.15);
    assertThat(ours.sizeBytes()).isLessThanOrEqualTo(748_000);
    assertThat(peers.models().get("retort").meanKl()).isLessThanOrEqualTo(peers.leastPeerKl());
    assertThat(peers.models().get("retort").medianMillisBatch1())
        .isLessThanOrEqualTo(1.03 * peers.fastestPeer());
  }

  /** What the script printed. */
  record PeerResults(SortedMap<String, Peer> models) {
    record Peer(
        double accuracy,
        double meanKl,
        long sizeBytes,
        double medianMillisBatch1,
        double medianMillisBatch32) {}

    private List<Peer> quantizers() {
      return models.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith("onnxruntime-"))
          .map(Map.Entry::getValue)
          .toList();
    }

    double leastPeerKl() {
      return quantizers().stream().mapToDouble(Peer::meanKl).min().orElseThrow();
    }

    double fastestPeer() {
      return quantizers().stream().mapToDouble(Peer::medianMillisBatch1).min().orElseThrow();
    }
  }

  private static Launcher.Outcome compress(
      String work, Map<String, String> environment, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "compress", RECIPE, "--work", folder.resolve(work).toString(), "--run-id", "r"));
    arguments.addAll(List.of(more));
    return Launcher.retort(environment, arguments.toArray(String[]::new));
  }

  private static Path run(String work) {
    return folder.resolve(work).resolve("runs/r");
  }

  private static SortedMap<String, String> hashes(String work) throws Exception {
    return RunHashes.of(WorkRoot.of(folder.resolve(work)), "r");
  }
}
