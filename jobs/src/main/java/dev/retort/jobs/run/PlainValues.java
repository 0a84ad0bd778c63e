package dev.retort.jobs.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.Dims;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** JSON forms of the value types that Jackson does not know or writes in another way. */
final class PlainValues {
  private PlainValues() {}

  static SimpleModule module() {
    SimpleModule module = new SimpleModule("retort");
    text(module, Path.class, Path::of);
    text(module, URI.class, URI::create);
    text(module, org.apache.hadoop.fs.Path.class, org.apache.hadoop.fs.Path::new);
    text(module, Sha256.class, Sha256::new);
    text(module, Instant.class, Instant::parse);
    text(module, Duration.class, Duration::parse);
    module.addSerializer(Dims.class, new DimsWriter());
    module.addDeserializer(Dims.class, new DimsReader());
    module.addSerializer(new OptionalWriter());
    module.addDeserializer(Optional.class, new OptionalReader(null));
    return module;
  }

  private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
    module.addSerializer(type, new ToStringSerializer(type));
    module.addDeserializer(type, new TextReader<>(type, parse));
  }

  private static final class TextReader<T> extends FromStringDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> parse;

    TextReader(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    protected T _deserialize(String text, DeserializationContext context) throws IOException {
      try {
        return parse.apply(text);
      } catch (RuntimeException e) {
        throw context.weirdStringException(text, _valueClass, e.getMessage());
      }
    }
  }

  private static final class DimsWriter extends StdSerializer<Dims> {
    private static final long serialVersionUID = 1L;

    DimsWriter() {
      super(Dims.class);
    }

    @Override
    public void serialize(Dims dims, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeArray(dims.toArray(), 0, dims.rank());
    }
  }

  private static final class DimsReader extends StdDeserializer<Dims> {
    private static final long serialVersionUID = 1L;

    DimsReader() {
      super(Dims.class);
    }

    @Override
    public Dims deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      return Dims.of(context.readValue(parser, long[].class));
    }
  }

  /** An optional value is itself, an empty one null. */
  @SuppressWarnings("rawtypes") // Jackson names a serializer's type by its raw class.
  private static final class OptionalWriter extends StdSerializer<Optional> {
    private static final long serialVersionUID = 1L;

    OptionalWriter() {
      super(Optional.class);
    }

    @Override
    public void serialize(Optional value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value.isPresent()) {
        provider.defaultSerializeValue(value.get(), out);
      } else {
        out.writeNull();
      }
    }
  }

  @SuppressWarnings("rawtypes")
  private static final class OptionalReader extends StdDeserializer<Optional>
      implements ContextualDeserializer {
    private static final long serialVersionUID = 1L;
    private final JavaType content;

    OptionalReader(JavaType content) {
      super(Optional.class);
      this.content = content;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, BeanProperty property) throws JsonMappingException {
      JavaType type = context.getContextualType();
      return new OptionalReader(
          type != null && type.containedTypeCount() == 1
              ? type.containedType(0)
              : context.constructType(Object.class));
    }

    @Override
    public Optional<?> deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return Optional.of(context.readValue(parser, content));
    }

    @Override
    public Optional<?> getNullValue(DeserializationContext context) {
      return Optional.empty();
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
      return Optional.empty();
    }
  }
}
