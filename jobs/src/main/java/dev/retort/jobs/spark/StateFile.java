package dev.retort.jobs.spark;

import dev.retort.error.InfrastructureError;
import dev.retort.jobs.run.StorageErrors;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The mergeable states of consecutive shards in one file: the number of states, the end offset of
 * each, then their bytes; all numbers are big-endian. A state is addressed by its position, as a
 * shard is by its row group.
 */
public final class StateFile {
  private StateFile() {}

  /** Writes a file that must not exist yet. */
  public static void write(FileSystem fileSystem, Path file, List<byte[]> states) {
    try (FSDataOutputStream out = fileSystem.create(file, false)) {
      out.writeInt(states.size());
      long end = 0;
      for (byte[] state : states) {
        end += state.length;
        out.writeLong(end);
      }
      for (byte[] state : states) {
        out.write(state);
      }
    } catch (IOException | FSError e) {
      throw StorageErrors.writing("write states to", file, e);
    }
  }

  /** Reads the state at {@code position}. */
  public static byte[] read(FileSystem fileSystem, Path file, int position) {
    try (FSDataInputStream in = fileSystem.open(file)) {
      int count = in.readInt();
      if (position < 0 || position >= count) {
        throw new InfrastructureError(
            "Cannot read a state of %s: position is %d, must be below %d; repeat the command, which makes it again"
                .formatted(file, position, count));
      }
      long header = Integer.BYTES + (long) count * Long.BYTES;
      long begin = position == 0 ? 0 : longAt(in, position - 1);
      long end = longAt(in, position);
      byte[] state = new byte[Math.toIntExact(end - begin)];
      in.readFully(header + begin, state);
      return state;
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot read states of %s: %s; check that the store is reachable"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static long longAt(FSDataInputStream in, int index) throws IOException {
    in.seek(Integer.BYTES + (long) index * Long.BYTES);
    return in.readLong();
  }
}
