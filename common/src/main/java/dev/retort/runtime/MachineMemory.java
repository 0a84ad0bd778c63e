package dev.retort.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The physical memory that is left for this process: what Linux counts as available on the machine,
 * or less where a control group limits it, as in a container.
 */
public final class MachineMemory {
  private static final Path ROOT = Path.of("/");
  private static final Path INFO = Path.of("proc", "meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final long KILOBYTE = 1024;

  private MachineMemory() {}

  /** Bytes that are free or can be freed; the greatest long where {@code /proc} is absent. */
  public static long availableBytes() {
    return availableBytes(ROOT);
  }

  /**
   * As {@link #availableBytes()}, where {@code proc} and {@code sys} are folders in {@code root}.
   */
  static long availableBytes(Path root) {
    return Math.min(machine(root.resolve(INFO)), CgroupMemory.leftBytes(root));
  }

  private static long machine(Path info) {
    try {
      return Files.readAllLines(info).stream()
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> KILOBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
