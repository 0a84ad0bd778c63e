package dev.retort.jobs.run;

import dev.retort.error.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal {@code events.jsonl} of a run, one JSON object a line, oldest first. A repeated run
 * appends to it.
 *
 * <p>Where the file system can append, an event is in the file when {@link #add} returns. Object
 * stores cannot; there the whole file is written at {@link #flush}, and with the first event that
 * comes two seconds or more after the last write. Thread-safe.
 */
public final class Events {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final WorkFiles files;
  private final Path file;
  private final Runnable guard;
  private final boolean appends;
  private final StringBuilder unwritten = new StringBuilder();
  private long lastWriteNanos = System.nanoTime();

  /** A journal that asks {@code guard} before each write. */
  Events(WorkFiles files, Path file, Runnable guard) {
    this.files = files;
    this.guard = guard;
    this.file = file;
    this.appends = files.canAppend(file);
    files.read(file).filter(bytes -> !endsLine(bytes)).ifPresent(bytes -> unwritten.append('\n'));
  }

  /**
   * Records that {@code kind} happened now.
   *
   * @throws IllegalArgumentException if {@code fields} are not those of the kind
   */
  public void add(EventKind kind, Map<String, ?> fields) {
    kind.check(fields);
    add(kind.text(), fields);
  }

  void add(String kind, Map<String, ?> fields) {
    add(Event.now(kind, fields));
  }

  private synchronized void add(Event event) {
    unwritten.append(Json.line(event)).append('\n');
    if (appends || System.nanoTime() - lastWriteNanos >= PERIOD.toNanos()) {
      flush();
    }
  }

  /** Writes what is not in the file yet. */
  public synchronized void flush() {
    if (unwritten.length() > 0) {
      guard.run();
      write(unwritten.toString().getBytes(StandardCharsets.UTF_8));
      unwritten.setLength(0);
      lastWriteNanos = System.nanoTime();
    }
  }

  /** The events of a journal; a line that a kill cut off is left out. */
  static List<Event> read(WorkFiles files, Path file) {
    List<Event> events = new ArrayList<>();
    String text = new String(files.read(file).orElse(new byte[0]), StandardCharsets.UTF_8);
    text.lines().forEach(line -> parse(line).ifPresent(events::add));
    return events;
  }

  private static Optional<Event> parse(String line) {
    try {
      return Optional.of(Json.read(line, Event.class, "an event"));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  private void write(byte[] bytes) {
    if (!appends || !append(bytes)) {
      writeWhole(bytes);
    }
  }

  /**
   * Whether the end of the file could be written. HDFS refuses for a minute after the file's writer
   * was killed, and where there are fewer machines than a block is to have copies.
   */
  private boolean append(byte[] bytes) {
    FileSystem fileSystem = files.fileSystem();
    try (OutputStream out =
        fileSystem.exists(file) ? fileSystem.append(file) : fileSystem.create(file, false)) {
      out.write(bytes);
      return true;
    } catch (IOException | FSError e) {
      LOG.debug("{} is written anew, since it cannot be appended to", file, e);
      return false;
    }
  }

  private void writeWhole(byte[] bytes) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    files.read(file).ifPresent(whole::writeBytes);
    if (!endsLine(whole.toByteArray())) {
      whole.write('\n');
    }
    whole.writeBytes(bytes);
    files.put(file, Content.of(whole.toByteArray()));
  }

  private static boolean endsLine(byte[] bytes) {
    return bytes.length == 0 || bytes[bytes.length - 1] == '\n';
  }
}
