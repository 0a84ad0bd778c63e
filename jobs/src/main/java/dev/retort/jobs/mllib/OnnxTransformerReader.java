package dev.retort.jobs.mllib;

import dev.retort.jobs.run.StorageErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/** Loads what {@link OnnxTransformerWriter} saved. */
final class OnnxTransformerReader extends MLReader<OnnxTransformer> {

  /**
   * Loads a transformer, whose model is copied: a pipeline may be saved over the folder that it was
   * loaded from.
   *
   * @throws dev.retort.error.UserError (exit 3) if the model has not the SHA-256 that was saved
   */
  @Override
  public OnnxTransformer load(String path) {
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader.loadMetadata(path, sc(), OnnxTransformer.class.getName());
    OnnxTransformer loaded = new OnnxTransformer(metadata.uid());
    metadata.getAndSetParams(loaded, Option.empty());
    loaded.setModelFile(copy(new Path(path, OnnxTransformerWriter.MODEL)).toString());
    loaded.model();
    return loaded;
  }

  private java.nio.file.Path copy(Path saved) {
    java.nio.file.Path copy = LocalModel.newFile(OnnxTransformerWriter.MODEL);
    try (InputStream in = saved.getFileSystem(sc().hadoopConfiguration()).open(saved)) {
      Files.copy(in, copy);
    } catch (IOException e) {
      throw StorageErrors.reading("read", saved, e);
    }
    return copy;
  }
}
