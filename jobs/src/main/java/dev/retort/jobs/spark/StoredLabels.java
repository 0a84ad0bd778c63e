package dev.retort.jobs.spark;

import dev.retort.data.SoftLabelFormat;
import dev.retort.provenance.Fingerprint;
import dev.retort.provenance.Sha256;
import java.io.Serializable;

/**
 * A teacher's logits on a data set, in the store.
 *
 * @param shards where the logits of each shard lie
 * @param format how they are stored
 * @param batch the batch that they were computed in
 */
public record StoredLabels(StoredShards shards, SoftLabelFormat format, int batch)
    implements Serializable {
  private static final int VERSION = 1;

  /** Over the logical content of all shards. */
  public Sha256 contentHash() {
    Fingerprint fingerprint = Fingerprint.of("soft-labels", VERSION);
    shards.entries().forEach((shard, entry) -> fingerprint.with("shard/" + shard, entry.hash()));
    return fingerprint.sha256();
  }
}
