package dev.retort.training;

/**
 * What weight decay does to a group of parameters.
 *
 * @param name for people and checkpoints
 * @param rate the decay, at least 0; what it multiplies is said by each optimizer
 */
public record DecayGroup(String name, double rate) {
  /** Parameters without decay; {@link Lamb} does not scale their updates either. */
  public static final DecayGroup EXEMPT = new DecayGroup("exempt", 0);

  public DecayGroup {
    Settings.require(
        "weight decay of group " + name,
        rate,
        rate >= 0 && Double.isFinite(rate),
        "0 or above and finite");
  }
}
