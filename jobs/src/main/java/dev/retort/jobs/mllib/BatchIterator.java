package dev.retort.jobs.mllib;

import dev.retort.data.BadSampleException;
import dev.retort.error.UserError;
import dev.retort.jobs.spark.EngineMetrics;
import dev.retort.jobs.spark.Inference;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The rows of a partition in their order, each with the model's outputs behind. A batch is as many
 * rows in a row as the plan says, fewer at the end, or where the next row's value has other
 * dimensions on an axis that the model leaves open.
 *
 * <p>The session is taken with the first row and given back with the last, or when the task ends
 * before. Spark may end a task while another of its threads still reads from here: {@link #close}
 * waits for the batch that runs, and no other follows.
 */
final class BatchIterator implements Iterator<Row>, AutoCloseable {
  private final TransformPlan plan;
  private final Iterator<Row> rows;
  private final List<InputGatherer> inputs = new ArrayList<>();
  private final Queue<Row> done = new ArrayDeque<>();
  private Inference.Lease model;
  private Row held;
  private volatile boolean closed;

  BatchIterator(TransformPlan plan, Iterator<Row> rows) {
    this.plan = plan;
    this.rows = rows;
    plan.inputs().forEach(i -> inputs.add(new InputGatherer(i, plan.executors().batch())));
  }

  @Override
  public boolean hasNext() {
    return !done.isEmpty() || (!closed && (held != null || rows.hasNext()));
  }

  @Override
  public Row next() {
    if (done.isEmpty()) {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      runBatch();
    }
    return done.remove();
  }

  private synchronized void runBatch() {
    if (closed) {
      throw new NoSuchElementException("the task has ended");
    }
    if (model == null) {
      open();
    }
    List<Row> batch = gather();
    Map<String, SampleBlock> blocks = new LinkedHashMap<>();
    inputs.forEach(input -> blocks.put(input.column().input(), input.block()));
    try {
      model.inference().runPerSample(blocks, (numbers, outputs) -> finish(batch, outputs));
    } catch (UserError e) {
      throw UserError.input(
          "%s; in the batch of %d rows from %s on"
              .formatted(e.getMessage(), batch.size(), RowText.of(batch.get(0), plan.schema())),
          e);
    }
    if (held == null && !rows.hasNext()) {
      close();
    }
  }

  private void open() {
    model = plan.executors().acquire(plan.outputNames());
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener((TaskCompletionListener) ended -> close());
    }
  }

  /** The rows of the next batch, whose values are then in {@link #inputs}. */
  private List<Row> gather() {
    inputs.forEach(InputGatherer::begin);
    List<Row> batch = new ArrayList<>();
    while (batch.size() < plan.executors().batch() && (held != null || rows.hasNext())) {
      Row row = held == null ? rows.next() : held;
      held = null;
      if (!joined(row)) {
        held = row;
        break;
      }
      batch.add(row);
    }
    return batch;
  }

  /** Adds a row to the batch, unless it is of another size than those before. */
  private boolean joined(Row row) {
    List<Dims> found = new ArrayList<>();
    for (InputGatherer input : inputs) {
      found.add(checked(input, row, () -> input.look(row)));
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (!inputs.get(i).joins(found.get(i))) {
        return false;
      }
    }
    for (int i = 0; i < inputs.size(); i++) {
      InputGatherer input = inputs.get(i);
      Dims dims = found.get(i);
      checked(input, row, () -> input.add(row, dims));
    }
    return true;
  }

  /** What looks at a row's value. */
  private interface Look {
    Dims at() throws BadSampleException;
  }

  private Dims checked(InputGatherer input, Row row, Look look) {
    try {
      return look.at();
    } catch (BadSampleException e) {
      EngineMetrics.ofThisJvm().badRow();
      InputColumn column = input.column();
      throw UserError.input(
          "Cannot feed input %s (%s%s) of model %s: column %s %s; the row is %s"
              .formatted(
                  column.input(),
                  column.type(),
                  column.shape(),
                  plan.model(),
                  column.column(),
                  e.getMessage(),
                  RowText.of(row, plan.schema())),
          e);
    }
  }

  private void finish(List<Row> batch, Map<String, SampleBlock> outputs) {
    for (int i = 0; i < batch.size(); i++) {
      Row row = batch.get(i);
      Object[] values = new Object[row.size() + plan.outputs().size()];
      Arrays.setAll(values, column -> column < row.size() ? row.get(column) : null);
      for (int o = 0; o < plan.outputs().size(); o++) {
        OutputColumn output = plan.outputs().get(o);
        values[row.size() + o] = output.value(outputs.get(output.output()), i);
      }
      done.add(RowFactory.create(values));
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (model != null) {
      model.close();
      model = null;
    }
  }
}
