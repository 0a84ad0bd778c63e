package dev.retort.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A {@code tokenizer.json} as the Hugging Face library {@code tokenizers} writes it: normalizer,
 * vocabulary and special tokens in one file. Sent to executors, where {@link Tokenizer} uses it.
 */
public final class TokenizerFile implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final JsonMapper JSON = new JsonMapper();

  private final String path;
  private final byte[] bytes;
  private final Sha256 sha256;
  private final int largestId;
  private final int padId;

  private TokenizerFile(String path, byte[] bytes, JsonNode json) {
    this.path = path;
    this.bytes = bytes;
    this.sha256 = Sha256.of(bytes);
    this.largestId = largestId(json);
    this.padId = padId(json);
  }

  /**
   * Reads the file at {@code path}.
   *
   * @throws UserError if there is none, or it is no tokenizer with a vocabulary
   */
  public static TokenizerFile read(Path path) {
    try {
      byte[] bytes = Files.readAllBytes(path);
      JsonNode json = JSON.readTree(bytes);
      if (vocabulary(json).isEmpty()) {
        throw refusal(path, "has no model.vocab", null);
      }
      return new TokenizerFile(path.toString(), bytes, json);
    } catch (NoSuchFileException e) {
      throw refusal(path, "does not exist", e);
    } catch (JsonProcessingException e) {
      throw refusal(path, "is no JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw refusal(path, "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** Where it was read from, for messages. */
  public String path() {
    return path;
  }

  public Sha256 sha256() {
    return sha256;
  }

  /** The largest id that a text may get. */
  public int largestId() {
    return largestId;
  }

  /** What an input of texts of at most {@code maxLength} tokens stores. */
  public TextSpec spec(int maxLength) {
    return new TextSpec(sha256, maxLength, padId);
  }

  String json() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Ids by token; of a unigram model a list of tokens, whose places are the ids. */
  private static Optional<JsonNode> vocabulary(JsonNode json) {
    return Optional.of(json.path("model").path("vocab")).filter(vocab -> !vocab.isEmpty());
  }

  private static int largestId(JsonNode json) {
    JsonNode vocabulary = vocabulary(json).orElseThrow();
    int learned =
        vocabulary.isArray()
            ? vocabulary.size() - 1
            : children(vocabulary).mapToInt(JsonNode::asInt).max().orElseThrow();
    return added(json).mapToInt(token -> token.path("id").asInt()).reduce(learned, Math::max);
  }

  /** The token that the file pads with, else the one called so, else 0, which every model has. */
  private static int padId(JsonNode json) {
    JsonNode stated = json.path("padding").path("pad_id");
    return stated.isInt()
        ? stated.asInt()
        : added(json)
            .filter(token -> token.path("content").asText().matches("\\[PAD]|<pad>"))
            .mapToInt(token -> token.path("id").asInt())
            .findFirst()
            .orElse(0);
  }

  private static Stream<JsonNode> added(JsonNode json) {
    return children(json.path("added_tokens"));
  }

  private static Stream<JsonNode> children(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false);
  }

  private static UserError refusal(Path path, String problem, Exception cause) {
    return UserError.input(
        "Cannot use tokenizer %s: it %s, must be the tokenizer.json of the model; correct the input's tokenizer"
            .formatted(path, problem),
        cause);
  }
}
