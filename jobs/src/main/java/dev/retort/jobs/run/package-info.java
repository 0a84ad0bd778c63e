/**
 * Where results live: the content-addressed {@link dev.retort.jobs.run.Store} shared by all runs,
 * the {@link dev.retort.jobs.run.RunDirectory} of one run with its {@link
 * dev.retort.jobs.run.Lease} and events, and the one JSON form ({@link dev.retort.jobs.run.Json}).
 * Works on any Hadoop file system: no run renames or overwrites anything in the store. May import
 * all of {@code common}, Hadoop's file systems and Jackson; no Spark.
 */
package dev.retort.jobs.run;
