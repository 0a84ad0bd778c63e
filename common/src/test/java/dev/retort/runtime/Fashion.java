package dev.retort.runtime;

import dev.retort.provenance.Seed;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** The two fashion models and random images for them. */
final class Fashion {
  static final Dims IMAGE = Dims.of(1, 28, 28);
  static final Path RESNET = model("fashion-resnet.onnx");
  static final Path STUDENT = model("fashion-student.onnx");

  private Fashion() {}

  static Map<String, SampleBlock> images(int samples) {
    return Map.of("image", block(samples, new Seed(samples).random()));
  }

  static SampleBlock block(int samples, Random random) {
    ByteBuffer bytes = AlignedBuffers.allocate(samples * 784 * Float.BYTES);
    for (int i = 0; i < samples * 784; i++) {
      bytes.putFloat(i * Float.BYTES, random.nextFloat());
    }
    return new SampleBlock(ElementType.FLOAT32, IMAGE, samples, bytes);
  }

  static float[] floats(SampleBlock block) {
    float[] values = new float[block.bytes().capacity() / Float.BYTES];
    block.bytes().asFloatBuffer().get(0, values);
    return values;
  }

  private static Path model(String name) {
    return Path.of(System.getProperty("retort.root"), "data", "models", name);
  }
}
