package dev.retort.jobs.ingest;

import dev.retort.data.Sample;
import dev.retort.data.SampleKey;
import dev.retort.data.SampleSchema;
import java.util.Iterator;
import java.util.NoSuchElementException;
import scala.Tuple2;

/** The samples of sorted rows that are members of a data set. */
final class MemberIterator implements Iterator<Sample> {
  private final Iterator<Tuple2<byte[], byte[]>> rows;
  private final SampleSchema schema;
  private final Split.Members members;
  private SampleKey previous;
  private long occurrence;
  private byte[] next;

  MemberIterator(
      Iterator<Tuple2<byte[], byte[]>> rows, SampleSchema schema, Split.Members members) {
    this.rows = rows;
    this.schema = schema;
    this.members = members;
  }

  /** Passes over {@code count} members. */
  void skip(long count) {
    for (long i = 0; i < count && hasNext(); i++) {
      next = null;
    }
  }

  @Override
  public boolean hasNext() {
    while (next == null && rows.hasNext()) {
      Tuple2<byte[], byte[]> row = rows.next();
      SampleKey key = PackedSample.key(row._1());
      occurrence = key.equals(previous) ? occurrence + 1 : 0;
      previous = key;
      int stratum = schema.labelled() ? PackedSample.label(row._2()) : 0;
      if (members.contains(stratum, key, occurrence)) {
        next = row._2();
      }
    }
    return next != null;
  }

  @Override
  public Sample next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Sample sample = PackedSample.unpack(schema, next);
    next = null;
    return sample;
  }
}
