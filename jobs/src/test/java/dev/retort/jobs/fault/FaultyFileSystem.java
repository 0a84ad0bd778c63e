package dev.retort.jobs.fault;

import dev.retort.jobs.fault.Fault.Moment;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.hadoop.util.ReflectionUtils;

/** Stands in for a file system of Hadoop and meets the {@link Fault} of the configuration. */
public final class FaultyFileSystem extends FilterFileSystem {
  /** With a scheme: the class of the file system that does the work. */
  static final String REAL = "retort.fault.real.";

  private String scheme;
  private Fault fault;

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    scheme = uri.getScheme();
    fs =
        ReflectionUtils.newInstance(
            configuration.getClass(REAL + scheme, null, FileSystem.class), null);
    super.initialize(uri, configuration);
    fault = Fault.of(configuration);
  }

  @Override
  public String getScheme() {
    return scheme;
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    fault.meet(Moment.BEFORE_CREATION, file);
    return watch(file, fs.create(file, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream append(Path file, int bufferSize, Progressable progress)
      throws IOException {
    fault.meet(Moment.BEFORE_CREATION, file);
    return watch(file, fs.append(file, bufferSize, progress));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    boolean renamed = fs.rename(from, to);
    if (renamed) {
      fault.meet(Moment.RENAMED, to);
    }
    return renamed;
  }

  private FSDataOutputStream watch(Path file, FSDataOutputStream out) throws IOException {
    return new FSDataOutputStream(new Watched(file, out), null, out.getPos());
  }

  private final class Watched extends FilterOutputStream {
    private final Path file;

    Watched(Path file, OutputStream out) {
      super(out);
      this.file = file;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int half = length / 2;
      out.write(bytes, offset, half);
      if (half > 0) {
        out.flush();
        fault.meet(Moment.HALF_WRITTEN, file);
      }
      out.write(bytes, offset + half, length - half);
    }

    @Override
    public void close() throws IOException {
      super.close();
      fault.meet(Moment.WRITTEN, file);
    }
  }
}
