package dev.retort.autodiff;

import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Convolutions, pools, normalizations and Resize. */
final class LayerCases {
  private LayerCases() {}

  static List<Family> all() {
    List<Family> all = new ArrayList<>();
    all.add(Family.linear("Conv", c -> conv(c, 1, 1)));
    all.add(Family.linear("Conv in groups", c -> conv(c, c.pick(2, 3), c.pick(1, 2))));
    all.add(Family.linear("Conv of 1x1", LayerCases::pointwise));
    all.add(Family.linear("ConvTranspose", LayerCases::transposed));
    all.add(new Family("MaxPool", ElementType.FLOAT64, 1e-3, 1e-8, c -> List.of(maxPool(c))));
    all.add(
        new Family(
            "MaxPool in float32", ElementType.FLOAT32, 0.06, 5e-3, c -> List.of(maxPool(c))));
    all.add(
        new Family(
            "MaxPool behind Conv", ElementType.FLOAT32, 6e-3, 3e-3, c -> List.of(pooledConv(c))));
    all.add(Family.linear("AveragePool", LayerCases::averagePool));
    all.add(
        Family.linear("GlobalAveragePool", c -> c.node("GlobalAveragePool", List.of(image(c)))));
    all.add(
        new Family(
            "GlobalMaxPool",
            ElementType.FLOAT32,
            0.06,
            3e-4,
            c -> List.of(c.node("GlobalMaxPool", List.of(c.spread(imageDims(c, 1, 4)))))));
    all.add(Family.wide("BatchNormalization in training", LayerCases::batchNorm));
    all.add(Family.wide("BatchNormalization frozen", LayerCases::frozenNorm));
    all.add(
        new Family(
            "LayerNormalization decomposed",
            ElementType.FLOAT64,
            1e-3,
            1e-7,
            c -> List.of(decomposedLayerNorm(c))));
    all.add(Family.smooth("LayerNormalization", LayerCases::layerNorm));
    all.add(Family.smooth("InstanceNormalization", LayerCases::instanceNorm));
    all.add(Family.smooth("GroupNormalization of InstanceNormalization", LayerCases::groupNorm));
    all.add(Family.linear("Resize nearest", c -> resize(c, "nearest")));
    all.add(Family.linear("Resize linear", c -> resize(c, "linear")));
    all.add(Family.linear("Resize cubic", c -> resize(c, "cubic")));
    return all;
  }

  private static long[] imageDims(Case c, int axes, int least) {
    long[] dims = c.sizes(axes + 2, least, least + 4);
    dims[0] = c.pick(1, 3);
    dims[1] = c.pick(1, 3);
    return dims;
  }

  private static String image(Case c) {
    return c.data(imageDims(c, c.pick(1, 3), 2));
  }

  private static void pads(Case c, List<Object> attributes, long[] kernel, int most) {
    int axes = kernel.length;
    int form = c.pick(0, 4);
    if (form == 0) {
      attributes.addAll(List.of("auto_pad", c.random.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER"));
    } else if (form == 1) {
      attributes.addAll(List.of("auto_pad", "VALID"));
    } else if (form > 2) {
      long[] pads = c.sizes(2 * axes, 0, most);
      for (int i = 0; i < pads.length; i++) {
        pads[i] = Math.min(pads[i], kernel[i % axes] - 1);
      }
      attributes.addAll(List.of("pads", pads));
    }
  }

  private static String conv(Case c, int group, int perGroup) {
    int axes = c.pick(1, 3);
    long[] data = imageDims(c, axes, axes == 3 ? 3 : 5);
    data[1] = (long) group * perGroup;
    long[] kernel = c.sizes(axes, 1, 3);
    long[] weight = new long[axes + 2];
    weight[0] = (long) group * c.pick(1, 2);
    weight[1] = perGroup;
    System.arraycopy(kernel, 0, weight, 2, axes);
    List<Object> attributes = new ArrayList<>();
    attributes.addAll(List.of("group", group, "strides", c.sizes(axes, 1, 3)));
    long[] dilations = c.sizes(axes, 1, axes == 3 ? 1 : 2);
    if (c.random.nextBoolean()) {
      attributes.addAll(List.of("dilations", dilations, "pads", c.sizes(2 * axes, 0, 2)));
    } else {
      pads(c, attributes, kernel, 2);
    }
    List<String> inputs = new ArrayList<>(List.of(c.data(data), c.weight(weight)));
    if (c.random.nextBoolean()) {
      inputs.add(c.weight(weight[0]));
    }
    return c.node("Conv", inputs, attributes.toArray());
  }

  private static String pointwise(Case c) {
    long[] dims = imageDims(c, 2, 2);
    return c.node("Conv", List.of(c.data(dims), c.weight(c.pick(1, 4), dims[1], 1, 1)));
  }

  private static String transposed(Case c) {
    int axes = c.pick(1, 3);
    int group = c.pick(1, 2);
    long[] data = imageDims(c, axes, 2);
    data[1] = (long) group * c.pick(1, 2);
    long[] kernel = c.sizes(axes, 2, 3);
    long[] strides = c.sizes(axes, 1, 2);
    long[] weight = new long[axes + 2];
    weight[0] = data[1];
    weight[1] = c.pick(1, 2);
    System.arraycopy(kernel, 0, weight, 2, axes);
    List<Object> attributes = new ArrayList<>(List.of("group", group, "strides", strides));
    int form = c.pick(0, 4);
    if (form == 0) {
      attributes.addAll(List.of("auto_pad", c.random.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER"));
    } else if (form == 1) {
      c.fixed();
      long[] wanted = new long[axes];
      for (int i = 0; i < axes; i++) {
        wanted[i] = (data[i + 2] - 1) * strides[i] + kernel[i] - c.pick(0, 1);
      }
      attributes.addAll(List.of("output_shape", wanted));
    } else if (form > 2) {
      long[] added = new long[axes];
      for (int i = 0; i < axes; i++) {
        added[i] = strides[i] > 1 ? c.pick(0, 1) : 0;
      }
      attributes.addAll(List.of("pads", c.sizes(2 * axes, 0, 1), "output_padding", added));
    }
    if (form > 1 && c.random.nextBoolean()) {
      attributes.addAll(List.of("dilations", c.sizes(axes, 1, 2)));
    }
    List<String> inputs = new ArrayList<>(List.of(c.data(data), c.weight(weight)));
    if (c.random.nextBoolean()) {
      inputs.add(c.weight(group * weight[1]));
    }
    return c.node("ConvTranspose", inputs, attributes.toArray());
  }

  private static String maxPool(Case c) {
    int axes = c.pick(1, 3);
    long[] kernel = c.sizes(axes, 1, 3);
    List<Object> attributes = new ArrayList<>(List.of("kernel_shape", kernel));
    boolean disjoint = c.random.nextBoolean();
    attributes.addAll(
        List.of("strides", disjoint ? kernel : notAbove(kernel, c.sizes(axes, 1, 2))));
    if (disjoint) {
      pads(c, attributes, kernel, 1);
    } else {
      attributes.addAll(
          List.of("dilations", c.sizes(axes, 1, axes == 3 ? 1 : 2), "ceil_mode", c.pick(0, 1)));
    }
    return c.nodes(
            "",
            "MaxPool",
            c.pick(1, 2),
            List.of(c.spread(imageDims(c, axes, axes == 3 ? 3 : 5))),
            attributes.toArray())
        .get(0);
  }

  /** With steps beyond the kernel ONNX Runtime's own shapes are wrong under ceil_mode. */
  private static long[] notAbove(long[] kernel, long[] strides) {
    return IntStream.range(0, kernel.length)
        .mapToLong(i -> Math.min(kernel[i], strides[i]))
        .toArray();
  }

  /** Drawn again until in no window two values are so close that a step could swap them. */
  private static String pooledConv(Case c) {
    long[] dims = {c.pick(1, 2), c.pick(1, 2), 4, 4};
    long[] kernel = {2, dims[1], 3, 3};
    int stride = c.pick(1, 2);
    Tensor image;
    Tensor weight;
    do {
      image = Case.floats(c.type(), c.random::nextGaussian, dims);
      weight = Case.floats(c.type(), c.random::nextGaussian, kernel);
    } while (PooledConv.closest(image.toFloats(), weight.toFloats(), dims, stride) < 0.05);
    String y =
        c.node("Conv", List.of(c.data(image), c.weight(weight)), "pads", new long[] {1, 1, 1, 1});
    return c.node(
        "MaxPool",
        List.of(y),
        "kernel_shape",
        new long[] {2, 2},
        "strides",
        new long[] {stride, 2});
  }

  private static String averagePool(Case c) {
    int axes = c.pick(1, 3);
    long[] kernel = c.sizes(axes, 1, 3);
    long[] strides = c.sizes(axes, 1, 3);
    List<Object> attributes =
        new ArrayList<>(List.of("kernel_shape", kernel, "count_include_pad", c.pick(0, 1)));
    boolean up = c.random.nextInt(3) == 0;
    attributes.addAll(List.of("strides", up ? notAbove(kernel, strides) : strides));
    if (up) {
      c.fixed();
      attributes.addAll(List.of("ceil_mode", 1));
    } else {
      pads(c, attributes, kernel, 1);
    }
    return c.node("AveragePool", List.of(c.data(imageDims(c, axes, 4))), attributes.toArray());
  }

  private static String batchNorm(Case c) {
    long[] dims = imageDims(c, c.pick(0, 3), 2);
    dims[0] = c.pick(4, 6);
    long channels = dims[1];
    return c.nodes(
            "",
            "BatchNormalization",
            3,
            List.of(
                c.data(dims),
                c.weight(channels),
                c.weight(channels),
                c.constant(numbers(c, channels)),
                c.constant(numbers(c, channels))),
            "training_mode",
            1,
            "momentum",
            c.random.nextBoolean() ? 0f : 0.9f,
            "epsilon",
            c.random.nextBoolean() ? 1e-5f : 1e-2f)
        .get(0);
  }

  private static Tensor numbers(Case c, long... dims) {
    return Case.floats(c.type(), () -> 0.5 + c.random.nextDouble(), dims);
  }

  private static String frozenNorm(Case c) {
    long[] dims = imageDims(c, c.pick(0, 3), 2);
    long channels = dims[1];
    return c.node(
        "BatchNormalization",
        List.of(
            c.data(dims),
            c.weight(channels),
            c.weight(channels),
            c.weight(channels),
            positive(c, channels)),
        "epsilon",
        1e-3f);
  }

  private static String positive(Case c, long channels) {
    return c.fixed().between(0.5, 2, channels);
  }

  /** As PyTorch's exporter writes it. */
  private static String decomposedLayerNorm(Case c) {
    long last = c.pick(3, 6);
    String x = c.data(c.pick(1, 3), c.pick(1, 3), last);
    String mean = c.node("ReduceMean", List.of(x), "axes", new long[] {-1});
    String centered = c.node("Sub", List.of(x, mean));
    String square = c.node("Pow", List.of(centered, c.number(2)));
    String variance = c.node("ReduceMean", List.of(square), "axes", new long[] {-1});
    String shifted = c.node("Add", List.of(variance, c.number(1e-5)));
    String normal = c.node("Div", List.of(centered, c.node("Sqrt", List.of(shifted))));
    return c.node("Add", List.of(c.node("Mul", List.of(normal, c.weight(last))), c.weight(last)));
  }

  private static String layerNorm(Case c) {
    long[] dims = c.sizes(c.pick(2, 4), 2, 4);
    int axis = c.pick(1, dims.length - 1);
    long[] own = Arrays.copyOfRange(dims, axis, dims.length);
    String x = c.data(dims);
    String scale = c.weight(own);
    int stated = c.random.nextBoolean() ? axis : axis - dims.length;
    return c.random.nextBoolean()
        ? c.node("LayerNormalization", List.of(x, scale), "axis", stated, "epsilon", 0.1f)
        : c.node(
            "LayerNormalization",
            List.of(x, scale, c.weight(own)),
            "axis",
            stated,
            "epsilon",
            0.1f);
  }

  private static String instanceNorm(Case c) {
    long[] dims = imageDims(c, c.pick(1, 3), 2);
    return c.node(
        "InstanceNormalization",
        List.of(c.data(dims), c.weight(dims[1]), c.weight(dims[1])),
        "epsilon",
        0.1f);
  }

  /** As PyTorch's exporter writes it: two groups. */
  private static String groupNorm(Case c) {
    long[] dims = imageDims(c, 2, 2);
    dims[1] = 4;
    String grouped = c.node("Reshape", List.of(c.data(dims), c.constantLongs(0, 2, -1)));
    String normal =
        c.node(
            "InstanceNormalization",
            List.of(
                grouped,
                c.constant(Tensor.ofFloats(Dims.of(2), 1, 1)),
                c.constant(Tensor.ofFloats(Dims.of(2), 0, 0))),
            "epsilon",
            0.1f);
    String back = c.node("Reshape", List.of(normal, c.constantLongs(dims)));
    return c.node(
        "Add", List.of(c.node("Mul", List.of(back, c.weight(4, 1, 1))), c.weight(4, 1, 1)));
  }

  private static String resize(Case c, String mode) {
    int axes = mode.equals("nearest") ? c.pick(1, 3) : 2;
    long[] dims = imageDims(c, axes, 2);
    List<Object> attributes = new ArrayList<>(List.of("mode", mode));
    List<String> ways = List.of("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel");
    attributes.addAll(
        List.of("coordinate_transformation_mode", ways.get(c.random.nextInt(ways.size()))));
    if (mode.equals("nearest")) {
      List<String> rounds = List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");
      attributes.addAll(List.of("nearest_mode", rounds.get(c.random.nextInt(rounds.size()))));
    }
    String x = c.data(dims);
    if (c.random.nextBoolean()) {
      float[] scales = new float[axes + 2];
      Arrays.fill(scales, 1);
      for (int i = 2; i < scales.length; i++) {
        scales[i] = List.of(2f, 0.5f, 1.5f, 3f, 1f).get(c.random.nextInt(5));
      }
      Tensor scale = Tensor.ofFloats(Dims.of(scales.length), scales);
      return c.node("Resize", List.of(x, "", c.constant(scale)), attributes.toArray());
    }
    long[] sizes = dims.clone();
    for (int i = 2; i < sizes.length; i++) {
      sizes[i] = c.pick(1, 7);
    }
    return c.node("Resize", List.of(x, "", "", c.constantLongs(sizes)), attributes.toArray());
  }
}
