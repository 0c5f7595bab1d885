"""Every route, asked by everybody at every place: the table's answer, one row for a denial, no change.

Whole with `make proof`; `make test` draws a share by chance. Requirements: reliability, section 2.1.
"""

import itertools
import logging
import random
import re
import statistics
import time
from collections.abc import Callable, Iterable

import pytest

from tests.matrix.asking import Cell, Stage
from tests.matrix.doors import DOORS
from tests.matrix.people import PLAYS, SIGNED_IN, TURNED_AWAY
from tests.matrix.verbs import wrongly_answered
from tests.routes import ROUTES
from tracker.web import strangers

Trials = Callable[[int, int], int]
ALL = 1_000_000
SLOWER = 1.15  # times; what is more would tell that the object exists
REFUSED_WHEN_ENDED = frozenset({302, 403, 404, 409, 422})  # to repeat an end is no fault; the state stays
# number of the request; token and key of the form; the minute at the head of the page
VARIES = re.compile(r'[0-9a-f]{12}|name="(?:csrf_token|once)" value="[^"]*"|\d\d:\d\d</span>')


def drawn(cells: Iterable[Cell], dice: random.Random, most: int) -> list[Cell]:
    """Return at most so many of the cells, by chance, in their order."""
    known = list(cells)
    chosen = set(dice.sample(range(len(known)), min(most, len(known))))
    return [cell for number, cell in enumerate(known) if number in chosen]


def test_every_actor_and_every_place_is_asked_of_every_route(stage: Stage) -> None:
    cells = list(stage.cells())
    assert {cell.actor for cell in cells} == set(SIGNED_IN)
    assert {cell.place for cell in cells} == {None, *PLAYS}
    asked = {key for key, row in ROUTES.items() if not row.public} | DOORS.keys()
    assert {cell.key for cell in cells} == asked


@pytest.mark.proof
def test_who_may_read_does_and_who_may_not_finds_nothing(
    stage: Stage,
    dice: random.Random,
    trials: Trials,
    proof_figure: Callable[[str, object], None],
) -> None:
    asked = drawn(
        (cell for cell in stage.cells() if cell.is_safe or not cell.allowed), dice, trials(450, ALL)
    )
    before, rows = stage.digest(), stage.denials()
    denied = 0
    for cell in asked:
        answer = stage.ask(cell)
        assert answer.status_code == cell.wanted, cell
        if cell.wanted in (403, 404):
            denied += 1
            rows += 1
            assert stage.denials() == rows, cell
    assert stage.digest() == before
    assert denied > len(asked) // 2
    proof_figure("cells read or denied, of them denied", f"{len(asked)}, {denied}")


def test_who_may_act_does(stage: Stage, proof_figure: Callable[[str, object], None]) -> None:
    acts = [cell for cell in stage.cells() if cell.allowed and not cell.is_safe]
    for cell in acts:
        got = stage.ask(cell).status_code
        stage.put_back()
        if cell.place == "ended":
            assert got in REFUSED_WHEN_ENDED, cell
        else:
            assert got == cell.wanted, cell
    proof_figure("acts that were allowed and succeeded", len(acts))


@pytest.mark.proof
def test_what_is_foreign_answers_byte_for_byte_like_what_does_not_exist(
    stage: Stage, dice: random.Random, trials: Trials, proof_figure: Callable[[str, object], None]
) -> None:
    hidden = (c for c in stage.cells() if c.wanted == 404 and c.place not in (None, "missing"))
    asked = drawn((cell for cell in hidden if "{" in cell.row.path), dice, trials(150, ALL))
    for cell in asked:
        foreign, missing = stage.ask(cell), stage.ask(cell, missing=True)
        assert VARIES.sub("", foreign.text) == VARIES.sub("", missing.text), cell
        assert dict(foreign.headers) == dict(missing.headers), cell
    proof_figure("foreign objects compared with missing ones", len(asked))


@pytest.mark.proof
def test_what_is_foreign_answers_as_fast_as_what_does_not_exist(
    stage: Stage, dice: random.Random, trials: Trials, proof_figure: Callable[[str, object], None]
) -> None:
    rounds = trials(9, 60)
    there = set(stage.cells())
    hidden = [cell for key in sorted(ROUTES) if (cell := Cell("lead", key, "sibling")) in there]
    hidden = [cell for cell in hidden if cell.wanted == 404 and "{" in cell.row.path]
    slower = {cell: slowness(stage, cell, rounds) for cell in drawn(hidden, dice, trials(24, ALL))}
    for cell in [cell for cell, ratio in slower.items() if ratio > SLOWER]:
        slower[cell] = slowness(stage, cell, 5 * rounds)  # a machine that was busy is asked again
    proof_figure("time of a foreign object to that of a missing one, worst", f"{max(slower.values()):.2f}")
    assert len(slower) > 20
    assert {cell: ratio for cell, ratio in slower.items() if ratio > SLOWER} == {}


def slowness(stage: Stage, cell: Cell, rounds: int) -> float:
    """Return the median time of a foreign object over that of a missing one and what two of these differ.

    Interleaved: a foreign one, a missing one, a missing one again, whose difference is the noise.
    """
    times: dict[str, list[float]] = {"foreign": [], "missing": [], "again": []}
    for _round in range(rounds):
        for name, measured in times.items():
            begun = time.perf_counter()
            stage.ask(cell, missing=name != "foreign")
            measured.append(time.perf_counter() - begun)
    foreign, missing, again = (statistics.median(measured) for measured in times.values())
    return foreign / (missing + abs(missing - again))


def test_a_verb_refuses_whoever_may_not_without_its_page_too(stage: Stage) -> None:
    assert list(wrongly_answered(stage.office, stage.ids["own"])) == []


@pytest.mark.parametrize("actor", TURNED_AWAY)
def test_without_a_living_account_one_is_sent_to_sign_in_and_leaves_a_line(
    stage: Stage, actor: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = stage.digest()
    for number, (key, row) in enumerate(ROUTES.items()):
        if row.public:
            continue
        caplog.clear()
        answer = stage.ask(Cell(actor, key, "own"), address=f"10.1.{number}.7")  # each has its share of lines
        lines = [vars(line)["fields"] for line in caplog.records if line.name == strangers.__name__]
        assert [(line["method"], line["status"]) for line in lines] == [(key[0], answer.status_code)], key
        if key[1].startswith("/api/"):
            assert answer.status_code == 401, key
        else:
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), key
    assert stage.digest() == before


def test_other_methods_tell_a_stranger_nothing(stage: Stage) -> None:
    for method, (key, row) in itertools.product(("HEAD", "OPTIONS"), ROUTES.items()):
        cell = Cell("other_clerk", key, "own")
        if key[0] != "GET" or "{" not in row.path or cell.wanted != 404:
            continue
        there = stage.ask(cell, method=method)
        absent = stage.ask(cell, method=method, missing=True)
        assert there.status_code == absent.status_code, key
        assert (there.text, there.headers) == (absent.text, absent.headers), key
