package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.SampleKey;
import dev.retort.data.Shard;
import dev.retort.data.ShardPlan;
import dev.retort.data.StratumRanks;
import dev.retort.data.SubsetChoice;
import dev.retort.jobs.ingest.StoredData;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.ChunkCheck;
import dev.retort.jobs.spark.DatasetReader;
import dev.retort.jobs.spark.ShardTasks;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredShards;
import dev.retort.provenance.Seed;
import dev.retort.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/**
 * A seeded choice of samples, stratified by label, as a data set with shards of its own: what
 * calibration observes.
 */
final class SubsetStage {
  private static final String NAME = "subset";

  private final Run run;

  SubsetStage(Run run) {
    this.run = run;
  }

  /** {@code samples} samples of {@code source}, or all of them if there are fewer. */
  StoredDataset execute(String title, StoredDataset source, long samples) {
    DatasetDescriptor from = source.descriptor();
    Seed seed = seed(run.recipe(), title);
    StageStore store = run.keys().subset(from, samples, seed);
    ChunkCheck.verify(run.spark(), store);
    Optional<DatasetDescriptor> known = StoredData.find(store);
    DatasetDescriptor descriptor =
        known.orElseGet(
            () -> {
              Picks picks = run.stage(NAME + " " + title, () -> choose(source, samples, seed));
              return write(title, source, picks, store);
            });
    return StoredDataset.of(StoredShards.of(store, descriptor.shards()), descriptor);
  }

  /** The seed of the choice called {@code title}. */
  static Seed seed(Recipe recipe, String title) {
    return new Seed(recipe.seed()).derive(title);
  }

  private Picks choose(StoredDataset source, long samples, Seed seed) {
    DatasetDescriptor data = source.descriptor();
    run.spark().setJobDescription("Choose %d samples of %s".formatted(samples, data.name()));
    JavaRDD<int[]> shards = tasks(data);
    int strata = strata(data);
    long[] sizes = shards.map(task -> sizes(source, task, strata)).reduce((a, b) -> add(a, b));
    long[] quotas = SubsetChoice.quotas(samples, sizes);
    StratumRanks ranks = new StratumRanks(quotas);
    shards
        .map(task -> ranks(source, task, quotas, seed))
        .collect()
        .forEach(bytes -> ranks.merge(StratumRanks.ofBytes(quotas, bytes)));
    SubsetChoice choice = ranks.choice();
    List<long[]> candidates = shards.map(task -> candidates(source, task, choice, seed)).collect();
    run.spark().setJobDescription(null);
    return Picks.of(candidates, choice);
  }

  /** In the order of their shards, as what they find is collected. */
  private JavaRDD<int[]> tasks(DatasetDescriptor data) {
    List<Integer> shards = IntStream.range(0, data.shards()).boxed().toList();
    List<int[]> cut = ShardTasks.cut(shards, run.tasks(), 1);
    return run.spark().parallelize(cut, cut.size());
  }

  private DatasetDescriptor write(
      String title, StoredDataset source, Picks picks, StageStore store) {
    DatasetDescriptor from = source.descriptor();
    ShardPlan plan = ShardPlan.of(picks.size(), from.meanSampleBytes());
    run.computeShards(
        NAME + " " + title,
        store,
        plan,
        new SubsetComputation(source, picks, plan.samplesPerShard()));
    return StoredData.complete(title, from.columns(), plan, store);
  }

  private static int strata(DatasetDescriptor data) {
    return data.columns().label().map(label -> label.classes()).orElse(1);
  }

  private static long[] sizes(StoredDataset source, int[] shards, int strata) {
    long[] sizes = new long[strata];
    forEach(source, shards, (shard, index, stratum) -> sizes[stratum]++);
    return sizes;
  }

  private static byte[] ranks(StoredDataset source, int[] shards, long[] quotas, Seed seed) {
    StratumRanks ranks = new StratumRanks(quotas);
    DatasetDescriptor data = source.descriptor();
    forEach(
        source,
        shards,
        (shard, index, stratum) -> ranks.add(stratum, rank(data, shard, index, seed)));
    return ranks.toBytes();
  }

  /** Shard, index, stratum and rank of each sample that may be taken, flat. */
  private static long[] candidates(
      StoredDataset source, int[] shards, SubsetChoice choice, Seed seed) {
    List<Long> flat = new ArrayList<>();
    DatasetDescriptor data = source.descriptor();
    forEach(
        source,
        shards,
        (shard, index, stratum) -> {
          long rank = rank(data, shard, index, seed);
          if (choice.takes(stratum, rank, 0)) {
            flat.addAll(List.of((long) shard.number(), (long) index, (long) stratum, rank));
          }
        });
    return flat.stream().mapToLong(Long::longValue).toArray();
  }

  private interface Visitor {
    void visit(Shard shard, int index, int stratum);
  }

  private static void forEach(StoredDataset source, int[] shards, Visitor visitor) {
    try (DatasetReader reader = new DatasetReader(source)) {
      for (int number : shards) {
        Shard shard = reader.read(number);
        for (int i = 0; i < shard.samples(); i++) {
          visitor.visit(shard, i, shard.labels().isPresent() ? shard.labels().get().get(i) : 0);
        }
      }
    }
  }

  private static long rank(DatasetDescriptor data, Shard shard, int index, Seed seed) {
    return SampleKey.of(data.schema(), shard.sample(index)).rank(seed);
  }

  private static long[] add(long[] a, long[] b) {
    return IntStream.range(0, a.length).mapToLong(i -> a[i] + b[i]).toArray();
  }
}
