import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The module")
class ModuleTest {
    @Test @DisplayName("compiles from the file without a warning, exports one package and requires three modules.")
    void descriptor(@TempDir Path folder) throws Exception {
        Path root = Path.of(System.getProperty("root")), classes = folder.resolve("classes");
        Path source = Files.createDirectories(folder.resolve("consolelogin")).resolve("ConsoleLogin.java");
        Files.writeString(source, "package consolelogin;" + Files.readString(root.resolve("ConsoleLogin.java")));

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-Xlint:all", "-Werror", "--release", "17", "-d", classes.toString());
            assertTrue(compiler.getTask(said, files, null, options, null,
                    files.getJavaFileObjects(source, root.resolve("src/module-info.java"))).call(), said::toString);
        }
        assertEquals("", said.toString());

        ModuleDescriptor module = ModuleFinder.of(classes).find("consolelogin").orElseThrow().descriptor();
        assertEquals(Set.of("consolelogin"), module.packages());
        assertEquals(Set.of("consolelogin"),
                module.exports().stream().map(ModuleDescriptor.Exports::source).collect(Collectors.toSet()));
        assertEquals(Set.of("java.base", "java.net.http", "java.xml", "jdk.httpserver"),
                module.requires().stream().map(ModuleDescriptor.Requires::name).collect(Collectors.toSet()));
    }
}
