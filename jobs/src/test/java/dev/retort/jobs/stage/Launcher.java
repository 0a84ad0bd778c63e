package dev.retort.jobs.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs {@code deploy/retort} as a user does and watches the memory of what it starts. */
public final class Launcher {
  private static final long POLL_MILLIS = 100;
  private static final long KILOBYTE = 1 << 10;

  private Launcher() {}

  /**
   * How a command went.
   *
   * @param seconds wall-clock time
   * @param peakBytes the greatest resident memory of one of its processes
   */
  public record Outcome(int exitCode, double seconds, long peakBytes, String output) {}

  /** Runs a command in the repository's root. */
  public static Outcome run(Map<String, String> environment, List<String> command)
      throws Exception {
    Path log = Files.createTempFile("retort-proof", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(FashionFixture.ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    long begin = System.nanoTime();
    Process process = builder.start();
    long peak = 0;
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, peak(process.toHandle()));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Outcome(process.exitValue(), seconds, peak, Files.readString(log));
  }

  /** {@code deploy/retort} with arguments. */
  public static Outcome retort(Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("deploy/retort"));
    command.addAll(List.of(arguments));
    return run(environment, command);
  }

  private static long peak(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants())
        .mapToLong(handle -> highWaterMark(handle.pid()))
        .max()
        .orElse(0);
  }

  private static long highWaterMark(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> KILOBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
