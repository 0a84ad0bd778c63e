package dev.retort.recipe;

import dev.retort.data.Padding;

/**
 * The input of the model that is a text: tokens, their mask and their types, those of them that the
 * model takes.
 *
 * @param name the input's name in the recipe
 * @param column the column of the source
 * @param tokenizer the path of the {@code tokenizer.json}
 * @param maxLength tokens that a text is cut to, those counted that the tokenizer adds
 * @param padTo how long the texts of a batch are made
 */
public record TextSettings(
    String name, String column, String tokenizer, int maxLength, Padding padTo) {}
