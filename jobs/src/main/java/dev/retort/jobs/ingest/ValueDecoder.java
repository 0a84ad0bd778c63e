package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import java.nio.ByteBuffer;
import org.apache.spark.sql.catalyst.InternalRow;

/** Turns what a row says of one input into what is stored of it. For one task. */
interface ValueDecoder extends AutoCloseable {

  /** The stored value, little-endian, valid until the next call. */
  ByteBuffer decode(InternalRow row) throws BadSampleException;

  /** Whether the last value is the beginning of a longer text. */
  default boolean wasCut() {
    return false;
  }

  @Override
  default void close() {}
}
