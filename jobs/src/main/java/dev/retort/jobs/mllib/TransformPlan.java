package dev.retort.jobs.mllib;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * All that an executor needs to transform a partition, decided on the driver.
 *
 * @param model what messages call the model
 * @param executors how executors reach and run the model
 * @param schema of the rows that come in
 * @param inputs a column for each input of the model
 * @param outputs the new columns, in order
 */
record TransformPlan(
    String model,
    ModelOnExecutors executors,
    StructType schema,
    List<InputColumn> inputs,
    List<OutputColumn> outputs)
    implements Serializable {
  TransformPlan {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  List<String> outputNames() {
    return outputs.stream().map(OutputColumn::output).toList();
  }
}
