package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Values of what ONNX Runtime computes of the fixture, which any class of processor must come near.
 *
 * <p>Float results differ by the order of sums: at most 20 layers of at most 576 products each,
 * every sum off by 576 half units in the last place, of the largest value that there is. Ends of
 * ranges may also be a bin of the histogram off, which is less than a hundredth of the span. An
 * int8 model may round and saturate otherwise: 2 points of accuracy and agreement, and half of the
 * KL.
 */
final class GoldenValues {
  private static final double FLOAT = 20 * 576 * Math.scalb(1.0, -24);
  private static final double BIN = 0.01;
  private static final double INT8_SHARE = 0.02;
  private static final double INT8_KL = 0.5;

  private GoldenValues() {}

  /**
   * Fails unless {@code found} has the values of {@code stage}, each within its bound.
   *
   * @param found by name: {@code tensor/kind} for calibration, {@code model/metric} for evaluation
   */
  static void check(String stage, SortedMap<String, Double> found) {
    SortedMap<String, Double> expected = expected(stage);
    assertThat(found.keySet()).as(stage + found).isEqualTo(expected.keySet());
    expected.forEach(
        (name, value) ->
            assertThat(found.get(name))
                .as(stage + " " + name)
                .isCloseTo(value, within(bound(stage, name, expected))));
  }

  private static double bound(String stage, String name, SortedMap<String, Double> all) {
    double value = all.get(name);
    return switch (stage) {
      case "label" -> FLOAT * all.values().stream().mapToDouble(Math::abs).max().orElseThrow();
      case "calibrate" -> {
        String tensor = name.substring(0, name.lastIndexOf('/') + 1);
        double min = all.get(tensor + "min");
        double max = all.get(tensor + "max");
        double ofSums = FLOAT * Math.max(Math.abs(min), Math.abs(max));
        yield name.endsWith("/min") || name.endsWith("/max") ? ofSums : ofSums + BIN * (max - min);
      }
      default -> name.endsWith("meanKl") ? INT8_KL * value : INT8_SHARE;
    };
  }

  private static SortedMap<String, Double> expected(String stage) {
    Properties all = new Properties();
    try (InputStream in =
        GoldenValues.class.getClassLoader().getResourceAsStream("golden/values.properties")) {
      all.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SortedMap<String, Double> values = new TreeMap<>();
    for (String name : all.stringPropertyNames()) {
      if (name.startsWith(stage + "/")) {
        values.put(name.substring(stage.length() + 1), Double.valueOf(all.getProperty(name)));
      }
    }
    return values;
  }
}
