package io.github.dmabuf4j.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The arrows between the modules. The module descriptors say the same to the compiler; here it is one picture, and it
 * holds on the class path, too.
 */
class ModuleArrowsTest {
    private static final String ALL = "io.github.dmabuf4j..";
    private static final String ROOT = "io.github.dmabuf4j.";

    /** Which module may use which, besides itself. */
    private static final Map<String, List<String>> ARROWS = Map.of(
            "fence", List.of(),
            "memory", List.of("fence"),
            "buffer", List.of("fence", "memory"),
            "machine", List.of("fence", "memory", "buffer"),
            "linux", List.of("fence", "memory", "buffer"),
            "domain", List.of("fence", "memory", "buffer"),
            "local", List.of("fence", "memory", "buffer", "linux", "domain"),
            "cli", List.of("fence", "memory", "buffer", "machine", "linux", "domain", "local"));

    private static JavaClasses project;

    @BeforeAll
    static void readClasses() {
        project = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.github.dmabuf4j");
    }

    @Test
    void everyModuleIsLookedAt() {
        assertThat(project.stream()
                        .map(type -> type.getPackageName().substring(ROOT.length()))
                        .map(name -> name.contains(".") ? name.substring(0, name.indexOf('.')) : name)
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(ARROWS.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fence", "memory", "buffer", "machine", "linux", "domain", "local", "cli"})
    void aModuleUsesOnlyWhatItMay(String module) {
        List<String> allowed = new ArrayList<>(List.of(ROOT + module + ".."));
        ARROWS.getOrDefault(module, List.of()).forEach(other -> allowed.add(ROOT + other + ".."));
        classes()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(allowed.toArray(String[]::new)).or(not(resideInAPackage(ALL))))
                .check(project);
    }

    @Test
    void aLibraryModuleUsesTheJdkAndNothingElse() {
        classes()
                .that(not(resideInAPackage(ROOT + "cli..")))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "jdk.jfr..", "org.jspecify.annotations..", ALL))
                .check(project);
        noClasses()
                .that(not(resideInAPackage(ROOT + "cli..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.awt..", "java.sql..", "java.lang.management.."))
                .check(project);
    }

    @Test
    void onlyTheLinuxModuleTalksToNativeCode() {
        noClasses()
                .that(not(resideInAPackage(ROOT + "linux..")))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .check(project);
        noClasses()
                .that(not(resideInAPackage(ROOT + "linux.sys..")))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(project);
    }

    @Test
    void picturesAreDrawnInOnePlace() {
        // The desktop module takes long to load; a command that draws nothing must not touch it.
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + "cli.video.ContactSheet")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.awt..", "javax.imageio.."))
                .check(project);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.github.dmabuf4j.(**)").should().beFreeOfCycles().check(project);
    }
}
