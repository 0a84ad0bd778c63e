package dev.retort.jobs.mllib;

import dev.retort.error.UserError;
import java.util.List;
import java.util.Objects;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The parameters of {@link OnnxTransformer} as MLlib knows them: it finds those by their public
 * methods, saves them by name, and makes a copy by the constructor that takes a {@code uid}.
 */
public abstract class OnnxTransformerParams extends Transformer {
  private static final long serialVersionUID = 1L;
  private static final int BATCH = 32;

  private final String uid;
  private final Param<String> modelFile;
  private final Param<String> modelSha256;
  private final StringArrayParam inputNames;
  private final StringArrayParam inputCols;
  private final StringArrayParam inputShapes;
  private final StringArrayParam outputNames;
  private final StringArrayParam outputCols;
  private final IntParam batchSize;
  private final IntParam threads;

  /** A parameter takes the name of its owner from {@code uid}, which is set first therefore. */
  OnnxTransformerParams(String uid) {
    this.uid = Objects.requireNonNull(uid, "uid");
    modelFile = new Param<>(uid, "modelFile", "path or URI of the ONNX model");
    modelSha256 =
        new Param<>(uid, "modelSha256", "SHA-256 that the model's file must have (default: any)");
    inputNames = names("inputNames", "inputs of the model (default: all)");
    inputCols = names("inputCols", "a column for each input (default: of the same name)");
    inputShapes =
        names(
            "inputShapes",
            "sizes of one row's axes for each input, such as 3x224x224 (default: by model and data)");
    outputNames = names("outputNames", "outputs of the model (default: all)");
    outputCols = names("outputCols", "a new column for each output (default: of the same name)");
    batchSize = atLeastOne("batchSize", "rows a run, 1 or more");
    threads = atLeastOne("threads", "threads a run, 1 or more");
    setDefault(batchSize, BATCH);
    setDefault(threads, 1);
  }

  private StringArrayParam names(String name, String doc) {
    return new StringArrayParam(this, name, doc);
  }

  private IntParam atLeastOne(String name, String doc) {
    return new IntParam(uid, name, doc, ParamValidators.gtEq(1));
  }

  @Override
  public String uid() {
    return uid;
  }

  public Param<String> modelFile() {
    return modelFile;
  }

  public Param<String> modelSha256() {
    return modelSha256;
  }

  public StringArrayParam inputNames() {
    return inputNames;
  }

  public StringArrayParam inputCols() {
    return inputCols;
  }

  public StringArrayParam inputShapes() {
    return inputShapes;
  }

  public StringArrayParam outputNames() {
    return outputNames;
  }

  public StringArrayParam outputCols() {
    return outputCols;
  }

  public IntParam batchSize() {
    return batchSize;
  }

  public IntParam threads() {
    return threads;
  }

  /** The model's path or URI. */
  public String getModelFile() {
    if (!isDefined(modelFile)) {
      throw UserError.usage(
          "Cannot use %s: modelFile is not set, must be the path or URI of an ONNX model"
              .formatted(uid));
    }
    return getOrDefault(modelFile);
  }

  /** Rows a run; {@value #BATCH} unless set. */
  public int getBatchSize() {
    return (Integer) getOrDefault(batchSize);
  }

  /** Threads a run; one unless set. */
  public int getThreads() {
    return (Integer) getOrDefault(threads);
  }

  final ColumnChoice choice() {
    return new ColumnChoice(
        list(inputNames), list(inputCols), list(inputShapes), list(outputNames), list(outputCols));
  }

  private List<String> list(StringArrayParam parameter) {
    return isDefined(parameter) ? List.of(getOrDefault(parameter)) : List.of();
  }
}
