package dev.retort.training;

import java.util.List;

/**
 * Stochastic gradient descent with momentum (Sutskever et al., On the importance of initialization
 * and momentum in deep learning, ICML 2013), in the form that PyTorch's {@code SGD} gives it, where
 * the learning rate multiplies the velocity as it is now:
 *
 * <pre>
 *   h = g + d w
 *   b = h                           for t = 1
 *   b = momentum b + (1 - dampening) h   for t > 1
 *   w = w - lr b                    CLASSIC
 *   w = w - lr (h + momentum b)     NESTEROV
 * </pre>
 *
 * With momentum 0 it is {@code w = w - lr h}. State: {@code b}.
 *
 * @param momentum in [0, 1)
 * @param dampening in [0, 1)
 * @param form NESTEROV needs momentum and no dampening
 */
public record Sgd(double momentum, double dampening, Form form) implements UpdateRule {

  /** Where the gradient is taken to be. */
  public enum Form {
    CLASSIC,
    NESTEROV
  }

  public Sgd {
    Settings.requireCoefficient("momentum", momentum);
    Settings.requireCoefficient("dampening", dampening);
    if (form == Form.NESTEROV) {
      Settings.require("momentum", momentum, momentum > 0, "above 0 for Nesterov's form");
      Settings.require("dampening", dampening, dampening == 0, "0 for Nesterov's form");
    }
  }

  /** Classic momentum without dampening. */
  public static Sgd withMomentum(double momentum) {
    return new Sgd(momentum, 0, Form.CLASSIC);
  }

  @Override
  public List<String> moments() {
    return List.of("velocity");
  }

  @Override
  public void update(ChunkedTensor tensor, StepRates rates, long t) {
    float rate = (float) rates.learningRate();
    float decay = (float) tensor.group().rate();
    double momentumNow = rates.momentum().orElse(momentum);
    float kept = t == 1 ? 0 : (float) momentumNow;
    float added = t == 1 || momentumNow == 0 ? 1 : (float) (1 - dampening);
    float ahead = form == Form.NESTEROV ? (float) momentumNow : 0;
    float direct = form == Form.NESTEROV ? 1 : 0;
    float followed = form == Form.NESTEROV ? ahead : 1;
    tensor.update(chunk -> update(chunk, rate, decay, new float[] {kept, added, direct, followed}));
  }

  private static void update(Chunk chunk, float rate, float decay, float[] factors) {
    float[] w = chunk.weights();
    float[] g = chunk.gradients();
    float[] b = chunk.moment(0);
    float kept = factors[0];
    float added = factors[1];
    float direct = factors[2];
    float followed = factors[3];
    for (int i = 0; i < chunk.count(); i++) {
      float h = g[i] + decay * w[i];
      float velocity = kept * b[i] + added * h;
      b[i] = velocity;
      w[i] -= rate * (direct * h + followed * velocity);
    }
  }
}
