package dev.retort.jobs.run;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A file system on local files where each opening and each read waits, as over a network. */
public final class SlowDisk extends RawLocalFileSystem {
  public static final int WAIT_MILLIS = 50;

  private static final String SCHEME = "slow";

  /** A work root on such a disk. */
  public static WorkRoot root(Path folder) {
    Configuration configuration = new Configuration();
    configuration.set("fs.slow.impl", SlowDisk.class.getName());
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
  public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize) throws IOException {
    pause();
    return new FSDataInputStream(new Waiting(super.open(file, bufferSize)));
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Single bytes do not wait: streams that read so are buffered. */
  private static final class Waiting extends FSInputStream {
    private final FSDataInputStream in;

    Waiting(FSDataInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      pause();
      return in.read(bytes, offset, length);
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) throws IOException {
      return in.seekToNewSource(position);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
