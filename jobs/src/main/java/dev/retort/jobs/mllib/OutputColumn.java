package dev.retort.jobs.mllib;

import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.io.Serializable;
import java.nio.ByteBuffer;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * A column that an output of the model fills. Sent to executors.
 *
 * @param output the model's output
 * @param column the DataFrame's new column
 * @param type the output's element type
 * @param form whether a row has one element or several
 */
record OutputColumn(String output, String column, ElementType type, Form form)
    implements Serializable {

  /** What a row has of an output. */
  enum Form {
    /** The batch axis alone. */
    ELEMENT,
    /** More axes: their elements in row-major order. */
    ARRAY
  }

  static OutputColumn of(ModelPort port, String column) {
    boolean single = port.dims().filter(dims -> dims.isEmpty()).isPresent();
    return new OutputColumn(port.name(), column, port.type(), single ? Form.ELEMENT : Form.ARRAY);
  }

  /** Elements, arrays of them, or for bytes a binary. */
  DataType dataType() {
    if (form == Form.ELEMENT) {
      return Elements.dataType(type);
    }
    return type == ElementType.UINT8
        ? DataTypes.BinaryType
        : DataTypes.createArrayType(Elements.dataType(type), false);
  }

  /** The value of row {@code row} of a batch. */
  Object value(SampleBlock block, int row) {
    int count = Math.toIntExact(block.sampleDims().elementCount());
    ByteBuffer bytes = block.bytes();
    if (form == Form.ELEMENT) {
      return Elements.get(type, bytes, row);
    }
    switch (type) {
      case FLOAT32 -> {
        float[] values = new float[count];
        bytes.asFloatBuffer().get(row * count, values);
        return values;
      }
      case UINT8 -> {
        byte[] values = new byte[count];
        bytes.get(row * count, values);
        return values;
      }
      default -> {
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
          values[i] = Elements.get(type, bytes, row * count + i);
        }
        return values;
      }
    }
  }
}
