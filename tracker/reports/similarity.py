"""How alike two Chinese texts are: cosine of TF-IDF over single characters and pairs, no segmentation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from heapq import nlargest
from operator import add, itemgetter

Vector = dict[str, float]

LETTERS = re.compile(r"[\u3400-\u9fff0-9A-Za-z]+")


def grams(text: str) -> Counter[str]:
    """Single characters and pairs of neighbours, never across punctuation."""
    found: Counter[str] = Counter()
    for run in LETTERS.findall(text):
        found.update(run)
        found.update(map(add, run, run[1:]))
    return found


def similarities(left: Sequence[str], right: Sequence[str]) -> list[list[float]]:
    """Cosine 0–1 of each left text with each right one; rare characters of all the texts weigh more."""
    vectors = weighed([*left, *right])
    return [[cosine(one, other) for other in vectors[len(left) :]] for one in vectors[: len(left)]]


def weighed(texts: Sequence[str], most: int | None = None) -> list[Vector]:
    """The texts as vectors of length 1; what is rare among them weighs more. `most`: only so many of each."""
    counted = [grams(text) for text in texts]
    documents = Counter(gram for count in counted for gram in count)
    weight = {gram: math.log((1 + len(counted)) / (1 + n)) + 1 for gram, n in documents.items()}
    return [_unit(count, weight, most) for count in counted]


def _unit(count: Counter[str], weight: dict[str, float], most: int | None) -> Vector:
    vector = {gram: weight[gram] if n == 1 else (1 + math.log(n)) * weight[gram] for gram, n in count.items()}
    if most is not None and len(vector) > most:
        vector = dict(nlargest(most, vector.items(), key=itemgetter(1)))
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {gram: value / length for gram, value in vector.items()}


def cosine(one: Vector, other: Vector) -> float:
    """Cosine 0–1 of two vectors of length 1."""
    return math.fsum([one[gram] * other[gram] for gram in one.keys() & other.keys()])
