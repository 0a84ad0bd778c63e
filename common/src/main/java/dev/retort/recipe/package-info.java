/**
 * The typed configuration of a run: {@link dev.retort.recipe.RecipeReader} turns YAML and overrides
 * into a {@link dev.retort.recipe.Recipe} or says precisely what is wrong, {@link
 * dev.retort.recipe.RecipeWriter} prints it back with every default filled in. {@link
 * dev.retort.recipe.RecipeKeys} is the one registry of keys, types, ranges and defaults: reading,
 * printing and the reference in {@code conf/reference.md} all follow it. May import every package
 * of this module, and is the only one that uses SnakeYAML.
 */
package dev.retort.recipe;
