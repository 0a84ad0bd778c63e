package dev.retort.data;

import dev.retort.provenance.Fingerprint;
import dev.retort.provenance.Sha256;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What a stored data set holds. Written as JSON beside its chunks; where a shard lies stands in the
 * chunk manifests.
 *
 * @param name such as {@code train}, {@code validation} or {@code test}
 * @param inputs the model inputs, in the order of the columns
 * @param label the label, or null where samples have none
 * @param idColumn the user's id column, or null where none was named
 * @param lengths of the texts; null where samples have none, or are a choice of another data set's
 * @param samples how many samples
 * @param samplesPerShard samples of every shard but the last
 * @param shards how many shards
 * @param groupSize consecutive shards that one task folds in order, G
 * @param contentHash over the logical content of all shards in order
 */
public record DatasetDescriptor(
    String name,
    List<InputSpec> inputs,
    LabelSpec label,
    String idColumn,
    TokenLengths lengths,
    long samples,
    int samplesPerShard,
    int shards,
    int groupSize,
    Sha256 contentHash)
    implements Serializable {
  private static final int VERSION = 1;

  public DatasetDescriptor {
    inputs = List.copyOf(inputs);
  }

  /** The descriptor of a data set cut by {@code plan} into shards with these hashes, in order. */
  public static DatasetDescriptor of(
      String name, SampleColumns columns, ShardPlan plan, List<Sha256> shardHashes) {
    if (shardHashes.size() != plan.shards()) {
      throw new IllegalArgumentException(
          "%d shards have %d hashes".formatted(plan.shards(), shardHashes.size()));
    }
    return new DatasetDescriptor(
        name,
        columns.inputs(),
        columns.label().orElse(null),
        columns.id().orElse(null),
        null,
        plan.samples(),
        plan.samplesPerShard(),
        plan.shards(),
        plan.groupSize(),
        contentHash(columns, plan, shardHashes));
  }

  public DatasetDescriptor withLengths(TokenLengths newLengths) {
    return new DatasetDescriptor(
        name,
        inputs,
        label,
        idColumn,
        newLengths,
        samples,
        samplesPerShard,
        shards,
        groupSize,
        contentHash);
  }

  public ShardPlan plan() {
    return new ShardPlan(samples, samplesPerShard);
  }

  public SampleSchema schema() {
    return columns().schema();
  }

  /** Bytes of the inputs of a sample on average, as far as they are known. */
  public long meanSampleBytes() {
    return schema().meanSampleBytes(Optional.ofNullable(lengths));
  }

  public SampleColumns columns() {
    return new SampleColumns(inputs, Optional.ofNullable(label), Optional.ofNullable(idColumn));
  }

  private static Sha256 contentHash(
      SampleColumns columns, ShardPlan plan, List<Sha256> shardHashes) {
    Fingerprint fingerprint =
        Fingerprint.of("data", VERSION)
            .with("samples", plan.samples())
            .with("samples-per-shard", plan.samplesPerShard())
            .with("classes", columns.label().map(LabelSpec::classes).orElse(0));
    for (InputSpec input : columns.inputs()) {
      fingerprint.with("input/" + input.name(), input.type() + input.dims().toString());
    }
    for (int shard = 0; shard < shardHashes.size(); shard++) {
      fingerprint.with("shard/" + shard, shardHashes.get(shard));
    }
    return fingerprint.sha256();
  }
}
