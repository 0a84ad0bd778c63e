package dev.retort.jobs.ingest;

import dev.retort.data.SampleKey;
import dev.retort.data.SampleSchema;
import dev.retort.data.SampleTags;
import dev.retort.provenance.Seed;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Packed rows in canonical order: {@code ranges} partitions of samples, then one of bad rows.
 *
 * @param rows sorted by key; computed from the shuffle's files each time they are read
 */
record SortedRows(JavaPairRDD<byte[], byte[]> rows, int ranges) {
  private static final long RANGE_BYTES = 4L << 20;
  private static final int LEAST_RANGES = 32;
  private static final int MOST_RANGES = 8192;

  /** Ranges for files of that length in all, so that the sort of one fits a task's memory. */
  static int rangesFor(long lengthBytes) {
    return (int) Math.max(LEAST_RANGES, Math.min(MOST_RANGES, lengthBytes / RANGE_BYTES));
  }

  static SortedRows sort(JavaPairRDD<byte[], byte[]> rows, int ranges) {
    return new SortedRows(
        rows.repartitionAndSortWithinPartitions(new KeyRanges(ranges), new KeyOrder()), ranges);
  }

  /** The tags of each range's samples, for choices under {@code seed}. */
  JavaRDD<byte[]> tags(SampleSchema schema, Seed seed) {
    long seedValue = seed.value();
    int badPartition = ranges;
    return rows.mapPartitionsWithIndex(
        (index, mine) ->
            index == badPartition
                ? Collections.emptyIterator()
                : List.of(tagsOf(mine, schema, new Seed(seedValue))).iterator(),
        true);
  }

  /** The lines of the bad rows, in the order of their places: one partition. */
  JavaRDD<byte[]> badRows() {
    return PartitionLists.of(rows, List.of(new int[] {ranges})).map(Tuple2::_2);
  }

  private static byte[] tagsOf(
      Iterator<Tuple2<byte[], byte[]>> rows, SampleSchema schema, Seed seed) {
    SampleTags tags = new SampleTags();
    while (rows.hasNext()) {
      Tuple2<byte[], byte[]> row = rows.next();
      SampleKey key = PackedSample.key(row._1());
      int stratum = schema.labelled() ? PackedSample.label(row._2()) : 0;
      tags.add(stratum, key.rank(seed), PackedSample.tokens(schema, row._2()));
    }
    return tags.toBytes();
  }
}
