package dev.retort.jobs.mllib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.retort.error.RetortException;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.EncodedFile;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.spark.SparkFailures;
import dev.retort.provenance.Sha256;
import dev.retort.runtime.SessionCache;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.Seq;

class OnnxTransformerTest {
  private static final int ROWS = 103;
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);

  @TempDir static Path folder;

  private static Path twoInputs;
  private static List<Row> rows;
  private static Dataset<Row> data;

  @BeforeAll
  static void makeModelAndData() {
    twoInputs = write(SmallModels.twoInputs());
    Random values = new Random(7);
    List<Row> random =
        IntStream.range(0, ROWS)
            .mapToObj(
                i ->
                    RowFactory.create(
                        i, floats(values, 4), List.of(floats(values, 3), floats(values, 3))))
            .toList();
    data =
        frame(
            random,
            new StructType()
                .add("id", DataTypes.IntegerType)
                .add("a", FLOATS)
                .add("b", DataTypes.createArrayType(FLOATS)));
    rows = data.collectAsList();
  }

  @Test
  void severalInputsAndOutputsAreBitEqualToBareOnnxRuntimeAndInOrder() throws OrtException {
    List<Row> result = transformer().setBatchSize(8).transform(data.coalesce(1)).collectAsList();

    assertThat(result).hasSize(ROWS);
    for (int from = 0; from < ROWS; from += 8) {
      List<Row> batch = rows.subList(from, Math.min(ROWS, from + 8));
      float[][] scores = bare(batch);
      for (int i = 0; i < batch.size(); i++) {
        Row row = result.get(from + i);
        assertThat(row.getInt(0)).isEqualTo(from + i);
        assertThat(row.<Float>getList(3)).containsExactly(boxed(scores[i]));
        assertThat(row.getLong(4)).isEqualTo(best(scores[i]));
      }
    }
  }

  @Test
  void partitionsMayBeEmptyOrHoldLessThanABatchAndKeepTheirOrder() {
    Dataset<Row> spread = data.filter("id < 5").union(data.filter("id < 0")).repartition(7);

    List<Row> result = transformer().setBatchSize(3).transform(spread).collectAsList();

    assertThat(result.stream().map(row -> row.getInt(0)).toList())
        .isEqualTo(spread.collectAsList().stream().map(row -> row.getInt(0)).toList())
        .hasSize(5);
    assertThat(transformer().transform(data.filter("id < 0")).count()).isZero();
  }

  @Test
  void nothingRunsBeforeAnActionAndAllTasksOfAnExecutorShareOneSession() throws IOException {
    Path model = write(SmallModels.identity(ElementType.FLOAT32, Dim.of(4), Dim.of(1)));
    Sha256 sha256 = Sha256.ofFile(model);
    OnnxTransformer transformer =
        new OnnxTransformer().setModelFile(model.toString()).setInputCols("a");

    Dataset<Row> result = transformer.transform(data.repartition(4));

    assertThat(SessionCache.ofThisJvm().created(sha256)).isZero();
    assertThat(result.count()).isEqualTo(ROWS);
    assertThat(result.limit(1).collectAsList()).hasSize(1);
    assertThat(SessionCache.ofThisJvm().created(sha256)).isOne();
  }

  @Test
  void theSchemaHasTheOutputsBehindTheColumns() {
    StructType schema = transformer().transformSchema(data.schema());

    assertThat(schema.simpleString())
        .isEqualTo(
            "struct<id:int,a:array<float>,b:array<array<float>>,scores:array<float>,label:bigint>");
    assertThat(transformer().transform(data).schema()).isEqualTo(schema);
  }

  @Test
  void namesOfColumnsAreFree() {
    Dataset<Row> renamed = data.withColumnRenamed("a", "left").withColumnRenamed("b", "right");

    Dataset<Row> result =
        new OnnxTransformer()
            .setModelFile(twoInputs.toString())
            .setInputs(Map.of("b", "right", "a", "left"))
            .setOutputs(Map.of("label", "class"))
            .transform(renamed);

    assertThat(result.columns()).containsExactly("id", "left", "right", "class");
    assertThat(result.select("class").collectAsList())
        .isEqualTo(transformer().transform(data).select("label").collectAsList());
  }

  @Test
  void numbersVectorsBinariesAndNestedArraysFeedTheSameInput() {
    Model model = SmallModels.identity(ElementType.FLOAT32, Dim.of(2), Dim.of(2));
    ByteBuffer raw = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(new float[] {1, 2, 3, 4});
    DataType doubles = DataTypes.createArrayType(DataTypes.DoubleType);
    DataType ints = DataTypes.createArrayType(DataTypes.IntegerType);

    assertThat(fed(model, doubles, List.of(1.0, 2.0, 3.0, 4.0))).containsExactly(1f, 2f, 3f, 4f);
    assertThat(fed(model, ints, List.of(1, 2, 3, 4))).containsExactly(1f, 2f, 3f, 4f);
    assertThat(fed(model, SQLDataTypes.VectorType(), Vectors.dense(1, 2, 3, 4)))
        .containsExactly(1f, 2f, 3f, 4f);
    assertThat(
            fed(
                model,
                SQLDataTypes.VectorType(),
                Vectors.sparse(4, new int[] {1}, new double[] {9})))
        .containsExactly(0f, 9f, 0f, 0f);
    assertThat(fed(model, DataTypes.BinaryType, raw.array())).containsExactly(1f, 2f, 3f, 4f);
    assertThat(
            fed(
                model,
                DataTypes.createArrayType(doubles),
                List.of(List.of(1.0, 2.0), List.of(3.0, 4.0))))
        .containsExactly(1f, 2f, 3f, 4f);
  }

  @Test
  void bytesComeOutAsABinaryAndIntegersAsTheyAre() {
    assertThat(
            one(
                    SmallModels.identity(ElementType.UINT8, Dim.of(3)),
                    DataTypes.BinaryType,
                    new byte[] {0, -1, 7})
                .<byte[]>getAs("y"))
        .containsExactly(0, -1, 7);
    assertThat(single(ElementType.INT64, DataTypes.LongType, 1L << 60)).isEqualTo(1L << 60);
    assertThat(single(ElementType.INT64, DataTypes.DoubleType, 12.0)).isEqualTo(12L);
    assertThat(refusal(() -> single(ElementType.INT64, DataTypes.DoubleType, 0.5)))
        .contains("column x holds 0.5, must hold whole numbers");
  }

  @Test
  void rowsMayDifferWhereTheModelLeavesAnAxisOpen() {
    Path model = write(SmallModels.identity(ElementType.FLOAT32, Dim.of("S")));
    List<Row> texts =
        IntStream.of(2, 2, 3, 1, 1, 1)
            .mapToObj(n -> RowFactory.create(IntStream.range(0, n).mapToObj(i -> n + 0f).toList()))
            .toList();

    List<Row> result =
        new OnnxTransformer()
            .setModelFile(model.toString())
            .setBatchSize(4)
            .transform(frame(texts, new StructType().add("x", FLOATS)).coalesce(1))
            .collectAsList();

    assertThat(result).allSatisfy(row -> assertThat(row.getList(1)).isEqualTo(row.getList(0)));
    assertThat(result.stream().map(row -> row.getList(1).size()).toList())
        .containsExactly(2, 2, 3, 1, 1, 1);
  }

  @Test
  void aStatedShapeTellsWhatAFlatValueMeans() {
    Model model = SmallModels.identity(ElementType.FLOAT32, Dim.of("H"), Dim.of("W"));
    OnnxTransformer transformer = new OnnxTransformer().setModelFile(write(model).toString());
    Dataset<Row> flat =
        frame(
            List.of(RowFactory.create(List.of(1f, 2f, 3f, 4f, 5f, 6f))),
            new StructType().add("x", FLOATS));

    assertRefused(() -> transformer.transform(flat).collectAsList(), 3)
        .hasMessageContaining("column x is [6], must be nested as [?x?]")
        .hasMessageContaining("set inputShapes");
    assertThat(transformer.setInputShapes("2x3").transform(flat).first().getList(1)).hasSize(6);
    assertRefused(() -> transformer.setInputShapes("6").transform(flat), 2)
        .hasMessageContaining("inputShapes has \"6\" for input x, must be sizes such as 3x224x224");
  }

  @Test
  void aMissingColumnIsToldWithTheNearest() {
    assertRefused(() -> transformer().transform(data.withColumnRenamed("a", "aa")), 3)
        .hasMessage(
            "Cannot feed input a of model %s: column a is missing, must be in the DataFrame; the nearest is aa"
                .formatted(twoInputs));
  }

  @Test
  void aColumnOfTheWrongTypeIsToldWithWhatMayStandThere() {
    Dataset<Row> text = data.drop("b").selectExpr("id", "a", "'x' as b");
    Dataset<Row> deep = data.selectExpr("id", "array(array(a)) as a", "b");

    assertRefused(() -> transformer().transformSchema(text.schema()), 3)
        .hasMessageContaining(
            "column b is string, must be numbers, alone, in an array or nested 2");
    assertRefused(() -> transformer().transformSchema(deep.schema()), 3)
        .hasMessageContaining("column a is array<array<array<float>>>, must be numbers");
  }

  @Test
  void anOutputColumnThatExistsIsRefused() {
    assertRefused(() -> transformer().setOutputCols("ID", "label").transform(data), 2)
        .hasMessageContaining("Cannot add column ID: there is one of that name");
    assertRefused(() -> transformer().setOutputCols("x", "x").transform(data), 2)
        .hasMessageContaining("Cannot add column x");
  }

  @Test
  void parametersThatDoNotFitTheModelAreRefused() {
    assertRefused(() -> transformer().setInputs(Map.of("a", "a", "c", "b")).transform(data), 2)
        .hasMessageContaining("inputNames has c, must be an input of the model; the nearest is a");
    assertRefused(() -> transformer().setInputs(Map.of("a", "a")).transform(data), 2)
        .hasMessageContaining("inputNames is [a], must have all of [a, b]");
    assertRefused(() -> transformer().setInputCols("a").transform(data), 2)
        .hasMessageContaining("inputCols has 1 entries, must have one for each input of [a, b]");
    assertRefused(() -> transformer().setOutputs(Map.of("lable", "l")).transform(data), 2)
        .hasMessageContaining("outputNames has lable", "the nearest is label");
    assertRefused(() -> transformer().setOutputNames("label", "label").transform(data), 2)
        .hasMessageContaining("outputNames has label twice");
    assertRefused(() -> transformer().setBatchSize(0), 2)
        .hasMessageContaining("batchSize: it is 0, must be 1 or more");
    assertRefused(() -> new OnnxTransformer().transform(data), 2)
        .hasMessageContaining("modelFile is not set");
  }

  @Test
  void aRowThatCannotBeAnInputIsToldWithItsContent() {
    assertThat(badRow(RowFactory.create(41, null, null)))
        .contains("Cannot feed input a (FLOAT32[4]) of model ", "column a is null, must have [4]")
        .endsWith("the row is {id=41, a=null, b=null}");
    assertThat(badRow(RowFactory.create(42, List.of(1f, 2f), null)))
        .contains("column a has 2 elements, must have [4]", "id=42");
    assertThat(badRow(RowFactory.create(43, List.of(1f, 2f, 3f, 4f), List.of(List.of(1f, 2f, 3f)))))
        .contains("column b has [1x3], must have [2x3]");
    assertThat(
            badRow(
                RowFactory.create(
                    44,
                    List.of(1f, 2f, 3f, 4f),
                    List.of(List.of(1f, 2f, 3f), List.of(1f, 2f, 3f, 4f)))))
        .contains("column b has arrays of 3 and of 4 elements side by side");
    assertThat(badRow(RowFactory.create(45, Arrays.asList(1f, null, 3f, 4f), null)))
        .contains("column b is null");
    assertThat(
            refusal(
                () ->
                    fed(
                        SmallModels.identity(ElementType.FLOAT32, Dim.of(2), Dim.of(2)),
                        DataTypes.BinaryType,
                        new byte[] {1, 2, 3})))
        .contains("column x has 3 bytes, must have a multiple of the 4 of FLOAT32");
  }

  @Test
  void aModelThatIsNoModelOrTakesOneBatchOnlyIsRefused() throws IOException {
    Path junk = Files.writeString(folder.resolve("junk.onnx"), "no model");
    Path missing = folder.resolve("missing.onnx");
    Model fixed =
        Model.of(
            Graph.of(
                "fixed",
                List.of(Node.of("copy", "Identity", List.of("x"), List.of("y"))),
                Map.of(),
                List.of(
                    ValueInfo.of(
                        "x", ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of(1), Dim.of(4)))),
                List.of(SmallModels.value("y", ElementType.FLOAT32, Dim.of(4)))));

    assertRefused(() -> of(junk).transform(data), 3).hasMessageContaining("junk.onnx");
    assertRefused(() -> of(missing).transform(data), 3)
        .hasMessageContaining("missing.onnx", "there is no such file");
    assertRefused(() -> of(write(fixed)).setInputCols("a").transform(data), 3)
        .hasMessageContaining(
            "input x is FLOAT32[1, 4], must have a first dimension without fixed");
  }

  @Test
  void aModelThatFailsInItsTrialIsRefusedBeforeAnythingRunsHere() throws IOException {
    Path model = write(SmallModels.lookup(1));

    assertRefused(() -> of(model).setInputCols("id").transform(data), 3)
        .hasMessageContaining("Cannot run model " + model);
    assertThat(SessionCache.ofThisJvm().created(Sha256.ofFile(model))).isZero();
  }

  @Test
  void aRowThatTheModelRefusesIsToldWithTheBatch() {
    OnnxTransformer transformer = of(write(SmallModels.lookup(4))).setInputCols("id");

    assertThat(refusal(() -> transformer.transform(data.coalesce(1)).collectAsList()))
        .contains("Cannot run model", "in the batch of 32 rows from {id=0, a=");
  }

  @Test
  void weightsInFilesOfTheirOwnAreTakenAlong() throws IOException {
    Path model = folder.resolve("external.onnx");
    for (EncodedFile file : OnnxWriter.encode(SmallModels.twoInputs(), "external.onnx", 0)) {
      try (InputStream in = file.open()) {
        Files.copy(in, folder.resolve(file.name()));
      }
    }

    assertThat(folder.resolve("external.onnx.data")).exists();
    assertThat(of(model).transform(data).collectAsList())
        .isEqualTo(transformer().transform(data).collectAsList());
  }

  @Test
  void aModelOfAnotherHashThanStatedIsRefused() {
    assertRefused(() -> transformer().setModelSha256("0".repeat(64)).transform(data), 3)
        .hasMessageContaining("its SHA-256 is ", "must be 000");
  }

  @Test
  void aCopyHasItsParametersAndThoseThatAreGiven() {
    OnnxTransformer original = transformer().setBatchSize(5);

    OnnxTransformer copy = original.copy(new ParamMap().put(original.batchSize(), (Object) 9));

    assertThat(copy.uid()).isEqualTo(original.uid());
    assertThat(copy.getModelFile()).isEqualTo(twoInputs.toString());
    assertThat(copy.getBatchSize()).isEqualTo(9);
    assertThat(original.getBatchSize()).isEqualTo(5);
    assertThat(original.explainParams())
        .contains("batchSize: rows a run", "modelFile: path or URI");
  }

  @Test
  void aPipelineWithItIsFittedSavedLoadedAndSavedOverItself() throws IOException {
    Path model = write(SmallModels.identity(ElementType.FLOAT64, Dim.of(2)));
    Dataset<Row> points = data.selectExpr("double(id) as p", "double(id * 2) as q");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new VectorAssembler().setInputCols(new String[] {"p", "q"}).setOutputCol("x"),
                  of(model).setBatchSize(7)
                });
    String saved = folder.resolve("pipeline").toString();

    PipelineModel fitted = pipeline.fit(points);
    List<Row> expected = fitted.transform(points).collectAsList();
    fitted.save(saved);
    Files.delete(model);
    PipelineModel loaded = PipelineModel.load(saved);
    loaded.write().overwrite().save(saved);
    PipelineModel again = PipelineModel.load(saved);

    assertThat(expected.get(3).<Double>getList(3)).containsExactly(3.0, 6.0);
    assertThat(loaded.transform(points).collectAsList()).isEqualTo(expected);
    assertThat(again.transform(points).collectAsList()).isEqualTo(expected);
    OnnxTransformer stage = (OnnxTransformer) again.stages()[1];
    assertThat(stage.getBatchSize()).isEqualTo(7);
    assertThat(stage.uid()).isEqualTo(pipeline.getStages()[1].uid());
  }

  @Test
  void aSavedModelThatWasChangedIsNotLoaded() throws IOException {
    Path saved = folder.resolve("saved");
    transformer().save(saved.toString());
    Path model = saved.resolve("model.onnx");
    assertThat(model).hasSameBinaryContentAs(twoInputs);
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 20] ^= 1;
    Files.delete(saved.resolve(".model.onnx.crc"));
    Files.write(model, bytes);

    assertRefused(() -> OnnxTransformer.load(saved.toString()), 3)
        .hasMessageContaining("model.onnx");
  }

  private static OnnxTransformer transformer() {
    return of(twoInputs);
  }

  private static OnnxTransformer of(Path model) {
    return new OnnxTransformer().setModelFile(model.toString());
  }

  private static Path write(Model model) {
    try {
      Path file = Files.createTempFile(folder, "model", ".onnx");
      OnnxWriter.write(model, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Dataset<Row> frame(List<Row> rows, StructType schema) {
    return SparkTest.session().createDataFrame(rows, schema);
  }

  private static List<Float> floats(Random random, int count) {
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add((float) random.nextGaussian());
    }
    return values;
  }

  /** The row that {@code model}, whose input is {@code x}, makes of {@code value}. */
  private static Row one(Model model, DataType type, Object value) {
    StructType schema = new StructType().add("x", type);
    return of(write(model)).transform(frame(List.of(RowFactory.create(value)), schema)).first();
  }

  private static List<Float> fed(Model model, DataType type, Object value) {
    return one(model, type, value).getList(1);
  }

  private static Object single(ElementType element, DataType type, Object value) {
    return one(SmallModels.identity(element), type, value).get(1);
  }

  /** What is said of a row when it follows two good ones. */
  private static String badRow(Row row) {
    List<Row> some = new ArrayList<>(rows.subList(0, 2));
    some.add(row);
    return refusal(() -> transformer().transform(frame(some, data.schema())).collectAsList());
  }

  private static String refusal(Callable<?> action) {
    try {
      action.call();
    } catch (Exception e) {
      return SparkFailures.explain(e).getMessage();
    }
    throw new AssertionError("nothing was refused");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Callable<?> action, int exitCode) {
    return assertThatThrownBy(
            () -> {
              try {
                action.call();
              } catch (Exception e) {
                throw SparkFailures.explain(e);
              }
            })
        .isInstanceOfSatisfying(
            RetortException.class,
            refused -> assertThat(refused.exitCode().code()).isEqualTo(exitCode));
  }

  /** The scores of a batch by ONNX Runtime's own API. */
  private static float[][] bare(List<Row> batch) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    FloatBuffer a = FloatBuffer.allocate(batch.size() * 4);
    FloatBuffer b = FloatBuffer.allocate(batch.size() * 6);
    for (Row row : batch) {
      row.<Float>getList(1).forEach(a::put);
      for (Seq<Float> inner : row.<Seq<Float>>getList(2)) {
        b.put(inner.apply(0)).put(inner.apply(1)).put(inner.apply(2));
      }
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(twoInputs.toString(), options);
        OnnxTensor left =
            OnnxTensor.createTensor(environment, a.flip(), new long[] {batch.size(), 4});
        OnnxTensor right =
            OnnxTensor.createTensor(environment, b.flip(), new long[] {batch.size(), 2, 3});
        OrtSession.Result result = session.run(Map.of("a", left, "b", right))) {
      return (float[][]) result.get("scores").orElseThrow().getValue();
    }
  }

  private static Float[] boxed(float[] values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }

  private static long best(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
