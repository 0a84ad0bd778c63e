package dev.retort.training;

import dev.retort.provenance.Seed;
import java.util.Random;

/**
 * A uniform order of 0 to n - 1: Durstenfeld's form of the Fisher-Yates shuffle, from the last
 * place down, with {@link Random}, whose numbers Java specifies.
 */
final class Permutation {
  private Permutation() {}

  static int[] of(int n, Seed seed) {
    Random random = seed.random();
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }
}
