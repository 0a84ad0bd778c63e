package dev.retort.graph;

import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** The value of a node's attribute; strings are UTF-8. */
public sealed interface Attribute {
  record Int(long value) implements Attribute {}

  record Real(float value) implements Attribute {}

  record Text(String value) implements Attribute {}

  record Constant(Tensor value) implements Attribute {}

  record SubGraph(Graph value) implements Attribute {}

  record Ints(List<Long> values) implements Attribute {
    public Ints {
      values = List.copyOf(values);
    }
  }

  record Reals(List<Float> values) implements Attribute {
    public Reals {
      values = List.copyOf(values);
    }
  }

  record Texts(List<String> values) implements Attribute {
    public Texts {
      values = List.copyOf(values);
    }
  }

  record Constants(List<Tensor> values) implements Attribute {
    public Constants {
      values = List.copyOf(values);
    }
  }

  record SubGraphs(List<Graph> values) implements Attribute {
    public SubGraphs {
      values = List.copyOf(values);
    }
  }

  /** In a function's body: the value of the attribute {@code name} of the calling node. */
  record Reference(String name, int typeNumber) implements Attribute {}

  /** A sparse tensor, a type, or bytes that are no UTF-8: kept as it was in the file. */
  record Other(Opaque encoded) implements Attribute {}

  static Attribute of(long value) {
    return new Int(value);
  }

  static Attribute of(float value) {
    return new Real(value);
  }

  static Attribute of(String value) {
    return new Text(value);
  }

  static Attribute of(Tensor value) {
    return new Constant(value);
  }

  static Attribute ofInts(long... values) {
    return new Ints(Arrays.stream(values).boxed().toList());
  }
}
