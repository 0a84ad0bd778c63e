package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.Sample;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** Decodes and packs the rows of one task and knows where each stands. */
final class PackingIterator implements Iterator<Tuple2<byte[], byte[]>> {
  private final Iterator<InternalRow> rows;
  private final RowDecoder decoder;
  private final RowDecoder.Task task;
  private final int places;
  private final boolean numbered;
  private UTF8String file = UTF8String.EMPTY_UTF8;
  private long blockStart;
  private long rowInBlock;

  /**
   * @param places the ordinal of the file's path, which the start of its block follows
   * @param numbered whether the row's number in the file follows these
   */
  PackingIterator(Iterator<InternalRow> rows, RowDecoder decoder, int places, boolean numbered) {
    this.rows = rows;
    this.decoder = decoder;
    this.task = decoder.open();
    TaskCompletionListener end = context -> task.close();
    TaskContext.get().addTaskCompletionListener(end);
    this.places = places;
    this.numbered = numbered;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public Tuple2<byte[], byte[]> next() {
    InternalRow row = rows.next();
    follow(row);
    try {
      Sample sample = task.decode(row);
      return PackedSample.pack(decoder.schema(), sample, task.wasCut());
    } catch (BadSampleException e) {
      RowPlace place = place(row);
      return PackedSample.pack(
          place.sortText(), new BadRow(place.toString(), task.idOrNull(row), e.getMessage()));
    }
  }

  private void follow(InternalRow row) {
    UTF8String rowFile = row.getUTF8String(places);
    long rowBlockStart = row.getLong(places + 1);
    if (rowBlockStart != blockStart || !rowFile.equals(file)) {
      file = rowFile.copy();
      blockStart = rowBlockStart;
      rowInBlock = 0;
    }
    rowInBlock++;
  }

  private RowPlace place(InternalRow row) {
    return numbered
        ? new RowPlace(file.toString(), 0, row.getLong(places + 2) + 1)
        : new RowPlace(file.toString(), blockStart, rowInBlock);
  }
}
