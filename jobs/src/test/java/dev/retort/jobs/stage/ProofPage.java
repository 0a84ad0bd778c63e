package dev.retort.jobs.stage;

import dev.retort.provenance.CpuClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;

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

  /** Adds a figure. */
  public static void row(String figure, String wanted, String measured) {
    Path page = FOLDER.resolve(LocalDate.now(ZoneOffset.UTC) + ".md");
    try {
      Files.createDirectories(FOLDER);
      if (!Files.exists(page)) {
        Files.writeString(page, header());
      }
      Files.writeString(
          page,
          "| %s | %s | %s |%n".formatted(figure, wanted, measured),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String header() {
    return """
        # Proof of %s

        %d cores, %s, Java %s, ONNX Runtime 1.28.0, Spark 3.5.9. Made by `mvn -B verify -Pproof`.

        | figure | wanted | measured |
        | --- | --- | --- |
        """
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            CpuClass.ofThisMachine().name(),
            System.getProperty("java.version"));
  }
}
