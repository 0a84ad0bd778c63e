package dev.retort.provenance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What of a processor decides the bits that ONNX Runtime computes: the vendor and the instruction
 * sets that its kernels choose between. Results are reproducible within one class.
 */
public record CpuClass(String architecture, String vendor, List<String> instructionSets) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> USED =
      Set.of(
          "sse4_1",
          "avx",
          "f16c",
          "fma",
          "avx2",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512dq",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "amx_int8",
          "amx_bf16",
          "asimd",
          "asimddp",
          "i8mm",
          "bf16",
          "sve");

  public CpuClass {
    instructionSets = List.copyOf(instructionSets);
  }

  /** The class of this machine; on systems without {@code /proc/cpuinfo} known by its name only. */
  public static CpuClass ofThisMachine() {
    String architecture = System.getProperty("os.arch");
    try {
      return Files.isReadable(CPU_INFO)
          ? parse(architecture, Files.readAllLines(CPU_INFO))
          : new CpuClass(architecture, System.getProperty("os.name"), List.of());
    } catch (IOException e) {
      return new CpuClass(architecture, System.getProperty("os.name"), List.of());
    }
  }

  static CpuClass parse(String architecture, List<String> cpuInfo) {
    String vendor = field(cpuInfo, "vendor_id", "CPU implementer");
    Set<String> flags = new TreeSet<>(List.of(field(cpuInfo, "flags", "Features").split(" +")));
    flags.retainAll(USED);
    return new CpuClass(architecture, vendor, List.copyOf(flags));
  }

  /** The name that stands in fingerprints, such as {@code amd64/AuthenticAMD/avx+avx2}. */
  public String name() {
    return architecture + "/" + vendor + "/" + String.join("+", instructionSets);
  }

  private static String field(List<String> lines, String... names) {
    for (String name : names) {
      String value =
          lines.stream()
              .filter(line -> line.startsWith(name))
              .limit(1)
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .collect(Collectors.joining());
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "unknown";
  }
}
