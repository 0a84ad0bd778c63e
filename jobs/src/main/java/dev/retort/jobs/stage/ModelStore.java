package dev.retort.jobs.stage;

import dev.retort.error.InfrastructureError;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.EncodedFile;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.run.Content;
import dev.retort.jobs.run.StageResult;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Model files in the store, by the digest of their bytes. They are hashed and written as streams
 * from where the weights are, so that a file never lies on the heap.
 */
final class ModelStore {
  private static final String STAGE = "model";
  private static final String FILE = "model.onnx";

  private final Store store;

  ModelStore(Store store) {
    this.store = store;
  }

  /** What {@code model} is in the store, whether it is there or not; its place stays open. */
  static StoredModel unstored(Model model) {
    EncodedFile file = encoded(model);
    return new StoredModel("", digest(file), file.byteLength());
  }

  /** Stores {@code model}, unless its bytes are there already. */
  StoredModel put(Model model) {
    EncodedFile file = encoded(model);
    return put(digest(file), file.byteLength(), file::open);
  }

  /**
   * Stores a model file as it is.
   *
   * @throws InfrastructureError if it cannot be read
   */
  StoredModel put(Path file) {
    try {
      return put(Sha256.ofFile(file), Files.size(file), Content.of(file));
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot read model %s: %s; check the file".formatted(file, e.getMessage()), e);
    }
  }

  private StoredModel put(Sha256 sha256, long bytes, Content content) {
    StageStore stage = store.open(STAGE, sha256);
    StageResult result =
        stage.result().orElseGet(() -> stage.putResult(new TreeMap<>(Map.of(FILE, content))));
    return new StoredModel(result.path(FILE).toString(), sha256, bytes);
  }

  /** A model in the store is one file: larger ones are refused when they are taken in. */
  private static EncodedFile encoded(Model model) {
    return OnnxWriter.encode(model, FILE, Long.MAX_VALUE).get(0);
  }

  private static Sha256 digest(EncodedFile file) {
    try (InputStream in = file.open()) {
      return Sha256.of(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
