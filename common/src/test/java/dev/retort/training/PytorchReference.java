package dev.retort.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.retort.tensor.Dims;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** What {@code deploy/proof/pytorch_training_reference.py} wrote, and buffers of its parameters. */
public final class PytorchReference {
  private static final JsonNode ROOT = read();

  private PytorchReference() {}

  /** A part of the file. */
  public static JsonNode part(String name) {
    return ROOT.get(name);
  }

  /** The reference's parameters, all but the bias decaying at {@code decay}. */
  static ParameterLayout layout(double decay) {
    WeightDecay groups = WeightDecay.of(decay);
    return new ParameterLayout(
        List.of(
            groups.parameter("conv.weight", Dims.of(3, 2, 2)),
            groups.parameter("conv.bias", Dims.of(3)),
            groups.parameter("head.weight", Dims.of(2, 4))));
  }

  /** The values that stand in {@code node} by parameter. */
  static ParameterBuffer buffer(ParameterLayout layout, JsonNode node) {
    ParameterBuffer buffer = new ParameterBuffer(layout);
    for (Parameter parameter : layout.parameters()) {
      FloatBuffer values = buffer.slice(parameter.name()).asFloatBuffer();
      floats(node.get(parameter.name())).forEach(values::put);
    }
    return buffer;
  }

  static ParameterBuffer start(ParameterLayout layout) {
    return buffer(layout, part("start"));
  }

  static ParameterBuffer gradients(ParameterLayout layout, int step) {
    return buffer(layout, part("gradients").get(step));
  }

  /** All values of a buffer without padding. */
  static List<Float> values(ParameterBuffer buffer) {
    return IntStream.range(0, buffer.layout().parameters().size())
        .boxed()
        .flatMap(
            i -> {
              FloatBuffer slice = buffer.slice(i).asFloatBuffer();
              return IntStream.range(0, slice.capacity()).mapToObj(slice::get);
            })
        .toList();
  }

  /** The numbers of an array. */
  public static List<Float> floats(JsonNode array) {
    return IntStream.range(0, array.size()).mapToObj(i -> (float) array.get(i).asDouble()).toList();
  }

  private static JsonNode read() {
    try (InputStream in =
        Objects.requireNonNull(
            PytorchReference.class.getResourceAsStream("/training/pytorch-reference.json"))) {
      return new JsonMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
