package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenLengthsTest {
  @Test
  void lengthsAreSummedUp() {
    TokenLengths lengths = TokenLengths.of(new long[] {0, 2, 0, 1, 1, 0}, 1);

    assertThat(lengths).isEqualTo(new TokenLengths(4, 9, 1, 4, 1));
    assertThat(lengths.mean()).isEqualTo(2.25);
    assertThat(lengths.words())
        .isEqualTo("2.3 tokens on average, at most 4, 1 cut short (25.00 %)");
  }

  @ParameterizedTest
  @CsvSource({"1,0,0,1", "1,0,2,3", "2,1,1,1", "2,1,2,2", "0,0,5,3"})
  void halfOfTheTextsDoNotExceedTheMedian(long ofOne, long ofTwo, long ofThree, int median) {
    assertThat(TokenLengths.of(new long[] {0, ofOne, ofTwo, ofThree}, 0).median())
        .isEqualTo(median);
  }

  @Test
  void noTextHasNoLength() {
    assertThat(TokenLengths.of(new long[3], 0)).isEqualTo(new TokenLengths(0, 0, 0, 0, 0));
    assertThat(TokenLengths.of(new long[3], 0).mean()).isZero();
    assertThat(TokenLengths.of(new long[3], 0).words())
        .isEqualTo("0.0 tokens on average, at most 0, none cut short");
  }

  @Test
  void aSampleHasTheBytesOfItsMeanText() {
    InputSpec age = InputSpec.of("age", "age", ElementType.FLOAT32, 3);
    SampleSchema schema = new SampleSchema(List.of(age, Texts.input(100)), true, false);
    TokenLengths lengths = TokenLengths.of(new long[] {0, 0, 1, 1}, 0);

    assertThat(schema.meanSampleBytes(Optional.of(lengths))).isEqualTo(12 + 10);
    assertThat(schema.meanSampleBytes(Optional.empty())).isEqualTo(12 + 400);
  }
}
