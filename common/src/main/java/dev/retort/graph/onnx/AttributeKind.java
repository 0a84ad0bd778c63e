package dev.retort.graph.onnx;

/** Types of attributes that the IR models, with their numbers in the format. */
enum AttributeKind {
  FLOAT(1),
  INT(2),
  STRING(3),
  TENSOR(4),
  GRAPH(5),
  FLOATS(6),
  INTS(7),
  STRINGS(8),
  TENSORS(9),
  GRAPHS(10),
  /** Sparse tensors, types, and what newer versions add. */
  OTHER(-1);

  private final int number;

  AttributeKind(int number) {
    this.number = number;
  }

  static AttributeKind ofNumber(int number) {
    for (AttributeKind kind : values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    return OTHER;
  }

  int number() {
    return number;
  }
}
