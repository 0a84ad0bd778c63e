package dev.retort.jobs.ingest;

import dev.retort.jobs.run.StageStore;
import java.util.Optional;

/**
 * Where the data sets go.
 *
 * @param data the rows that are not split off
 * @param validation those that are; present exactly if the request asks for a split
 */
public record IngestTargets(StageStore data, Optional<StageStore> validation) {}
