package dev.retort.fusion;

import dev.retort.graph.Attribute;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * A random Conv, ConvTranspose or Gemm from input {@code x} to {@code y}: random rank, channels,
 * groups, kernel, strides, dilations, pads, and a bias or none.
 *
 * @param graphs the model so far
 * @param channels of {@code y}
 * @param rank of {@code y}
 * @param inputs a value for {@code x}
 */
record RandomLayer(Graphs graphs, int channels, int rank, Map<String, Tensor> inputs) {

  static RandomLayer conv(Random random) {
    return convolution(random, "Conv");
  }

  static RandomLayer convTranspose(Random random) {
    return convolution(random, "ConvTranspose");
  }

  static RandomLayer gemm(Random random) {
    int rows = 1 + random.nextInt(4);
    int inner = 1 + random.nextInt(40);
    int channels = 1 + random.nextInt(10);
    boolean transposed = random.nextBoolean();
    long[][] biases = {{}, {1}, {1, 1}, {channels}, {1, channels}};
    Graphs graphs =
        new Graphs()
            .input("x", -1, inner)
            .constant(
                "w", transposed ? floats(random, channels, inner) : floats(random, inner, channels))
            .constant("b", floats(random, biases[random.nextInt(biases.length)]))
            .node(
                "Gemm",
                random.nextInt(4) == 0 ? "x,w" : "x,w,b",
                "y",
                "transB",
                Attribute.of(transposed ? 1 : 0),
                "alpha",
                Attribute.of(random.nextBoolean() ? 1 : (float) random.nextGaussian()),
                "beta",
                Attribute.of(random.nextBoolean() ? 1 : (float) random.nextGaussian()));
    return new RandomLayer(graphs, channels, 2, Map.of("x", floats(random, rows, inner)));
  }

  /** This layer and a random BatchNormalization from {@code y} to {@code z}, which is returned. */
  RandomLayer withBatchNorm(Random random) {
    float[] variance = floats(random, channels).toFloats();
    for (int c = 0; c < channels; c++) {
      variance[c] = variance[c] * variance[c] + 0.01f;
    }
    graphs
        .constant("gamma", floats(random, channels))
        .constant("beta", floats(random, channels))
        .constant("mean", floats(random, channels))
        .constant("variance", variance)
        .node(
            "BatchNormalization",
            "y,gamma,beta,mean,variance",
            "z",
            "epsilon",
            Attribute.of(random.nextBoolean() ? 1e-5f : 1e-3f))
        .output("z");
    return this;
  }

  /** This layer and {@code opType} with a random constant to {@code z}, which is returned. */
  RandomLayer withConstant(String opType, Random random) {
    long[] full = new long[rank];
    Arrays.fill(full, 1);
    full[1] = channels;
    long[] ones = new long[1 + random.nextInt(rank)];
    Arrays.fill(ones, 1);
    long[][] shapes = {full, Arrays.copyOfRange(full, 1, rank), ones, {}};
    graphs
        .constant("c", floats(random, shapes[random.nextInt(shapes.length)]))
        .node(opType, random.nextBoolean() ? "y,c" : "c,y", "z")
        .output("z");
    return this;
  }

  /** A tensor of normally distributed values. */
  static Tensor floats(Random random, long... dims) {
    float[] values = new float[(int) Dims.of(dims).elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(Dims.of(dims), values);
  }

  private static RandomLayer convolution(Random random, String opType) {
    int spatialRank = 1 + random.nextInt(3);
    int group = 1 + random.nextInt(3);
    int in = 1 + random.nextInt(4);
    int out = 1 + random.nextInt(4);
    long[] kernel = sizes(random, spatialRank, 1, 3);
    long[] dilations = sizes(random, spatialRank, 1, 2);
    long[] data = sizes(random, spatialRank + 2, 6, 9);
    data[0] = 1L + random.nextInt(3);
    data[1] = (long) group * in;
    boolean transposed = opType.equals("ConvTranspose");
    long[] weight = new long[spatialRank + 2];
    weight[0] = transposed ? data[1] : (long) group * out;
    weight[1] = (long) (transposed ? out : in);
    System.arraycopy(kernel, 0, weight, 2, spatialRank);
    long[] declared = data.clone();
    declared[0] = -1;
    Graphs graphs =
        new Graphs()
            .input("x", declared)
            .constant("w", floats(random, weight))
            .constant("b", floats(random, (long) group * out))
            .node(
                opType,
                random.nextInt(3) == 0 ? "x,w" : "x,w,b",
                "y",
                "group",
                Attribute.of(group),
                "strides",
                Attribute.ofInts(sizes(random, spatialRank, 1, 3)),
                "dilations",
                Attribute.ofInts(dilations),
                "pads",
                Attribute.ofInts(sizes(random, 2 * spatialRank, 0, transposed ? 0 : 2)));
    return new RandomLayer(graphs, group * out, spatialRank + 2, Map.of("x", floats(random, data)));
  }

  private static long[] sizes(Random random, int count, int least, int most) {
    return random.ints(count, least, most + 1).asLongStream().toArray();
  }
}
