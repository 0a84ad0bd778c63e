package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.runtime.GeneratedInputs;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.ResidentMemory;
import dev.retort.runtime.SessionSettings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory outside the heap over the life of an executor. */
@Tag("proof")
class MemoryProof {
  private static final int WARM_UP = 100;
  private static final int CYCLES = 1_000;
  private static final double MEGABYTE = 1e6;
  private static final Path MODEL = FashionFixture.ROOT.resolve("data/models/fashion-resnet.onnx");

  @Test
  void openingAndClosingSessionsLeaksNothing() {
    cycle(WARM_UP);
    long before = ResidentMemory.ofThisProcess().nowBytes();
    cycle(CYCLES);
    double grown = (ResidentMemory.ofThisProcess().nowBytes() - before) / MEGABYTE;

    ProofPage.row(
        "resident memory after 1,000 more cycles of opening, running and closing a session",
        "<= +50 MB",
        "%+.1f MB".formatted(grown));
    assertThat(grown).isLessThanOrEqualTo(50);
  }

  private static void cycle(int times) {
    for (int i = 0; i < times; i++) {
      try (OnnxSession session = OnnxSession.open(MODEL, SessionSettings.standard())) {
        assertThat(session.run(GeneratedInputs.of(session, Map.of()).samples(8))).isNotEmpty();
      }
    }
  }
}
