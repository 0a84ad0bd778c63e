package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.Padding;
import dev.retort.data.Shard;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BareLoopTest {
  private static final int SAMPLES = 70;
  private static final int BATCH = 16;

  @Test
  void preparedBatchesGiveTheOutputsOfShardInference() throws IOException {
    Map<String, SampleBlock> images = Fashion.images(SAMPLES);
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SessionSettings.standard());
        ShardInference inference = new ShardInference(session, BATCH)) {
      SampleBlock expected = inference.collect(images).values().iterator().next();
      ByteBuffer actual = ByteBuffer.allocate(expected.bytes().capacity());
      for (PreparedBatch batch : batches(session, images)) {
        new BareLoop(session).run(batch, actual::put);
      }

      assertThat(actual.flip()).isEqualTo(expected.bytes());
    }
  }

  @Test
  void everyCallerRunsItsShareOfTheSamples() throws IOException {
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SessionSettings.standard())) {
      List<PreparedBatch> batches = batches(session, Fashion.images(SAMPLES));

      assertThat(batches).extracting(PreparedBatch::samples).containsExactly(16, 16, 16, 16, 6);
      assertThat(batches.get(4).byteLength()).isEqualTo(6 * 784L * Float.BYTES);
      assertThat(new BareLoop(session).samplesPerSecond(batches, 2, 200)).isGreaterThan(100);
    }
  }

  @Test
  void aFailureOfOneCallerIsThrown() throws IOException {
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SessionSettings.standard())) {
      List<BareLoop.Caller> callers = new ArrayList<>();
      callers.add(() -> 1L);
      callers.add(
          () -> {
            throw new IOException("no such file");
          });

      assertThatThrownBy(() -> new BareLoop(session).samplesPerSecond(callers))
          .hasRootCauseMessage("no such file");
    }
  }

  private static List<PreparedBatch> batches(OnnxSession session, Map<String, SampleBlock> images) {
    int samples = images.values().iterator().next().samples();
    Shard shard = new Shard(0, samples, images, Optional.empty(), Optional.empty(), List.of());
    return PreparedBatch.of(session, shard, Padding.LONGEST, BATCH);
  }
}
