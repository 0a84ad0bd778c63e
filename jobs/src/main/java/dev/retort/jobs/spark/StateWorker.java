package dev.retort.jobs.spark;

import dev.retort.provenance.Sha256;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A worker whose result for a shard is a mergeable state; a chunk is a {@link StateFile}. */
public abstract class StateWorker implements ShardComputation.Worker {
  /** The suffix of the files it writes. */
  public static final String SUFFIX = "states";

  private final List<byte[]> states = new ArrayList<>();
  private FileSystem fileSystem;
  private Path file;

  /** Computes the state of {@code shard}, in its canonical form. */
  protected abstract byte[] state(int shard);

  /** How many samples {@code shard} has. */
  protected abstract int samples(int shard);

  @Override
  public final void begin(FileSystem target, Path newFile) {
    fileSystem = target;
    file = newFile;
    states.clear();
  }

  @Override
  public final ShardComputation.Computed compute(int shard) {
    byte[] state = state(shard);
    states.add(state);
    return new ShardComputation.Computed(Sha256.of(state), samples(shard));
  }

  @Override
  public final void end() {
    StateFile.write(fileSystem, file, states);
  }

  @Override
  public void close() {}
}
