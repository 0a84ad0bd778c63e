package dev.retort.jobs.stage;

import dev.retort.provenance.Sha256;
import dev.retort.runtime.RuntimeIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/**
 * Hashes of what each stage makes of the fixture. They change only together with the stage's
 * version. Those of stages that run ONNX Runtime are kept by runtime and class of processor.
 */
final class Goldens {
  private static final int DIGITS = 12;

  private Goldens() {}

  /** The hash of a stage that computes the same everywhere. */
  static String ofAnyMachine(String stage) {
    return load("golden/any.properties").orElseThrow().getProperty(stage);
  }

  /** The hash of a stage on machines like this one, if it was ever taken. */
  static Optional<String> ofThisMachine(String stage) {
    return load("golden/" + machine() + ".properties").map(hashes -> hashes.getProperty(stage));
  }

  /** The name of this class of machine. */
  static String machine() {
    return Sha256.of(RuntimeIdentity.ofThisJvm().name()).prefix(DIGITS);
  }

  private static Optional<Properties> load(String resource) {
    try (InputStream in = Goldens.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        return Optional.empty();
      }
      Properties properties = new Properties();
      properties.load(in);
      return Optional.of(properties);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
