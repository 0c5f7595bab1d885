"""The reader on the labelled corpus, and that no rule of it was made for one text."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from types import ModuleType

import pytest

from tests.accuracy.scoring import CLOSE, HALF, Labelled, labelled_in, tallies
from tests.conftest import REFERENCE
from tracker.reports import formats, reading
from tracker.reports.reading.characters import normalised

CORPUS = REFERENCE / "corpus"
LONGEST_COMMON = 4  # characters; a longer literal that one text alone has may have been made for it
RUN = re.compile(rf"[\u4e00-\u9fff]{{{LONGEST_COMMON + 1},}}")


@pytest.fixture(scope="module")
def corpus() -> list[Labelled]:
    """The labelled texts."""
    return list(labelled_in(CORPUS))


def test_problems_are_found_where_they_stand(corpus: list[Labelled]) -> None:
    half, close = tallies(corpus, HALF), tallies(corpus, CLOSE)
    assert half["all"].f1 >= 0.88
    assert half["long"].f1 >= 0.95
    assert close["all"].f1 >= 0.75


def test_texts_without_a_problem_stay_silent(corpus: list[Labelled]) -> None:
    tally = tallies(corpus)["without problems"]
    assert (tally.texts, tally.silent) == (5, 5)


def test_countermeasures_are_found_with_them(corpus: list[Labelled]) -> None:
    tally = tallies(corpus)["all"]
    assert tally.measures_right >= 0.75 * tally.measures > 9


def modules() -> Iterator[ModuleType]:
    """Yield every module in which a rule of the reader can stand."""
    for package in (reading, formats):
        for module in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{module.name}")


def sources(value: object) -> Iterator[str]:
    """Yield the words of a rule: of a pattern, or of a table of patterns and words."""
    if isinstance(value, re.Pattern):
        yield from sources(value.pattern)  # a pattern of bytes has no words of a report
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from sources((*value.keys(), *value.values()))
    elif isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from sources(part)


def test_no_long_literal_stands_in_one_text_alone() -> None:
    texts = [normalised(place.read_bytes().decode()) for place in CORPUS.glob("*.txt")]
    practice = (REFERENCE / "domain.md").read_text("utf-8")
    rules = (value for module in modules() for name, value in vars(module).items() if name != "__doc__")
    literals = {run for rule in rules for source in sources(rule) for run in RUN.findall(source)}
    made_for_one = [
        literal
        for literal in sorted(literals)
        if literal not in practice and sum(literal in text for text in texts) == 1
    ]
    assert len(literals) > 20
    assert made_for_one == []
