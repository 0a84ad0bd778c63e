package dev.retort.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The order of the packages that use Spark; those of {@code common} all lie below. */
class JobsLayersTest {
  private static final List<List<String>> ROWS =
      List.of(
          List.of("run"),
          List.of("spark"),
          List.of("ingest", "mllib", "dl4j"),
          List.of("stage"),
          List.of("cli"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.retort.jobs");

  @TestFactory
  Stream<DynamicTest> aPackageImportsOnlyFromRowsAboveItsOwn() {
    return IntStream.range(0, ROWS.size())
        .boxed()
        .flatMap(row -> ROWS.get(row).stream().map(name -> layerTest(row, name)));
  }

  @Test
  void everyPackageStandsInARow() {
    noClasses()
        .should()
        .resideOutsideOfPackages(
            ROWS.stream()
                .flatMap(List::stream)
                .map(name -> "dev.retort.jobs." + name)
                .toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.retort.jobs.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theStoreKnowsNoSpark() {
    noClasses()
        .that()
        .resideInAPackage("dev.retort.jobs.run")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.spark..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.retort.jobs.cli")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }

  private static DynamicTest layerTest(int row, String name) {
    String[] forbidden =
        ROWS.subList(row, ROWS.size()).stream()
            .flatMap(List::stream)
            .filter(other -> !other.equals(name))
            .map(other -> "dev.retort.jobs." + other)
            .toArray(String[]::new);
    return DynamicTest.dynamicTest(
        name,
        () ->
            noClasses()
                .that()
                .resideInAPackage("dev.retort.jobs." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.length == 0 ? new String[] {"none"} : forbidden)
                .allowEmptyShould(true)
                .check(CLASSES));
  }
}
