package dev.retort.jobs.stage;

import dev.retort.fusion.Fusion;
import dev.retort.graph.Model;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.quantization.Int8Preset;
import dev.retort.recipe.Step;
import dev.retort.statistics.StatisticsTable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Stages of a recipe that a user runs alone; they find and fill the same store as the main job. */
final class SingleStages {
  private final Run run;

  SingleStages(Run run) {
    this.run = run;
  }

  /** Stores the teacher's logits on training and validation data. */
  List<LabelResult> label() {
    Teacher teacher = new TeacherStage(run).execute();
    Datasets data = new IngestStage(run).execute();
    LabelStage stage =
        new LabelStage(
            run, teacher, new MeasureStage(run, data.train()).batch(teacher.inference()));
    List<LabelResult> results = new ArrayList<>();
    results.add(result("train", data.train(), stage.execute("train", data.train(), topK())));
    results.add(
        result(
            "validation",
            data.validation(),
            stage.execute("validation", data.validation(), topK())));
    return results;
  }

  /** What a label step of the recipe says; all logits without one. */
  private OptionalInt topK() {
    return run.recipe().steps().stream()
        .filter(Step.Label.class::isInstance)
        .map(step -> ((Step.Label) step).topK())
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  private static LabelResult result(String name, StoredDataset data, StoredLabels labels) {
    return new LabelResult(
        name,
        data.descriptor().samples(),
        labels.shards().address().toString(),
        labels.contentHash());
  }

  /** Observes the fused model on calibration data. */
  CalibrationResult calibrate(Step.Quantize step) {
    Teacher teacher = new TeacherStage(run).execute();
    Datasets data = new IngestStage(run).execute();
    int batch = new MeasureStage(run, data.train()).batch(teacher.inference());
    Model model = Fusion.apply(teacher.model()).model();
    StoredDataset calibration =
        new SubsetStage(run).execute("calibration", data.train(), step.calibration().samples());
    StatisticsTable statistics =
        new CalibrateStage(run).execute(model, calibration, Int8Preset.requests(model), batch);
    return CalibrationResult.of(statistics);
  }

  /** Evaluates a model on the test data, next to the teacher. */
  List<ModelOutcome> evaluate(CheckedModel model) {
    TeacherStage stage = new TeacherStage(run);
    Teacher teacher = stage.execute();
    model.checkSameClasses(teacher.checked());
    run.requireMemory("model " + model.name(), model.model());
    Teacher brought = stage.take(model);
    Datasets data = new IngestStage(run).execute();
    MeasureStage measure = new MeasureStage(run, data.train());
    LabelStage label = new LabelStage(run, teacher, measure.batch(teacher.inference()));
    JudgeStage judge = new JudgeStage(run, data.test(), label);
    Judged original = judge.teacher(teacher);
    Judged candidate = judge.candidate("evaluate", brought);
    Measurement latency = measure.latency("evaluate", List.of(original.file(), candidate.file()));
    return List.of(original.outcome(latency), candidate.outcome(latency));
  }
}
