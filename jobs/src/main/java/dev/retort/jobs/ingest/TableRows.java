package dev.retort.jobs.ingest;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.recipe.DataSettings.Format;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Rows of a table: Parquet, ORC, CSV or JSON lines. */
final class TableRows {
  private static final String CORRUPT = "_corrupt_record";
  private static final long BATCH_BYTES = 16L << 20;
  private static final int MOST_BATCH_ROWS = 4096;

  private final Dataset<Row> table;
  private final IngestRequest request;
  private final TableColumns columns;
  private final ColumnNames names;
  private final List<Column> selected = new ArrayList<>();

  private TableRows(Dataset<Row> table, IngestRequest request) {
    this.table = table;
    this.request = request;
    this.columns = TableColumns.of(request.source().path(), table.schema());
    this.names = columns.names();
  }

  static JavaPairRDD<byte[], byte[]> open(SparkSession spark, IngestRequest request) {
    Dataset<Row> table =
        withSmallBatches(spark, request)
            .read()
            .format(request.source().format().name().toLowerCase(Locale.ROOT))
            .options(request.source().options())
            .load(request.source().path());
    return new TableRows(table, request).rows();
  }

  /** Vectorized readers hold a batch of rows at once, which must be few where samples are large. */
  private static SparkSession withSmallBatches(SparkSession spark, IngestRequest request) {
    long sampleBytes = request.columns().schema().sampleBytes();
    long rows = Math.max(1, Math.min(MOST_BATCH_ROWS, BATCH_BYTES / sampleBytes));
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.parquet.columnarReaderBatchSize", rows);
    session.conf().set("spark.sql.orc.columnarReaderBatchSize", rows);
    return session;
  }

  private JavaPairRDD<byte[], byte[]> rows() {
    List<RowDecoder.InputColumns> inputs =
        request.columns().inputs().stream().map(this::inputColumns).toList();
    RowDecoder.LabelColumn label = request.columns().label().map(this::labelColumn).orElse(null);
    ColumnValue id = request.columns().id().map(this::textColumn).orElse(null);
    boolean keepsCorrupt = names.names().contains(CORRUPT);
    ColumnValue corrupt = keepsCorrupt ? textColumn(CORRUPT) : null;
    RowDecoder decoder =
        new RowDecoder(
            request.columns().schema(),
            inputs,
            request.tokenizer().orElse(null),
            label,
            id,
            corrupt);
    int places = selected.size();
    boolean numbered = request.source().format() == Format.PARQUET;
    selected.add(functions.col("_metadata.file_path"));
    selected.add(functions.col("_metadata.file_block_start"));
    if (numbered) {
      selected.add(functions.col("_metadata.row_index"));
    }
    return table
        .select(selected.toArray(Column[]::new))
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitionsToPair(
            (Iterator<InternalRow> rows) -> new PackingIterator(rows, decoder, places, numbered));
  }

  private RowDecoder.InputColumns inputColumns(InputSpec input) {
    List<ColumnValue> values = new ArrayList<>();
    if (input.isText()) {
      values.add(stringColumn(names.existing(input.column())));
      return new RowDecoder.InputColumns(input, values, ImageDecoding.AS_IS);
    }
    for (String name : names.expand(input.column())) {
      values.add(valueColumn(name));
    }
    return new RowDecoder.InputColumns(input, values, request.decoding(input.name()));
  }

  private RowDecoder.LabelColumn labelColumn(LabelSpec label) {
    return new RowDecoder.LabelColumn(label, valueColumn(names.existing(label.column())));
  }

  private ColumnValue valueColumn(String name) {
    return select(name, table.col(quoted(name)), columns.ofValue(name));
  }

  private ColumnValue stringColumn(String name) {
    return select(name, table.col(quoted(name)), columns.ofText(name));
  }

  private ColumnValue textColumn(String wanted) {
    String name = names.existing(wanted);
    return select(name, table.col(quoted(name)).cast("string"), DataTypes.StringType);
  }

  private ColumnValue select(String name, Column column, DataType type) {
    selected.add(column);
    return new ColumnValue(name, selected.size() - 1, type);
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
