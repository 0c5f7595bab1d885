"""How alike two Chinese texts are: cosine of TF-IDF over single characters and pairs, no segmentation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

LETTERS = re.compile(r"[\u3400-\u9fff0-9A-Za-z]+")


def grams(text: str) -> Counter[str]:
    """Single characters and pairs of neighbours, never across punctuation."""
    found: Counter[str] = Counter()
    for run in LETTERS.findall(text):
        found.update(run)
        found.update(run[n : n + 2] for n in range(len(run) - 1))
    return found


def similarities(left: Sequence[str], right: Sequence[str]) -> list[list[float]]:
    """Cosine 0–1 of each left text with each right one; rare characters of all the texts weigh more."""
    counted = [grams(text) for text in (*left, *right)]
    documents = Counter(gram for count in counted for gram in count)
    weight = {gram: math.log((1 + len(counted)) / (1 + n)) + 1 for gram, n in documents.items()}
    vectors = [_unit(count, weight) for count in counted]
    return [[_dot(one, other) for other in vectors[len(left) :]] for one in vectors[: len(left)]]


def _unit(count: Counter[str], weight: dict[str, float]) -> dict[str, float]:
    vector = {gram: (1 + math.log(n)) * weight[gram] for gram, n in count.items()}
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {gram: value / length for gram, value in vector.items()}


def _dot(one: dict[str, float], other: dict[str, float]) -> float:
    if len(one) > len(other):
        one, other = other, one
    return sum(value * other.get(gram, 0.0) for gram, value in one.items())
