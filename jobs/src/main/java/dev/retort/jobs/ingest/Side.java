package dev.retort.jobs.ingest;

/** Which samples of a choice make a data set. */
enum Side {
  TAKEN,
  LEFT
}
