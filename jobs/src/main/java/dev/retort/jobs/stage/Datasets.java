package dev.retort.jobs.stage;

import dev.retort.jobs.spark.StoredDataset;

/**
 * The data of a run, each set with shards of its own.
 *
 * @param train the training rows without those split off
 * @param validation the split that choices are made on
 * @param test what each step is evaluated on once
 */
record Datasets(StoredDataset train, StoredDataset validation, TestSplit test) {}
