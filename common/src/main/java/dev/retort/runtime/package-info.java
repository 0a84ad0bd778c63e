/**
 * Runs models with ONNX Runtime on the CPU: sessions ({@link dev.retort.runtime.OnnxSession},
 * shared through {@link dev.retort.runtime.SessionCache}), shards in fixed batches ({@link
 * dev.retort.runtime.ShardInference}), the first run of an untrusted model in a process of its own
 * ({@link dev.retort.runtime.ModelProbe}), and measurements of time and memory. The only package
 * that may import ONNX Runtime; besides it {@code error}, {@code tensor}, {@code provenance},
 * {@code graph}, {@code statistics}, {@code metrics} and {@code data}.
 */
package dev.retort.runtime;
