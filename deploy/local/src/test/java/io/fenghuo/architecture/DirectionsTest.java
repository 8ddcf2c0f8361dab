package io.fenghuo.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The three directions that must not be lost. */
class DirectionsTest {

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.fenghuo");

  @Test
  void onlyOneModuleKnowsEsper() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.fenghuo.rules.esper..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.espertech..")
        .check(OURS);
  }

  @Test
  void theDecisionCoreKnowsNoPlatform() {
    noClasses()
        .that()
        .resideInAnyPackage("io.fenghuo.rules..", "io.fenghuo.schemas..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.flink..",
            "org.apache.kafka..",
            "io.fenghuo.pipelines..",
            "io.fenghuo.local..")
        .check(OURS);
    classes()
        .that()
        .resideInAPackage("io.fenghuo.schemas..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.fenghuo.schemas..",
            "java..",
            "javax.net.ssl..",
            "org.apache.avro..",
            "com.fasterxml.jackson..")
        .check(OURS);
  }

  @Test
  void theJudgeSharesNoCodeWithTheJudged() {
    noClasses()
        .that()
        .resideInAPackage("io.fenghuo.rules.reference..")
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                    "io.fenghuo.rules..", "io.fenghuo.pipelines..")
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                            "io.fenghuo.rules.reference.."))))
        .check(OURS);
  }

  @Test
  void alertingKnowsTheSchemasAndNothingElseOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("io.fenghuo.alerting..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fenghuo.rules..",
            "io.fenghuo.pipelines..",
            "io.fenghuo.local..",
            "org.apache.flink..",
            "io.zonky..")
        .check(OURS);
  }

  @Test
  void theConsoleKnowsAlertingAndTheSchemasAndNothingElseOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("io.fenghuo.console..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fenghuo.rules..",
            "io.fenghuo.pipelines..",
            "io.fenghuo.local..",
            "org.apache.flink..",
            "io.zonky..")
        .check(OURS);
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.fenghuo.alerting..",
            "io.fenghuo.rules..",
            "io.fenghuo.pipelines..",
            "io.fenghuo.schemas..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fenghuo.console..")
        .check(OURS);
  }
}
