package dev.retort.data;

import dev.retort.error.UserError;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG, JPEG and what else ImageIO reads into the stored tensor of an input: {@code [H, W]},
 * {@code [C, H, W]} or, with channels last, {@code [H, W, C]}; C is 1 (grey) or 3 (RGB).
 *
 * <p>RGB becomes grey as {@code (19595 R + 38470 G + 7471 B + 32768) >> 16}; transparency is
 * dropped; an orientation in EXIF is not applied; CMYK is not supported. Not thread safe.
 */
public final class ImageDecoder {
  private static final long MOST_PIXELS = 100_000_000;
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};

  private final InputSpec input;
  private final ImageFit fit;
  private final boolean grey;
  private final int channels;
  private final int height;
  private final int width;

  /**
   * A decoder for {@code input}.
   *
   * @throws UserError if its shape is none of an image with these colours
   */
  public ImageDecoder(InputSpec input, ImageFit fit, ImageColors colors) {
    List<Long> shape = input.shape();
    int firstAxis = shape.size() == 3 && input.layout() == Layout.AS_MODEL ? 1 : 0;
    this.input = input;
    this.fit = fit;
    this.channels = shape.size() == 3 ? Math.toIntExact(input.channels()) : 1;
    if (!fits(input) || (colors == ImageColors.RGB && channels != 3)) {
      throw UserError.usage(
          ("Cannot decode images to input %s: its shape is %s and its colours %s, must be height and"
                  + " width with 1 or 3 channels (3 for RGB)")
              .formatted(input.name(), shape, colors));
    }
    this.grey = channels == 1 || colors == ImageColors.GREY;
    this.height = Math.toIntExact(shape.get(firstAxis));
    this.width = Math.toIntExact(shape.get(firstAxis + 1));
  }

  /** Whether images can be decoded to {@code input} at all. */
  public static boolean fits(InputSpec input) {
    List<Long> shape = input.shape();
    return shape.size() == 2
        || (shape.size() == 3 && (input.channels() == 1 || input.channels() == 3));
  }

  /** Whether {@code bytes} begin as PNG or JPEG files do. */
  public static boolean isEncoded(byte[] bytes) {
    return startsWith(bytes, PNG) || startsWith(bytes, JPEG);
  }

  /**
   * Decodes {@code encoded} and puts its values.
   *
   * @throws BadSampleException if it is no image, damaged, or of another size where that is asked
   */
  public void decode(byte[] encoded, TensorWriter target) throws BadSampleException {
    byte[][] planes = planes(read(encoded));
    int pixels = height * width;
    boolean interleaved = input.layout() == Layout.CHANNELS_LAST;
    for (int i = 0; i < channels * pixels; i++) {
      int channel = interleaved ? i % channels : i / pixels;
      int pixel = interleaved ? i / channels : i % pixels;
      target.put((long) Byte.toUnsignedInt(planes[grey ? 0 : channel][pixel]));
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] magic) {
    return bytes.length >= magic.length
        && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
  }

  private BufferedImage read(byte[] encoded) throws BadSampleException {
    try (MemoryCacheImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new BadSampleException(
            "%s is %d bytes of no known image format".formatted(input.name(), encoded.length));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        checkSize(reader.getWidth(0), reader.getHeight(0));
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      throw new BadSampleException(
          "%s is no readable image: %s".formatted(input.name(), e.getMessage()), e);
    }
  }

  private void checkSize(int imageWidth, int imageHeight) throws BadSampleException {
    if ((long) imageWidth * imageHeight > MOST_PIXELS) {
      throw new BadSampleException(
          "%s has %d x %d pixels, must have at most %d"
              .formatted(input.name(), imageHeight, imageWidth, MOST_PIXELS));
    }
    if (fit == ImageFit.NONE && (imageWidth != width || imageHeight != height)) {
      throw new BadSampleException(
          "%s has %d x %d pixels, must have %d x %d"
              .formatted(input.name(), imageHeight, imageWidth, height, width));
    }
  }

  private byte[][] planes(BufferedImage image) {
    byte[][] planes = grey ? new byte[][] {greyPlane(image)} : colorPlanes(image);
    int oldHeight = image.getHeight();
    int oldWidth = image.getWidth();
    for (int i = 0; i < planes.length; i++) {
      planes[i] = fitted(planes[i], oldHeight, oldWidth);
    }
    return planes;
  }

  private byte[] fitted(byte[] plane, int oldHeight, int oldWidth) {
    if (fit != ImageFit.CROP) {
      return Resampling.scale(plane, oldHeight, oldWidth, height, width);
    }
    double scale = Math.max((double) height / oldHeight, (double) width / oldWidth);
    int coverHeight = Math.max(height, (int) Math.round(oldHeight * scale));
    int coverWidth = Math.max(width, (int) Math.round(oldWidth * scale));
    byte[] cover = Resampling.scale(plane, oldHeight, oldWidth, coverHeight, coverWidth);
    byte[] middle = new byte[height * width];
    int top = (coverHeight - height) / 2;
    int left = (coverWidth - width) / 2;
    for (int y = 0; y < height; y++) {
      System.arraycopy(cover, (top + y) * coverWidth + left, middle, y * width, width);
    }
    return middle;
  }

  /** Grey pixels as stored; getRGB would take them for linear light and change them. */
  private static byte[] greyPlane(BufferedImage image) {
    int count = image.getWidth() * image.getHeight();
    byte[] plane = new byte[count];
    if (isGrey(image)) {
      Raster raster = image.getRaster();
      int shift = raster.getSampleModel().getSampleSize(0) - 8;
      int[] samples =
          raster.getSamples(0, 0, image.getWidth(), image.getHeight(), 0, new int[count]);
      for (int i = 0; i < count; i++) {
        plane[i] = (byte) (samples[i] >> shift);
      }
      return plane;
    }
    int[] pixels = rgb(image);
    for (int i = 0; i < count; i++) {
      int red = (pixels[i] >> 16) & 0xFF;
      int green = (pixels[i] >> 8) & 0xFF;
      int blue = pixels[i] & 0xFF;
      plane[i] = (byte) ((19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16);
    }
    return plane;
  }

  private static byte[][] colorPlanes(BufferedImage image) {
    if (isGrey(image)) {
      byte[] plane = greyPlane(image);
      return new byte[][] {plane, plane, plane};
    }
    int[] pixels = rgb(image);
    byte[][] planes = new byte[3][pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      planes[0][i] = (byte) (pixels[i] >> 16);
      planes[1][i] = (byte) (pixels[i] >> 8);
      planes[2][i] = (byte) pixels[i];
    }
    return planes;
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getRaster().getNumBands() <= 2
        && image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && image.getRaster().getSampleModel().getSampleSize(0) >= 8;
  }

  private static int[] rgb(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
