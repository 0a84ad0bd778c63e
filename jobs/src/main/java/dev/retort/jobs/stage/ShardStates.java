package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.StateFile;
import dev.retort.jobs.spark.StoredShards;
import dev.retort.statistics.FixedTree;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Merges the stored states of a stage's shards: groups in the order of their shards, then the fixed
 * tree over groups, so that the bits depend on the data alone. Holds one state a level of the tree.
 */
final class ShardStates {
  private ShardStates() {}

  static <S> S merge(
      StageStore store,
      DatasetDescriptor data,
      Function<byte[], S> decode,
      BinaryOperator<S> merge) {
    int shards = data.shards();
    int groupSize = data.groupSize();
    StoredShards stored = StoredShards.of(store, shards);
    FixedTree<S> tree = new FixedTree<>(FixedTree.groupsOf(shards, groupSize), merge);
    for (int first = 0; first < shards; first += groupSize) {
      S group = read(store, stored, first, decode);
      for (int shard = first + 1; shard < Math.min(first + groupSize, shards); shard++) {
        group = merge.apply(group, read(store, stored, shard, decode));
      }
      tree.add(FixedTree.groupOf(first, groupSize), group);
    }
    return tree.root();
  }

  private static <S> S read(
      StageStore store, StoredShards shards, int shard, Function<byte[], S> decode) {
    return decode.apply(
        StateFile.read(
            store.fileSystem(), shards.file(store, shard), shards.entry(shard).rowGroup()));
  }
}
