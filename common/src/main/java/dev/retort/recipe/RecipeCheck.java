package dev.retort.recipe;

import dev.retort.recipe.InputSettings.Layout;
import java.util.List;
import java.util.OptionalInt;

/** Checks what no single key can tell: keys that need or contradict each other. */
final class RecipeCheck {
  private final Complaint complaint;
  private final Recipe recipe;

  private RecipeCheck(Complaint complaint, Recipe recipe) {
    this.complaint = complaint;
    this.recipe = recipe;
  }

  static void check(Complaint complaint, Recipe recipe) {
    RecipeCheck check = new RecipeCheck(complaint, recipe);
    recipe.data().inputs().forEach(check::checkInput);
    check.checkAccuracyGate();
    check.checkGatedStep();
    check.checkHead();
    for (int i = 0; i < recipe.steps().size(); i++) {
      check.checkTopK(i, recipe.steps().get(i));
    }
  }

  private void checkInput(String name, InputSettings input) {
    String path = "data.inputs." + name;
    boolean transposes = input.layout() == Layout.HWC_TO_CHW;
    if (transposes && input.shape().rank() != 3) {
      throw complaint.error(
          "%s.layout is hwc-to-chw for the shape %s, must be keep unless the shape is [H, W, C]; remove it"
              .formatted(path, input.shape()));
    }
    long channels = input.shape().rank() == 0 ? 1 : input.shape().size(transposes ? -1 : 0);
    checkChannels(path + ".mean", input.mean(), channels);
    checkChannels(path + ".std", input.std(), channels);
  }

  private void checkChannels(String path, List<Double> values, long channels) {
    if (values.size() != 1 && values.size() != channels) {
      throw complaint.error(
          "%s is a list of %d numbers, must be one number or one for each of the %d channels; correct the list"
              .formatted(path, values.size(), channels));
    }
  }

  private void checkAccuracyGate() {
    if (recipe.gates().accuracyDrop().isPresent() && recipe.data().label().isEmpty()) {
      throw complaint.error(
          "gates.accuracy-drop is given but data.label is missing, must be given together; add data.label or remove the gate");
    }
  }

  /** Gates are held against a step's model: without one, none would ever be looked at. */
  private void checkGatedStep() {
    boolean makesModel = recipe.steps().stream().anyMatch(step -> !(step instanceof Step.Label));
    if (!makesModel && !recipe.gates().isEmpty()) {
      throw complaint.error(
          "gates is given but steps has only label, must have a step that makes a model; add fuse or quantize, or remove the gates");
    }
  }

  private void checkHead() {
    boolean joined = recipe.model().size() == 2;
    if (joined && recipe.pooling().isEmpty()) {
      throw complaint.missing(
          "pooling",
          RecipeKeys.POOLING.type().expected() + " where model names an encoder and a head");
    }
    if (!joined && (recipe.pooling().isPresent() || recipe.normalize())) {
      throw complaint.error(
          "%s is given but model is one file, must be [encoder, head] with it; remove the key or name the head"
              .formatted(recipe.pooling().isPresent() ? "pooling" : "normalize"));
    }
  }

  private void checkTopK(int index, Step step) {
    OptionalInt topK = step instanceof Step.Label label ? label.topK() : OptionalInt.empty();
    int classes = recipe.data().label().map(DataSettings.Label::classes).orElse(Integer.MAX_VALUE);
    if (topK.isPresent() && topK.getAsInt() > classes) {
      throw complaint.error(
          "steps.%d.label.top-k is %d, must be at most data.label.classes, which is %d; use all"
              .formatted(index, topK.getAsInt(), classes));
    }
  }
}
