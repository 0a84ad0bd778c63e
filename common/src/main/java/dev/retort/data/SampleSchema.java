package dev.retort.data;

import java.io.Serializable;
import java.util.List;

/**
 * What one stored sample consists of.
 *
 * @param inputs the model inputs, in the order of the columns
 * @param labelled whether each sample has a class label
 * @param identified whether each sample has an id of the user
 */
public record SampleSchema(List<InputSpec> inputs, boolean labelled, boolean identified)
    implements Serializable {
  public SampleSchema {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()
        || inputs.stream().map(InputSpec::name).distinct().count() < inputs.size()) {
      throw new IllegalArgumentException("a sample needs inputs with distinct names: " + inputs);
    }
  }

  /** Bytes of the inputs of one sample. */
  public long sampleBytes() {
    return inputs.stream().mapToLong(InputSpec::sampleBytes).sum();
  }

  /** The stored column of the label, {@code label} unless an input has that name. */
  String labelColumn() {
    return freeName("label");
  }

  /** The stored column of the id, {@code id} unless an input has that name. */
  String idColumn() {
    return freeName("id");
  }

  private String freeName(String wanted) {
    boolean taken = inputs.stream().anyMatch(input -> input.name().equals(wanted));
    return taken ? freeName(wanted + "_") : wanted;
  }
}
