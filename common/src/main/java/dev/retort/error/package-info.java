/**
 * What can go wrong, by who can mend it: the user ({@link dev.retort.error.UserError}, {@link
 * dev.retort.error.UnsupportedModelError}), the cluster ({@link
 * dev.retort.error.InfrastructureError}) or we (any other exception). Each kind carries its exit
 * code. May import the JDK only.
 */
package dev.retort.error;
