package dev.retort.jobs.mllib;

import dev.retort.error.UserError;
import dev.retort.runtime.SessionSettings;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Runs an ONNX model over a DataFrame, in Spark MLlib's pipelines or alone: columns in, the columns
 * of the model's outputs behind them. Rows and their order stay; nothing runs before an action.
 *
 * <pre>{@code
 * new OnnxTransformer()
 *     .setModelFile("hdfs://host/models/int8.onnx")
 *     .setInputs(Map.of("image", "pixels"))
 *     .setOutputs(Map.of("logits", "scores"))
 *     .transform(images)
 * }</pre>
 *
 * <p>An input of shape {@code [N, ...]} takes, a row, numbers (or booleans for {@code BOOL}) alone,
 * in an array, in one nested as deep as the input has axes behind {@code N}, a {@code Vector}, or a
 * binary with little-endian elements of the input's type. A flat value fills the axes in row-major
 * order. Floats are rounded to the nearest of the model's type; integers must be whole and in
 * range. Rows may differ in axes that the model leaves open: each batch then holds rows of one
 * size.
 *
 * <p>An output {@code [N]} becomes a column of elements, one with more axes an array of them in
 * row-major order, bytes a binary. Half-precision floats become {@code float}.
 *
 * <p>The model is checked without native code, then tried once in a child process of the driver.
 * Executors fetch its file once, check its SHA-256, and share one session; each batch of {@code
 * batchSize} rows of a partition is one run of it, so the bits are those of ONNX Runtime for that
 * batch, and depend on the partitions only as far as the model's kernels depend on the batch.
 *
 * <p>Saving writes the model's file into the transformer's folder; a loaded one works on a copy of
 * its own. Not for several threads while it is being set.
 */
public final class OnnxTransformer extends OnnxTransformerParams implements MLWritable {
  private static final long serialVersionUID = 1L;

  /** The model that {@link #modelFile} names, so that it is read once. */
  private transient LocalModel model;

  public OnnxTransformer() {
    this(Identifiable.randomUID("onnx"));
  }

  public OnnxTransformer(String uid) {
    super(uid);
  }

  /** The model: a path on the driver, a name among {@code --files}, or a URI. */
  public OnnxTransformer setModelFile(String file) {
    model = null;
    set(modelFile(), file);
    return this;
  }

  /** The SHA-256 that the model's file must have, in hexadecimal digits. */
  public OnnxTransformer setModelSha256(String hex) {
    model = null;
    set(modelSha256(), hex);
    return this;
  }

  /** Columns for all inputs, by the names of the inputs. */
  public OnnxTransformer setInputs(Map<String, String> columns) {
    Map<String, String> sorted = new TreeMap<>(columns);
    set(inputNames(), sorted.keySet().toArray(String[]::new));
    set(inputCols(), sorted.values().toArray(String[]::new));
    return this;
  }

  /** The new columns, by the names of the outputs. */
  public OnnxTransformer setOutputs(Map<String, String> columns) {
    Map<String, String> sorted = new TreeMap<>(columns);
    set(outputNames(), sorted.keySet().toArray(String[]::new));
    set(outputCols(), sorted.values().toArray(String[]::new));
    return this;
  }

  /** The columns of the inputs, in the order of {@link #inputNames} or of the model. */
  public OnnxTransformer setInputCols(String... columns) {
    set(inputCols(), columns);
    return this;
  }

  /** The new columns, in the order of {@link #outputNames} or of the model. */
  public OnnxTransformer setOutputCols(String... columns) {
    set(outputCols(), columns);
    return this;
  }

  /** The outputs that are computed; others are left out. */
  public OnnxTransformer setOutputNames(String... names) {
    set(outputNames(), names);
    return this;
  }

  /** One row's sizes, such as {@code 3x224x224}, of inputs whose axes the model leaves open. */
  public OnnxTransformer setInputShapes(String... shapes) {
    set(inputShapes(), shapes);
    return this;
  }

  /**
   * Rows a run.
   *
   * @throws UserError (exit 2) if it is less than 1
   */
  public OnnxTransformer setBatchSize(int rows) {
    set(batchSize(), (Object) checked("batchSize", rows));
    return this;
  }

  /**
   * Threads a run. More than one pays only where Spark leaves cores idle.
   *
   * @throws UserError (exit 2) if it is less than 1
   */
  public OnnxTransformer setThreads(int count) {
    set(threads(), (Object) checked("threads", count));
    return this;
  }

  private static int checked(String parameter, int value) {
    if (value < 1) {
      throw UserError.usage(
          "Cannot set %s: it is %d, must be 1 or more".formatted(parameter, value));
    }
    return value;
  }

  /**
   * Adds the outputs' columns.
   *
   * @throws UserError as {@link #transformSchema}, or if the model does not run; a row that does
   *     not fit fails the action that needs it
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = dataset.schema();
    ColumnMatch columns = ColumnMatch.of(model(), choice(), schema);
    ModelTrials.pass(
        model(), SessionSettings.standard().withThreads(getThreads()), columns.knownDims());
    ModelOnExecutors executors =
        ModelOnExecutors.of(
            model(), dataset.sparkSession().sparkContext(), getBatchSize(), getThreads());
    TransformPlan plan =
        new TransformPlan(model().name(), executors, schema, columns.inputs(), columns.outputs());
    MapPartitionsFunction<Row, Row> batches = rows -> new BatchIterator(plan, rows);
    return dataset.toDF().mapPartitions(batches, Encoders.row(columns.widened(schema)));
  }

  /**
   * The schema with the outputs' columns, found without native code.
   *
   * @throws UserError if the model is not sound, a column is missing or cannot be an input, or an
   *     output's column exists
   */
  @Override
  public StructType transformSchema(StructType schema) {
    return ColumnMatch.of(model(), choice(), schema).widened(schema);
  }

  @Override
  public OnnxTransformer copy(ParamMap extra) {
    OnnxTransformer copy = defaultCopy(extra);
    copy.model = extra.contains(modelFile()) || extra.contains(modelSha256()) ? null : model;
    return copy;
  }

  @Override
  public MLWriter write() {
    return new OnnxTransformerWriter(this);
  }

  /** What {@code PipelineModel} and others load a saved transformer with. */
  public static MLReader<OnnxTransformer> read() {
    return new OnnxTransformerReader();
  }

  /** Loads a saved transformer. */
  public static OnnxTransformer load(String path) {
    return read().load(path);
  }

  /** The model, read and checked without native code. */
  LocalModel model() {
    if (model == null || !model.name().equals(getModelFile())) {
      model = LocalModel.read(getModelFile());
      if (isDefined(modelSha256())) {
        model.checkHash(getOrDefault(modelSha256()));
      }
    }
    return model;
  }
}
