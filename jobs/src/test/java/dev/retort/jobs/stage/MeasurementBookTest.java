package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MeasurementBookTest {
  private static final Map<String, String> SETTINGS = Map.of("model", "m", "threads", "1");

  private final AtomicInteger taken = new AtomicInteger();
  private final List<Integer> saved = new ArrayList<>();

  @Test
  void aMeasurementIsTakenOnce() {
    MeasurementBook book = new MeasurementBook(List.of(), all -> saved.add(all.size()));

    Measurement first = book.take("latency", SETTINGS, this::measure);
    Measurement second = book.take("latency", SETTINGS, this::measure);

    assertThat(second).isEqualTo(first);
    assertThat(taken).hasValue(1);
    assertThat(saved).containsExactly(1);
  }

  @Test
  void whatIsReplayedIsNotMeasured() {
    MeasurementBook original = new MeasurementBook(List.of(), all -> {});
    Measurement measured = original.take("latency", SETTINGS, this::measure);

    Measurement replayed =
        new MeasurementBook(original.all(), all -> {}).take("latency", SETTINGS, this::measure);

    assertThat(replayed).isEqualTo(measured);
    assertThat(replayed.contentHash()).isEqualTo(measured.contentHash());
    assertThat(taken).hasValue(1);
  }

  @Test
  void otherSettingsAreMeasuredAnew() {
    MeasurementBook book = new MeasurementBook(List.of(), all -> {});
    book.take("latency", SETTINGS, this::measure);

    book.take("latency", Map.of("model", "other"), this::measure);

    assertThat(taken).hasValue(2);
    assertThat(book.all()).hasSize(2);
  }

  @Test
  void anUnknownValueIsNamed() {
    Measurement measured =
        new MeasurementBook(List.of(), all -> {}).take("latency", SETTINGS, this::measure);

    assertThatThrownBy(() -> measured.value("seconds"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no value seconds");
  }

  private SortedMap<String, List<Double>> measure() {
    return new TreeMap<>(Map.of("millis", List.of((double) taken.incrementAndGet())));
  }
}
