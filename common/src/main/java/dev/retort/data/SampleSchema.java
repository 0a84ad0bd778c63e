package dev.retort.data;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What one stored sample consists of.
 *
 * @param inputs the model inputs, in the order of the columns; a text is the last of them
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
    if (inputs.subList(0, inputs.size() - 1).stream().anyMatch(InputSpec::isText)) {
      throw new IllegalArgumentException("a sample has one text at most, the last: " + inputs);
    }
  }

  /** The input that is a text. */
  public Optional<InputSpec> text() {
    return Optional.of(inputs.get(inputs.size() - 1)).filter(InputSpec::isText);
  }

  /** Bytes of the inputs of one sample, at most. */
  public long sampleBytes() {
    return inputs.stream().mapToLong(InputSpec::sampleBytes).sum();
  }

  /** As {@link #sampleBytes}, on average over samples whose texts have {@code lengths}. */
  public long meanSampleBytes(Optional<TokenLengths> lengths) {
    long mostTextBytes = text().map(InputSpec::sampleBytes).orElse(0);
    double textBytes = lengths.map(TokenLengths::mean).orElse(0.0) * TokenSequences.TOKEN_BYTES;
    return lengths.isEmpty()
        ? sampleBytes()
        : sampleBytes() - mostTextBytes + Math.round(Math.ceil(textBytes));
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
