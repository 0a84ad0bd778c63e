package dev.retort.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The physical memory of this machine, as Linux counts it. */
public final class MachineMemory {
  private static final Path INFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final long KILOBYTE = 1024;

  private MachineMemory() {}

  /** Bytes that are free or can be freed; the greatest long where {@code /proc} is absent. */
  public static long availableBytes() {
    try {
      return Files.readAllLines(INFO).stream()
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> KILOBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
