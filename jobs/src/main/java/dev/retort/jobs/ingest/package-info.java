/**
 * Ingest: from whatever Spark reads to canonical shards ({@link dev.retort.jobs.ingest.Ingest}).
 * Spark code wires; keys, choices, decoders and files are in {@code data}. May import all of {@code
 * common}, {@code jobs.run} and {@code jobs.spark}.
 */
package dev.retort.jobs.ingest;
