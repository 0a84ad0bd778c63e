package dev.retort.data;

import dev.retort.provenance.Sha256;
import java.io.Serializable;

/**
 * How texts become the token ids that an input stores.
 *
 * @param tokenizer the digest of the tokenizer's file
 * @param maxLength tokens that a text is cut to, those counted that the tokenizer adds
 * @param padId the token that batches are padded with; a mask hides it from the model
 */
public record TextSpec(Sha256 tokenizer, int maxLength, int padId) implements Serializable {
  public TextSpec {
    if (maxLength < 1 || padId < 0) {
      throw new IllegalArgumentException("%d tokens padded with %d".formatted(maxLength, padId));
    }
  }
}
