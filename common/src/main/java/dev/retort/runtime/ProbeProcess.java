package dev.retort.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Starts the child process of {@link ModelProbe}: this JVM's own {@code java}, with the places that
 * Retort's and ONNX Runtime's classes come from, and this JVM's class path, in an argument file.
 * All that the child writes, its copy of the native library included, goes to a scratch folder.
 */
final class ProbeProcess {
  static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx64m",
          "-XX:MaxDirectMemorySize=1g",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-XX:-CreateCoredumpOnCrash");

  private static final List<String> INHERITED_OPTIONS =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private ProbeProcess() {}

  /** The file in which the child says what it does. */
  static Path note(Path folder) {
    return folder.resolve("note");
  }

  /** The file in which the JVM says why it died. */
  static Path crashLog(Path folder) {
    return folder.resolve("crash.log");
  }

  /** The child's output. */
  static Path console(Path folder) {
    return folder.resolve("console.log");
  }

  static Process start(ProbeRequest request, Path folder) throws IOException {
    Path argumentFile = folder.resolve("arguments");
    Files.write(argumentFile, quoted(command(request, folder)));
    ProcessBuilder builder =
        new ProcessBuilder(JAVA.toString(), "@" + argumentFile)
            .redirectErrorStream(true)
            .redirectOutput(console(folder).toFile());
    builder.environment().keySet().removeAll(INHERITED_OPTIONS);
    builder.environment().put(OrtRuntime.TELEMETRY_SWITCH, "1");
    return builder.start();
  }

  private static List<String> command(ProbeRequest request, Path folder) throws IOException {
    List<String> command = new ArrayList<>(JVM_OPTIONS);
    command.add("-XX:ErrorFile=" + crashLog(folder));
    command.add("-Djava.io.tmpdir=" + folder);
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath()));
    command.add(ProbeChild.class.getName());
    command.addAll(ProbeChild.arguments(note(folder), request));
    return command;
  }

  static Set<String> classPath() throws IOException {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> type : List.of(ProbeChild.class, OrtEnvironment.class)) {
      CodeSource source = type.getProtectionDomain().getCodeSource();
      if (source != null) {
        places.add(pathOf(source));
      }
    }
    for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!place.isEmpty()) {
        places.add(Path.of(place).toAbsolutePath().toString());
      }
    }
    return places;
  }

  static String pathOf(CodeSource source) throws IOException {
    try {
      return Path.of(source.getLocation().toURI()).toString();
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      throw new IOException("class path entry " + source.getLocation() + " is no file", e);
    }
  }

  private static List<String> quoted(List<String> arguments) {
    return arguments.stream()
        .map(argument -> '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.toList());
  }
}
