/**
 * Where a result comes from: content hashes ({@link dev.retort.provenance.Sha256}), stage
 * fingerprints ({@link dev.retort.provenance.Fingerprint}), the class of processor, versions and
 * derived seeds. May import {@code error} and the JDK only.
 */
package dev.retort.provenance;
