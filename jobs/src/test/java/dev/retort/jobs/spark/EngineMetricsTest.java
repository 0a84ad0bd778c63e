package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import dev.retort.jobs.SparkTest;
import dev.retort.provenance.Sha256;
import dev.retort.runtime.SessionCache;
import dev.retort.runtime.SessionSettings;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.junit.jupiter.api.Test;
import scala.collection.JavaConverters;

class EngineMetricsTest {
  private static final Path MODEL =
      Path.of(System.getProperty("retort.root"), "data/models/fashion-student.onnx");
  private static final int SAMPLES = 10;
  private static final int BATCH = 4;

  @Test
  void sparksMetricsSystemHasTheMetricsOfDriverAndExecutor() {
    SparkTest.session();

    List<Source> sources =
        JavaConverters.seqAsJavaList(
            SparkEnv.get()
                .metricsSystem()
                .getSourcesByName("plugin." + RetortPlugin.class.getName()));

    assertThat(sources).hasSize(2);
    for (Source source : sources) {
      assertThat(source.metricRegistry().getNames())
          .containsExactlyInAnyOrder("rows", "batch", "bad-rows", "sessions", "off-heap-bytes");
    }
  }

  @Test
  void rowsBatchesAndSessionsAreCountedOnceABatch() throws IOException {
    MetricRegistry registry = registered();
    Meter rows = registry.getMeters().get(EngineMetrics.ROWS);
    Timer batches = registry.getTimers().get(EngineMetrics.BATCH);
    long rowsBefore = rows.getCount();
    long batchesBefore = batches.getCount();
    int sessions;

    Sha256 digest = Sha256.ofFile(MODEL);
    SessionCache cache = SessionCache.ofThisJvm();
    try (SessionCache.Lease lease = cache.acquire(digest, MODEL, SessionSettings.standard())) {
      var input = lease.session().inputs().get(0);
      SampleBlock block = zeros();
      lease
          .inference(BATCH, lease.session().outputNames())
          .run(Map.of(input.name(), block), (next, outputs) -> {});
      sessions = (int) gauge(registry, EngineMetrics.SESSIONS);
    }

    assertThat(rows.getCount() - rowsBefore).isEqualTo(SAMPLES);
    assertThat(batches.getCount() - batchesBefore).isEqualTo(3);
    assertThat(batches.getSnapshot().getMax()).isPositive();
    assertThat(sessions).isEqualTo(cache.open()).isPositive();
    assertThat((long) gauge(registry, EngineMetrics.OFF_HEAP_BYTES)).isNotNegative();
  }

  @Test
  void badRowsAreCounted() {
    Counter badRows = registered().getCounters().get(EngineMetrics.BAD_ROWS);
    long before = badRows.getCount();

    EngineMetrics.ofThisJvm().badRow();

    assertThat(badRows.getCount() - before).isEqualTo(1);
  }

  private static MetricRegistry registered() {
    MetricRegistry registry = new MetricRegistry();
    EngineMetrics.ofThisJvm().register(registry);
    return registry;
  }

  private static Object gauge(MetricRegistry registry, String name) {
    Gauge<?> gauge = registry.getGauges().get(name);
    return gauge.getValue();
  }

  private static SampleBlock zeros() {
    Dims dims = Dims.of(1, 28, 28);
    int bytes = Math.toIntExact(ElementType.FLOAT32.byteLength(SAMPLES * dims.elementCount()));
    return new SampleBlock(ElementType.FLOAT32, dims, SAMPLES, AlignedBuffers.allocate(bytes));
  }
}
