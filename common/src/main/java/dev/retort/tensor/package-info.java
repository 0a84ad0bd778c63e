/**
 * Typed, shaped constants: {@link dev.retort.tensor.Tensor} and its {@link
 * dev.retort.tensor.ElementType}. Data is little-endian, row-major, and may stay in its file. May
 * import {@code error} and the JDK only.
 */
package dev.retort.tensor;
