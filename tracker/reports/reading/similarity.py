"""How alike two Chinese texts are: cosine of TF-IDF over single characters and pairs, no segmentation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from operator import add

Vector = dict[str, float]

LETTERS = re.compile(r"[\u3400-\u9fff0-9A-Za-z]+")


def grams(text: str) -> Counter[str]:
    """Single characters and pairs of neighbours, never across punctuation."""
    found: list[str] = []
    for run in LETTERS.findall(text):
        found.extend(run)
        found.extend(map(add, run, run[1:]))
    return Counter(found)


def similarities(left: Sequence[str], right: Sequence[str]) -> list[list[float]]:
    """Cosine 0–1 of each left text with each right one; rare characters of all the texts weigh more."""
    vectors = weighed([*left, *right])
    return [[cosine(one, other) for other in vectors[len(left) :]] for one in vectors[: len(left)]]


def weighed(texts: Sequence[str]) -> list[Vector]:
    """The texts as vectors of length 1; what is rare among them weighs more.

    What stands in one text alone counts for the length and is then left out: it can be like nothing.
    """
    counted = [grams(text) for text in texts]
    documents = Counter(chain.from_iterable(counted))
    weight = {gram: math.log((1 + len(counted)) / (1 + n)) + 1 for gram, n in documents.items()}
    shared = {gram for gram, n in documents.items() if n > 1}
    return [_unit(count, weight, shared) for count in counted]


def _unit(count: Counter[str], weight: dict[str, float], shared: set[str]) -> Vector:
    vector = {gram: weight[gram] if n == 1 else (1 + math.log(n)) * weight[gram] for gram, n in count.items()}
    length = math.sqrt(sum([value * value for value in vector.values()])) or 1.0
    return {gram: value / length for gram, value in vector.items() if gram in shared}


def cosine(one: Vector, other: Vector) -> float:
    """Cosine 0–1 of two vectors of length 1."""
    return math.fsum([one[gram] * other[gram] for gram in one.keys() & other.keys()])
