package dev.retort.recipe;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How ONNX Runtime is used.
 *
 * @param batch samples a run; part of what fixes the bits of a result; empty when measured
 * @param threads threads a task
 * @param memoryLimit what one executor may use outside the heap; empty for what the machine has
 * @param probeTimeout how long a new model may take for its first load and run
 */
public record RuntimeSettings(
    OptionalInt batch, int threads, Optional<ByteSize> memoryLimit, Duration probeTimeout) {}
