package dev.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  /** The examples of the Wikipedia article on the Levenshtein distance, and the edge cases. */
  @ParameterizedTest
  @CsvSource({
    "kitten,sitting,3",
    "uninformed,uniformed,1",
    "flaw,lawn,2",
    "'',abc,3",
    "abc,abc,0",
    "Size_Ratio,size-ratio,0"
  })
  void theDistanceCountsEdits(String first, String second, int expected) {
    assertThat(Nearest.distance(first, second)).isEqualTo(expected);
  }

  @Test
  void theNearestNameIsChosenAndTiesByTheAlphabet() {
    assertThat(Nearest.of("tets", List.of("train", "test"))).contains("test");
    assertThat(Nearest.of("bat", List.of("cat", "bar"))).contains("bar");
  }

  @Test
  void aNameThatIsLikeNoneHasNoNearest() {
    assertThat(Nearest.of("zzzz", List.of("model", "data"))).isEmpty();
    assertThat(Nearest.of("x", List.of())).isEmpty();
  }
}
