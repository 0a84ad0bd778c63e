package dev.retort.jobs.stage;

import dev.retort.cost.ModelSummary;
import dev.retort.data.TokenLengths;
import dev.retort.error.InfrastructureError;
import dev.retort.graph.Model;
import dev.retort.jobs.mllib.ClassificationMetrics;
import dev.retort.jobs.run.Content;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.ModelFiles;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.metrics.Confusion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Puts a step's model into the run directory and evaluates it on the test data: the one place that
 * reads the test data, once a step, after the step's plan is frozen.
 */
final class JudgeStage {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Run run;
  private final TestSplit test;
  private final StoredLabels teacherOnTest;

  /** Labels the test data, which models are then compared on. */
  JudgeStage(Run run, TestSplit test, LabelStage teacher) {
    this.run = run;
    this.test = test;
    this.teacherOnTest = test.label(teacher);
  }

  /** Judges the teacher: its own file, and the logits that are stored already. */
  Judged teacher(Teacher teacher) {
    Judged.ModelFile file = write(0, "teacher", teacher.file());
    Score score = test.evaluateTeacher(new EvaluateStage(run), teacherOnTest);
    ModelSummary summary = summary(teacher.checked().original());
    return Judged.of("teacher", file, summary, score, classify(score));
  }

  private ModelSummary summary(Model model) {
    TokenLengths lengths = test.descriptor().lengths();
    int tokens = lengths == null ? 0 : lengths.median();
    return ModelSummary.of(model, run.inputs().sizes(model, tokens));
  }

  /** Judges a model that a user brings; its file is kept as it is if it has the prefix. */
  Judged candidate(String name, Teacher candidate) {
    return judge(
        1,
        name,
        candidate.checked().takesDataAsStored()
            ? candidate.file()
            : run.models().put(candidate.model()),
        candidate.model());
  }

  /** Judges the model of step {@code number}, counted from 1. */
  Judged step(int number, StepOutput step) {
    String folder = RunDirectory.stepFolder(number, step.name());
    run.writer().writeJson(folder + "/plan.json", step.plan());
    step.statistics()
        .ifPresent(found -> run.writer().writeJson(folder + "/statistics/ranges.json", found));
    return judge(number, step.name(), run.models().put(step.model()), step.model());
  }

  private Judged judge(int number, String name, StoredModel stored, Model model) {
    Judged.ModelFile file = write(number, name, stored);
    Inference inference =
        run.inference("the model of step " + name, model, stored, teacherOnTest.batch());
    Score score = test.evaluate(new EvaluateStage(run), name, inference, teacherOnTest);
    Judged judged = Judged.of(name, file, summary(model), score, classify(score));
    return stored.sha256().equals(teacherOnTest.format().teacher())
        ? judged.ofTheTeachersBytes()
        : judged;
  }

  private Judged.ModelFile write(int number, String name, StoredModel stored) {
    Path local = ModelFiles.local(stored.uri(), stored.sha256(), run.store().work().hadoop());
    String path = RunDirectory.stepFolder(number, name) + "/model.onnx";
    run.writer().write(path, Content.of(local));
    return new Judged.ModelFile(path, stored, zippedBytes(local));
  }

  private Optional<ClassificationMetrics> classify(Score score) {
    return score
        .confusion()
        .map(confusion -> ClassificationMetrics.of(run.spark(), counts(confusion)));
  }

  private static long[][] counts(Confusion confusion) {
    int classes = confusion.classes();
    long[][] counts = new long[classes][classes];
    for (int actual = 0; actual < classes; actual++) {
      for (int called = 0; called < classes; called++) {
        counts[actual][called] = confusion.count(actual, called);
      }
    }
    return counts;
  }

  /** What DEFLATE at its best leaves of a file: what it adds to an app package. */
  private static long zippedBytes(Path file) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try (OutputStream out =
        new DeflaterOutputStream(OutputStream.nullOutputStream(), deflater, BUFFER_BYTES)) {
      Files.copy(file, out);
    } catch (IOException e) {
      deflater.end();
      throw new InfrastructureError(
          "Cannot read model %s: %s; repeat the command".formatted(file, e.getMessage()), e);
    }
    long bytes = deflater.getBytesWritten();
    deflater.end();
    return bytes;
  }
}
