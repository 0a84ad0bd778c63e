package dev.retort.training;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.AlignedBuffers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each parameter lies in a flat float32 buffer: one after the other in the given order, each
 * from a multiple of 64 bytes on, so that a slice is aligned as ONNX Runtime's own tensors are. The
 * values between them are padding, always 0. Immutable.
 */
public final class ParameterLayout {
  private static final int STEP = AlignedBuffers.ALIGNMENT / Float.BYTES;
  private static final int MOST_VALUES = (Integer.MAX_VALUE - 2 * AlignedBuffers.ALIGNMENT) / 4;

  private final List<Parameter> parameters;
  private final int[] offsets;
  private final int length;
  private final Map<String, Integer> indices = new HashMap<>();
  private final Sha256 hash;

  /**
   * Lays out {@code parameters}.
   *
   * @throws IllegalArgumentException if two have one name
   * @throws UserError (exit 3) if they need more than 2 GB
   */
  public ParameterLayout(List<Parameter> parameters) {
    this.parameters = List.copyOf(parameters);
    this.offsets = new int[parameters.size()];
    long next = 0;
    for (int i = 0; i < offsets.length; i++) {
      Parameter parameter = this.parameters.get(i);
      if (indices.put(parameter.name(), i) != null) {
        throw new IllegalArgumentException("two parameters are named " + parameter.name());
      }
      offsets[i] = (int) next;
      next += -Math.floorDiv(-parameter.dims().elementCount(), (long) STEP) * STEP;
      if (next > MOST_VALUES) {
        throw UserError.input(
            "Cannot train the model: its parameters up to %s are %d values, must be at most %d together; train fewer of them"
                .formatted(parameter.name(), next, MOST_VALUES));
      }
    }
    this.length = (int) next;
    this.hash = hash(this.parameters);
  }

  public List<Parameter> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /** The place of the parameter's first value in the flat buffer. */
  public int offset(int parameter) {
    return offsets[parameter];
  }

  /** The place of {@code name} in {@link #parameters}. */
  public int index(String name) {
    Integer index = indices.get(name);
    if (index == null) {
      throw new IllegalArgumentException("no parameter is named " + name);
    }
    return index;
  }

  /** Values of the flat buffer, padding included. */
  public int length() {
    return length;
  }

  /** Values of all parameters, without padding. */
  public long size() {
    return parameters.stream().mapToLong(Parameter::size).sum();
  }

  /** The digest of names, dimensions and order; decay does not change what a buffer means. */
  public Sha256 hash() {
    return hash;
  }

  private static Sha256 hash(List<Parameter> parameters) {
    MessageDigest digest = Sha256.digest();
    for (Parameter parameter : parameters) {
      String line = parameter.name().length() + ":" + parameter.name() + parameter.dims() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.of(digest);
  }
}
