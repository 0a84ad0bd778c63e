/**
 * The numeric core of training, all of it deterministic in its bits: a {@link
 * dev.retort.training.ParameterBuffer} holds all weights (or gradients, or moments) in one aligned
 * buffer, an {@link dev.retort.training.Optimizer} steps over it at the rates of a {@link
 * dev.retort.training.Schedule}, {@link dev.retort.training.EpochOrder} says which samples a batch
 * has, and a {@link dev.retort.training.Checkpoint} holds all that a resumed run needs. Knows no
 * graph and no session. May import from {@code error} up to {@code data}, and {@code
 * training.augmentation}.
 */
package dev.retort.training;
