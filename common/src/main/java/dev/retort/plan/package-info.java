/**
 * What an algorithm decided and why: {@link dev.retort.plan.Plan}, a value that can be printed,
 * saved and compared. May import from {@code error} up to {@code budget}.
 */
package dev.retort.plan;
