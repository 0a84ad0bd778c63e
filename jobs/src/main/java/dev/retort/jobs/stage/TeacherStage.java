package dev.retort.jobs.stage;

import dev.retort.error.InfrastructureError;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.provenance.Sha256;
import dev.retort.runtime.ModelProbe;
import dev.retort.runtime.ProbeRequest;
import dev.retort.runtime.ScratchFolder;
import dev.retort.runtime.SessionSettings;
import dev.retort.tensor.Dims;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Takes in the user's model: checks it, tries it in a child process once, and stores it. */
final class TeacherStage {
  private static final String NAME = "teacher";
  private static final String PROBE = "probe";

  private final Run run;

  TeacherStage(Run run) {
    this.run = run;
  }

  /**
   * Takes in the recipe's model.
   *
   * @throws dev.retort.error.RetortException if it cannot be run, or executors lack the memory
   */
  Teacher execute() {
    return run.stage(
        NAME,
        () -> {
          CheckedModel checked = CheckedModel.of(run.recipe());
          run.requireMemory("the teacher", checked.fused());
          return take(checked);
        });
  }

  /**
   * Tries a model and stores it.
   *
   * @throws dev.retort.error.UserError if it cannot be run
   */
  Teacher take(CheckedModel checked) {
    ModelStore models = run.models();
    StoredModel file =
        checked
            .file()
            .filter(path -> checked.isOneFile())
            .map(models::put)
            .orElseGet(() -> models.put(checked.original()));
    probeOnce(checked, file.sha256());
    return new Teacher(checked, file, models.put(checked.fused()));
  }

  /** Where the trial of a model lies: it is made with texts of the greatest length. */
  static StageStore trial(StageKeys keys, DataInputs inputs, Sha256 model) {
    return keys.probe(model, inputs.modelDims(inputs.mostTokens()), settings(keys.threads()));
  }

  private static SessionSettings settings(int threads) {
    return SessionSettings.standard().withThreads(threads);
  }

  private void probeOnce(CheckedModel checked, Sha256 sha256) {
    StageStore store = trial(run.keys(), run.inputs(), sha256);
    if (store.result().isPresent()) {
      return;
    }
    try (ScratchFolder scratch = ScratchFolder.create("retort-teacher")) {
      Path path = checked.file().orElseGet(() -> written(checked.original(), scratch));
      ProbeRequest.Limits limits =
          new ProbeRequest.Limits(
              run.recipe().runtime().probeTimeout(),
              ProbeRequest.Limits.forModelOf(path.toFile().length()).memoryBytes());
      Map<String, Dims> dims = run.inputs().modelDims(run.inputs().mostTokens());
      ModelProbe.Result result =
          ModelProbe.probe(new ProbeRequest(path, settings(run.threads()), dims, limits));
      store.putResult(PROBE + ".json", Json.bytes(result));
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot use the temporary folder %s: %s; free space or set java.io.tmpdir"
              .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
          e);
    }
  }

  private static Path written(Model model, ScratchFolder scratch) {
    Path file = scratch.path().resolve("model.onnx");
    OnnxWriter.write(model, file);
    return file;
  }
}
