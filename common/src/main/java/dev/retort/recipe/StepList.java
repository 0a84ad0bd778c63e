package dev.retort.recipe;

import dev.retort.recipe.Yaml.Mapping;
import dev.retort.recipe.Yaml.Scalar;
import dev.retort.recipe.Yaml.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Brings the two spellings of a step, {@code fuse} and {@code fuse: {}}, into one and checks order.
 */
final class StepList {
  private static final String EXPECTED = "a list of steps, at least one of %s";

  private final Complaint complaint;

  private StepList(Complaint complaint) {
    this.complaint = complaint;
  }

  /** {@code document} with each step as a mapping of its name to its settings. */
  static Mapping normalise(Complaint complaint, Mapping document) {
    Yaml steps = document.entries().get("steps");
    return steps == null
        ? document
        : document.with("steps", new StepList(complaint).normalise(steps));
  }

  private Sequence normalise(Yaml steps) {
    if (!(steps instanceof Sequence list) || list.items().isEmpty()) {
      String supported = String.join(", ", StepKind.supportedKeys());
      throw complaint.wrongValue("steps", steps, EXPECTED.formatted(supported));
    }
    List<Mapping> items = new ArrayList<>();
    for (int i = 0; i < list.items().size(); i++) {
      items.add(normalise("steps." + i, list.items().get(i)));
    }
    checkOrder(items);
    return new Sequence(List.copyOf(items), list.place());
  }

  private Mapping normalise(String path, Yaml item) {
    if (item instanceof Scalar scalar && !scalar.isNull()) {
      return single(scalar.text(), new Mapping(Map.of(), scalar.place()), scalar.place());
    }
    if (!(item instanceof Mapping mapping) || mapping.entries().size() != 1) {
      throw complaint.wrongValue(path, item, "the name of one step, or one name with its settings");
    }
    Map.Entry<String, Yaml> entry = mapping.entries().entrySet().iterator().next();
    return single(entry.getKey(), entry.getValue(), item.place());
  }

  private static Mapping single(String name, Yaml settings, String place) {
    return new Mapping(Map.of(name, settings), place);
  }

  private void checkOrder(List<Mapping> items) {
    List<StepKind> kinds = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      String path = "steps." + i;
      Mapping item = items.get(i);
      String name = item.entries().keySet().iterator().next();
      List<String> known = Arrays.stream(StepKind.values()).map(StepKind::key).toList();
      kinds.add(
          StepKind.of(name).orElseThrow(() -> complaint.unknown(path + "." + name, item, known)));
      StepOrder.refusal(kinds, i)
          .ifPresent(
              refusal -> {
                throw complaint.error("%s (%s) %s".formatted(path, item.place(), refusal));
              });
    }
    for (int i = 0; i < kinds.size(); i++) {
      checkSupported("steps." + i, items.get(i), kinds.get(i));
    }
  }

  private void checkSupported(String path, Mapping item, StepKind kind) {
    if (!kind.isSupported()) {
      throw complaint.error(
          "%s (%s) is %s, must be one of %s; %s is not part of this version, remove the step"
              .formatted(
                  path,
                  item.place(),
                  kind.key(),
                  String.join(", ", StepKind.supportedKeys()),
                  kind.key()));
    }
  }
}
