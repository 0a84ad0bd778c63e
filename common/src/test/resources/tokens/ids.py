"""Writes minilm.jsonl: python3 ids.py all-minilm-l6-v2-tokenizer.json > minilm.jsonl (PyPI tokenizers 0.23.3)."""
import json
import sys

from tokenizers import Tokenizer

TEXTS = [
    "an adult person who is a male (as opposed to a woman)",
    "",
    "   two  spaces\tand a tab   ",
    "Caf\u00e9 na\u00efve \u00c5ngstr\u00f6m A\u030angstr\u00f6m",
    "snowman \u2603 and emoji \U0001f600 and \u4e2d\u6587",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "3.14159, 1,000,000 and 50%",
    "don't; won't: \"quoted\" -- dashed",
    "[CLS] is a word here, [MASK] too",
    "word " * 100,
]

tokenizer = Tokenizer.from_file(sys.argv[1])
tokenizer.no_padding()
for length in (64, 8):
    tokenizer.enable_truncation(length)
    for text in TEXTS:
        encoded = tokenizer.encode(text)
        row = {"length": length, "text": text, "ids": encoded.ids, "cut": bool(encoded.overflowing)}
        print(json.dumps(row))
