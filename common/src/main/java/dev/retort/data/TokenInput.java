package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What models take of a tokenized text, by the names that transformers use. Only the ids are
 * stored; the others are made of their number when a batch is read.
 */
public enum TokenInput {
  /** The tokens, then padding. */
  IDS("input_ids"),
  /** 1 for each token, 0 for padding. */
  MASK("attention_mask"),
  /** 0: a sample is one text. */
  TYPES("token_type_ids");

  private final String modelName;

  TokenInput(String modelName) {
    this.modelName = modelName;
  }

  /** The name of the model's input. */
  public String modelName() {
    return modelName;
  }

  /** The token input that a model calls {@code name}. */
  public static Optional<TokenInput> named(String name) {
    return Arrays.stream(values()).filter(input -> input.modelName.equals(name)).findFirst();
  }

  /**
   * The inputs of {@code model} that {@code stored} feeds: a text feeds those of the token inputs
   * that the model has, everything else itself.
   *
   * @throws UserError if there is a text and the model takes no token ids
   */
  public static List<InputSpec> fedBy(List<InputSpec> stored, Model model) {
    List<String> names = model.graph().inputs().stream().map(ValueInfo::name).toList();
    List<InputSpec> fed = new ArrayList<>();
    for (InputSpec input : stored) {
      if (!input.isText()) {
        fed.add(input);
        continue;
      }
      if (!names.contains(IDS.modelName)) {
        throw UserError.input(
            "Cannot feed the model with text: its inputs are %s, must have %s; export it with the names that transformers use"
                .formatted(names, IDS.modelName));
      }
      Arrays.stream(values())
          .map(token -> token.modelName)
          .filter(name -> names.contains(name) && stored.stream().noneMatch(isTensor(name)))
          .forEach(name -> fed.add(input.named(name)));
    }
    return fed;
  }

  /** Puts this input for one text, padded to {@code length} tokens, at {@code offset}. */
  public void put(TokenSequences texts, int text, int length, ByteBuffer target, int offset) {
    int tokens = texts.length(text);
    if (this == IDS) {
      texts.copy(text, target, offset);
    } else {
      fill(target, offset, 0, tokens, this == MASK ? 1 : 0);
    }
    fill(target, offset, tokens, length, this == IDS ? texts.input().text().padId() : 0);
  }

  private static Predicate<InputSpec> isTensor(String name) {
    return input -> !input.isText() && input.name().equals(name);
  }

  private static void fill(ByteBuffer target, int offset, int from, int to, int value) {
    for (int i = from; i < to; i++) {
      target.putInt(offset + i * TokenSequences.TOKEN_BYTES, value);
    }
  }
}
