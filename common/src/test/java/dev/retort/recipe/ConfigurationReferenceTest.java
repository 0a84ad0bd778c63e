package dev.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
  private static final Path REFERENCE =
      Path.of(System.getProperty("retort.root"), "conf/reference.md");

  /** What leads from records to the paths of keys where names alone do not. */
  private static final Map<String, Class<? extends Record>> STEPS =
      Map.of("quantize", Step.Quantize.class, "label", Step.Label.class, "fuse", Step.Fuse.class);

  @Test
  void theCheckedInReferenceIsWhatTheCodeSays() throws IOException {
    assertThat(Files.readString(REFERENCE))
        .as("write it anew: deploy/retort reference > conf/reference.md")
        .isEqualTo(ConfigurationReference.markdown());
  }

  @Test
  void everyKeyOfTheRecordsIsInTheReferenceAndTheOtherWayRound() {
    Set<String> ofRecords = new TreeSet<>();
    collect("", Recipe.class, ofRecords);
    Set<String> ofReference = new TreeSet<>();
    RecipeKeys.all().forEach(key -> ofReference.add(key.path()));

    assertThat(ofReference).isEqualTo(ofRecords);
    assertThat(RecipeKeys.all()).doesNotHaveDuplicates();
  }

  @Test
  void everyKeySaysWhatItMeansAndEveryDefaultIsOfItsType() {
    for (Key<?> key : RecipeKeys.all()) {
      assertThat(key.meaning()).as(key.path()).endsWith(".");
      if (key.fallback() instanceof Key.Literal literal) {
        Yaml value = YamlReader.readValue("default", "default", literal.text());
        assertThat(key.type().reader().apply(value)).as(key.path()).isPresent();
      }
    }
  }

  private static void collect(String prefix, Class<?> record, Set<String> paths) {
    for (RecordComponent component : record.getRecordComponents()) {
      String path = prefix + kebab(component.getName());
      Class<?> type = raw(component.getGenericType());
      if (type == Step.class) {
        STEPS.forEach((name, step) -> collect(path + ".*." + name + ".", step, paths));
      } else if (type == TextSettings.class) {
        collect(prefix + "inputs.*.", type, paths);
        paths.remove(prefix + "inputs.*.name");
      } else if (type.isRecord()
          && type.getPackage() == Recipe.class.getPackage()
          && type != ByteSize.class) {
        collect(path + (isMap(component) ? ".*." : "."), type, paths);
      } else {
        paths.add(path);
      }
    }
  }

  /** The type itself, or what an optional, list or map holds. */
  private static Class<?> raw(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return raw(arguments[arguments.length - 1]);
    }
    return (Class<?>) type;
  }

  private static boolean isMap(RecordComponent component) {
    return SortedMap.class.isAssignableFrom(component.getType());
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
