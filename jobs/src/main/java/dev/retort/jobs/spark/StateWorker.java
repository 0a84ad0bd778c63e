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

  /**
   * A shard's state.
   *
   * @param bytes its canonical form
   * @param samples how many samples it stands for
   */
  public record State(byte[] bytes, int samples) {}

  /** Computes the state of {@code shard}. */
  protected abstract State state(int shard);

  @Override
  public final void begin(FileSystem target, Path newFile) {
    fileSystem = target;
    file = newFile;
    states.clear();
  }

  @Override
  public final ShardComputation.Computed compute(int shard) {
    State state = state(shard);
    states.add(state.bytes());
    return new ShardComputation.Computed(Sha256.of(state.bytes()), state.samples());
  }

  @Override
  public final void end() {
    StateFile.write(fileSystem, file, states);
  }

  @Override
  public void close() {}
}
