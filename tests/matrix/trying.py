"""Running the matrix against mutants, each in a process of its own.

The product is imported only in these processes: what a mutant changes cannot be changed afterwards.
"""

import itertools
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tests.matrix.mutants import PACKAGE, Changed, Mutant

if TYPE_CHECKING:
    from tests.matrix.asking import Stage

Place = tuple[str, str]  # file below the package, function
Question = tuple[str, tuple[str, str], str | None]  # the fields of a cell: to name one takes no product
AT_ONCE = 2


def survivors(mutants: Sequence[Mutant], template: Path, *, one_in: int = 1) -> list[Mutant]:
    """Return the mutants that no question told from the product; `template` is a migrated, empty database.

    With `one_in` each is tried with one question in so many first, and whoever survives these with all.
    """
    left = _left(mutants, template, one_in)
    return _left(left, template, 1) if left and one_in > 1 else left


def _left(mutants: Sequence[Mutant], template: Path, one_in: int) -> list[Mutant]:
    spawn = multiprocessing.get_context("spawn")  # a process without the product in it
    wanted = frozenset((mutant.file, mutant.function) for mutant in mutants)
    with ProcessPoolExecutor(AT_ONCE, mp_context=spawn, max_tasks_per_child=1) as pool:
        shares = [pool.submit(_reached, wanted, template, one_in, share) for share in range(AT_ONCE)]
        reached: dict[Place, list[Question]] = defaultdict(list)
        for share in shares:
            for place, questions in share.result().items():
                reached[place] += questions
        tries = [
            (
                mutant,
                pool.submit(_is_noticed, mutant, reached.get((mutant.file, mutant.function), []), template),
            )
            for mutant in mutants
        ]
        return [mutant for mutant, noticed in tries if not noticed.result()]


def _reached(
    wanted: frozenset[Place], template: Path, one_in: int, share: int
) -> Mapping[Place, list[Question]]:
    """Ask one question in so many once, a process its share; return which go through which function."""
    found: dict[Place, list[Question]] = defaultdict(list)
    with _stage(template) as stage:
        cells = itertools.islice(stage.cells(), one_in * share, None, one_in * AT_ONCE)
        for cell in cells:
            if cell.is_safe or not cell.allowed:
                for place in _called(wanted, stage, cell):
                    found[place].append((cell.actor, cell.key, cell.place))
    return dict(found)


def _called(wanted: frozenset[Place], stage: "Stage", cell: Any) -> set[Place]:
    called: set[Place] = set()
    prefix = f"{PACKAGE}{os.sep}"

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(prefix):
            called.add((frame.f_code.co_filename.removeprefix(prefix), frame.f_code.co_name))

    sys.setprofile(note)
    try:
        stage.ask(cell)
    finally:
        sys.setprofile(None)
    return called & wanted


def _is_noticed(mutant: Mutant, questions: Sequence[Question], template: Path) -> bool:
    """Whether some question gets another answer from the mutant than the table wants."""
    sys.meta_path.insert(0, Changed(mutant))
    from tests.matrix.asking import Cell
    from tests.matrix.verbs import wrongly_answered

    order = random.Random(str(mutant)).sample(questions, len(questions))  # neighbours ask much the same
    try:
        with _stage(template) as stage:
            return any(
                stage.ask(cell).status_code != cell.wanted for cell in (Cell(*one) for one in order)
            ) or any(wrongly_answered(stage.office, stage.ids["own"]))
    except Exception:
        return True  # so much is missing that the scene cannot be set, or a page breaks


@contextmanager
def _stage(template: Path) -> Iterator["Stage"]:
    """The scene on a database of its own."""
    from tests.conftest import Visitor, cheaply_hashed, environment, release
    from tests.matrix.asking import Stage
    from tests.office import build_office
    from tests.tasks.steps import TODAY
    from tracker import clock, create_app
    from tracker.database import writing

    with tempfile.TemporaryDirectory(prefix="tracker-") as folder, cheaply_hashed(), clock.moved_to(TODAY, 9):
        shutil.copyfile(template, Path(folder) / "tracker.db")
        app = create_app(environment(Path(folder), f"sqlite:///{folder}/tracker.db"))
        app.test_client_class = Visitor
        with app.app_context():
            with writing():
                office = build_office()
            yield Stage(app, office)
        release(app)
