package dev.retort.jobs.spark;

import dev.retort.data.DatasetDescriptor;
import dev.retort.jobs.run.Json;
import java.io.Serializable;

/**
 * A data set in the store: its descriptor and where its shards lie. Sent to executors.
 *
 * @param shards where each shard lies
 * @param descriptorJson the descriptor, as text because it is not serializable
 */
public record StoredDataset(StoredShards shards, String descriptorJson) implements Serializable {

  public static StoredDataset of(StoredShards shards, DatasetDescriptor descriptor) {
    return new StoredDataset(shards, Json.write(descriptor));
  }

  public DatasetDescriptor descriptor() {
    return Json.read(descriptorJson, DatasetDescriptor.class);
  }
}
