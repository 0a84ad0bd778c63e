package dev.retort.training;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which parameters decay, and how fast. The first rule whose pattern finds the name decides; where
 * none does, biases and the scales and shifts of normalizations are {@linkplain DecayGroup#EXEMPT
 * exempt}, the rest decays at {@code rate}.
 *
 * <p>A parameter of one axis or none counts as bias, scale or shift whatever its name is, for
 * exporters rename weights; so does one whose name ends in bias, beta or gamma.
 *
 * @param rate the decay of what no rule names, at least 0
 * @param rules in the order in which they are asked
 */
public record WeightDecay(double rate, List<Rule> rules) {
  private static final Pattern SHIFT = Pattern.compile("(?i)(^|[._/:])(bias|beta|gamma)$");

  /**
   * A group of parameters by name.
   *
   * @param pattern a regular expression that is found in the name
   */
  public record Rule(String pattern, DecayGroup group) {
    /**
     * Checks the pattern.
     *
     * @throws UserError (exit 2) if it is not a regular expression
     */
    public Rule {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw UserError.usage(
            "Cannot train: the pattern of weight decay group %s is \"%s\", must be a regular expression; %s"
                .formatted(group.name(), pattern, e.getDescription()),
            e);
      }
    }

    private boolean matches(String name) {
      return Pattern.compile(pattern).matcher(name).find();
    }
  }

  public WeightDecay {
    rules = List.copyOf(rules);
    new DecayGroup("decayed", rate);
  }

  /** One rate for all but biases and normalizations. */
  public static WeightDecay of(double rate) {
    return new WeightDecay(rate, List.of());
  }

  /** The parameter with the group that it belongs to. */
  public Parameter parameter(String name, Dims dims) {
    return new Parameter(name, dims, group(name, dims));
  }

  private DecayGroup group(String name, Dims dims) {
    return rules.stream()
        .filter(rule -> rule.matches(name))
        .findFirst()
        .map(Rule::group)
        .orElseGet(() -> isShift(name, dims) ? DecayGroup.EXEMPT : new DecayGroup("decayed", rate));
  }

  private static boolean isShift(String name, Dims dims) {
    return dims.rank() <= 1 || SHIFT.matcher(name).find();
  }
}
