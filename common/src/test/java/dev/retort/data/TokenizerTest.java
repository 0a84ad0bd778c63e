package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.retort.error.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  @TempDir private Path folder;

  /** The expected ids are Python's: see {@code tokens/ids.py}. */
  @ParameterizedTest
  @ValueSource(ints = {64, 8})
  void idsAreThoseOfThePythonLibrary(int maxLength) throws IOException, BadSampleException {
    List<JsonNode> expected = expected(maxLength);
    assertThat(expected).hasSize(10);
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.miniLm(), maxLength)) {
      for (JsonNode row : expected) {
        String text = row.path("text").asText();

        assertThat(ids(tokenizer.encode(text))).as(text).isEqualTo(ints(row.path("ids")));
        assertThat(tokenizer.wasCut()).as(text).isEqualTo(row.path("cut").asBoolean());
      }
    }
  }

  @Test
  void theFileSaysWhichIdsThereAre() {
    TokenizerFile miniLm = Tokenizers.miniLm();

    assertThat(miniLm.largestId()).isEqualTo(30_521);
    assertThat(miniLm.spec(64)).isEqualTo(new TextSpec(miniLm.sha256(), 64, 0));
  }

  @Test
  void idsOfAUnigramModelAreThePlacesInItsList() {
    TokenizerFile file =
        Tokenizers.of(
            folder,
            """
            {"added_tokens": [{"id": 3, "content": "<pad>"}, {"id": 7, "content": "<mask>"}],
             "model": {"type": "Unigram", "vocab": [["a", -1.0], ["b", -2.0]]}}
            """);

    assertThat(file.largestId()).isEqualTo(7);
    assertThat(file.spec(9).padId()).isEqualTo(3);
  }

  @Test
  void thePaddingOfTheFileNamesItsToken() {
    String json = "{\"padding\": {\"pad_id\": 5}, \"model\": {\"vocab\": {\"a\": 0, \"b\": 1}}}";

    assertThat(Tokenizers.of(folder, json).spec(9).padId()).isEqualTo(5);
  }

  @Test
  void whatIsNoTokenizerIsRefused() throws IOException {
    Path absent = folder.resolve("absent.json");
    assertThatThrownBy(() -> TokenizerFile.read(absent))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "Cannot use tokenizer " + absent + ": it does not exist, must be the");
    assertThatThrownBy(() -> TokenizerFile.read(folder)).hasMessageContaining("it cannot be read");
    assertThatThrownBy(() -> Tokenizers.of(folder, "[PAD]\n[UNK]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it is no JSON (");
    assertThatThrownBy(() -> Tokenizers.of(folder, "{\"do_lower_case\": true}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it has no model.vocab, must be the tokenizer.json of the model");
    TokenizerFile odd = Tokenizers.of(folder, "{\"model\": {\"vocab\": {\"a\": 0}}}");
    assertThatThrownBy(() -> Tokenizer.open(odd, 8))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it is no tokenizer that this version knows (");
  }

  @Test
  void aLengthWithoutRoomForTextIsRefused() {
    TokenizerFile file = Tokenizers.miniLm();

    assertThatThrownBy(() -> Tokenizer.open(file, 2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("max-length is 2, must be at least 3, for it adds 2 tokens");
  }

  @Test
  void aTextWithoutTokensIsABadSample() throws BadSampleException {
    TokenizerFile file =
        Tokenizers.of(
            folder,
            """
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
             "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
             "decoder": null,
             "model": {"type": "WordLevel", "vocab": {"?": 0, "a": 1}, "unk_token": "?"}}
            """);
    try (Tokenizer tokenizer = Tokenizer.open(file, 4)) {
      assertThat(ids(tokenizer.encode("a b a"))).containsExactly(1, 0, 1);
      assertThatThrownBy(() -> tokenizer.encode("  "))
          .isInstanceOf(BadSampleException.class)
          .hasMessage("the text has no token, must have at least one");
    }
  }

  private static List<JsonNode> expected(int maxLength) throws IOException {
    JsonMapper json = new JsonMapper();
    List<JsonNode> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                TokenizerTest.class.getResourceAsStream("/tokens/minilm.jsonl"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(json.readTree(line));
      }
    }
    rows.removeIf(row -> row.path("length").asInt() != maxLength);
    return rows;
  }

  private static List<Integer> ids(ByteBuffer bytes) {
    List<Integer> ids = new ArrayList<>();
    ByteBuffer little = bytes.order(ByteOrder.LITTLE_ENDIAN);
    while (little.hasRemaining()) {
      ids.add(little.getInt());
    }
    return ids;
  }

  private static List<Integer> ints(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asInt).toList();
  }
}
