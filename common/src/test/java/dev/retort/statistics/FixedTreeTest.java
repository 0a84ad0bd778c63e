package dev.retort.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.provenance.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FixedTreeTest {

  @Test
  void theTreeDependsOnTheNumberOfGroupsAlone() {
    assertThat(inOrder(1).root()).isEqualTo("0");
    assertThat(inOrder(2).root()).isEqualTo("(01)");
    assertThat(inOrder(3).root()).isEqualTo("((01)2)");
    assertThat(inOrder(5).root()).isEqualTo("(((01)(23))4)");
    assertThat(inOrder(7).root()).isEqualTo("(((01)(23))((45)6))");
  }

  @Test
  void anyOrderAndAnyPartitionGivesTheSameTree() {
    for (int groups : new int[] {1, 6, 9, 16, 37}) {
      String expected = inOrder(groups).root();
      for (long seed = 0; seed < 25; seed++) {
        assertThat(partitioned(groups, new Seed(seed).random()).root()).isEqualTo(expected);
      }
    }
  }

  @Test
  void inOrderAtMostOneStateALevelWaits() {
    FixedTree<String> tree = new FixedTree<>(1000, FixedTreeTest::pair);
    for (int group = 0; group < 1000; group++) {
      tree.add(group, "x");
      assertThat(tree.nodes().keySet().stream().map(FixedTree.Position::level))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void shardsBelongToAlignedGroups() {
    assertThat(FixedTree.groupOf(15, 8)).isEqualTo(1);
    assertThat(FixedTree.groupOf(16, 8)).isEqualTo(2);
    assertThat(FixedTree.groupsOf(16, 8)).isEqualTo(2);
    assertThat(FixedTree.groupsOf(17, 8)).isEqualTo(3);
  }

  @Test
  void aMissingGroupHasNoRoot() {
    FixedTree<String> tree = new FixedTree<>(3, FixedTreeTest::pair);
    assertThatThrownBy(tree::root).isInstanceOf(IllegalStateException.class);
    tree.add(0, "0");
    tree.add(2, "2");
    assertThatThrownBy(tree::root).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aGroupGivenTwiceOrOutsideIsRefused() {
    FixedTree<String> tree = new FixedTree<>(4, FixedTreeTest::pair);
    tree.add(0, "0");
    tree.add(1, "1");
    for (int group : new int[] {0, 1, 4, -1}) {
      assertThatThrownBy(() -> tree.add(group, "again"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    tree.add(2, "2");
    assertThatThrownBy(() -> tree.add(new FixedTree.Position(1, 1), "both"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FixedTree<>(0, FixedTreeTest::pair))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Writes down the order of merging. */
  private static String pair(String a, String b) {
    return "(" + a + b + ")";
  }

  private static FixedTree<String> inOrder(int groups) {
    FixedTree<String> tree = new FixedTree<>(groups, FixedTreeTest::pair);
    IntStream.range(0, groups).forEach(group -> tree.add(group, Integer.toString(group)));
    return tree;
  }

  private static FixedTree<String> partitioned(int groups, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, groups).boxed().toList());
    Collections.shuffle(order, random);
    int partitions = 1 + random.nextInt(4);
    FixedTree<String> driver = new FixedTree<>(groups, FixedTreeTest::pair);
    for (int partition = 0; partition < partitions; partition++) {
      FixedTree<String> executor = new FixedTree<>(groups, FixedTreeTest::pair);
      for (int group : order) {
        if (group % partitions == partition) {
          executor.add(group, Integer.toString(group));
        }
      }
      executor.nodes().forEach(driver::add);
    }
    return driver;
  }
}
