package dev.retort.jobs.stage;

import dev.retort.data.EmbeddingTable;
import dev.retort.data.TokenizerFile;
import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.shape.ModelCheck;
import java.util.OptionalInt;

/** Holds a model's tables of tokens and positions against the texts of the data. */
final class TextCheck {
  private final String name;
  private final Model model;
  private final DataInputs inputs;

  private TextCheck(String name, Model model, DataInputs inputs) {
    this.name = name;
    this.model = model;
    this.inputs = inputs;
  }

  /**
   * Checks the model as {@link ModelCheck} does, for the longest texts, and its vocabulary.
   *
   * @param name what messages call the model
   * @throws UserError if it is malformed, or takes only shorter texts or fewer tokens
   */
  static void check(String name, Model model, DataInputs inputs) {
    TextCheck check = new TextCheck(name, model, inputs);
    check.checkSizes();
    inputs.tokenizer().ifPresent(check::checkVocabulary);
  }

  private void checkSizes() {
    try {
      check(inputs.mostTokens());
    } catch (UserError e) {
      OptionalInt longest = longestThatFits();
      if (longest.isEmpty()) {
        throw e;
      }
      throw UserError.input(
          "Cannot run model %s on texts of %d tokens: max-length is %d, must be at most %d for its table of positions; lower the input's max-length"
              .formatted(name, inputs.mostTokens(), inputs.mostTokens(), longest.getAsInt()),
          e);
    }
  }

  /** The largest length that the check passes, given that it fails at the most; none if at 1. */
  private OptionalInt longestThatFits() {
    int fits = 0;
    int fails = inputs.mostTokens();
    while (fails - fits > 1) {
      int middle = (fits + fails) / 2;
      if (passes(middle)) {
        fits = middle;
      } else {
        fails = middle;
      }
    }
    return fits == 0 ? OptionalInt.empty() : OptionalInt.of(fits);
  }

  private boolean passes(int tokens) {
    try {
      check(tokens);
      return true;
    } catch (UserError e) {
      return false;
    }
  }

  private void check(int tokens) {
    ModelCheck.check(model, inputs.sizes(model, tokens));
  }

  private void checkVocabulary(TokenizerFile tokenizer) {
    EmbeddingTable.of(model)
        .filter(table -> table.rows() <= tokenizer.largestId())
        .ifPresent(
            table -> {
              throw UserError.input(
                  "Cannot feed model %s with text: the tokenizer %s has ids up to %d, must have ids below the %d rows of the embeddings that node %s looks up; give the model's own tokenizer"
                      .formatted(
                          name,
                          tokenizer.path(),
                          tokenizer.largestId(),
                          table.rows(),
                          table.node()));
            });
  }
}
