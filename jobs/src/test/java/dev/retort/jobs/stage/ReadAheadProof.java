package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.Padding;
import dev.retort.data.Shard;
import dev.retort.jobs.run.SlowDisk;
import dev.retort.jobs.run.StageAddress;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.DatasetReader;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.ReadAhead;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredShards;
import dev.retort.runtime.PreparedBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reading the next shard brings while one is run, in two threads on two cores. */
@Tag("proof")
class ReadAheadProof {
  private static final int THREADS = 2;
  private static final int SHARDS_A_THREAD = 8;
  private static final int PASSES = 3;

  /** Reads in turn or ahead, and gives what runs on each shard. */
  private enum Way {
    IN_TURN {
      @Override
      void run(StoredDataset data, int[] shards, Inference.Lease model) {
        try (DatasetReader reader = new DatasetReader(data)) {
          forEach(shards, reader::read, model);
        }
      }
    },
    AHEAD {
      @Override
      void run(StoredDataset data, int[] shards, Inference.Lease model) {
        try (ReadAhead<Shard> reader = new ReadAhead<>(new DatasetReader(data), shards)) {
          forEach(shards, reader::next, model);
        }
      }
    };

    abstract void run(StoredDataset data, int[] shards, Inference.Lease model);

    private static void forEach(int[] shards, IntFunction<Shard> reading, Inference.Lease model) {
      for (int shard : shards) {
        assertThat(model.first(reading.apply(shard)).samples()).isPositive();
      }
    }
  }

  @TempDir Path folder;

  @Test
  void aSlowStoreIsHiddenBehindTheSessionAndALocalOneCostsNoMore() throws Exception {
    FashionFixture fixture = new FashionFixture(folder);
    for (String model : List.of("fashion-student", "fashion-resnet")) {
      Map<String, String> settings =
          Map.of(
              "model", FashionFixture.ROOT.resolve("data/models/" + model + ".onnx").toString(),
              "data.train.path",
                  FashionFixture.ROOT.resolve("data/fashion-mnist/train").toString());
      try (Run run = Run.open(fixture.request(model, settings))) {
        Teacher teacher = new TeacherStage(run).execute();
        StoredDataset local = new IngestStage(run).execute().train();
        int batch = model.equals("fashion-student") ? 256 : 32;
        Inference inference =
            new Inference(teacher.inference(), run.store().work(), batch, 1, Padding.LONGEST);
        StoredDataset slow = on(SlowDisk.root(folder.resolve(model)), local);
        compare(model + ", local files", local, inference, 1.1);
        compare(
            model + ", every open and read waits " + SlowDisk.WAIT_MILLIS + " ms",
            slow,
            inference,
            1.0);
      }
    }
  }

  @Test
  void assemblingABatchOfTextsTakesNothingToSpeakOf() {
    GlossFixture fixture = new GlossFixture(folder);
    try (Run run = Run.open(fixture.request("texts", Map.of()))) {
      Teacher teacher = new TeacherStage(run).execute();
      StoredDataset train = new IngestStage(run).execute().train();
      Inference inference =
          new Inference(teacher.inference(), run.store().work(), 32, 1, Padding.MAX_LENGTH);
      try (Inference.Lease lease = inference.acquireFirstOutput();
          DatasetReader reader = new DatasetReader(train)) {
        Shard shard = reader.read(0);
        double micros = Double.MAX_VALUE;
        for (int pass = 0; pass < 500; pass++) {
          long begin = System.nanoTime();
          int batches =
              PreparedBatch.of(lease.session().session(), shard, Padding.MAX_LENGTH, 32).size();
          micros = Math.min(micros, (System.nanoTime() - begin) / 1e3 / batches);
        }
        ProofPage.row(
            "assembling a batch of 32 texts of %d tokens, with a copy of it besides"
                .formatted(GlossFixture.MAX_LENGTH),
            "<= 500 us",
            "%.0f us".formatted(micros));
        assertThat(micros).isLessThanOrEqualTo(500);
      }
    }
  }

  private static void compare(String what, StoredDataset data, Inference inference, double most)
      throws Exception {
    double inTurn = Double.MAX_VALUE;
    double ahead = Double.MAX_VALUE;
    for (int pass = 0; pass < PASSES; pass++) {
      inTurn = Math.min(inTurn, seconds(Way.IN_TURN, data, inference));
      ahead = Math.min(ahead, seconds(Way.AHEAD, data, inference));
    }
    ProofPage.row(
        "reading the next shard ahead against reading in turn: " + what,
        "<= %.2f of the time".formatted(most),
        "%.3f (%.2f s against %.2f s)".formatted(ahead / inTurn, ahead, inTurn));
    assertThat(ahead / inTurn).as(what).isLessThanOrEqualTo(most);
  }

  private static double seconds(Way way, StoredDataset data, Inference inference) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * SHARDS_A_THREAD;
        int[] shards = IntStream.range(first, first + SHARDS_A_THREAD).toArray();
        tasks.add(
            () -> {
              try (Inference.Lease model = inference.acquireFirstOutput()) {
                way.run(data, shards, model);
                return true;
              }
            });
      }
      long begin = System.nanoTime();
      for (Future<Boolean> done : threads.invokeAll(tasks)) {
        assertThat(done.get()).isTrue();
      }
      return (System.nanoTime() - begin) / 1e9;
    } finally {
      threads.shutdown();
    }
  }

  /** {@code data} as another file system gives it. */
  private static StoredDataset on(WorkRoot root, StoredDataset data) {
    StageAddress local = data.shards().address();
    StageAddress there = new StageAddress(root, local.stage(), local.fingerprint());
    return new StoredDataset(
        new StoredShards(there, data.shards().entries()), data.descriptorJson());
  }
}
