package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.tensor.ElementType;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Reads an IDX file (the format of MNIST), plain or gzipped, item by item: a header of element type
 * and dimensions, then big-endian elements. Not thread safe.
 */
public final class IdxReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int UNSIGNED_BYTE = 0x08;
  private static final long MOST_ITEM_BYTES = 1 << 30;

  private final String origin;
  private final DataInputStream in;
  private final int typeCode;
  private final int[] sizes;
  private final ByteBuffer item;

  private IdxReader(String origin, DataInputStream in, int typeCode, int[] sizes) {
    this.origin = origin;
    this.in = in;
    this.typeCode = typeCode;
    this.sizes = sizes;
    this.item = ByteBuffer.allocate((int) itemBytes());
  }

  /**
   * Reads the header of {@code stream}, which the reader then owns.
   *
   * @param origin the file's name, for messages
   * @throws UserError if it is no IDX file
   */
  public static IdxReader open(InputStream stream, String origin) throws IOException {
    DataInputStream in = new DataInputStream(unzipped(stream));
    try {
      int magic = in.readInt();
      int typeCode = magic >> 8;
      int rank = magic & 0xFF;
      if (width(typeCode) == 0 || rank == 0) {
        throw UserError.input(
            "Cannot read %s: its first bytes are %08x, must be those of an IDX file"
                .formatted(origin, magic));
      }
      int[] sizes = new int[rank];
      for (int i = 0; i < rank; i++) {
        sizes[i] = in.readInt();
      }
      checkSizes(origin, sizes);
      return new IdxReader(origin, in, typeCode, sizes);
    } catch (EOFException e) {
      throw UserError.input("Cannot read %s: it ends within its header".formatted(origin), e);
    }
  }

  /** How many items the file has. */
  public int items() {
    return sizes[0];
  }

  /** How many elements one item has. */
  public long itemElements() {
    return Arrays.stream(sizes).skip(1).asLongStream().reduce(1, Math::multiplyExact);
  }

  /**
   * Puts all elements of the next item.
   *
   * @throws BadSampleException if they do not fit the input; the item is passed over all the same
   * @throws UserError if the file ends before
   */
  public void next(TensorWriter target) throws IOException, BadSampleException {
    readItem();
    if (typeCode == UNSIGNED_BYTE && target.input().type() == ElementType.UINT8) {
      target.putTensor(item.rewind());
      return;
    }
    while (item.hasRemaining()) {
      target.put(element());
    }
  }

  /** The next item of a file of single integers, such as labels. */
  public long nextInteger() throws IOException {
    readItem();
    return (long) element();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private long itemBytes() {
    return itemElements() * width(typeCode);
  }

  private static void checkSizes(String origin, int[] sizes) {
    double elements = Arrays.stream(sizes).skip(1).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (Arrays.stream(sizes).anyMatch(size -> size < 0) || elements * 8 > MOST_ITEM_BYTES) {
      throw UserError.input(
          "Cannot read %s: its dimensions are %s, must not be negative nor make items over 1 GB"
              .formatted(origin, Arrays.toString(sizes)));
    }
  }

  private void readItem() throws IOException {
    try {
      in.readFully(item.array());
      item.rewind();
    } catch (EOFException e) {
      throw truncated(e);
    }
  }

  private double element() {
    return switch (typeCode) {
      case UNSIGNED_BYTE -> Byte.toUnsignedInt(item.get());
      case 0x09 -> item.get();
      case 0x0B -> item.getShort();
      case 0x0C -> item.getInt();
      case 0x0D -> item.getFloat();
      default -> item.getDouble();
    };
  }

  private UserError truncated(EOFException e) {
    return UserError.input(
        "Cannot read %s: it ends before its %d items of %d elements; get a complete file"
            .formatted(origin, items(), itemElements()),
        e);
  }

  private static int width(int typeCode) {
    return switch (typeCode) {
      case UNSIGNED_BYTE, 0x09 -> 1;
      case 0x0B -> 2;
      case 0x0C, 0x0D -> 4;
      case 0x0E -> 8;
      default -> 0;
    };
  }

  private static InputStream unzipped(InputStream stream) throws IOException {
    PushbackInputStream in = new PushbackInputStream(stream, 2);
    byte[] magic = in.readNBytes(2);
    in.unread(magic);
    boolean zipped = magic.length == 2 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B;
    return new BufferedInputStream(
        zipped ? new GZIPInputStream(in, BUFFER_BYTES) : in, BUFFER_BYTES);
  }
}
