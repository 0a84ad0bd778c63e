package dev.retort.fusion;

import dev.retort.tensor.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The operators that {@link FoldConstants} evaluates, with the bits that ONNX Runtime computes. */
final class ConstantKernels {
  /** Evaluates an operator with one result. */
  interface Kernel {
    /**
     * The result.
     *
     * @throws NotFoldableException if it cannot be computed exactly as the runtime would
     */
    Tensor evaluate(ConstantCall call);
  }

  private static final Map<String, Kernel> BY_OP_TYPE = new TreeMap<>();

  static {
    BY_OP_TYPE.put("Cast", CastKernel::cast);
    BY_OP_TYPE.put("Reshape", LayoutKernels::reshape);
    BY_OP_TYPE.put("Flatten", LayoutKernels::flatten);
    BY_OP_TYPE.put("Squeeze", LayoutKernels::squeeze);
    BY_OP_TYPE.put("Unsqueeze", LayoutKernels::unsqueeze);
    BY_OP_TYPE.put("Transpose", SelectionKernels::transpose);
    BY_OP_TYPE.put("Expand", SelectionKernels::expand);
    BY_OP_TYPE.put("Slice", SelectionKernels::slice);
    BY_OP_TYPE.put("Gather", SelectionKernels::gather);
    BY_OP_TYPE.put("Concat", SelectionKernels::concat);
    BY_OP_TYPE.put("ConstantOfShape", SelectionKernels::constantOfShape);
    BY_OP_TYPE.put("Add", ArithmeticKernels::add);
    BY_OP_TYPE.put("Sub", ArithmeticKernels::subtract);
    BY_OP_TYPE.put("Mul", ArithmeticKernels::multiply);
    BY_OP_TYPE.put("Div", ArithmeticKernels::divide);
    BY_OP_TYPE.put("Neg", ArithmeticKernels::negate);
    BY_OP_TYPE.put("Sqrt", ArithmeticKernels::squareRoot);
    BY_OP_TYPE.put("Reciprocal", ArithmeticKernels::reciprocal);
  }

  private ConstantKernels() {}

  static Optional<Kernel> of(String opType) {
    return Optional.ofNullable(BY_OP_TYPE.get(opType));
  }

  /** The operators that are evaluated. */
  static Set<String> opTypes() {
    return Collections.unmodifiableSet(BY_OP_TYPE.keySet());
  }
}
