package dev.retort.jobs.stage;

import dev.retort.fusion.Fusion;
import dev.retort.fusion.FusionResult;
import dev.retort.graph.Model;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.recipe.Step;
import dev.retort.report.QuantizedTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The main job: takes the teacher through the steps of the recipe and judges each result. */
final class Compression {
  private final Run run;

  Compression(Run run) {
    this.run = run;
  }

  RunResult execute() {
    Teacher teacher = new TeacherStage(run).execute();
    Datasets data = new IngestStage(run).execute();
    MeasureStage measure = new MeasureStage(run, data.train());
    int batch = measure.batch(teacher.inference());
    LabelStage label = new LabelStage(run, teacher, batch);
    JudgeStage judge = new JudgeStage(run, data.test(), label);

    Judged original = judge.teacher(teacher);
    List<StepOutput> outputs = new ArrayList<>();
    List<Judged> judged = new ArrayList<>();
    Model model = teacher.model();
    Labelling labelling = new Labelling(label, data);
    for (Step step : run.recipe().steps()) {
      if (step instanceof Step.Label train) {
        labelling.add(train);
      } else {
        StepOutput output = execute(step, model, new StepInputs(data, labelling, measure, outputs));
        model = output.model();
        outputs.add(output);
        judged.add(judge.step(outputs.size(), output));
      }
    }
    labelling.finish();
    return new Conclusion(run, measure, data).conclude(original, outputs, judged);
  }

  /** What a step may use besides the model. */
  private record StepInputs(
      Datasets data, Labelling labelling, MeasureStage measure, List<StepOutput> before) {
    boolean isFused() {
      return before.stream().anyMatch(output -> output.name().equals("fuse"));
    }
  }

  private StepOutput execute(Step step, Model model, StepInputs inputs) {
    if (step instanceof Step.Fuse) {
      FusionResult fused = run.stage("fuse", () -> Fusion.apply(model));
      return new StepOutput(
          step.name(), fused.model(), fused.plan(), Optional.empty(), QuantizedTensors.none());
    }
    if (step instanceof Step.Quantize quantize) {
      return quantize(quantize, inputs.isFused() ? model : Fusion.apply(model).model(), inputs);
    }
    throw new IllegalStateException("no stage for step " + step.name());
  }

  private StepOutput quantize(Step.Quantize step, Model model, StepInputs inputs) {
    StoredDataset calibration =
        new SubsetStage(run)
            .execute("calibration", inputs.data().train(), step.calibration().samples());
    QuantizeStage.Result result =
        new QuantizeStage(run, inputs.measure())
            .execute(
                model,
                step,
                new QuantizeStage.Inputs(
                    calibration, inputs.data().validation(), inputs.labelling()));
    return new StepOutput(
        step.name(),
        result.model(),
        result.plan(),
        Optional.of(CalibrationResult.of(result.statistics())),
        QuantizedTensors.of(model, result.quantization(), result.statistics()));
  }
}
