package dev.retort.jobs.spark;

import dev.retort.provenance.Sha256;
import java.io.Serializable;

/**
 * A model file in the store, as executors fetch it.
 *
 * @param uri the file, on any Hadoop file system
 * @param sha256 the digest of its bytes
 * @param sizeBytes its length
 */
public record StoredModel(String uri, Sha256 sha256, long sizeBytes) implements Serializable {}
