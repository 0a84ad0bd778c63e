package dev.retort.statistics;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.SampleBlock;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The statistics that were asked for, gathered in one pass: request to statistic, in the order of
 * the requests. An accumulator like its statistics, confined to one thread.
 *
 * <p>Tables of the same requests merge; where {@link #mergesInAnyOrder} is false they do so through
 * {@link FixedTree} over shard groups. Then equal data gives equal {@link #toBytes}, hence an equal
 * {@link #sha256}, under any partitioning.
 */
public final class StatisticsTable {
  private static final int FORMAT = 1;

  private final SortedMap<StatisticRequest, Statistic> statistics = new TreeMap<>();

  private StatisticsTable() {}

  /** A table of empty statistics; a request given twice counts once. */
  public static StatisticsTable empty(Collection<StatisticRequest> requests) {
    StatisticsTable table = new StatisticsTable();
    requests.forEach(request -> table.statistics.computeIfAbsent(request, StatisticRequest::empty));
    return table;
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws UserError if the bytes are none of this version's tables
   */
  public static StatisticsTable of(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    try {
      int format = from.getInt();
      if (format != FORMAT) {
        throw UserError.input(
            "Cannot read a statistics table: its format is %d, must be %d; calibrate again"
                .formatted(format, FORMAT));
      }
      StatisticsTable table = new StatisticsTable();
      for (long left = Varint.read(from); left > 0; left--) {
        StatisticRequest request = readRequest(from);
        table.statistics.put(request, request.kind().decode(from));
      }
      return table;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw UserError.input(
          "Cannot read a statistics table: its %d bytes are cut or damaged; calibrate again"
              .formatted(bytes.length),
          e);
    }
  }

  public List<StatisticRequest> requests() {
    return List.copyOf(statistics.keySet());
  }

  /** The tensors that are observed, sorted: what the instrumented model must return. */
  public SortedSet<String> tensors() {
    SortedSet<String> tensors = new TreeSet<>();
    statistics.keySet().forEach(request -> tensors.add(request.tensor()));
    return tensors;
  }

  /** Adds the values of {@code block} to all statistics of {@code tensor}. */
  public void update(String tensor, SampleBlock block) {
    statistics.forEach(
        (request, statistic) -> {
          if (request.tensor().equals(tensor)) {
            statistic.update(block);
          }
        });
  }

  /**
   * Adds what {@code other} holds, and returns this.
   *
   * @throws IllegalArgumentException if it answers other requests
   */
  public StatisticsTable merge(StatisticsTable other) {
    if (!statistics.keySet().equals(other.statistics.keySet())) {
      throw new IllegalArgumentException("tables of different requests");
    }
    statistics.forEach((request, statistic) -> statistic.merge(other.statistics.get(request)));
    return this;
  }

  /** Whether all statistics give the same bits in any order of merging. */
  public boolean mergesInAnyOrder() {
    return statistics.values().stream().allMatch(Statistic::mergesInAnyOrder);
  }

  /** The answer to {@code request}; empty if nobody asked. */
  public Optional<Statistic> statistic(StatisticRequest request) {
    return Optional.ofNullable(statistics.get(request));
  }

  /** The distribution of {@code tensor}; empty if nobody asked. */
  public Optional<ValueHistogram> histogram(String tensor) {
    return statistic(StatisticRequest.histogram(tensor)).map(ValueHistogram.class::cast);
  }

  /** The sums of the channels of {@code tensor}; empty if nobody asked. */
  public Optional<ChannelSum> channelSum(String tensor, int channelAxis) {
    return statistic(StatisticRequest.channelSum(tensor, channelAxis)).map(ChannelSum.class::cast);
  }

  /** The canonical bytes: a format number, then each request with its statistic, in order. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(FORMAT).array());
    out.writeBytes(varint(statistics.size()));
    statistics.forEach(
        (request, statistic) -> {
          writeText(request.tensor(), out);
          writeText(request.kind().name(), out);
          out.writeBytes(varint(request.channelAxis() + 1L));
          out.writeBytes(statistic.toBytes());
        });
    return out.toByteArray();
  }

  /** The content hash. */
  public Sha256 sha256() {
    return Sha256.of(toBytes());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StatisticsTable table && statistics.equals(table.statistics);
  }

  @Override
  public int hashCode() {
    return statistics.keySet().hashCode();
  }

  @Override
  public String toString() {
    return statistics.toString();
  }

  private static StatisticRequest readRequest(ByteBuffer from) {
    String tensor = readText(from);
    StatisticRequest.Kind kind = StatisticRequest.Kind.valueOf(readText(from));
    int axis = (int) Varint.read(from) - 1;
    return new StatisticRequest(tensor, kind, axis);
  }

  private static void writeText(String text, ByteArrayOutputStream out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(varint(bytes.length));
    out.writeBytes(bytes);
  }

  private static String readText(ByteBuffer from) {
    long length = Varint.read(from);
    if (length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[(int) length];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] varint(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(Varint.MAX_BYTES);
    Varint.write(value, bytes);
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
