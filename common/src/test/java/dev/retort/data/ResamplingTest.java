package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Pillow 13.0.0, {@code Image.resize(..., Image.BILINEAR)}. */
class ResamplingTest {
  @ParameterizedTest
  @CsvSource({
    "3, 4, '67 119 168 168 152 127 165 191 173 114 111 166'",
    "5, 3, '57 130 160 105 170 179 141 148 203 182 107 160 155 93 159'",
    "2, 7, '102 97 109 160 180 169 186 168 175 118 87 119 214 149'",
    "1, 1, '144'",
    "9, 10, '0 26 79 164 131 115 128 190 170 118 33 60 93 119 139 154 165 168 167 163 87 117 115"
        + " 45 152 220 226 132 161 237 160 129 100 92 151 190 203 171 185 216 238 130 76 169 145"
        + " 137 159 229 217 172 197 169 145 142 113 107 131 204 194 151 160 197 198 118 85 82 108"
        + " 184 176 134 143 181 185 106 76 75 104 181 176 137 132 172 177 99 71 71 102 180 176"
        + " 138'"
  })
  void scalingGivesPillowsPixels(int newHeight, int newWidth, String expected) {
    byte[] plane = new byte[5 * 7];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = (byte) (37 * i * i + 11 * i);
    }

    byte[] scaled = Resampling.scale(plane, 5, 7, newHeight, newWidth);

    assertThat(text(scaled)).isEqualTo(expected);
  }

  private static String text(byte[] pixels) {
    int[] values = new int[pixels.length];
    Arrays.setAll(values, i -> Byte.toUnsignedInt(pixels[i]));
    return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }
}
