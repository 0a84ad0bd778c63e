package dev.retort.jobs.ingest;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.SampleColumns;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.DataSettings.Format;
import dev.retort.tensor.ElementType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Small generated data sets and places to ingest them to. */
final class Fixture {
  static final int SIZE = 4;
  static final int CLASSES = 10;
  static final SampleColumns COLUMNS =
      new SampleColumns(
          List.of(InputSpec.of("image", "image", ElementType.UINT8, 1, SIZE, SIZE)),
          Optional.of(new LabelSpec("label", CLASSES)),
          Optional.empty());
  static final StructType TABLE =
      new StructType()
          .add("image", DataTypes.BinaryType)
          .add("label", DataTypes.IntegerType)
          .add("name", DataTypes.StringType);

  private Fixture() {}

  /** Random images whose ids are their numbers. */
  static List<Row> images(int count) {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] image = new byte[SIZE * SIZE];
      random.nextBytes(image);
      rows.add(RowFactory.create(image, random.nextInt(CLASSES), "n" + i));
    }
    return rows;
  }

  static List<Row> shuffled(List<Row> rows, int seed) {
    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  static Dataset<Row> table(List<Row> rows, StructType schema, int files) {
    return SparkTest.session().createDataFrame(rows, schema).repartition(files);
  }

  static void writeParquet(List<Row> rows, int files, Path folder) {
    table(rows, TABLE, files).write().parquet(folder.toString());
  }

  static DataSettings.Source source(Format format, Path path) {
    return source(format, path, Map.of());
  }

  static DataSettings.Source source(Format format, Path path, Map<String, String> options) {
    return new DataSettings.Source(format, path.toString(), new TreeMap<>(options));
  }

  static IngestRequest parquet(Path folder) {
    return IngestRequest.of("train", source(Format.PARQUET, folder), COLUMNS);
  }

  static StageStore store(Path work, String name) {
    return Store.open(WorkRoot.of(work)).open("ingest", Sha256.of(name));
  }

  static IngestResult ingest(IngestRequest request, Path work) {
    return Ingest.run(SparkTest.session(), request, targets(request, work));
  }

  static IngestTargets targets(IngestRequest request, Path work) {
    return new IngestTargets(
        store(work, request.name()), request.validation().map(v -> store(work, "validation")));
  }
}
