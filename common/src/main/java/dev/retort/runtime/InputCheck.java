package dev.retort.runtime;

import dev.retort.error.UserError;
import dev.retort.tensor.SampleBlock;
import java.util.Map;

/** Checks given samples against what a model takes, before native code sees them. */
final class InputCheck {
  private InputCheck() {}

  /**
   * How many samples each input has.
   *
   * @throws UserError if names, types, dimensions or counts do not fit
   * @throws dev.retort.error.UnsupportedModelError if Java cannot pass an input's type
   */
  static int check(OnnxSession session, Map<String, SampleBlock> samples) {
    for (String name : samples.keySet()) {
      session.input(name);
    }
    int count = -1;
    for (TensorPort port : session.inputs()) {
      SampleBlock block = samples.get(port.name());
      if (block == null) {
        throw refusal(session, port, "absent");
      }
      if (block.type() != port.type() || !port.acceptsSample(block.sampleDims())) {
        throw refusal(session, port, block.type() + " samples of " + block.sampleDims());
      }
      OrtTypes.javaType(port);
      if (count >= 0 && count != block.samples()) {
        throw refusal(session, port, block.samples() + " samples where another has " + count);
      }
      count = block.samples();
    }
    return count;
  }

  private static UserError refusal(OnnxSession session, TensorPort port, String found) {
    return UserError.input(
        "Cannot run model %s: input %s is %s, must be %s; check names, types and shapes of the inputs"
            .formatted(session.file(), port.name(), found, port));
  }
}
