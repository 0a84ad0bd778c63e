package dev.retort.jobs.run;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * A file system on local files that has room for a number of bytes; what is deleted or written over
 * makes room again. It runs out at the byte that does not fit, with the error that Hadoop's local
 * file system has for it, or only when a file is closed, with the exception of clients that send
 * what they buffered.
 */
public final class FullDisk extends RawLocalFileSystem {
  public static final String SCHEME = "full";

  private static final String APPENDS = "fs.full.appends";

  private static final AtomicLong FREE_BYTES = new AtomicLong(Long.MAX_VALUE);
  private static volatile Moment moment = Moment.WRITE;

  /** When a file that does not fit fails. */
  public enum Moment {
    WRITE,
    CLOSE
  }

  /** Leaves room for {@code bytes}. */
  public static void leave(long bytes, Moment when) {
    moment = when;
    FREE_BYTES.set(bytes);
  }

  /** Ends the shortage. */
  public static void makeRoom() {
    leave(Long.MAX_VALUE / 2, Moment.WRITE);
  }

  /** What is left. */
  public static long freeBytes() {
    return FREE_BYTES.get();
  }

  /** A work root on such a disk. */
  public static WorkRoot root(Path folder) {
    return root(folder, new Configuration());
  }

  /** A work root where nothing can be appended, as in an object store. */
  static WorkRoot objectStore(Path folder) {
    Configuration configuration = new Configuration();
    configuration.setBoolean(APPENDS, false);
    return root(folder, configuration);
  }

  private static WorkRoot root(Path folder, Configuration configuration) {
    configuration.set("fs.full.impl", FullDisk.class.getName());
    configuration.set("fs.full.impl.disable.cache", "true");
    return WorkRoot.of(SCHEME + ":" + folder.toAbsolutePath(), configuration);
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public boolean hasPathCapability(org.apache.hadoop.fs.Path path, String capability)
      throws IOException {
    return capability.equals(CommonPathCapabilities.FS_APPEND)
        ? getConf().getBoolean(APPENDS, true)
        : super.hasPathCapability(path, capability);
  }

  @Override
  public FSDataOutputStream append(
      org.apache.hadoop.fs.Path file, int bufferSize, Progressable progress) throws IOException {
    return new FSDataOutputStream(new Filling(super.append(file, bufferSize, progress)), null);
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    long before = pathToFile(file).length();
    FSDataOutputStream out =
        super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    FREE_BYTES.addAndGet(before);
    return new FSDataOutputStream(new Filling(out), null);
  }

  @Override
  public boolean delete(org.apache.hadoop.fs.Path file, boolean recursive) throws IOException {
    long length = pathToFile(file).isFile() ? pathToFile(file).length() : 0;
    boolean deleted = super.delete(file, recursive);
    FREE_BYTES.addAndGet(deleted ? length : 0);
    return deleted;
  }

  @Override
  public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
      throws IOException {
    long before = pathToFile(to).length();
    boolean renamed = super.rename(from, to);
    FREE_BYTES.addAndGet(renamed ? before : 0);
    return renamed;
  }

  private static final class Filling extends FilterOutputStream {
    private boolean full;

    Filling(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      long free = FREE_BYTES.getAndUpdate(left -> Math.max(0, left - length));
      out.write(bytes, offset, (int) Math.min(length, free));
      full |= free < length;
      if (full && moment == Moment.WRITE) {
        throw localError();
      }
    }

    @Override
    public void close() throws IOException {
      super.close();
      if (full && moment == Moment.CLOSE) {
        throw noSpace();
      }
    }
  }

  private static IOException noSpace() {
    return new IOException("No space left on device");
  }

  /** What {@link RawLocalFileSystem} makes of a failed write; only Hadoop may make one. */
  static FSError localError() {
    try {
      Constructor<FSError> constructor = FSError.class.getDeclaredConstructor(Throwable.class);
      constructor.setAccessible(true);
      return constructor.newInstance(noSpace());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
