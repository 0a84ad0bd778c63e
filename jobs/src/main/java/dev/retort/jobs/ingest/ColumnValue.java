package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.ImageDecoder;
import dev.retort.data.TensorWriter;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;

/** One column of the source rows, read without boxing. */
record ColumnValue(String name, int ordinal, DataType type) implements Serializable {

  /** Whether values of {@code type} can become tensors. */
  static boolean isDecodable(DataType type) {
    return type instanceof ArrayType array
        ? isDecodable(array.elementType())
        : type instanceof BinaryType || type instanceof StringType || isNumber(type);
  }

  /** Puts the row's value: a number, numbers in text or nested arrays, a tensor, or an image. */
  void put(SpecializedGetters row, TensorWriter target, ImageDecoder images)
      throws BadSampleException {
    if (type instanceof BinaryType) {
      putBinary(row, target, images);
    } else if (type instanceof ArrayType array) {
      checkNotNull(row, ordinal);
      putElements(row.getArray(ordinal), array, 0, target);
    } else {
      putScalar(row, ordinal, type, target);
    }
  }

  /** The row's value as a whole number. */
  long integer(SpecializedGetters row) throws BadSampleException {
    checkNotNull(row, ordinal);
    double value = type instanceof StringType ? parsed(row) : number(row, ordinal, type);
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw new BadSampleException("%s is %s, must be a whole number".formatted(name, value));
    }
    return (long) value;
  }

  /** The row's value as text. */
  String text(SpecializedGetters row) throws BadSampleException {
    checkNotNull(row, ordinal);
    return row.getUTF8String(ordinal).toString();
  }

  private double parsed(SpecializedGetters row) throws BadSampleException {
    String text = text(row).strip();
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BadSampleException("%s is \"%s\", must be a number".formatted(name, text));
    }
  }

  private void putBinary(SpecializedGetters row, TensorWriter target, ImageDecoder images)
      throws BadSampleException {
    checkNotNull(row, ordinal);
    byte[] bytes = row.getBinary(ordinal);
    if (images != null && ImageDecoder.isEncoded(bytes)) {
      images.decode(bytes, target);
    } else {
      target.putTensor(ByteBuffer.wrap(bytes));
    }
  }

  private void putElements(ArrayData array, ArrayType arrayType, int depth, TensorWriter out)
      throws BadSampleException {
    DataType elementType = arrayType.elementType();
    checkSize(array.numElements(), depth, out);
    for (int i = 0; i < array.numElements(); i++) {
      if (elementType instanceof ArrayType inner) {
        checkNotNull(array, i);
        putElements(array.getArray(i), inner, depth + 1, out);
      } else {
        putScalar(array, i, elementType, out);
      }
    }
  }

  /** Arrays nested as deep as the shape must have its sizes; others only their product. */
  private void checkSize(int size, int depth, TensorWriter out) throws BadSampleException {
    List<Long> shape = out.input().shape();
    if (nesting() == shape.size() && shape.get(depth) != size) {
      throw new BadSampleException(
          "%s has size %d on axis %d, must have %s"
              .formatted(name, size, depth, out.input().dims()));
    }
  }

  private int nesting() {
    int depth = 0;
    for (DataType t = type; t instanceof ArrayType array; t = array.elementType()) {
      depth++;
    }
    return depth;
  }

  private void putScalar(SpecializedGetters row, int index, DataType scalar, TensorWriter out)
      throws BadSampleException {
    checkNotNull(row, index);
    if (scalar instanceof StringType) {
      out.putText(row.getUTF8String(index).toString());
    } else if (scalar instanceof LongType) {
      out.put(row.getLong(index));
    } else if (scalar instanceof IntegerType) {
      out.put((long) row.getInt(index));
    } else {
      out.put(number(row, index, scalar));
    }
  }

  private static double number(SpecializedGetters row, int index, DataType type) {
    if (type instanceof DoubleType) {
      return row.getDouble(index);
    } else if (type instanceof FloatType) {
      return row.getFloat(index);
    } else if (type instanceof LongType) {
      return row.getLong(index);
    } else if (type instanceof IntegerType) {
      return row.getInt(index);
    } else if (type instanceof ShortType) {
      return row.getShort(index);
    } else if (type instanceof ByteType) {
      return row.getByte(index);
    } else if (type instanceof BooleanType) {
      return row.getBoolean(index) ? 1 : 0;
    } else if (type instanceof DecimalType decimal) {
      return row.getDecimal(index, decimal.precision(), decimal.scale()).toDouble();
    }
    throw new IllegalStateException("no number: " + type);
  }

  private static boolean isNumber(DataType type) {
    return type instanceof NumericType || type instanceof BooleanType;
  }

  private void checkNotNull(SpecializedGetters row, int index) throws BadSampleException {
    if (row.isNullAt(index)) {
      throw new BadSampleException(name + " is null");
    }
  }
}
