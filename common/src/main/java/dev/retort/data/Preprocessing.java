package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts the data's preprocessing before a model, which then takes samples as they are stored, under
 * the same input names:
 *
 * <pre>
 *   before                    after
 *   image float [N,C,H,W]     image uint8 [N,H,W,C]
 *         |                         | Transpose, Cast, Mul scale, Sub mean, Div std
 *       model                       | image_preprocessed float [N,C,H,W]
 *                                 model
 * </pre>
 *
 * <p>Steps that change nothing are left out. What was put there stands in the model's metadata
 * under {@link #METADATA_KEY}, so that it is not put there twice.
 */
public final class Preprocessing {
  /** The metadata entry that describes the prefix. */
  public static final String METADATA_KEY = "retort.preprocessing";

  private static final Dim TOKENS = Dim.of("sequence_length");

  private Preprocessing() {}

  /**
   * The model with the prefixes that inputs {@code stored} so need, a text for each of its token
   * inputs; the model itself if they need none or it has them.
   *
   * @throws UserError if inputs of model and data do not belong together by name, shape or type, or
   *     the model has another prefix
   */
  public static Model prepend(Model model, List<InputSpec> stored) {
    List<InputSpec> inputs = TokenInput.fedBy(stored, model);
    checkNames(model, inputs);
    String present = model.metadata().get(METADATA_KEY);
    if (present != null) {
      checkSamePrefix(inputs, present);
      return model;
    }
    inputs.forEach(input -> checkShape(input, tensorType(inputOf(model, input))));
    List<InputSpec> changed = inputs.stream().filter(input -> needsPrefix(model, input)).toList();
    if (changed.isEmpty()) {
      return model;
    }
    Model prepended = model;
    for (InputSpec input : changed) {
      prepended = prependOne(prepended, input);
    }
    return withMetadata(prepended, describe(inputs));
  }

  private static boolean needsPrefix(Model model, InputSpec input) {
    return input.computes() || input.type() != tensorType(inputOf(model, input)).elementType();
  }

  private static Model prependOne(Model model, InputSpec input) {
    ValueInfo old = inputOf(model, input);
    ValueType.OfTensor wanted = tensorType(old);
    Graph graph = model.graph();
    PrefixBuilder prefix = new PrefixBuilder(GraphEditor.of(model), input, wanted.elementType());
    String inner = prefix.build();
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    initializers.remove(input.name());
    initializers.putAll(prefix.constants());
    Graph renamed = ValueRenaming.inReaders(graph, input.name(), inner);
    List<Node> nodes = Stream.concat(prefix.nodes().stream(), renamed.nodes().stream()).toList();
    List<ValueInfo> inputs =
        graph.inputs().stream().map(i -> i.equals(old) ? stored(old, wanted, input) : i).toList();
    List<ValueInfo> valueInfos = new ArrayList<>(graph.valueInfos());
    valueInfos.add(ValueInfo.of(inner, wanted));
    return model.withGraph(
        new Graph(
            graph.name(),
            nodes,
            initializers,
            inputs,
            graph.outputs(),
            valueInfos,
            graph.documentation(),
            graph.extras()));
  }

  /** The input as stored: same name and batch axis, the data's type and dimensions. */
  private static ValueInfo stored(ValueInfo old, ValueType.OfTensor wanted, InputSpec input) {
    Dim batch = wanted.shape().filter(s -> !s.isEmpty()).map(s -> s.get(0)).orElse(Dim.UNKNOWN);
    Stream<Dim> sizes =
        input.isText() ? Stream.of(length(wanted)) : input.shape().stream().map(Dim::of);
    Dim[] dims = Stream.concat(Stream.of(batch), sizes).toArray(Dim[]::new);
    return old.withType(ValueType.OfTensor.of(input.type(), dims));
  }

  /** The axis of a text's tokens, which has a name, so that others can be seen to follow it. */
  private static Dim length(ValueType.OfTensor wanted) {
    List<Dim> dims = wanted.shape().orElse(List.of());
    return dims.size() == 2 && !(dims.get(1) instanceof Dim.Unknown) ? dims.get(1) : TOKENS;
  }

  private static void checkNames(Model model, List<InputSpec> inputs) {
    List<String> given = inputs.stream().map(InputSpec::name).toList();
    for (ValueInfo required : model.graph().requiredInputs()) {
      if (!given.contains(required.name())) {
        throw UserError.input(
            "Cannot feed the model: data.inputs has no %s, must name every model input; %s"
                .formatted(required.name(), NearestName.hint(required.name(), given)));
      }
    }
    inputs.forEach(input -> inputOf(model, input));
  }

  private static ValueInfo inputOf(Model model, InputSpec input) {
    List<ValueInfo> candidates = model.graph().inputs();
    return candidates.stream()
        .filter(candidate -> candidate.name().equals(input.name()))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.input(
                    "Cannot feed the model: data.inputs has %s, must be a model input; %s"
                        .formatted(
                            input.name(),
                            NearestName.hint(
                                input.name(), candidates.stream().map(ValueInfo::name).toList()))));
  }

  private static ValueType.OfTensor tensorType(ValueInfo input) {
    if (input.type() instanceof ValueType.OfTensor tensor) {
      return tensor;
    }
    throw UserError.input(
        "Cannot feed the model: its input %s is no tensor, must be one".formatted(input.name()));
  }

  private static void checkShape(InputSpec input, ValueType.OfTensor wanted) {
    Dims dims = input.modelDims();
    boolean matches =
        wanted.shape().isEmpty()
            || (wanted.shape().get().size() == dims.rank() + 1
                && axesMatch(dims, wanted.shape().get()));
    if (!matches) {
      throw UserError.input(
          ("Cannot feed the model: input %s takes %s, a sample has %s after preprocessing; set"
                  + " data.inputs.%s.shape and layout to match")
              .formatted(input.name(), wanted, dims, input.name()));
    }
  }

  private static boolean axesMatch(Dims dims, List<Dim> wanted) {
    for (int axis = 0; axis < dims.rank(); axis++) {
      if (wanted.get(axis + 1) instanceof Dim.Fixed fixed && fixed.size() != dims.size(axis)) {
        return false;
      }
    }
    return true;
  }

  private static void checkSamePrefix(List<InputSpec> inputs, String present) {
    String asked = describe(inputs);
    if (!present.equals(asked)) {
      throw UserError.input(
          ("Cannot put preprocessing before the model: it has %s, data.inputs asks for %s; give"
                  + " the same or the model without preprocessing")
              .formatted(present, asked));
    }
  }

  private static String describe(List<InputSpec> inputs) {
    return inputs.stream().map(Preprocessing::describe).collect(Collectors.joining("; "));
  }

  private static String describe(InputSpec input) {
    StringBuilder text = new StringBuilder();
    text.append(input.name()).append(": ").append(input.type());
    text.append(input.isText() ? "[tokens]" : input.dims().toString());
    if (input.layout() != Layout.AS_MODEL) {
      text.append(" channels-last");
    }
    if (input.scale() != 1) {
      text.append(" * ").append(input.scale());
    }
    if (!input.mean().isEmpty()) {
      text.append(" - ").append(input.mean());
    }
    if (!input.std().isEmpty()) {
      text.append(" / ").append(input.std());
    }
    return text.toString();
  }

  private static Model withMetadata(Model model, String description) {
    Map<String, String> metadata = new LinkedHashMap<>(model.metadata());
    metadata.put(METADATA_KEY, description);
    return new Model(
        model.irVersion(),
        model.operatorSets(),
        model.producerName(),
        model.producerVersion(),
        model.graph(),
        model.functions(),
        metadata,
        model.extras());
  }
}
