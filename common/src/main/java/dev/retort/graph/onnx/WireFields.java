package dev.retort.graph.onnx;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Steps over the fields of an encoded protobuf message without decoding them. */
final class WireFields {
  private static final int LENGTH_DELIMITED = 2;
  private static final int START_GROUP = 3;
  private static final int END_GROUP = 4;
  private static final int LONGEST_VARINT = 10;

  private final ByteBuffer message;
  private int start;
  private int number;
  private int wireType;
  private int valueStart;
  private int end;

  /** Before the first field of {@code message}. */
  WireFields(ByteBuffer message) {
    this.message = message;
  }

  /**
   * Goes to the next field; false at the end of the message.
   *
   * @throws Malformed if what follows is no field
   */
  boolean next() {
    start = end;
    if (start == message.limit()) {
      return false;
    }
    end = start;
    long tag = varint();
    number = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (number == 0 || tag > 0xFFFF_FFFFL) {
      throw new Malformed("field number " + (tag >>> 3));
    }
    skipValue(1);
    return true;
  }

  int number() {
    return number;
  }

  /** What the field is if the message is a {@code kind} and the field may hold data. */
  Optional<WireMessage> inner(WireMessage kind) {
    return wireType == LENGTH_DELIMITED ? kind.field(number) : Optional.empty();
  }

  /** Where the field starts, with its tag. */
  int start() {
    return start;
  }

  /** Where the field ends. */
  int end() {
    return end;
  }

  /** The field with its tag. */
  ByteBuffer whole() {
    return message.slice(start, end - start);
  }

  /** The content of a length-delimited field. */
  ByteBuffer value() {
    return message.slice(valueStart, end - valueStart);
  }

  /** Tag and length of the length-delimited field {@code number}. */
  static ByteBuffer header(int number, long length) {
    ByteBuffer header = ByteBuffer.allocate(2 * LONGEST_VARINT);
    putVarint(header, ((long) number << 3) | LENGTH_DELIMITED);
    putVarint(header, length);
    return header.flip();
  }

  private static void putVarint(ByteBuffer bytes, long value) {
    long rest = value;
    for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
      bytes.put((byte) ((rest & 0x7F) | 0x80));
    }
    bytes.put((byte) rest);
  }

  private void skipValue(int depth) {
    switch (wireType) {
      case 0 -> varint();
      case 1 -> skip(Long.BYTES);
      case LENGTH_DELIMITED -> {
        long length = varint();
        valueStart = end;
        skip(length);
      }
      case START_GROUP -> skipGroup(depth);
      case 5 -> skip(Integer.BYTES);
      default -> throw new Malformed("wire type " + wireType);
    }
  }

  private void skipGroup(int depth) {
    if (depth > OnnxReader.DEEPEST) {
      throw new Malformed("groups nested deeper than " + OnnxReader.DEEPEST);
    }
    int outer = wireType;
    for (long tag = varint(); (tag & 7) != END_GROUP; tag = varint()) {
      wireType = (int) (tag & 7);
      skipValue(depth + 1);
    }
    wireType = outer;
  }

  private void skip(long length) {
    if (length < 0 || length > message.limit() - end) {
      throw new Malformed("a field of " + length + " bytes, more than there are");
    }
    end += (int) length;
  }

  private long varint() {
    long value = 0;
    for (int i = 0; i < LONGEST_VARINT; i++) {
      if (end == message.limit()) {
        throw new Malformed("a number that ends too early");
      }
      byte next = message.get(end++);
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new Malformed("a number of more than " + LONGEST_VARINT + " bytes");
  }

  /** The bytes are no protobuf message; never leaves {@link OnnxReader}. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String what) {
      super("it has " + what);
    }
  }
}
