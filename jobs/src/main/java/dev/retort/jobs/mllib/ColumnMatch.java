package dev.retort.jobs.mllib;

import dev.retort.data.NearestName;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Holds a model's inputs and outputs against the columns of a DataFrame.
 *
 * @param inputs a column for each input of the model
 * @param outputs the new columns
 */
record ColumnMatch(List<InputColumn> inputs, List<OutputColumn> outputs) {
  private static final Pattern SHAPE = Pattern.compile("[1-9]\\d{0,9}(x[1-9]\\d{0,9})*");
  private static final Pattern TIMES = Pattern.compile("x");

  ColumnMatch {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Matches columns by {@code chosen}.
   *
   * @throws UserError (exit 2) if a parameter names what the model has not, an input is left out,
   *     or an output's column exists; (exit 3) if a column is missing or of a type that cannot be
   *     an input, or the model has a fixed batch
   */
  static ColumnMatch of(LocalModel model, ColumnChoice chosen, StructType schema) {
    ColumnChoice all = chosen.completed(model);
    checkNames(model, "inputNames", "input", all.inputNames(), model.inputNames());
    checkNames(model, "outputNames", "output", all.outputNames(), model.outputNames());
    checkAllFed(model, all.inputNames());
    checkNew(all.outputCols(), schema);
    List<InputColumn> inputs = new ArrayList<>();
    for (int i = 0; i < all.inputNames().size(); i++) {
      ModelPort port = model.input(all.inputNames().get(i));
      List<Long> axes = axes(model, port, all.inputShapes().get(i));
      inputs.add(input(model, port, all.inputCols().get(i), axes, schema));
    }
    List<OutputColumn> outputs = new ArrayList<>();
    for (int i = 0; i < all.outputNames().size(); i++) {
      outputs.add(OutputColumn.of(model.output(all.outputNames().get(i)), all.outputCols().get(i)));
    }
    return new ColumnMatch(inputs, outputs);
  }

  /** The rows that come out: those that come in with the new columns behind. */
  StructType widened(StructType schema) {
    StructType wider = schema;
    for (OutputColumn output : outputs) {
      wider = wider.add(output.column(), output.dataType(), false);
    }
    return wider;
  }

  /** One row's dimensions of the inputs that have no open axis. */
  Map<String, Dims> knownDims() {
    Map<String, Dims> known = new LinkedHashMap<>();
    for (InputColumn input : inputs) {
      if (!input.axes().contains(InputColumn.OPEN)) {
        known.put(
            input.input(), Dims.of(input.axes().stream().mapToLong(Long::longValue).toArray()));
      }
    }
    return known;
  }

  private static void checkNames(
      LocalModel model, String parameter, String kind, List<String> chosen, List<String> known) {
    Set<String> seen = new HashSet<>();
    for (String name : chosen) {
      if (!known.contains(name)) {
        throw UserError.usage(
            "Cannot use model %s: %s has %s, must be an %s of the model; %s"
                .formatted(model.name(), parameter, name, kind, NearestName.hint(name, known)));
      }
      if (!seen.add(name)) {
        throw UserError.usage(
            "Cannot use model %s: %s has %s twice, must have each %s once"
                .formatted(model.name(), parameter, name, kind));
      }
    }
  }

  private static void checkAllFed(LocalModel model, List<String> fed) {
    for (String input : model.inputNames()) {
      if (!fed.contains(input)) {
        throw UserError.usage(
            "Cannot use model %s: inputNames is %s, must have all of %s; add %s and its column"
                .formatted(model.name(), fed, model.inputNames(), input));
      }
    }
  }

  /** Spark finds columns in any case. */
  private static void checkNew(List<String> columns, StructType schema) {
    Set<String> known = new HashSet<>();
    Arrays.stream(schema.fieldNames()).forEach(name -> known.add(name.toLowerCase(Locale.ROOT)));
    for (String column : columns) {
      if (!known.add(column.toLowerCase(Locale.ROOT))) {
        throw UserError.usage(
            "Cannot add column %s: there is one of that name, must be a new name; set outputCols, or drop the column"
                .formatted(column));
      }
    }
  }

  /** The sizes of a row's axes by the model, and by {@code stated} where it is not empty. */
  private static List<Long> axes(LocalModel model, ModelPort port, String stated) {
    List<Dim> dims = port.dims().orElseThrow();
    List<Long> own =
        dims.stream()
            .map(dim -> dim instanceof Dim.Fixed fixed ? fixed.size() : InputColumn.OPEN)
            .toList();
    if (stated.isEmpty()) {
      return own;
    }
    List<Long> axes =
        SHAPE.matcher(stated).matches()
            ? TIMES.splitAsStream(stated).map(Long::valueOf).toList()
            : List.of();
    boolean fits = axes.size() == own.size();
    for (int axis = 0; fits && axis < own.size(); axis++) {
      fits = own.get(axis) == InputColumn.OPEN || own.get(axis).equals(axes.get(axis));
    }
    if (!fits) {
      throw UserError.usage(
          "Cannot use model %s: inputShapes has \"%s\" for input %s, must be sizes such as 3x224x224 that fit %s, or empty"
              .formatted(model.name(), stated, port.name(), port));
    }
    return axes;
  }

  private static InputColumn input(
      LocalModel model, ModelPort port, String column, List<Long> axes, StructType schema) {
    List<String> names = Arrays.asList(schema.fieldNames());
    int ordinal = names.indexOf(column);
    if (ordinal < 0) {
      throw UserError.input(
          "Cannot feed input %s of model %s: column %s is missing, must be in the DataFrame; %s"
              .formatted(port.name(), model.name(), column, NearestName.hint(column, names)));
    }
    StructField field = schema.fields()[ordinal];
    if (!canBe(field.dataType(), port.type(), axes.size())) {
      throw UserError.input(
          "Cannot feed input %s (%s) of model %s: column %s is %s, must be %s; cast or reshape the column"
              .formatted(
                  port.name(),
                  port,
                  model.name(),
                  column,
                  field.dataType().simpleString(),
                  wanted(port.type(), axes.size())));
    }
    return new InputColumn(port.name(), column, ordinal, port.type(), axes);
  }

  /** Whether values of {@code column} may be tensors of {@code rank} axes; values tell the rest. */
  private static boolean canBe(DataType column, ElementType type, int rank) {
    int depth = 0;
    DataType element = column;
    while (element instanceof ArrayType array) {
      element = array.elementType();
      depth++;
    }
    if (depth == 0
        && (element instanceof BinaryType || element.equals(SQLDataTypes.VectorType()))) {
      return true;
    }
    boolean isElement =
        element instanceof NumericType
            || (element instanceof BooleanType && type == ElementType.BOOL);
    return isElement && (depth <= 1 || depth == rank);
  }

  private static String wanted(ElementType type, int rank) {
    String nested = rank > 1 ? " or nested %d deep".formatted(rank) : "";
    String elements = type == ElementType.BOOL ? "booleans or 0 and 1" : "numbers";
    return "%s, alone, in an array%s, a Vector, or the bytes of %s in a binary"
        .formatted(elements, nested, type);
  }
}
