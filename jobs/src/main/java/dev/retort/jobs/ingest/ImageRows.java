package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.ImageDecoder;
import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.NearestName;
import dev.retort.data.Sample;
import dev.retort.data.SampleSchema;
import dev.retort.data.TensorWriter;
import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/**
 * Rows of a folder of images. A label is the place of the image's folder among all class folders in
 * the order of their names; an id, where one is asked for, is the image's path below the root.
 */
final class ImageRows {
  private static final String PATTERN = "*.{png,PNG,jpg,JPG,jpeg,JPEG,bmp,BMP,gif,GIF}";

  private ImageRows() {}

  static JavaPairRDD<byte[], byte[]> open(SparkSession spark, IngestRequest request) {
    List<InputSpec> inputs = request.columns().inputs();
    if (inputs.size() != 1) {
      throw UserError.usage(
          "Cannot read images: data.inputs has %d inputs, must have one, or give a table"
              .formatted(inputs.size()));
    }
    Decoder decoder =
        new Decoder(
            request.columns().schema(),
            request.decoding(inputs.get(0).name()),
            request.columns().label().orElse(null),
            request.columns().label().map(l -> classFolders(spark, request, l)).orElse(List.of()));
    new ImageDecoder(inputs.get(0), decoder.images.fit(), decoder.images.colors());
    return spark
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", true)
        .option("pathGlobFilter", PATTERN)
        .options(request.source().options())
        .load(request.source().path())
        .select("path", "content")
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitionsToPair((Iterator<InternalRow> rows) -> decoder.pack(rows));
  }

  private static List<String> classFolders(
      SparkSession spark, IngestRequest request, LabelSpec label) {
    Path root = new Path(request.source().path());
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    try {
      List<String> folders =
          Arrays.stream(root.getFileSystem(configuration).listStatus(root))
              .filter(FileStatus::isDirectory)
              .map(status -> status.getPath().getName())
              .filter(name -> !name.startsWith(".") && !name.startsWith("_"))
              .sorted()
              .toList();
      if (folders.size() != label.classes()) {
        throw UserError.input(
            "Cannot read images in %s: it has %d class folders, must have %d (data.label.classes)"
                .formatted(root, folders.size(), label.classes()));
      }
      return folders;
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot list %s: %s; check that it can be reached".formatted(root, e.getMessage()), e);
    }
  }

  /** Decodes image files; sent to executors. */
  private record Decoder(
      SampleSchema schema, ImageDecoding images, LabelSpec label, List<String> folders)
      implements Serializable {

    Iterator<Tuple2<byte[], byte[]>> pack(Iterator<InternalRow> rows) {
      InputSpec input = schema.inputs().get(0);
      ImageDecoder decoder = new ImageDecoder(input, images.fit(), images.colors());
      TensorWriter writer = new TensorWriter(input);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Tuple2<byte[], byte[]> next() {
          InternalRow row = rows.next();
          return packOne(row.getUTF8String(0).toString(), row.getBinary(1), decoder, writer);
        }
      };
    }

    private Tuple2<byte[], byte[]> packOne(
        String path, byte[] content, ImageDecoder decoder, TensorWriter writer) {
      Path file = new Path(path);
      String id = file.getParent().getName() + "/" + file.getName();
      try {
        writer.begin();
        decoder.decode(content, writer);
        int number = label == null ? 0 : labelOf(file);
        return PackedSample.pack(schema, new Sample(List.of(writer.finish()), number, id));
      } catch (BadSampleException e) {
        return PackedSample.pack(path, new BadRow(path, id, e.getMessage()));
      }
    }

    private int labelOf(Path file) throws BadSampleException {
      String folder = file.getParent().getName();
      int number = folders.indexOf(folder);
      if (number < 0) {
        throw new BadSampleException(
            "its folder is %s, must be a class folder; %s"
                .formatted(folder, NearestName.hint(folder, folders)));
      }
      return number;
    }
  }
}
