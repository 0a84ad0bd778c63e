package dev.retort.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads from the file that a dying JVM writes what killed it. */
final class CrashLog {
  private CrashLog() {}

  /** Signal and place, such as {@code SIGFPE in libonnxruntime.so}; empty if there is no log. */
  static String summary(Path log) throws IOException {
    if (!Files.exists(log)) {
      return "";
    }
    List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    String signal = "fatal error";
    String place = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("#  SIG")) {
        signal = line.substring(1).strip().split(" ", 2)[0];
      } else if (line.startsWith("# Problematic frame:") && i + 1 < lines.size()) {
        place =
            " in "
                + lines
                    .get(i + 1)
                    .replaceAll("^#\\s+\\S+\\s+|^.*?\\[|\\+0x.*", "")
                    .replace("[", "");
        break;
      }
    }
    return signal + place;
  }
}
