package dev.retort.data;

import dev.retort.tensor.ElementType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Random samples of two inputs, for tests. */
final class Samples {
  static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(
              InputSpec.of("image", "image", ElementType.UINT8, 1, 28, 28),
              InputSpec.of("label", "age", ElementType.FLOAT32, 2)),
          true,
          true);

  private Samples() {}

  static List<Sample> of(int count) {
    Random random = new Random(7);
    return IntStream.range(0, count).mapToObj(i -> one(random, i)).toList();
  }

  private static Sample one(Random random, int index) {
    byte[] image = new byte[784];
    random.nextBytes(image);
    byte[] ages = new byte[8];
    random.nextBytes(ages);
    return new Sample(
        List.of(ByteBuffer.wrap(image), ByteBuffer.wrap(ages)), random.nextInt(10), "ä" + index);
  }
}
