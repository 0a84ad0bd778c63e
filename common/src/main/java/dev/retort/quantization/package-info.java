/**
 * Post-training quantization: {@link dev.retort.quantization.Int8Preset} says which statistics it
 * needs, decides into a {@link dev.retort.quantization.QuantizationPlan}, and rewrites the model;
 * it opens no file and no session. May import from {@code error} up to {@code distillation}.
 */
package dev.retort.quantization;
