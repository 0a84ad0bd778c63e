/**
 * What every stage on Spark shares: cutting shards into tasks ({@link
 * dev.retort.jobs.spark.ShardTasks}), running them ({@link dev.retort.jobs.spark.ShardJob}), model
 * files on executors, the processors of the cluster, Kryo, and what operators see: metrics and the
 * run in log lines. Holds no mathematics. May import all of {@code common} and {@code jobs.run}.
 */
package dev.retort.jobs.spark;
