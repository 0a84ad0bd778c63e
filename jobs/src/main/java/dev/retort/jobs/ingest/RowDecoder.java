package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.Sample;
import dev.retort.data.SampleSchema;
import dev.retort.data.TokenizerFile;
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
 * @param tokenizer of the input that is a text, null where there is none
 * @param label the class, null where there is none
 * @param id the user's id, null where none is named
 * @param corrupt the column in which Spark keeps a line that it cannot parse, null if there is none
 */
record RowDecoder(
    SampleSchema schema,
    List<InputColumns> inputs,
    TokenizerFile tokenizer,
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
  static final class Task implements AutoCloseable {
    private final RowDecoder decoder;
    private final List<ValueDecoder> values = new ArrayList<>();

    private Task(RowDecoder decoder) {
      this.decoder = decoder;
      for (InputColumns i : decoder.inputs()) {
        values.add(
            i.input().isText() ? new TextDecoder(i, decoder.tokenizer()) : new TensorDecoder(i));
      }
    }

    Sample decode(InternalRow row) throws BadSampleException {
      if (decoder.corrupt != null && !row.isNullAt(decoder.corrupt.ordinal())) {
        throw new BadSampleException("the line cannot be parsed: " + decoder.corrupt.text(row));
      }
      List<ByteBuffer> stored = new ArrayList<>(values.size());
      for (ValueDecoder value : values) {
        stored.add(value.decode(row));
      }
      int label = decoder.label == null ? 0 : label(decoder.label, row);
      return new Sample(stored, label, decoder.id == null ? "" : decoder.id.text(row));
    }

    /** Whether the text of the last sample is the beginning of a longer one. */
    boolean wasCut() {
      return values.stream().anyMatch(ValueDecoder::wasCut);
    }

    @Override
    public void close() {
      values.forEach(ValueDecoder::close);
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
