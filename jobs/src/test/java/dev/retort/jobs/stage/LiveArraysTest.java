package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LiveArraysTest {
  @Test
  void eachArrayThatIsReachedCountsOnce() {
    float[] shared = new float[10];

    assertThat(LiveArrays.bytes(List.of(new long[100], List.of(shared, shared)))).isEqualTo(840);
    assertThat(LiveArrays.bytes(new TreeMap<>(Map.of(1, new byte[7])))).isEqualTo(7);
    assertThat(LiveArrays.bytes(new Object[] {null, new double[] {1}})).isEqualTo(8);
  }
}
