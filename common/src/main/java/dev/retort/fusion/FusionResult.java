package dev.retort.fusion;

import dev.retort.graph.Model;
import dev.retort.plan.Plan;

/**
 * A fused model and why it looks so.
 *
 * @param model computes what the original computes, up to rounding
 * @param plan one decision for each rule that fired ({@code fuse}) or refused ({@code keep})
 */
public record FusionResult(Model model, Plan plan) {}
