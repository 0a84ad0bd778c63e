package dev.retort.jobs.spark;

import dev.retort.data.ShardBuffers;
import dev.retort.data.SoftLabelReader;
import dev.retort.data.SoftLabels;
import dev.retort.jobs.run.StageStore;
import org.apache.hadoop.fs.Path;

/**
 * Reads the stored logits of shards into reused buffers; consecutive shards share the open file.
 */
public final class LabelReader implements ShardSource<SoftLabels> {
  private final StoredLabels labels;
  private final StageStore store;
  private Path openFile;
  private SoftLabelReader reader;

  public LabelReader(StoredLabels labels) {
    this.labels = labels;
    this.store = labels.shards().address().open();
  }

  /** The teacher's outputs on {@code shard}, valid until the next read into {@code buffers}. */
  @Override
  public SoftLabels read(int shard, ShardBuffers buffers) {
    Path file = labels.shards().file(store, shard);
    if (!file.equals(openFile)) {
      close();
      reader = SoftLabelReader.open(store.fileSystem(), file, labels.format());
      openFile = file;
    }
    return reader.read(labels.shards().entry(shard).rowGroup(), buffers);
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
      openFile = null;
    }
  }
}
