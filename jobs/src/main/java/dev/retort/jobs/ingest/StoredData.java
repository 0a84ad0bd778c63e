package dev.retort.jobs.ingest;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.SampleColumns;
import dev.retort.data.ShardPlan;
import dev.retort.jobs.run.Content;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.ShardEntry;
import dev.retort.jobs.run.ShardKey;
import dev.retort.jobs.run.StageStore;
import dev.retort.provenance.Sha256;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A data set in the store: committed chunks and, once all are there, its descriptor. */
public final class StoredData {
  private static final String DESCRIPTOR = "dataset.json";

  private StoredData() {}

  /** The descriptor of the data set in {@code store}, if it and all shards are there. */
  public static Optional<DatasetDescriptor> find(StageStore store) {
    return store
        .result()
        .map(result -> Json.read(result.text(DESCRIPTOR), DatasetDescriptor.class, DESCRIPTOR))
        .filter(descriptor -> store.missing(0, descriptor.shards()).isEmpty());
  }

  /** Completes a data set whose chunks are all committed: writes its descriptor. */
  public static DatasetDescriptor complete(
      String name, SampleColumns columns, ShardPlan plan, StageStore store) {
    DatasetDescriptor descriptor = describe(name, columns, plan, store);
    put(store, descriptor, new TreeMap<>());
    return descriptor;
  }

  /** The descriptor of a data set whose chunks are all committed. */
  static DatasetDescriptor describe(
      String name, SampleColumns columns, ShardPlan plan, StageStore store) {
    SortedMap<ShardKey, ShardEntry> located = store.located();
    List<Sha256> hashes =
        IntStream.range(0, plan.shards())
            .mapToObj(shard -> located.get(new ShardKey(0, shard)).hash())
            .toList();
    return DatasetDescriptor.of(name, columns, plan, hashes);
  }

  /** Completes the data set with its descriptor and {@code more} files. */
  static void put(StageStore store, DatasetDescriptor descriptor, SortedMap<String, Content> more) {
    TreeMap<String, Content> files = new TreeMap<>(more);
    files.put(DESCRIPTOR, Content.of(Json.bytes(descriptor)));
    store.putResult(files);
  }
}
