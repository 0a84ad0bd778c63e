package dev.retort.jobs.ingest;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import scala.Option;
import scala.Tuple2;

/**
 * Lets each task read a list of partitions, in order and without a shuffle; a partition may be in
 * several lists.
 */
final class PartitionLists implements PartitionCoalescer, scala.Serializable {
  private static final long serialVersionUID = 1L;

  private final int[][] lists;

  private PartitionLists(List<int[]> lists) {
    this.lists = lists.toArray(int[][]::new);
  }

  /** One task for each of {@code lists}. */
  static JavaRDD<Tuple2<byte[], byte[]>> of(JavaPairRDD<byte[], byte[]> rows, List<int[]> lists) {
    return rows.rdd()
        .coalesce(lists.size(), false, Option.apply(new PartitionLists(lists)), null)
        .toJavaRDD();
  }

  @Override
  public PartitionGroup[] coalesce(int maxPartitions, RDD<?> parent) {
    Partition[] partitions = parent.partitions();
    return Arrays.stream(lists)
        .map(
            list -> {
              PartitionGroup group = new PartitionGroup(Option.empty());
              Arrays.stream(list).forEach(i -> group.partitions().$plus$eq(partitions[i]));
              return group;
            })
        .toArray(PartitionGroup[]::new);
  }
}
