package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.run.StageResult;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.provenance.Sha256;

/** Model files in the store, by the digest of their bytes. */
final class ModelStore {
  private static final String STAGE = "model";
  private static final String FILE = "model.onnx";

  private final Store store;

  ModelStore(Store store) {
    this.store = store;
  }

  /** Stores {@code model}, unless its bytes are there already. */
  StoredModel put(Model model) {
    return put(OnnxWriter.toBytes(model));
  }

  /** Stores the bytes of a model file as they are. */
  StoredModel put(byte[] bytes) {
    Sha256 sha256 = Sha256.of(bytes);
    StageStore stage = store.open(STAGE, sha256);
    StageResult result = stage.result().orElseGet(() -> stage.putResult(FILE, bytes));
    return new StoredModel(result.path(FILE).toString(), sha256, bytes.length);
  }

  /** The bytes of a stored model. */
  byte[] bytes(StoredModel model) {
    return store
        .open(STAGE, model.sha256())
        .result()
        .orElseThrow(() -> new IllegalStateException("no stored model " + model.sha256()))
        .bytes(FILE);
  }
}
