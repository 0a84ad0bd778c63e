/** Commands, console and exit codes: the only place that prints. May import every package. */
package dev.retort.jobs.cli;
