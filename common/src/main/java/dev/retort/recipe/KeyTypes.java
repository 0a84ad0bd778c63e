package dev.retort.recipe;

import dev.retort.recipe.Yaml.Scalar;
import dev.retort.tensor.Dims;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The types of recipe keys. */
final class KeyTypes {
  private static final String AUTO = "auto";
  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,19}");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|min|h)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "min", 60_000L, "h", 3_600_000L);

  private KeyTypes() {}

  /** Any text that is not empty. */
  static KeyType<String> text() {
    return new KeyType<>(
        "text", "", node -> scalar(node).map(Scalar::text), text -> new Scalar(text, false, ""));
  }

  /** A text that matches {@code pattern}. */
  static KeyType<String> text(String pattern, String range) {
    Predicate<String> matches = Pattern.compile(pattern).asMatchPredicate();
    return new KeyType<>(
        "text", range, node -> scalar(node).map(Scalar::text).filter(matches), Yaml::plain);
  }

  /** A text, or a list of two. */
  static KeyType<List<String>> oneOrTwoTexts() {
    KeyType<String> one = text();
    return new KeyType<>(
        "text or a list of two",
        "",
        node -> list(node, one.reader()).filter(texts -> texts.size() == 1 || texts.size() == 2),
        texts ->
            texts.size() == 1
                ? one.writer().apply(texts.get(0))
                : sequence(texts.stream().map(one.writer()).toList()));
  }

  /** A whole number from {@code min} to {@code max}. */
  static KeyType<Long> wholeNumber(long min, long max) {
    return new KeyType<>(
        "whole number",
        "%d to %d".formatted(min, max),
        node -> plain(node).filter(WHOLE.asMatchPredicate()).flatMap(text -> whole(text, min, max)),
        Yaml::plain);
  }

  /** As {@link #wholeNumber}, of 32 bits. */
  static KeyType<Integer> count(int min, int max) {
    KeyType<Long> wide = wholeNumber(min, max);
    return new KeyType<>(
        wide.name(),
        wide.range(),
        node -> wide.reader().apply(node).map(Math::toIntExact),
        Yaml::plain);
  }

  /** A number that {@code range} allows. */
  static KeyType<Double> number(String range, Predicate<Double> allowed) {
    return new KeyType<>(
        "number",
        range,
        node -> decimal(node).filter(allowed),
        value -> Yaml.plain(printed(value)));
  }

  /** One number or a list of them, each as {@code range} allows. */
  static KeyType<List<Double>> numbers(String range, Predicate<Double> allowed) {
    return new KeyType<>(
        "number or list of numbers",
        range,
        node -> list(node, item -> decimal(item).filter(allowed)),
        KeyTypes::writeNumbers);
  }

  /** The names of {@code values}, in lower case with hyphens. */
  static <E extends Enum<E>> KeyType<E> choice(Collection<E> values) {
    Map<String, E> byName = new LinkedHashMap<>();
    values.forEach(value -> byName.put(kebab(value), value));
    return new KeyType<>(
        "one of",
        String.join(", ", byName.keySet()),
        node -> plain(node).map(byName::get),
        value -> Yaml.plain(kebab(value)));
  }

  /** {@code true} or {@code false}. */
  static KeyType<Boolean> flag() {
    Map<String, Boolean> values = Map.of("true", true, "false", false);
    return new KeyType<>("true or false", "", node -> plain(node).map(values::get), Yaml::plain);
  }

  /** {@code auto}, which is empty, or a whole number. */
  static KeyType<OptionalInt> autoOrCount(String auto, int min, int max) {
    KeyType<Integer> count = count(min, max);
    return new KeyType<>(
        auto + " or a whole number",
        count.range(),
        node ->
            plain(node).filter(auto::equals).isPresent()
                ? Optional.of(OptionalInt.empty())
                : count.reader().apply(node).map(OptionalInt::of),
        value -> value.isPresent() ? Yaml.plain(value.getAsInt()) : Yaml.plain(auto));
  }

  /** {@code auto}, which is empty, or a number of bytes of at least {@code min}. */
  static KeyType<Optional<ByteSize>> autoOrBytes(ByteSize min) {
    return new KeyType<>(
        "auto or a size",
        "of at least " + min + ", such as 2 GB",
        node ->
            isAuto(node)
                ? Optional.of(Optional.empty())
                : given(
                    plain(node).flatMap(ByteSize::parse).filter(size -> size.compareTo(min) >= 0)),
        value -> Yaml.plain(value.map(ByteSize::toString).orElse(AUTO)));
  }

  /** A time span from {@code min} to {@code max}. */
  static KeyType<Duration> duration(Duration min, Duration max) {
    return new KeyType<>(
        "duration",
        "from %s to %s".formatted(printed(min), printed(max)),
        node ->
            plain(node)
                .flatMap(KeyTypes::duration)
                .filter(span -> span.compareTo(min) >= 0 && span.compareTo(max) <= 0),
        span -> Yaml.plain(printed(span)));
  }

  /** {@code auto}, which is empty, or a list of names out of {@code values}. */
  static <E extends Enum<E>> KeyType<Optional<SortedSet<E>>> autoOrSome(Collection<E> values) {
    KeyType<E> one = choice(values);
    return new KeyType<>(
        "auto or a list of",
        one.range(),
        node -> {
          if (isAuto(node)) {
            return Optional.of(Optional.empty());
          }
          return node instanceof Yaml.Sequence
              ? given(list(node, one.reader()).<SortedSet<E>>map(TreeSet::new))
              : Optional.empty();
        },
        value ->
            value
                .<Yaml>map(items -> sequence(items.stream().map(one.writer()).toList()))
                .orElse(Yaml.plain(AUTO)));
  }

  /** The dimensions of a sample. */
  static KeyType<Dims> shape() {
    KeyType<Long> size = wholeNumber(1, 1 << 24);
    return new KeyType<>(
        "list of whole numbers",
        size.range() + ", at most 8 of them and 2^28 elements",
        node ->
            node instanceof Yaml.Sequence
                ? list(node, size.reader()).flatMap(KeyTypes::dims)
                : Optional.empty(),
        dims -> sequence(Arrays.stream(dims.toArray()).mapToObj(Yaml::plain).toList()));
  }

  /** Names with single values, whose meaning another program knows. */
  static KeyType<SortedMap<String, String>> options() {
    return new KeyType<>(
        "mapping of names to single values", "", KeyTypes::readOptions, KeyTypes::writeOptions);
  }

  /** {@code HWC_TO_CHW} as {@code hwc-to-chw}. */
  static String kebab(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Optional<Dims> dims(List<Long> sizes) {
    BigDecimal elements =
        sizes.stream().map(BigDecimal::valueOf).reduce(BigDecimal.ONE, BigDecimal::multiply);
    return sizes.size() <= 8 && elements.compareTo(BigDecimal.valueOf(1 << 28)) <= 0
        ? Optional.of(Dims.of(sizes.stream().mapToLong(Long::longValue).toArray()))
        : Optional.empty();
  }

  private static Optional<SortedMap<String, String>> readOptions(Yaml node) {
    if (!(node instanceof Yaml.Mapping mapping)) {
      return Optional.empty();
    }
    SortedMap<String, String> options = new TreeMap<>();
    for (Map.Entry<String, Yaml> entry : mapping.entries().entrySet()) {
      if (!(entry.getValue() instanceof Scalar value) || value.isNull()) {
        return Optional.empty();
      }
      options.put(entry.getKey(), value.text());
    }
    return Optional.of(options);
  }

  private static Yaml writeOptions(SortedMap<String, String> options) {
    Map<String, Yaml> entries = new LinkedHashMap<>();
    options.forEach((name, value) -> entries.put(name, new Scalar(value, false, "")));
    return new Yaml.Mapping(entries, "");
  }

  private static Yaml writeNumbers(List<Double> values) {
    List<? extends Yaml> items = values.stream().map(value -> Yaml.plain(printed(value))).toList();
    return items.size() == 1 ? items.get(0) : sequence(items);
  }

  private static Yaml sequence(List<? extends Yaml> items) {
    return new Yaml.Sequence(List.copyOf(items), "");
  }

  private static boolean isAuto(Yaml node) {
    return plain(node).filter(AUTO::equals).isPresent();
  }

  /** The value of a key that may also be {@code auto}; nothing when {@code value} is wrong. */
  private static <T> Optional<Optional<T>> given(Optional<T> value) {
    return value.isPresent() ? Optional.of(value) : Optional.empty();
  }

  private static Optional<Scalar> scalar(Yaml node) {
    return node instanceof Scalar scalar && !scalar.isNull() && !scalar.text().isBlank()
        ? Optional.of(scalar)
        : Optional.empty();
  }

  private static Optional<String> plain(Yaml node) {
    return scalar(node).filter(Scalar::plain).map(Scalar::text);
  }

  private static Optional<Long> whole(String text, long min, long max) {
    BigInteger value = new BigInteger(text);
    return value.compareTo(BigInteger.valueOf(min)) >= 0
            && value.compareTo(BigInteger.valueOf(max)) <= 0
        ? Optional.of(value.longValueExact())
        : Optional.empty();
  }

  private static Optional<Double> decimal(Yaml node) {
    return plain(node)
        .filter(DECIMAL.asMatchPredicate())
        .map(Double::parseDouble)
        .filter(Double::isFinite);
  }

  private static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    return matcher.matches()
        ? Optional.of(
            Duration.ofMillis(Long.parseLong(matcher.group(1)) * MILLIS.get(matcher.group(2))))
        : Optional.empty();
  }

  private static String printed(Duration span) {
    long millis = span.toMillis();
    return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
  }

  private static String printed(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  private static <T> Optional<List<T>> list(Yaml node, Function<Yaml, Optional<T>> reader) {
    List<Yaml> items = node instanceof Yaml.Sequence list ? list.items() : List.of(node);
    List<T> values = new ArrayList<>();
    for (Yaml item : items) {
      Optional<T> value = reader.apply(item);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values.add(value.get());
    }
    return Optional.of(values);
  }
}
