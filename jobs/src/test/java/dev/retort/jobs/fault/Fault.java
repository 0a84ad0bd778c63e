package dev.retort.jobs.fault;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;

/**
 * What {@link FaultyFileSystem} does to the process that writes, at the {@code count}-th moment
 * that fits. It happens once for a marker file, so the same command, repeated, goes on.
 *
 * @param file a pattern that the whole URI of the file fits
 * @param moments when in the writing of a file
 * @param count which of the moments that fit, from 1
 * @param where the processes that it may happen to
 * @param marker is made when it happens, with the id of the process and what it was writing
 * @param kind what happens
 */
public record Fault(
    String file, List<Moment> moments, int count, Where where, Path marker, Kind kind) {
  /** What a process ends with that a fault halts: not one of Retort's exit codes. */
  public static final int HALTED = 77;

  /** More than 20 times what a task of the fixtures takes. */
  public static final Duration DELAY = Duration.ofSeconds(15);

  private static final long POLL_NANOS = 10_000_000;

  private static final String PREFIX = "retort.fault.";
  private static final AtomicInteger SEEN = new AtomicInteger();

  /** A moment in the writing of a file. */
  public enum Moment {
    /** Nothing is written yet. */
    BEFORE_CREATION,
    /** Half of its bytes are in the file. */
    HALF_WRITTEN,
    /** The file is complete and closed. */
    WRITTEN,
    /** The file has just replaced another. */
    RENAMED
  }

  /** A kind of process of a Spark application. */
  public enum Where {
    DRIVER,
    EXECUTOR
  }

  /** What happens to the process. */
  public enum Kind {
    /** It ends at once by itself, without its shutdown hooks; no signal is sent. */
    HALT,
    /** The thread that writes waits until it is interrupted; the rest of the process goes on. */
    PAUSE,
    /** The thread that writes goes on after {@link #DELAY}, whatever it is told meanwhile. */
    SLOW
  }

  public Fault {
    moments = List.copyOf(moments);
  }

  /** The first time that a file which fits is at {@code moment} in the driver. */
  public static Fault first(String file, Moment moment, Path marker) {
    return nth(1, file, moment, marker);
  }

  /** As {@link #first}, at the {@code count}-th time. */
  public static Fault nth(int count, String file, Moment moment, Path marker) {
    return new Fault(file, List.of(moment), count, Where.DRIVER, marker, Kind.HALT);
  }

  /** This fault in whatever executor comes first, instead of in the driver. */
  public Fault inExecutor() {
    return new Fault(file, moments, count, Where.EXECUTOR, marker, kind);
  }

  /** As this fault, but the writer waits. */
  public Fault pausing() {
    return new Fault(file, moments, count, where, marker, Kind.PAUSE);
  }

  /** As this fault, but the writer is slow. */
  public Fault slowing() {
    return new Fault(file, moments, count, where, marker, Kind.SLOW);
  }

  /** Options of a Java machine under which Hadoop's files of {@code scheme} have this fault. */
  public List<String> javaOptions(String scheme, String realFileSystem) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("fs." + scheme + ".impl", FaultyFileSystem.class.getName());
    properties.put(FaultyFileSystem.REAL + scheme, realFileSystem);
    properties.put(PREFIX + "file", file);
    properties.put(
        PREFIX + "moments", String.join(",", moments.stream().map(Moment::name).toList()));
    properties.put(PREFIX + "count", Integer.toString(count));
    properties.put(PREFIX + "where", where.name());
    properties.put(PREFIX + "marker", marker.toString());
    properties.put(PREFIX + "kind", kind.name());
    List<String> options = new ArrayList<>();
    properties.forEach((name, value) -> options.add("-Dspark.hadoop." + name + "=" + value));
    return options;
  }

  static Fault of(Configuration configuration) {
    List<Moment> moments = new ArrayList<>();
    for (String name : configuration.getStrings(PREFIX + "moments")) {
      moments.add(Moment.valueOf(name));
    }
    return new Fault(
        configuration.get(PREFIX + "file"),
        moments,
        configuration.getInt(PREFIX + "count", 1),
        Where.valueOf(configuration.get(PREFIX + "where")),
        Path.of(configuration.get(PREFIX + "marker")),
        Kind.valueOf(configuration.get(PREFIX + "kind")));
  }

  /** Does what is to be done if the moment has come. */
  void meet(Moment moment, org.apache.hadoop.fs.Path path) throws InterruptedIOException {
    if (moments.contains(moment)
        && where == here()
        && Pattern.matches(file, path.toString())
        && SEEN.incrementAndGet() == count
        && mark(moment + " " + path)) {
      if (kind == Kind.HALT) {
        Runtime.getRuntime().halt(HALTED);
      }
      if (kind == Kind.SLOW) {
        delay();
      } else {
        pause();
      }
    }
  }

  private static void delay() {
    long end = System.nanoTime() + DELAY.toNanos();
    while (System.nanoTime() < end) {
      // Unlike a sleep it does not end when the thread is interrupted, and leaves that mark.
      LockSupport.parkNanos(POLL_NANOS);
    }
    Thread.interrupted();
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the fault was interrupted");
    }
  }

  /** The process that this fault has happened to, once it has. */
  public Optional<ProcessHandle> process() throws IOException {
    String text = Files.exists(marker) ? Files.readString(marker) : "";
    int end = text.indexOf(' ');
    return end < 0 ? Optional.empty() : ProcessHandle.of(Long.parseLong(text.substring(0, end)));
  }

  /** Of several processes that meet the fault, it happens to one. */
  private boolean mark(String what) {
    try {
      byte[] bytes =
          "%d %s".formatted(ProcessHandle.current().pid(), what).getBytes(StandardCharsets.UTF_8);
      Files.write(marker, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Where here() {
    SparkEnv spark = SparkEnv.get();
    return spark == null || spark.executorId().equals("driver") ? Where.DRIVER : Where.EXECUTOR;
  }
}
