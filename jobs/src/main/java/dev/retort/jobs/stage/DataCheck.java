package dev.retort.jobs.stage;

import dev.retort.jobs.ingest.IngestRequest;
import dev.retort.jobs.ingest.SourceCheck;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.recipe.DataSettings;

/** Looks at the sources of a recipe as far as that needs no Spark. */
public final class DataCheck {
  private final DataSettings data;
  private final DataInputs inputs;

  private DataCheck(DataSettings data, DataInputs inputs) {
    this.data = data;
    this.inputs = inputs;
  }

  /**
   * For the sources of {@code data}.
   *
   * @throws dev.retort.error.UserError if the tokenizer of a text cannot be read
   */
  public static DataCheck of(DataSettings data) {
    return new DataCheck(data, DataInputs.of(data));
  }

  /**
   * What is there for training, in one clause.
   *
   * @throws dev.retort.error.UserError if ingest would refuse it
   */
  public String train() {
    return check(IngestStage.train(data, inputs));
  }

  /** As {@link #train}, for testing. */
  public String test() {
    return check(IngestStage.test(data, inputs));
  }

  private static String check(IngestRequest request) {
    return SourceCheck.check(request, HadoopSettings.ofThisProcess());
  }
}
