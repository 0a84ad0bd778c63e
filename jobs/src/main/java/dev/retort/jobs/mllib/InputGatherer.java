package dev.retort.jobs.mllib;

import dev.retort.data.BadSampleException;
import dev.retort.data.ShardBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * Lays the values of one column side by side in an aligned buffer: one input of a batch. For one
 * thread.
 */
final class InputGatherer {
  private final InputColumn column;
  private final int batch;
  private final ShardBuffers buffers = new ShardBuffers();
  private ByteBuffer bytes;
  private Dims dims;
  private Dims own;
  private int rows;

  /** Gathers up to {@code batch} rows. */
  InputGatherer(InputColumn column, int batch) {
    this.column = column;
    this.batch = batch;
  }

  InputColumn column() {
    return column;
  }

  /** Begins a new batch; the block of the last one is no longer valid. */
  void begin() {
    rows = 0;
  }

  /**
   * The dimensions of a row's value as the input.
   *
   * @throws BadSampleException if it is null or does not fit
   */
  Dims look(Row row) throws BadSampleException {
    if (row.isNullAt(column.ordinal())) {
      throw new BadSampleException("is null, must have " + column.shape());
    }
    own = ownDims(row.get(column.ordinal()));
    return column.fit(own);
  }

  /** Whether rows of these dimensions can join the batch. */
  boolean joins(Dims others) {
    return rows == 0 || dims.equals(others);
  }

  /**
   * Adds the row that was looked at last and found to have {@code found}, which is returned.
   *
   * @throws BadSampleException if an element is null or has no place in the model's type
   */
  Dims add(Row row, Dims found) throws BadSampleException {
    int rowBytes = bytesOf(found);
    if (rows == 0) {
      dims = found;
      bytes = buffers.take(column.input(), Math.multiplyExact(rowBytes, batch));
    }
    bytes.position(rows * rowBytes);
    put(row.get(column.ordinal()), 0);
    rows++;
    return found;
  }

  /** The batch's rows. */
  SampleBlock block() {
    return new SampleBlock(column.type(), dims, rows, bytes.slice(0, rows * bytesOf(dims)));
  }

  private int bytesOf(Dims row) {
    return Math.toIntExact(column.type().byteLength(row.elementCount()));
  }

  private Dims ownDims(Object value) throws BadSampleException {
    if (value instanceof byte[] raw) {
      int width = column.type().bits() / Byte.SIZE;
      if (raw.length % width != 0) {
        throw new BadSampleException(
            "has %d bytes, must have a multiple of the %d of %s"
                .formatted(raw.length, width, column.type()));
      }
      return Dims.of(raw.length / width);
    }
    return value instanceof Vector vector ? Dims.of(vector.size()) : nestedDims(value);
  }

  /** The sizes along the first elements; {@link #put} finds out whether the others are alike. */
  private static Dims nestedDims(Object value) {
    List<Long> sizes = new ArrayList<>();
    Object inner = value;
    while (inner instanceof Seq<?> list) {
      sizes.add((long) list.size());
      inner = list.isEmpty() ? null : list.apply(0);
    }
    return Dims.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  private void put(Object value, int depth) throws BadSampleException {
    if (value instanceof byte[] raw) {
      bytes.put(raw);
    } else if (value instanceof Vector vector) {
      for (double element : vector.toArray()) {
        Elements.put(element, column.type(), bytes);
      }
    } else if (value instanceof Seq<?> list) {
      putAll(list, depth);
    } else {
      Elements.put(value, column.type(), bytes);
    }
  }

  private void putAll(Seq<?> list, int depth) throws BadSampleException {
    if (list.size() != own.size(depth)) {
      throw new BadSampleException(
          "has arrays of %d and of %d elements side by side, must have %s"
              .formatted(own.size(depth), list.size(), column.shape()));
    }
    for (Iterator<?> elements = list.iterator(); elements.hasNext(); ) {
      put(elements.next(), depth + 1);
    }
  }
}
