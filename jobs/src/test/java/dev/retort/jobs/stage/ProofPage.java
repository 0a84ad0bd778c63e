package dev.retort.jobs.stage;

import dev.retort.provenance.CpuClass;
import dev.retort.runtime.RuntimeIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.package$;

/**
 * The dated page that the proof profile writes, {@code jobs/target/proof/<date>.md}: one line a
 * figure, with the machine that it was measured on.
 */
public final class ProofPage {
  private static final Path FOLDER = FashionFixture.ROOT.resolve("jobs/target/proof");

  private ProofPage() {}

  public static Path folder() {
    return FOLDER;
  }

  /** Writes down a figure; it takes the place of what an earlier run of the day measured. */
  public static void row(String figure, String wanted, String measured) {
    try {
      Files.createDirectories(FOLDER);
      Path page = FOLDER.resolve(LocalDate.now(ZoneOffset.UTC) + ".md");
      String text = Files.exists(page) ? Files.readString(page) : header();
      Files.writeString(page, with(text, figure, "| %s | %s |".formatted(wanted, measured)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code page} with the row of {@code figure} at its old place, or else at the end. */
  static String with(String page, String figure, String values) {
    String start = "| " + figure + " |";
    String row = start + values.substring(1);
    List<String> lines = new ArrayList<>(page.lines().toList());
    boolean isNew = lines.stream().noneMatch(line -> line.startsWith(start));
    lines.replaceAll(line -> line.startsWith(start) ? row : line);
    if (isNew) {
      lines.add(row);
    }
    return String.join("\n", lines) + "\n";
  }

  private static String header() {
    return """
        # Proof of %s

        %d cores, %s, Java %s, ONNX Runtime %s, Spark %s. Made by `mvn -B verify -Pproof`.

        | figure | wanted | measured |
        | --- | --- | --- |
        """
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            CpuClass.ofThisMachine().name(),
            System.getProperty("java.version"),
            RuntimeIdentity.ofThisJvm().version(),
            package$.MODULE$.SPARK_VERSION());
  }
}
