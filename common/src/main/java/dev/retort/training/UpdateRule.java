package dev.retort.training;

import java.util.List;

/**
 * How one step changes one parameter: the settings of an optimizer and its formula. In the formulas
 * of the implementations {@code w} is the weight, {@code g} the gradient, {@code lr} the learning
 * rate, {@code d} the decay rate of the parameter's group and {@code t} the step, counted from 1.
 */
public sealed interface UpdateRule permits Sgd, Adam, AdamW, Lamb {

  /** The names of the buffers of state, each laid out as the parameters are and 0 at first. */
  List<String> moments();

  /** Changes weights and moments of {@code tensor} in step {@code t}. */
  void update(ChunkedTensor tensor, StepRates rates, long t);
}
