package dev.retort.jobs.stage;

import dev.retort.data.InputSpec;
import dev.retort.data.Shard;
import dev.retort.data.ShardPlan;
import dev.retort.data.TokenInput;
import dev.retort.data.TokenSequences;
import dev.retort.jobs.spark.DatasetReader;
import dev.retort.jobs.spark.ShardTasks;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The samples of shards as Parquet files with one binary column an input, every text padded. */
final class PeerData {
  private static final int FILES = 16;

  private PeerData() {}

  /**
   * What a column holds.
   *
   * @param dtype NumPy's name of the element type
   */
  record Column(String name, String dtype, List<Long> shape) {}

  /** Writes the first shards of {@code data}, as {@code plan} says; gives the columns. */
  static List<Column> write(SparkSession spark, StoredDataset data, ShardPlan plan, Path folder) {
    List<Column> columns = columns(data);
    StructType schema = new StructType();
    for (Column column : columns) {
      schema = schema.add(column.name(), DataTypes.BinaryType, false);
    }
    List<Integer> shards = IntStream.range(0, plan.shards()).boxed().toList();
    List<int[]> tasks = ShardTasks.cut(shards, FILES, 1);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobDescription("Write %d samples for the peer".formatted(plan.samples()));
    JavaRDD<Row> rows = context.parallelize(tasks, tasks.size()).flatMap(task -> rows(data, task));
    spark.createDataFrame(rows, schema).write().parquet(folder.toUri().toString());
    context.setJobDescription(null);
    return columns;
  }

  private static List<Column> columns(StoredDataset data) {
    List<Column> columns = new ArrayList<>();
    for (InputSpec input : data.descriptor().inputs()) {
      if (input.isText()) {
        for (TokenInput token : TokenInput.values()) {
          columns.add(
              new Column(token.modelName(), "int32", List.of((long) input.text().maxLength())));
        }
      } else {
        columns.add(
            new Column(input.name(), input.type().name().toLowerCase(Locale.ROOT), input.shape()));
      }
    }
    return columns;
  }

  private static Iterator<Row> rows(StoredDataset data, int[] shards) {
    List<Row> rows = new ArrayList<>();
    try (DatasetReader reader = new DatasetReader(data)) {
      for (int number : shards) {
        Shard shard = reader.read(number);
        for (int sample = 0; sample < shard.samples(); sample++) {
          rows.add(row(shard, sample));
        }
      }
    }
    return rows.iterator();
  }

  private static Row row(Shard shard, int sample) {
    List<Object> values = new ArrayList<>();
    for (SampleBlock block : shard.inputs().values()) {
      values.add(bytes(block.slice(sample, 1).bytes()));
    }
    shard.texts().ifPresent(texts -> addTokens(texts, sample, values));
    return RowFactory.create(values.toArray());
  }

  private static void addTokens(TokenSequences texts, int text, List<Object> values) {
    int length = texts.input().text().maxLength();
    for (TokenInput token : TokenInput.values()) {
      ByteBuffer padded =
          ByteBuffer.allocate(length * TokenSequences.TOKEN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      token.put(texts, text, length, padded, 0);
      values.add(padded.array());
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
