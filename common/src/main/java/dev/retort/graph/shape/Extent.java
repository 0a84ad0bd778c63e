package dev.retort.graph.shape;

import dev.retort.graph.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The size of one dimension: a polynomial with integer coefficients over the symbols of the model's
 * inputs, or unknown. Quotients and minima of polynomials count as symbols of their own, so {@code
 * floor((H + 1)/2)} is kept as it is. Equal polynomials are equal extents.
 *
 * <p>Arithmetic throws {@link ArithmeticException} when a coefficient leaves 64 bits. A polynomial
 * that gets too long becomes unknown, so that no graph makes them grow without bound.
 */
final class Extent {
  static final Extent UNKNOWN = new Extent(false, Map.of());
  static final Extent ZERO = of(0);
  static final Extent ONE = of(1);

  private static final int MOST_TERMS = 32;
  private static final int LONGEST_TERM = 256;

  private record Term(long coefficient, List<Atom> atoms) {
    String key() {
      return String.join("*", atoms.stream().map(Atom::toString).toList());
    }

    Term times(Term other) {
      List<Atom> product = new ArrayList<>(atoms);
      product.addAll(other.atoms);
      product.sort(Comparator.comparing(Atom::toString));
      return new Term(Math.multiplyExact(coefficient, other.coefficient), List.copyOf(product));
    }

    @Override
    public String toString() {
      if (atoms.isEmpty()) {
        return Long.toString(coefficient);
      }
      return coefficient == 1 ? key() : coefficient == -1 ? "-" + key() : coefficient + "*" + key();
    }
  }

  private final boolean known;
  private final Map<String, Term> terms;

  private Extent(boolean known, Map<String, Term> terms) {
    this.known = known;
    this.terms = terms;
  }

  static Extent of(long size) {
    return ofTerms(List.of(new Term(size, List.of())));
  }

  static Extent of(String symbol) {
    return ofAtom(new Atom.Symbol(symbol));
  }

  static Extent of(Dim dim) {
    if (dim instanceof Dim.Fixed fixed) {
      return of(fixed.size());
    }
    return dim instanceof Dim.Symbolic symbolic ? of(symbolic.name()) : UNKNOWN;
  }

  private static Extent ofAtom(Atom atom) {
    return ofTerms(List.of(new Term(1, List.of(atom))));
  }

  private static Extent ofTerms(List<Term> parts) {
    Map<String, Term> sum = new TreeMap<>(Comparator.<String>reverseOrder());
    for (Term part : parts) {
      Term before = sum.get(part.key());
      long coefficient =
          before == null ? part.coefficient : Math.addExact(before.coefficient, part.coefficient);
      sum.put(part.key(), new Term(coefficient, part.atoms));
    }
    sum.values().removeIf(term -> term.coefficient == 0);
    boolean tooLong =
        sum.size() > MOST_TERMS
            || sum.keySet().stream().anyMatch(key -> key.length() > LONGEST_TERM);
    return tooLong ? UNKNOWN : new Extent(true, Collections.unmodifiableMap(sum));
  }

  boolean isKnown() {
    return known;
  }

  /** The size when it depends on no symbol. */
  OptionalLong fixed() {
    return known ? at(symbol -> null) : OptionalLong.empty();
  }

  boolean is(long size) {
    OptionalLong fixed = fixed();
    return fixed.isPresent() && fixed.getAsLong() == size;
  }

  /** The size when each symbol has the given one; empty if unknown or a symbol has null. */
  OptionalLong at(Function<String, Long> sizes) {
    if (!known) {
      return OptionalLong.empty();
    }
    long sum = 0;
    for (Term term : terms.values()) {
      long product = term.coefficient;
      for (Atom atom : term.atoms) {
        OptionalLong factor = atom.at(sizes);
        if (factor.isEmpty()) {
          return factor;
        }
        product = Math.multiplyExact(product, factor.getAsLong());
      }
      sum = Math.addExact(sum, product);
    }
    return OptionalLong.of(sum);
  }

  Extent plus(Extent other) {
    if (!known || !other.known) {
      return UNKNOWN;
    }
    List<Term> sum = new ArrayList<>(terms.values());
    sum.addAll(other.terms.values());
    return ofTerms(sum);
  }

  Extent plus(long other) {
    return plus(of(other));
  }

  Extent minus(Extent other) {
    return plus(other.times(of(-1)));
  }

  Extent times(Extent other) {
    if (is(0) || other.is(0)) {
      return ZERO;
    }
    if (!known || !other.known) {
      return UNKNOWN;
    }
    List<Term> product = new ArrayList<>();
    for (Term a : terms.values()) {
      other.terms.values().forEach(b -> product.add(a.times(b)));
    }
    return ofTerms(product);
  }

  Extent times(long other) {
    return times(of(other));
  }

  /** The largest integer not above this divided by {@code divisor}, which is positive. */
  Extent floorDiv(long divisor) {
    if (!known || divisor == 1) {
      return this;
    }
    OptionalLong fixed = fixed();
    if (fixed.isPresent()) {
      return of(Math.floorDiv(fixed.getAsLong(), divisor));
    }
    boolean exact = terms.values().stream().allMatch(t -> t.coefficient % divisor == 0);
    return exact
        ? ofTerms(
            terms.values().stream().map(t -> new Term(t.coefficient / divisor, t.atoms)).toList())
        : ofAtom(new Atom.Floor(this, divisor));
  }

  /** The smallest integer not below this divided by {@code divisor}, which is positive. */
  Extent ceilDiv(long divisor) {
    OptionalLong fixed = fixed();
    return fixed.isPresent()
        ? of(-Math.floorDiv(-fixed.getAsLong(), divisor))
        : plus(divisor - 1).floorDiv(divisor);
  }

  /** The quotient where it is known to be exact, otherwise unknown. */
  Extent dividedBy(Extent divisor) {
    if (!known || !divisor.known || divisor.terms.size() != 1) {
      return equals(divisor) && known ? ONE : UNKNOWN;
    }
    Term by = divisor.terms.values().iterator().next();
    List<Term> quotient = new ArrayList<>();
    for (Term term : terms.values()) {
      List<Atom> atoms = new ArrayList<>(term.atoms);
      boolean divisible = by.atoms.stream().allMatch(atoms::remove);
      if (!divisible || term.coefficient % by.coefficient != 0) {
        return UNKNOWN;
      }
      quotient.add(new Term(term.coefficient / by.coefficient, List.copyOf(atoms)));
    }
    return ofTerms(quotient);
  }

  /** The smaller of this and {@code limit}. */
  Extent min(long limit) {
    OptionalLong fixed = fixed();
    if (fixed.isPresent()) {
      return of(Math.min(fixed.getAsLong(), limit));
    }
    return known ? ofAtom(new Atom.Minimum(this, limit)) : UNKNOWN;
  }

  /** Whether this is the smaller of {@code other} and a number of 2 or more. */
  boolean isMinimumOf(Extent other) {
    return terms.size() == 1
        && terms.values().iterator().next().atoms.equals(atomsOfMinimum(other))
        && terms.values().iterator().next().coefficient == 1;
  }

  private List<Atom> atomsOfMinimum(Extent other) {
    List<Atom> atoms = terms.values().iterator().next().atoms;
    return atoms.size() == 1
            && atoms.get(0) instanceof Atom.Minimum minimum
            && minimum.limit() >= 2
            && minimum.extent().equals(other)
        ? atoms
        : List.of();
  }

  /** This as a dimension of a tensor's type; polynomials become symbols with their text as name. */
  Dim toDim() {
    if (!known) {
      return Dim.UNKNOWN;
    }
    OptionalLong fixed = fixed();
    return fixed.isPresent() ? Dim.of(fixed.getAsLong()) : Dim.of(toString());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Extent extent
        && known == extent.known
        && toString().equals(extent.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    if (!known) {
      return "?";
    }
    String sum = String.join(" + ", terms.values().stream().map(Term::toString).toList());
    return sum.isEmpty() ? "0" : sum.replace("+ -", "- ");
  }
}
