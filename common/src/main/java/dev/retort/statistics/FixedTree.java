package dev.retort.statistics;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * Merges the states of shard groups in one fixed order, so that floating-point results have the
 * same bits whichever partition, executor or retry computed which group.
 *
 * <p>A group is {@code G} consecutive shards, aligned at multiples of {@code G} ({@link #groupOf});
 * one task folds them in the order of their numbers. Above the groups stands a binary tree: node
 * {@code i} of level {@code l + 1} is {@code merge(node 2i, node 2i + 1)} of level {@code l}, and a
 * node without a right sibling rises unchanged. The tree depends on the number of groups alone.
 *
 * <p>A node is merged as soon as both children are there. So each executor may keep a tree of its
 * own, send its {@link #nodes}, and the driver adds them to another. Holds at most one state a
 * level for groups given in order. Confined to one thread.
 *
 * @param <S> the state; the merge may change and return its left argument
 */
public final class FixedTree<S> {
  private final int groups;
  private final BinaryOperator<S> merge;
  private final SortedMap<Position, S> nodes = new TreeMap<>();

  /**
   * A tree over {@code groups} groups, without any state.
   *
   * @throws IllegalArgumentException if there is no group
   */
  public FixedTree(int groups, BinaryOperator<S> merge) {
    if (groups < 1) {
      throw new IllegalArgumentException("a tree over " + groups + " groups");
    }
    this.groups = groups;
    this.merge = merge;
  }

  /** The group of shard number {@code shard} where {@code shardsPerGroup} shards make a group. */
  public static int groupOf(int shard, int shardsPerGroup) {
    return shard / shardsPerGroup;
  }

  /** The number of groups of {@code shards} shards. */
  public static int groupsOf(int shards, int shardsPerGroup) {
    return (shards + shardsPerGroup - 1) / shardsPerGroup;
  }

  /** Where a node stands: level 0 holds the groups, by number. */
  public record Position(int level, int index) implements Comparable<Position> {
    @Override
    public int compareTo(Position other) {
      return level != other.level
          ? Integer.compare(level, other.level)
          : Integer.compare(index, other.index);
    }

    /** Whether one of the two stands below the other, or they are the same. */
    boolean overlaps(Position other) {
      int top = Math.max(level, other.level);
      return index >> (top - level) == other.index >> (top - other.level);
    }
  }

  /** Adds the state of a group. */
  public void add(int group, S state) {
    add(new Position(0, group), state);
  }

  /**
   * Adds the state of an inner node, made by another tree over the same groups.
   *
   * @throws IllegalArgumentException if there is no such node or its state was given already
   */
  public void add(Position position, S state) {
    check(position);
    Position at = position;
    S merged = state;
    while ((1L << at.level) < groups) {
      boolean isLeft = at.index % 2 == 0;
      Position sibling = new Position(at.level, isLeft ? at.index + 1 : at.index - 1);
      if (exists(sibling)) {
        S other = nodes.remove(sibling);
        if (other == null) {
          break;
        }
        merged = isLeft ? merge.apply(merged, other) : merge.apply(other, merged);
      }
      at = new Position(at.level + 1, at.index / 2);
    }
    nodes.put(at, merged);
  }

  /** The states that wait for their siblings, by position. */
  public SortedMap<Position, S> nodes() {
    return new TreeMap<>(nodes);
  }

  /**
   * The merged state of all groups.
   *
   * @throws IllegalStateException if a group is missing
   */
  public S root() {
    Position only = nodes.isEmpty() ? null : nodes.firstKey();
    if (only == null || nodes.size() > 1 || (1L << only.level) < groups) {
      throw new IllegalStateException(
          "no root over %d groups yet, only %s".formatted(groups, nodes.keySet()));
    }
    return nodes.get(only);
  }

  private void check(Position position) {
    boolean given = nodes.keySet().stream().anyMatch(position::overlaps);
    if (position.level < 0 || position.index < 0 || !exists(position) || given) {
      throw new IllegalArgumentException(
          "%s given twice or outside a tree over %d groups".formatted(position, groups));
    }
  }

  private boolean exists(Position position) {
    return (long) position.index << position.level < groups;
  }
}
