package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.ImageDecoder;
import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.Sample;
import dev.retort.data.SampleSchema;
import dev.retort.data.TensorWriter;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Turns source rows into samples. Sent to executors, where {@link #open} makes what one task uses.
 *
 * @param schema what a sample has
 * @param inputs the columns of each input, in the schema's order
 * @param label the class, null where there is none
 * @param id the user's id, null where none is named
 * @param corrupt the column in which Spark keeps a line that it cannot parse, null if there is none
 */
record RowDecoder(
    SampleSchema schema,
    List<InputColumns> inputs,
    LabelColumn label,
    ColumnValue id,
    ColumnValue corrupt)
    implements Serializable {

  RowDecoder {
    inputs = List.copyOf(inputs);
  }

  /** The columns of an input, and how encoded images in them are decoded. */
  record InputColumns(InputSpec input, List<ColumnValue> columns, ImageDecoding images)
      implements Serializable {
    InputColumns {
      columns = List.copyOf(columns);
    }
  }

  /** The column of the label. */
  record LabelColumn(LabelSpec spec, ColumnValue column) implements Serializable {}

  Task open() {
    return new Task(this);
  }

  /** The decoder of one task; the sample it returns is valid until the next. */
  static final class Task {
    private final RowDecoder decoder;
    private final List<TensorWriter> writers;
    private final List<ImageDecoder> images = new ArrayList<>();

    private Task(RowDecoder decoder) {
      this.decoder = decoder;
      this.writers = decoder.inputs().stream().map(i -> new TensorWriter(i.input())).toList();
      for (InputColumns i : decoder.inputs()) {
        boolean decodes = ImageDecoder.fits(i.input());
        images.add(
            decodes ? new ImageDecoder(i.input(), i.images().fit(), i.images().colors()) : null);
      }
    }

    Sample decode(InternalRow row) throws BadSampleException {
      if (decoder.corrupt != null && !row.isNullAt(decoder.corrupt.ordinal())) {
        throw new BadSampleException("the line cannot be parsed: " + decoder.corrupt.text(row));
      }
      List<ByteBuffer> tensors = new ArrayList<>(writers.size());
      for (int i = 0; i < writers.size(); i++) {
        TensorWriter writer = writers.get(i);
        writer.begin();
        for (ColumnValue column : decoder.inputs().get(i).columns()) {
          column.put(row, writer, images.get(i));
        }
        tensors.add(writer.finish());
      }
      int label = decoder.label == null ? 0 : label(decoder.label, row);
      return new Sample(tensors, label, decoder.id == null ? "" : decoder.id.text(row));
    }

    /** The row's id for the list of bad rows, null if it has none. */
    String idOrNull(InternalRow row) {
      ColumnValue id = decoder.id;
      return id == null || row.isNullAt(id.ordinal())
          ? null
          : row.getUTF8String(id.ordinal()).toString();
    }

    private static int label(LabelColumn label, InternalRow row) throws BadSampleException {
      return Labels.checked(label.spec(), label.column().integer(row));
    }
  }
}
