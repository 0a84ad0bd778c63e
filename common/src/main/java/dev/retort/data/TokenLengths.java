package dev.retort.data;

import java.io.Serializable;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * How long the texts of a data set are, in tokens.
 *
 * @param texts how many there are
 * @param tokens their tokens together
 * @param median the length that half of the texts do not exceed
 * @param longest the length of the longest
 * @param cut how many texts had more tokens than were kept
 */
public record TokenLengths(long texts, long tokens, int median, int longest, long cut)
    implements Serializable {

  /**
   * The lengths of texts that were counted.
   *
   * @param byLength how many texts have each length, from 0 tokens on
   */
  public static TokenLengths of(long[] byLength, long cut) {
    long texts = LongStream.of(byLength).sum();
    long tokens = 0;
    long seen = 0;
    int median = 0;
    int longest = 0;
    for (int length = 0; length < byLength.length; length++) {
      tokens += length * byLength[length];
      median = 2 * seen < texts ? length : median;
      longest = byLength[length] > 0 ? length : longest;
      seen += byLength[length];
    }
    return new TokenLengths(texts, tokens, median, longest, cut);
  }

  /** Tokens a text on average. */
  public double mean() {
    return texts == 0 ? 0 : (double) tokens / texts;
  }

  /** The part of the texts that had more tokens than were kept, 0 to 1. */
  public double cutShare() {
    return texts == 0 ? 0 : (double) cut / texts;
  }

  /** One clause for people, without how many texts there are. */
  public String words() {
    String length =
        String.format(Locale.ROOT, "%.1f tokens on average, at most %d, ", mean(), longest);
    return length
        + (cut == 0
            ? "none cut short"
            : String.format(Locale.ROOT, "%,d cut short (%.2f %%)", cut, 100 * cutShare()));
  }
}
