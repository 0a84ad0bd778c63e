/**
 * Commands, console and exit codes: the only place that prints. {@link dev.retort.jobs.cli.Main}
 * starts one command; each is a class named after it. May import every package, picocli and
 * progressbar.
 */
package dev.retort.jobs.cli;
