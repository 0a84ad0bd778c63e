package dev.retort.statistics;

import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * What an algorithm asks for: a statistic of the float tensor {@code tensor}.
 *
 * @param tensor the tensor's name in the model
 * @param kind which statistic
 * @param channelAxis for statistics by channel the axis of one sample, without the batch axis: 0
 *     for {@code [C, H, W]}; {@link #NO_AXIS} for the others
 */
public record StatisticRequest(String tensor, Kind kind, int channelAxis)
    implements Comparable<StatisticRequest> {
  /** The axis of a statistic over all values. */
  public static final int NO_AXIS = -1;

  private static final Comparator<StatisticRequest> ORDER =
      Comparator.comparing(StatisticRequest::tensor)
          .thenComparing(StatisticRequest::kind)
          .thenComparingInt(StatisticRequest::channelAxis);

  public StatisticRequest {
    if (kind.byChannel != (channelAxis >= 0)) {
      throw new IllegalArgumentException(kind + " of " + tensor + " with axis " + channelAxis);
    }
  }

  /** The distribution of all values of {@code tensor}. */
  public static StatisticRequest histogram(String tensor) {
    return new StatisticRequest(tensor, Kind.HISTOGRAM, NO_AXIS);
  }

  public static StatisticRequest channelAbsMax(String tensor, int channelAxis) {
    return new StatisticRequest(tensor, Kind.CHANNEL_ABS_MAX, channelAxis);
  }

  public static StatisticRequest channelSum(String tensor, int channelAxis) {
    return new StatisticRequest(tensor, Kind.CHANNEL_SUM, channelAxis);
  }

  public static StatisticRequest channelSumOfSquares(String tensor, int channelAxis) {
    return new StatisticRequest(tensor, Kind.CHANNEL_SUM_OF_SQUARES, channelAxis);
  }

  /** An empty statistic of the kind asked for. */
  public Statistic empty() {
    return switch (kind) {
      case HISTOGRAM -> new ValueHistogram();
      case CHANNEL_ABS_MAX -> new ChannelAbsMax(channelAxis);
      case CHANNEL_SUM -> new ChannelSum(channelAxis, ChannelSum.Term.VALUE);
      case CHANNEL_SUM_OF_SQUARES -> new ChannelSum(channelAxis, ChannelSum.Term.SQUARE);
    };
  }

  @Override
  public int compareTo(StatisticRequest other) {
    return ORDER.compare(this, other);
  }

  /** The kinds of statistics; their names stand in the canonical bytes. */
  public enum Kind {
    HISTOGRAM(false),
    CHANNEL_ABS_MAX(true),
    CHANNEL_SUM(true),
    CHANNEL_SUM_OF_SQUARES(true);

    private final boolean byChannel;

    Kind(boolean byChannel) {
      this.byChannel = byChannel;
    }

    /** The statistic whose {@link Statistic#toBytes} {@code bytes} starts with; moves past it. */
    public Statistic decode(ByteBuffer bytes) {
      return switch (this) {
        case HISTOGRAM -> ValueHistogram.of(bytes);
        case CHANNEL_ABS_MAX -> ChannelAbsMax.of(bytes);
        case CHANNEL_SUM -> ChannelSum.of(bytes, ChannelSum.Term.VALUE);
        case CHANNEL_SUM_OF_SQUARES -> ChannelSum.of(bytes, ChannelSum.Term.SQUARE);
      };
    }
  }
}
