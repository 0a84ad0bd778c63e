package dev.retort.jobs.run;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.retort.error.UserError;
import java.nio.charset.StandardCharsets;

/**
 * The one JSON form of all files that Retort writes: equal values give equal bytes.
 *
 * <p>Records are written by their components, in their order; map keys are sorted; paths, URIs,
 * digests, instants and durations are plain strings, dimensions plain arrays; numbers are printed
 * as Java prints them; NaN and the infinities are strings. Reading refuses unknown and repeated
 * keys, missing numbers, and text after the value. Thread-safe.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .visibility(PropertyAccessor.GETTER, Visibility.NONE)
          .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, Visibility.ANY)
          .addModule(PlainValues.module())
          .build();

  private static final ObjectWriter PRETTY = MAPPER.writer(prettyPrinter());

  private Json() {}

  /** {@code value} as indented JSON, with a line feed at the end. */
  public static String write(Object value) {
    try {
      return PRETTY.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw unwritable(value, e);
    }
  }

  /** {@code value} on one line, without a line feed. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw unwritable(value, e);
    }
  }

  /** The UTF-8 bytes of {@link #write}: the form that is hashed. */
  public static byte[] bytes(Object value) {
    return write(value).getBytes(StandardCharsets.UTF_8);
  }

  /** As {@link #read(String, Class, String)}, for text without a file name. */
  public static <T> T read(String text, Class<T> type) {
    return read(text, type, "JSON text");
  }

  /**
   * The value that {@code text} describes.
   *
   * @param origin the file's name, for the message
   * @throws UserError (exit 3) naming the place, if the text is no JSON or not of this type
   */
  public static <T> T read(String text, Class<T> type, String origin) {
    try {
      T value = MAPPER.readValue(text, type);
      if (value == null) {
        throw UserError.input(
            "Cannot read %s: it is null, must be a %s; restore or remove it"
                .formatted(origin, type.getSimpleName()));
      }
      return value;
    } catch (JsonProcessingException e) {
      throw UserError.input(
          "Cannot read %s: %s is no valid %s (%s); restore or remove it"
              .formatted(origin, place(e.getLocation()), type.getSimpleName(), firstLine(e)),
          e);
    }
  }

  private static DefaultPrettyPrinter prettyPrinter() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    return printer;
  }

  private static IllegalArgumentException unwritable(Object value, JsonProcessingException e) {
    return new IllegalArgumentException("no JSON form for " + value.getClass().getName(), e);
  }

  private static String place(JsonLocation location) {
    return location == null
        ? "the text"
        : "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("unknown cause");
  }
}
