package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.tensor.ElementType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageDecoderTest {
  /** Two rows of three pixels, red, green, blue; their grey values are Pillow's. */
  private static final int[] RGB = {
    0, 36, 130, 26, 236, 248, 62, 190, 120, 108, 154, 2, 164, 128, 150, 230, 112, 52
  };

  private static final int[] GREY = {36, 175, 144, 123, 141, 140};

  @Test
  void colourBecomesPlanesOrInterleavedPixels() throws Exception {
    byte[] png = encoded(colour(BufferedImage.TYPE_INT_RGB), "png");

    assertThat(decode(png, InputSpec.of("x", "x", ElementType.UINT8, 3, 2, 3)))
        .containsExactly(
            0, 26, 62, 108, 164, 230, 36, 236, 190, 154, 128, 112, 130, 248, 120, 2, 150, 52);
    InputSpec last =
        InputSpec.of("x", "x", ElementType.UINT8, 2, 3, 3).withLayout(Layout.CHANNELS_LAST);
    assertThat(decode(png, last)).containsExactly(RGB);
  }

  @Test
  void colourBecomesGreyAsInPillow() throws Exception {
    byte[] png = encoded(colour(BufferedImage.TYPE_INT_RGB), "png");

    assertThat(decode(png, InputSpec.of("x", "x", ElementType.UINT8, 1, 2, 3)))
        .containsExactly(GREY);
    assertThat(decode(png, InputSpec.of("x", "x", ElementType.FLOAT32, 2, 3))).hasSize(24);
    InputSpec three = InputSpec.of("x", "x", ElementType.UINT8, 3, 2, 3);
    ImageDecoder repeated = new ImageDecoder(three, ImageFit.NONE, ImageColors.GREY);
    assertThat(Arrays.copyOfRange(decode(png, three, repeated), 6, 12)).containsExactly(GREY);
  }

  @Test
  void greyPixelsAreNotChanged() throws Exception {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    int[] values = new int[256];
    Arrays.setAll(values, i -> i);
    grey.getRaster().setSamples(0, 0, 16, 16, 0, values);

    byte[] png = encoded(grey, "png");

    assertThat(decode(png, InputSpec.of("x", "x", ElementType.UINT8, 16, 16)))
        .containsExactly(values);
    assertThat(
            Arrays.copyOf(decode(png, InputSpec.of("x", "x", ElementType.UINT8, 3, 16, 16)), 256))
        .containsExactly(values);
  }

  @Test
  void sixteenBitsAreShortenedAndTransparencyIsDropped() throws Exception {
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSamples(0, 0, 2, 1, 0, new int[] {0x1234, 0xFF00});
    assertThat(decode(encoded(deep, "png"), InputSpec.of("x", "x", ElementType.UINT8, 1, 2)))
        .containsExactly(0x12, 0xFF);

    BufferedImage clear = colour(BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x00102030);
    InputSpec input = InputSpec.of("x", "x", ElementType.UINT8, 3, 2, 3);
    assertThat(decode(encoded(clear, "png"), input)[0]).isEqualTo(0x10);
  }

  @Test
  void jpegIsDecodedNearlyExactly() throws Exception {
    BufferedImage flat = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      flat.setRGB(i % 8, i / 8, 0x808080);
    }
    int[] decoded = decode(encoded(flat, "jpg"), InputSpec.of("x", "x", ElementType.UINT8, 8, 8));
    assertThat(Arrays.stream(decoded)).allMatch(value -> Math.abs(value - 128) <= 2);
  }

  @Test
  void anotherSizeIsScaledCroppedOrRefused() throws Exception {
    BufferedImage wide = new BufferedImage(8, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 8; x++) {
      wide.getRaster().setSamples(x, 0, 1, 2, 0, new int[] {10 * x, 10 * x});
    }
    byte[] png = encoded(wide, "png");
    InputSpec input = InputSpec.of("x", "x", ElementType.UINT8, 2, 2);

    assertThat(decode(png, input, decoder(input, ImageFit.CROP))).containsExactly(30, 40, 30, 40);
    assertThat(decode(png, input, decoder(input, ImageFit.STRETCH)))
        .satisfies(p -> assertThat(p[0]).isBetween(10, 20))
        .satisfies(p -> assertThat(p[1]).isBetween(50, 60));
    assertThatThrownBy(() -> decode(png, input, decoder(input, ImageFit.NONE)))
        .isInstanceOf(BadSampleException.class)
        .hasMessage("x has 2 x 8 pixels, must have 2 x 2");
  }

  @Test
  void whatIsNoImageIsBad() throws Exception {
    InputSpec input = InputSpec.of("x", "x", ElementType.UINT8, 2, 3);
    byte[] png = encoded(colour(BufferedImage.TYPE_INT_RGB), "png");
    byte[] cut = Arrays.copyOf(png, png.length / 2);

    assertThatThrownBy(() -> decode(new byte[7], input))
        .isInstanceOf(BadSampleException.class)
        .hasMessage("x is 7 bytes of no known image format");
    assertThatThrownBy(() -> decode(cut, input))
        .isInstanceOf(BadSampleException.class)
        .hasMessageStartingWith("x is no readable image");
    assertThat(ImageDecoder.isEncoded(png)).isTrue();
    assertThat(ImageDecoder.isEncoded(new byte[7])).isFalse();
  }

  @Test
  void aHugeImageIsRefusedBeforeItIsDecoded() throws Exception {
    byte[] png = encoded(colour(BufferedImage.TYPE_INT_RGB), "png");
    ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
    InputSpec input = InputSpec.of("x", "x", ElementType.UINT8, 2, 3);

    assertThatThrownBy(() -> decode(png, input, decoder(input, ImageFit.STRETCH)))
        .isInstanceOf(BadSampleException.class)
        .hasMessageContaining("60000 x 60000 pixels, must have at most 100000000");
  }

  @Test
  void inputsThatAreNoImagesAreRefused() {
    InputSpec flat = InputSpec.of("x", "x", ElementType.UINT8, 784);
    InputSpec two = InputSpec.of("x", "x", ElementType.UINT8, 2, 4, 4);
    InputSpec grey = InputSpec.of("x", "x", ElementType.UINT8, 1, 4, 4);

    assertThatThrownBy(() -> decoder(flat, ImageFit.NONE)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> decoder(two, ImageFit.NONE)).hasMessageContaining("[2, 4, 4]");
    assertThatThrownBy(() -> new ImageDecoder(grey, ImageFit.NONE, ImageColors.RGB))
        .hasMessageContaining("Cannot decode images to input x: its shape is [1, 4, 4]");
  }

  private static ImageDecoder decoder(InputSpec input, ImageFit fit) {
    return new ImageDecoder(input, fit, ImageColors.BY_CHANNELS);
  }

  private static int[] decode(byte[] encoded, InputSpec input) throws BadSampleException {
    return decode(encoded, input, decoder(input, ImageFit.NONE));
  }

  private static int[] decode(byte[] encoded, InputSpec input, ImageDecoder decoder)
      throws BadSampleException {
    TensorWriter writer = new TensorWriter(input);
    writer.begin();
    decoder.decode(encoded, writer);
    ByteBuffer bytes = writer.finish();
    int[] values = new int[bytes.remaining()];
    Arrays.setAll(values, i -> Byte.toUnsignedInt(bytes.get(i)));
    return values;
  }

  private static BufferedImage colour(int type) {
    BufferedImage image = new BufferedImage(3, 2, type);
    for (int i = 0; i < 6; i++) {
      int rgb = (RGB[3 * i] << 16) | (RGB[3 * i + 1] << 8) | RGB[3 * i + 2];
      image.setRGB(i % 3, i / 3, 0xFF000000 | rgb);
    }
    return image;
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }
}
