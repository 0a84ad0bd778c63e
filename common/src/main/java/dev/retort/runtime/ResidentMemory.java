package dev.retort.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The physical memory that a process of this machine holds; 0 where {@code /proc} is absent. */
public final class ResidentMemory {
  private static final long KILOBYTE = 1024;

  private final Path status;

  private ResidentMemory(String process) {
    this.status = Path.of("/proc", process, "status");
  }

  public static ResidentMemory ofThisProcess() {
    return new ResidentMemory("self");
  }

  public static ResidentMemory of(ProcessHandle process) {
    return new ResidentMemory(Long.toString(process.pid()));
  }

  /** Bytes held now; 0 once the process has ended. */
  public long nowBytes() {
    return field("VmRSS:");
  }

  /** The most bytes ever held; 0 once the process has ended. */
  public long peakBytes() {
    return field("VmHWM:");
  }

  private long field(String name) {
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KILOBYTE)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
