package dev.retort.jobs.stage;

import dev.retort.report.TimeProfile;
import dev.retort.runtime.OpProfile;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An operator profile as values of a measurement and back: {@code operatorMicros/TYPE} holds
 * microseconds a run, the share and the number of nodes, {@code nodeMicros/TYPE/NODE} microseconds
 * and the share.
 */
final class ProfileValues {
  private static final String OPERATOR = "operatorMicros/";
  private static final String NODE = "nodeMicros/";
  private static final Comparator<TimeProfile.Entry> SLOWEST_FIRST =
      Comparator.comparingDouble(TimeProfile.Entry::micros).reversed();

  private ProfileValues() {}

  static SortedMap<String, List<Double>> of(OpProfile profile) {
    SortedMap<String, List<Double>> values = new TreeMap<>();
    profile
        .operators()
        .forEach(
            op ->
                values.put(
                    OPERATOR + op.opType(), List.of(op.micros(), op.share(), (double) op.nodes())));
    profile
        .nodes()
        .forEach(
            node ->
                values.put(
                    NODE + node.opType() + "/" + node.node(),
                    List.of(node.micros(), node.share())));
    return values;
  }

  static TimeProfile read(String model, Measurement measured) {
    return new TimeProfile(model, entries(measured, OPERATOR), entries(measured, NODE));
  }

  private static List<TimeProfile.Entry> entries(Measurement measured, String prefix) {
    return measured.values().entrySet().stream()
        .filter(value -> value.getKey().startsWith(prefix))
        .map(value -> entry(value.getKey().substring(prefix.length()), value.getValue()))
        .sorted(SLOWEST_FIRST)
        .toList();
  }

  private static TimeProfile.Entry entry(String name, List<Double> values) {
    int end = name.indexOf('/');
    long nodes = values.size() > 2 ? Math.round(values.get(2)) : 1;
    return new TimeProfile.Entry(
        name.substring(end + 1),
        end < 0 ? name : name.substring(0, end),
        nodes,
        values.get(0),
        values.get(1));
  }
}
