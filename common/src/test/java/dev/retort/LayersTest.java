package dev.retort;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The one order of packages, bottom to top: a package imports only from rows above its own. */
class LayersTest {
  private static final List<List<String>> ROWS =
      List.of(
          List.of("error"),
          List.of("tensor", "provenance"),
          List.of("graph"),
          List.of("graph.shape"),
          List.of("graph.onnx"),
          List.of("graph.join"),
          List.of("graph.rewrite"),
          List.of("statistics", "metrics", "data"),
          List.of("runtime"),
          List.of("cost", "budget"),
          List.of("partition", "plan"),
          List.of("fusion", "sensitivity"),
          List.of("autodiff"),
          List.of("training.augmentation"),
          List.of("training"),
          List.of("distillation"),
          List.of("quantization", "pruning"),
          List.of("joint", "evaluation", "export", "keras"),
          List.of("report"),
          List.of("recipe"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.retort");

  @TestFactory
  List<DynamicTest> aPackageImportsOnlyFromRowsAboveItsOwn() {
    return IntStream.range(0, ROWS.size())
        .boxed()
        .flatMap(row -> ROWS.get(row).stream().map(name -> layerTest(row, name)))
        .toList();
  }

  @Test
  void everyPackageStandsInARow() {
    List<String> packages = ROWS.stream().flatMap(List::stream).map(LayersTest::qualified).toList();
    noClasses()
        .that()
        .resideInAPackage("dev.retort..")
        .and()
        .resideOutsideOfPackage("dev.retort.graph.onnx.proto")
        .should()
        .resideOutsideOfPackages(packages.toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.retort.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void protobufIsUsedOnlyToReadAndWriteOnnx() {
    mayUse("com.google.protobuf..", "dev.retort.graph.onnx..");
  }

  @Test
  void onnxRuntimeIsUsedOnlyInTheRuntime() {
    mayUse("ai.onnxruntime..", "dev.retort.runtime..");
  }

  @Test
  void parquetAndHadoopAreUsedOnlyInData() {
    mayUse("org.apache.parquet..", "dev.retort.data..");
    mayUse("org.apache.hadoop..", "dev.retort.data..");
  }

  @Test
  void tokenizersAreUsedOnlyInData() {
    mayUse("ai.djl..", "dev.retort.data..");
  }

  private static void mayUse(String library, String user) {
    noClasses()
        .that()
        .resideOutsideOfPackage(user)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }

  private static DynamicTest layerTest(int row, String name) {
    String[] forbidden =
        ROWS.subList(row, ROWS.size()).stream()
            .flatMap(List::stream)
            .filter(other -> !other.equals(name))
            .map(LayersTest::qualified)
            .toArray(String[]::new);
    return DynamicTest.dynamicTest(
        name,
        () ->
            noClasses()
                .that()
                .resideInAPackage(qualified(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.length == 0 ? new String[] {"none"} : forbidden)
                .allowEmptyShould(true)
                .check(CLASSES));
  }

  private static String qualified(String name) {
    return "dev.retort." + name;
  }
}
