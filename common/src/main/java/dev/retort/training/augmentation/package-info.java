/**
 * Random changes of samples that are the same whenever they are asked for again: a change is a pure
 * function of (seed, view, sample), so that a teacher labels exactly what its students see. An
 * {@link dev.retort.training.augmentation.AugmentedView} runs a chain of {@link
 * dev.retort.training.augmentation.Augmentation}s; {@link dev.retort.training.augmentation.Mixup}
 * joins two samples. May import from {@code error} up to {@code data}.
 */
package dev.retort.training.augmentation;
