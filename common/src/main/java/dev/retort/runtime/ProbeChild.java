package dev.retort.runtime;

import dev.retort.error.RetortException;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The child process of {@link ModelProbe}: loads a model and runs it on generated inputs. Before
 * each step it notes in a file what it does, so that the parent knows where it died.
 */
final class ProbeChild {
  /** The exit code of a refusal, whose reason the note holds. */
  static final int REFUSED = 3;

  /** The exit code of a child whose parent is gone. */
  static final int ABANDONED = 4;

  private ProbeChild() {}

  /** Arguments: file for notes, model, threads, then name and dimensions of inputs. */
  public static void main(String[] arguments) throws IOException {
    endWithParent();
    System.exit(attempt(Path.of(arguments[0]), request(arguments)));
  }

  static List<String> arguments(Path note, ProbeRequest request) {
    List<String> arguments = new ArrayList<>();
    arguments.add(note.toString());
    arguments.add(request.model().toString());
    arguments.add(Integer.toString(request.settings().threads()));
    request
        .sampleDims()
        .forEach(
            (name, dims) -> {
              arguments.add(name);
              arguments.add(dims.toString());
            });
    return arguments;
  }

  static ProbeRequest request(String[] arguments) {
    SessionSettings settings =
        SessionSettings.standard().withThreads(Integer.parseInt(arguments[2]));
    Map<String, Dims> sampleDims = new LinkedHashMap<>();
    for (int i = 3; i + 1 < arguments.length; i += 2) {
      String sizes = arguments[i + 1].substring(1, arguments[i + 1].length() - 1);
      sampleDims.put(
          arguments[i],
          sizes.isEmpty()
              ? Dims.scalar()
              : Dims.of(Arrays.stream(sizes.split("x", -1)).mapToLong(Long::parseLong).toArray()));
    }
    return ProbeRequest.of(Path.of(arguments[1]), settings, sampleDims);
  }

  /** Tries the model in this process; returns the exit code. */
  static int attempt(Path note, ProbeRequest request) throws IOException {
    Files.writeString(note, "loading it");
    try (OnnxSession session = OnnxSession.open(request.model(), request.settings())) {
      GeneratedInputs inputs = GeneratedInputs.of(session, request.sampleDims());
      for (int batch : inputs.trialBatches()) {
        Files.writeString(note, "its first run with batch " + batch);
        Map<String, SampleBlock> samples = inputs.samples(batch);
        session.run(samples);
      }
      return 0;
    } catch (RetortException e) {
      Files.writeString(note, e.getMessage());
      return REFUSED;
    }
  }

  /** Lets this process end when its parent does: the parent never writes, so input ends then. */
  private static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                Runtime.getRuntime().halt(ABANDONED);
              }
              Runtime.getRuntime().halt(ABANDONED);
            },
            "watch-parent");
    watch.setDaemon(true);
    watch.start();
  }
}
