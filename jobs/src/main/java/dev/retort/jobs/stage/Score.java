package dev.retort.jobs.stage;

import dev.retort.metrics.Confusion;
import dev.retort.metrics.Divergence;
import dev.retort.metrics.PairedDifference;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Optional;

/**
 * How a model does on samples, next to the teacher: a mergeable state.
 *
 * @param divergence from the teacher's logits
 * @param confusion against the labels; without classes where the data has none
 * @param paired who was right, sample by sample; empty where the data has no labels
 */
record Score(Divergence divergence, Optional<Confusion> confusion, PairedDifference paired) {

  /** The score of one block of logits. */
  static Score of(SampleBlock teacher, SampleBlock candidate, Optional<IntBuffer> labels) {
    return new Score(
        Divergence.of(teacher, candidate),
        labels.map(classes -> Confusion.of(candidate, classes)),
        labels
            .map(classes -> PairedDifference.of(teacher, candidate, classes))
            .orElse(PairedDifference.EMPTY));
  }

  /** Float sums merge in order: shards by the fixed tree. */
  Score merge(Score other) {
    return new Score(
        divergence.merge(other.divergence),
        confusion.map(own -> own.merge(other.confusion.orElseThrow())),
        paired.merge(other.paired));
  }

  byte[] toBytes() {
    byte[] first = divergence.toBytes();
    byte[] second = confusion.map(Confusion::toBytes).orElseGet(() -> new byte[0]);
    byte[] third = paired.toBytes();
    return ByteBuffer.allocate(2 * Integer.BYTES + first.length + second.length + third.length)
        .putInt(first.length)
        .putInt(second.length)
        .put(first)
        .put(second)
        .put(third)
        .array();
  }

  static Score of(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    byte[] first = new byte[from.getInt()];
    byte[] second = new byte[from.getInt()];
    byte[] third = new byte[from.remaining() - first.length - second.length];
    from.get(first).get(second).get(third);
    return new Score(
        Divergence.of(first),
        second.length == 0 ? Optional.empty() : Optional.of(Confusion.of(second)),
        PairedDifference.of(third));
  }
}
