package dev.retort.jobs.mllib;

import dev.retort.data.Padding;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * A model's file as executors reach it, by its hash, and how they run it. Sent to executors.
 *
 * @param model a URI that every executor reaches, or the name of a file that Spark brings them
 * @param work what opens the URI's file system
 * @param batch rows a run
 * @param threads threads a run
 */
record ModelOnExecutors(StoredModel model, WorkRoot work, int batch, int threads)
    implements Serializable {
  private static final String SUFFIX = ".onnx";
  private static final Map<Copy, String> SHIPPED = new ConcurrentHashMap<>();

  private record Copy(String application, Sha256 sha256) {}

  /** Executors fetch a remote file from where it is, a local one with the application's files. */
  static ModelOnExecutors of(LocalModel model, SparkContext spark, int batch, int threads) {
    String location =
        isRemote(model.name())
            ? model.name()
            : SHIPPED.computeIfAbsent(
                new Copy(spark.applicationId(), model.sha256()), copy -> ship(model, spark));
    StoredModel stored = new StoredModel(location, model.sha256(), model.file().toFile().length());
    WorkRoot work = WorkRoot.of(location, spark.hadoopConfiguration());
    return new ModelOnExecutors(stored, work, batch, threads);
  }

  private static boolean isRemote(String name) {
    String scheme = name.matches("[A-Za-z][A-Za-z0-9+.-]+:.*") ? URI.create(name).getScheme() : "";
    return !List.of("", "file", "local").contains(scheme);
  }

  /** Files of an application need names of their own, and must not change. */
  private static String ship(LocalModel model, SparkContext spark) {
    Path copy = LocalModel.newFile(model.sha256().hex() + SUFFIX);
    try {
      Files.copy(model.file(), copy);
    } catch (IOException e) {
      throw LocalModel.noRoom(e);
    }
    spark.addFile(copy.toString());
    return copy.getFileName().toString();
  }

  /** Takes this executor's session of the model, which all of its tasks share. */
  Inference.Lease acquire(List<String> outputs) {
    String uri =
        isRemote(model.uri())
            ? model.uri()
            : Path.of(SparkFiles.get(model.uri())).toUri().toString();
    StoredModel reached = new StoredModel(uri, model.sha256(), model.sizeBytes());
    return new Inference(reached, work, batch, threads, Padding.LONGEST).acquire(outputs);
  }
}
