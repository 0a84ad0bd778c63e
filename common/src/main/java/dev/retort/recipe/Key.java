package dev.retort.recipe;

/**
 * One key of a recipe.
 *
 * @param path the full path; {@code *} stands for any name or list index
 * @param type what it takes
 * @param fallback what holds when it is not given
 * @param unit the unit of its value; empty for none
 * @param meaning one sentence for the reference
 */
record Key<T>(String path, KeyType<T> type, Fallback fallback, String unit, String meaning) {

  /** What holds when a key is not given. */
  sealed interface Fallback {
    /** As the reference prints it. */
    String printed();
  }

  /** The key must be given. */
  record Required() implements Fallback {
    @Override
    public String printed() {
      return "required";
    }
  }

  /** The key has no value then. */
  record Absent() implements Fallback {
    @Override
    public String printed() {
      return "none";
    }
  }

  /** A fixed value, written as in a recipe. */
  record Literal(String text) implements Fallback {
    @Override
    public String printed() {
      return "`" + text + "`";
    }
  }

  /** A value taken from elsewhere in the recipe. */
  record Derived(String from) implements Fallback {
    @Override
    public String printed() {
      return from;
    }
  }

  static <T> Key<T> required(String path, KeyType<T> type, String meaning) {
    return new Key<>(path, type, new Required(), "", meaning);
  }

  static <T> Key<T> optional(String path, KeyType<T> type, String meaning) {
    return new Key<>(path, type, new Absent(), "", meaning);
  }

  static <T> Key<T> literal(String path, KeyType<T> type, String value, String meaning) {
    return new Key<>(path, type, new Literal(value), "", meaning);
  }

  static <T> Key<T> derived(String path, KeyType<T> type, String from, String meaning) {
    return new Key<>(path, type, new Derived(from), "", meaning);
  }

  /** This key with the unit of its value. */
  Key<T> in(String unitName) {
    return new Key<>(path, type, fallback, unitName, meaning);
  }

  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
