package dev.retort.jobs.mllib;

import dev.retort.jobs.run.StorageErrors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/** Saves a transformer: MLlib's metadata with the model's SHA-256, and the model beside it. */
final class OnnxTransformerWriter extends MLWriter {
  /** The model's file in a transformer's folder. */
  static final String MODEL = "model.onnx";

  private final OnnxTransformer transformer;
  private final LocalModel model;

  /** The model is read before MLlib deletes what stands where it is to save to. */
  OnnxTransformerWriter(OnnxTransformer transformer) {
    this.transformer = transformer;
    this.model = transformer.model();
  }

  @Override
  public void saveImpl(String path) {
    OnnxTransformer saved = transformer.copy(ParamMap.empty());
    saved.set(saved.modelSha256(), model.sha256().hex());
    saved.clear(saved.modelFile());
    DefaultParamsWriter.saveMetadata(saved, path, sc(), Option.empty(), Option.empty());
    Path file = new Path(path, MODEL);
    try (OutputStream out = file.getFileSystem(sc().hadoopConfiguration()).create(file, false)) {
      Files.copy(model.file(), out);
    } catch (IOException e) {
      throw StorageErrors.writing("write", file, e);
    }
  }
}
