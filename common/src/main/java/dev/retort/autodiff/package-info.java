/**
 * Reverse-mode differentiation as a rewrite: {@link dev.retort.autodiff.Gradients} walks back from
 * a loss, emits standard ONNX nodes and sums what they contribute, so that the result is a model
 * whose gradients are outputs. {@link dev.retort.autodiff.TrainingForm} prepares a model for it:
 * batch statistics, dropout masks as inputs. One rule family a file, one list of them in {@code
 * GradientRules}. May import {@code error}, {@code tensor}, {@code graph} and what stands on it.
 */
package dev.retort.autodiff;
