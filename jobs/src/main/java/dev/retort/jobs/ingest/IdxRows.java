package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.IdxReader;
import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.Sample;
import dev.retort.data.SampleSchema;
import dev.retort.data.TensorWriter;
import dev.retort.error.UserError;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Rows of IDX files, which come in pairs: {@code *images*} and, for the labels, the same name with
 * {@code labels} for {@code images} and {@code idx1} for {@code idx3}. A file is read by one task,
 * as a stream.
 */
final class IdxRows {
  private IdxRows() {}

  static JavaPairRDD<byte[], byte[]> open(
      SparkSession spark, IngestRequest request, SourceFiles files) {
    List<InputSpec> inputs = request.columns().inputs();
    if (inputs.size() != 1 || request.columns().id().isPresent()) {
      throw UserError.usage(
          "Cannot read IDX files: data has %d inputs%s, must have one and no id; or give a table"
              .formatted(inputs.size(), request.columns().id().isPresent() ? " and an id" : ""));
    }
    boolean labelled = request.columns().label().isPresent();
    List<Pair> pairs = pairs(request, files, labelled);
    LabelSpec label = request.columns().label().orElse(null);
    SampleSchema schema = request.columns().schema();
    SerializableConfiguration configuration =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    Files idx = new Files(pairs, configuration);
    List<Integer> numbers = IntStream.range(0, pairs.size()).boxed().toList();
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(numbers, numbers.size())
        .mapPartitionsToPair((Iterator<Integer> mine) -> new Rows(mine, idx, schema, label));
  }

  private static List<Pair> pairs(IngestRequest request, SourceFiles files, boolean labelled) {
    String named = request.source().options().get(SourceFiles.LABELS);
    List<String> paths =
        files.files().stream()
            .map(SourceFiles.SourceFile::path)
            .filter(path -> named == null || !name(path).equals(name(named)))
            .toList();
    List<String> images =
        paths.size() == 1 ? paths : paths.stream().filter(p -> name(p).contains("images")).toList();
    if (images.isEmpty()) {
      throw UserError.input(
          "Cannot read %s: none of its %d files has \"images\" in its name"
              .formatted(request.source().path(), paths.size()));
    }
    List<Pair> pairs = new ArrayList<>();
    for (String image : images) {
      String labels = named == null ? SourceFiles.labelsOf(image) : named;
      pairs.add(new Pair(image, labelled ? labels : null));
    }
    return pairs;
  }

  private static String name(String path) {
    return new Path(path).getName();
  }

  /** A file of inputs and that of its labels, null without labels. */
  private record Pair(String images, String labels) implements Serializable {}

  /** All pairs and how they are opened. */
  private record Files(List<Pair> pairs, SerializableConfiguration configuration)
      implements Serializable {
    Files {
      pairs = List.copyOf(pairs);
    }

    IdxReader open(String file) throws IOException {
      Path path = new Path(file);
      return IdxReader.open(path.getFileSystem(configuration.value()).open(path), file);
    }
  }

  /** The rows of some pairs, one after the other. */
  private static final class Rows implements Iterator<Tuple2<byte[], byte[]>> {
    private final Iterator<Integer> numbers;
    private final Files files;
    private final SampleSchema schema;
    private final LabelSpec label;
    private final TensorWriter writer;
    private Pair pair;
    private IdxReader images;
    private IdxReader labels;
    private long row;

    Rows(Iterator<Integer> numbers, Files files, SampleSchema schema, LabelSpec label) {
      this.numbers = numbers;
      this.files = files;
      this.schema = schema;
      this.label = label;
      this.writer = new TensorWriter(schema.inputs().get(0));
    }

    @Override
    public boolean hasNext() {
      try {
        while (images == null || row == images.items()) {
          close();
          if (!numbers.hasNext()) {
            return false;
          }
          open(files.pairs().get(numbers.next()));
        }
        return true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Tuple2<byte[], byte[]> next() {
      row++;
      RowPlace place = new RowPlace(pair.images(), 0, row);
      try {
        long number = labels == null ? 0 : labels.nextInteger();
        writer.begin();
        images.next(writer);
        int checked = label == null ? 0 : Labels.checked(label, number);
        return PackedSample.pack(schema, new Sample(List.of(writer.finish()), checked, ""));
      } catch (BadSampleException e) {
        return PackedSample.pack(
            place.sortText(), new BadRow(place.toString(), null, e.getMessage()));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + pair.images(), e);
      }
    }

    private void open(Pair next) throws IOException {
      pair = next;
      row = 0;
      images = files.open(next.images());
      labels = next.labels() == null ? null : files.open(next.labels());
      if (labels != null && labels.items() != images.items()) {
        throw UserError.input(
            "Cannot read %s: it has %d labels, must have %d, one an item of %s"
                .formatted(next.labels(), labels.items(), images.items(), next.images()));
      }
    }

    private void close() throws IOException {
      if (images != null) {
        images.close();
        images = null;
      }
      if (labels != null) {
        labels.close();
        labels = null;
      }
    }
  }
}
