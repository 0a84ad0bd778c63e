package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.Dims;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final ParameterLayout LAYOUT = RandomBuffers.layout();
  private static final ParameterLayout STATISTICS =
      new ParameterLayout(List.of(new Parameter("bn.mean", Dims.of(3), DecayGroup.EXEMPT)));
  private static final EarlyStopping STOPPING =
      EarlyStopping.of(EarlyStopping.Goal.HIGHEST, 4, 0.01);
  private static final Schedule SCHEDULE = OneCycle.of(0.05, 30);

  @Test
  void aTrainingGoesOnBitForBit() throws IOException {
    Training undisturbed = new Training();
    EarlyStopping whole = undisturbed.run(0, 30, STOPPING);

    Training first = new Training();
    EarlyStopping progress = first.run(0, 11, STOPPING);
    byte[] bytes = bytes(first.state, progress);
    Training second = new Training();
    EarlyStopping read = second.state.read(STOPPING, reader(bytes));
    EarlyStopping resumed = second.run(11, 30, read);

    assertThat(read).isEqualTo(progress);
    assertThat(resumed).isEqualTo(whole);
    assertThat(bytes(second.state, resumed)).isEqualTo(bytes(undisturbed.state, whole));
  }

  @Test
  void theDigestIsThatOfAllBytesButItself() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Sha256 hash = new Training().state.write(STOPPING, new StateWriter(out));
    byte[] bytes = out.toByteArray();
    assertThat(hash).isEqualTo(Sha256.of(Arrays.copyOf(bytes, bytes.length - 8 - 64)));
  }

  @Test
  void aFlippedBitAnywhereIsRefused() throws IOException {
    byte[] bytes = bytes(new Training().state, STOPPING);
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> new Training().state.read(STOPPING, reader(damaged)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("Cannot resume training: ")
          .hasMessageContaining("checkpoint-7");
    }
  }

  @Test
  void aCutOneIsRefused() throws IOException {
    byte[] bytes = bytes(new Training().state, STOPPING);
    for (int length : List.of(0, 5, 100, bytes.length / 2, bytes.length - 1)) {
      assertThatThrownBy(
              () -> new Training().state.read(STOPPING, reader(Arrays.copyOf(bytes, length))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("checkpoint-7 ends too early");
    }
  }

  @Test
  void oneWithoutTheWeightAverageIsRefused() throws IOException {
    Checkpoint with = new Training().state;
    Checkpoint without =
        new Checkpoint(with.weights(), with.buffers(), with.optimizer(), Optional.empty());
    byte[] bytes = bytes(without, STOPPING);
    assertThat(without.read(STOPPING, reader(bytes))).isEqualTo(STOPPING);
    assertThatThrownBy(() -> with.read(STOPPING, reader(bytes)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the number of weight averages in checkpoint-7 is 0, must be 1");
  }

  private static StateReader reader(byte[] bytes) {
    return new StateReader(new ByteArrayInputStream(bytes), "checkpoint-7");
  }

  private static byte[] bytes(Checkpoint state, EarlyStopping progress) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(state.write(progress, new StateWriter(out)).hex()).hasSize(64);
    return out.toByteArray();
  }

  /** A training whose gradients are random numbers of the step plus the weights themselves. */
  private static final class Training {
    private final Checkpoint state =
        new Checkpoint(
            RandomBuffers.of(LAYOUT, new Random(1)),
            new ParameterBuffer(STATISTICS),
            new Optimizer(new AdamW(Moments.USUAL), LAYOUT),
            Optional.of(new WeightAverage(0.9, LAYOUT)));

    EarlyStopping run(int from, int to, EarlyStopping progress) {
      EarlyStopping now = progress;
      for (int step = from; step < to; step++) {
        ParameterBuffer gradients = RandomBuffers.of(LAYOUT, new Random(100 + step));
        for (int i = 0; i < LAYOUT.length(); i++) {
          gradients.values().put(i, gradients.values().get(i) + state.weights().values().get(i));
        }
        double norm = GradientClipping.byNorm(3).apply(gradients, step);
        state.optimizer().step(state.weights(), gradients, SCHEDULE.at(step));
        state.average().orElseThrow().update(state.weights());
        state.buffers().slice(0).putFloat(4, (float) norm);
        now = step % 5 == 4 ? now.after(step, norm) : now;
      }
      return now;
    }
  }
}
