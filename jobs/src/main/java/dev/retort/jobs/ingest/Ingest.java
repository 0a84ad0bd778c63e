package dev.retort.jobs.ingest;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.ShardPlan;
import dev.retort.data.SubsetChoice;
import dev.retort.data.TokenLengths;
import dev.retort.error.UserError;
import dev.retort.jobs.run.Content;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.ChunkCheck;
import dev.retort.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a source once and writes it as canonical shards: decode, sort by sample key, count, cut.
 *
 * <p>The result depends on the samples alone, not on files, their order, partitions or executors.
 * Memory does not grow with the number of samples: the sort spills, and a task holds one range of
 * it and one compressed shard.
 */
public final class Ingest {
  /** Changes when the stored bytes or the order change. */
  public static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);
  private static final String COUNTS = "ingest.json";

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final IngestRequest request;
  private final IngestTargets targets;

  private Ingest(SparkSession spark, IngestRequest request, IngestTargets targets) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.request = request;
    this.targets = targets;
  }

  /**
   * Ingests {@code request} into {@code targets}; chunks and data sets that these already hold are
   * not written again.
   *
   * @throws UserError (exit 3) if the source is missing, empty or unreadable, lacks a column, or
   *     has more bad rows than the request allows
   */
  public static IngestResult run(SparkSession spark, IngestRequest request, IngestTargets targets) {
    if (request.validation().isPresent() != targets.validation().isPresent()) {
      throw new IllegalArgumentException("a validation split needs a target, and only then");
    }
    return find(targets).orElseGet(() -> new Ingest(spark, request, targets).execute());
  }

  /** What an earlier run made in {@code targets}, if it is complete. */
  public static Optional<IngestResult> find(IngestTargets targets) {
    Optional<DatasetDescriptor> data = StoredData.find(targets.data());
    Optional<DatasetDescriptor> validation = targets.validation().flatMap(StoredData::find);
    if (data.isEmpty() || validation.isPresent() != targets.validation().isPresent()) {
      return Optional.empty();
    }
    String counts = targets.data().result().orElseThrow().text(COUNTS);
    return Optional.of(
        new IngestResult(
            data.get(), validation, Json.read(counts, IngestResult.Counts.class, COUNTS)));
  }

  private IngestResult execute() {
    SourceFiles files = SourceFiles.of(request, context.hadoopConfiguration());
    SourceCheck.checkText(request, files, context.hadoopConfiguration());
    try {
      return ingest(files);
    } catch (Exception e) {
      throw ReadErrors.explain(e, request, files, context.hadoopConfiguration());
    } finally {
      context.setJobDescription(null);
    }
  }

  private IngestResult ingest(SourceFiles files) {
    describe("read, decode and sort");
    int ranges =
        request.partitions() > 0 ? request.partitions() : SortedRows.rangesFor(files.lengthBytes());
    SortedRows sorted = SortedRows.sort(SourceRows.open(spark, request, files), ranges);
    Seed seed = new Seed(request.validation().map(v -> v.seed()).orElse(0L)).derive("validation");
    JavaRDD<byte[]> tags =
        sorted.tags(request.columns().schema(), seed).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      TagCounts counter = new TagCounts(tags, request.strata());
      long[] sizes = counter.strataSizes();
      long samples = Arrays.stream(sizes).sum();
      IngestResult.Counts counts = BadRows.check(sorted, samples, request, targets.data());
      SubsetChoice validation = choose(counter, sizes);
      return write(sorted, counter, new Split(seed, validation), counts);
    } finally {
      tags.unpersist();
    }
  }

  private SubsetChoice choose(TagCounts counter, long[] sizes) {
    if (request.validation().isEmpty()) {
      return SubsetChoice.nothing(sizes.length);
    }
    describe("choose the validation split");
    long samples = Arrays.stream(sizes).sum();
    long wanted = SubsetChoice.validationSize(samples, request.validation().get().fraction());
    if (wanted == 0) {
      throw UserError.input(
          "Cannot split off validation: %s has %d samples, must have enough for a fraction of %s; set data.validation.fraction"
              .formatted(request.source().path(), samples, request.validation().get().fraction()));
    }
    return counter.choose(SubsetChoice.quotas(wanted, sizes));
  }

  private IngestResult write(
      SortedRows sorted, TagCounts counter, Split split, IngestResult.Counts counts) {
    describe("count samples");
    List<long[]> perRange = counter.takenAndLeft(split.choice());
    List<Optional<TokenLengths>> lengths = lengths(counter, split.choice());
    DatasetDescriptor data =
        write(
            request.name(),
            sorted,
            split.of(Side.LEFT),
            new Extent(count(perRange, 1), lengths.get(1)),
            targets.data());
    Optional<DatasetDescriptor> validation =
        targets
            .validation()
            .map(
                store ->
                    write(
                        "validation",
                        sorted,
                        split.of(Side.TAKEN),
                        new Extent(count(perRange, 0), lengths.get(0)),
                        store));
    validation.ifPresent(
        descriptor -> StoredData.put(targets.validation().get(), descriptor, new TreeMap<>()));
    TreeMap<String, Content> more = new TreeMap<>();
    more.put(COUNTS, Content.of(Json.bytes(counts)));
    StoredData.put(targets.data(), data, more);
    LOG.info(
        "Ingested {} rows of {}: {} samples in {} shards, {} for validation, {} bad rows",
        counts.rows(),
        request.source().path(),
        data.samples(),
        data.shards(),
        validation.map(DatasetDescriptor::samples).orElse(0L),
        counts.badRows());
    lengths.get(1).ifPresent(texts -> LOG.info("Tokenized {}: {}", request.name(), texts.words()));
    return new IngestResult(data, validation, counts);
  }

  /** How many samples of a data set are in each range, and how long their texts are. */
  private record Extent(List<Long> counts, Optional<TokenLengths> lengths) {}

  /** The lengths of the texts taken for validation, then of the others; nothing without texts. */
  private List<Optional<TokenLengths>> lengths(TagCounts counter, SubsetChoice choice) {
    return request
        .columns()
        .schema()
        .text()
        .map(input -> counter.lengths(choice, input.text().maxLength()))
        .map(found -> found.stream().map(Optional::of).toList())
        .orElse(List.of(Optional.empty(), Optional.empty()));
  }

  private DatasetDescriptor write(
      String name, SortedRows sorted, Split.Members members, Extent extent, StageStore store) {
    List<Long> counts = extent.counts();
    long samples = counts.stream().mapToLong(Long::longValue).sum();
    ShardPlan plan =
        ShardPlan.of(samples, request.columns().schema().meanSampleBytes(extent.lengths()));
    ChunkWriter writer = new ChunkWriter(store.address(), request.columns().schema(), plan);
    List<ChunkTasks.Task> tasks =
        ChunkTasks.of(plan, ChunkCheck.missing(context, store, 0, plan.shards()), counts);
    if (!tasks.isEmpty()) {
      describe("write %d shards of %s".formatted(plan.shards(), name));
      PartitionLists.of(sorted.rows(), tasks.stream().map(t -> t.partitionNumbers()).toList())
          .mapPartitionsWithIndex(
              (index, rows) -> {
                ChunkTasks.Task task = tasks.get(index);
                MemberIterator mine = new MemberIterator(rows, writer.schema(), members);
                mine.skip(plan.firstSample(plan.firstShard(task.chunk())) - task.firstSample());
                writer.write(task.chunk(), mine);
                return List.of(task.chunk()).iterator();
              },
              false)
          .count();
    }
    return StoredData.describe(name, request.columns(), plan, store)
        .withLengths(extent.lengths().orElse(null));
  }

  private void describe(String what) {
    context.setJobDescription("Ingest %s: %s".formatted(request.name(), what));
  }

  private static List<Long> count(List<long[]> perRange, int side) {
    return perRange.stream().map(counts -> counts[side]).toList();
  }
}
