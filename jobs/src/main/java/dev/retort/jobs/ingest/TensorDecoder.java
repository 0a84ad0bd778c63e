package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.ImageDecoder;
import dev.retort.data.TensorWriter;
import java.nio.ByteBuffer;
import org.apache.spark.sql.catalyst.InternalRow;

/** Numbers, tensors and encoded images. */
final class TensorDecoder implements ValueDecoder {
  private final RowDecoder.InputColumns input;
  private final TensorWriter writer;
  private final ImageDecoder images;

  TensorDecoder(RowDecoder.InputColumns input) {
    this.input = input;
    this.writer = new TensorWriter(input.input());
    this.images =
        ImageDecoder.fits(input.input())
            ? new ImageDecoder(input.input(), input.images().fit(), input.images().colors())
            : null;
  }

  @Override
  public ByteBuffer decode(InternalRow row) throws BadSampleException {
    writer.begin();
    for (ColumnValue column : input.columns()) {
      column.put(row, writer, images);
    }
    return writer.finish();
  }
}
