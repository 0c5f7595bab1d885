"""How much is typed and clicked from a report's import to the closure of its problems, in a real browser.

Every touch of the walk goes through `Hands`, which counts it. What each typed field is for: docs/typing.md.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page
from sqlalchemy import select

from tests.browser.conftest import PHONE, Enter, account_of
from tests.office import Office
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.places import samples_dir
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState

pytestmark = pytest.mark.browser

IMPORTED, SIGNED, DONE, LOOKED_AT = (
    date(2025, 10, 9), date(2025, 10, 10), date(2025, 11, 3), date(2025, 11, 4)
)  # fmt: skip
PROBLEMS = 3
MOST_TYPED, MOST_CLICKS = 1, 12  # a problem: the result is typed; the clicks of all five who touch it


@dataclass
class Hands:
    """The hands of everybody in the walk: what they type, choose and click is counted."""

    page: Page | None = None
    typed: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    clicks: Counter[str] = field(default_factory=Counter)

    def open(self, path: str) -> None:
        """Go to the page where the day begins; that is a bookmark and counts nothing."""
        self._page.goto(path)

    def click(self, what: Locator, step: str) -> None:
        """Click something."""
        what.first.click()
        self.clicks[step] += 1

    def button(self, name: str, step: str) -> None:
        """Click a button or a link by its words."""
        page = self._page
        self.click(page.locator("main").get_by_text(name, exact=True).and_(page.locator("a, button")), step)

    def type(self, name: str, words: str) -> None:
        """Type into a field."""
        self._page.locator(f"[name={name}]").press_sequentially(words)
        self.typed.append(name)

    def choose(self, name: str, file: Path, step: str) -> None:
        """Choose a file: one click to open the dialogue, one on the file."""
        self._page.set_input_files(f"[name={name}]", file)
        self.chosen.append(name)
        self.clicks[step] += 2

    @property
    def _page(self) -> Page:
        assert self.page is not None
        return self.page


def test_from_import_to_closure_little_is_typed(
    app: Flask,
    office: Office,
    enter: Enter,
    moved_clock: Callable[..., None],
    tmp_path: Path,
    proof_figure: Callable[[str, object], None],
) -> None:
    hands = Hands()
    moved_clock(IMPORTED)
    _import_and_assign(enter, hands)
    tasks = _tasks(office)[:PROBLEMS]
    for task_id, holder in tasks:
        moved_clock(SIGNED)
        _sign(enter, hands, holder)
        moved_clock(DONE)
        _request_closure(enter, hands, holder, task_id, tmp_path)
    moved_clock(LOOKED_AT)
    _decide(enter, hands, "deputy", "初审或退回", "初审同意", None)
    _decide(enter, hands, "keeper", "验收或退回", "验收销号", "verdict")

    db.session.rollback()
    states = [db.session.get_one(Task, task_id).state for task_id, _holder in tasks]
    assert states == [TaskState.CLOSED] * PROBLEMS
    proof_figure("fields typed from import to closure of three problems", len(hands.typed))
    proof_figure("clicks from import to closure of three problems", dict(hands.clicks))
    print(f"typed {Counter(hands.typed)}; clicks {hands.clicks}, {hands.clicks.total()} together")
    assert len(hands.typed) <= MOST_TYPED * PROBLEMS
    assert hands.clicks.total() <= MOST_CLICKS * PROBLEMS


def _import_and_assign(enter: Enter, hands: Hands) -> None:
    with enter("clerk") as hands.page:
        hands.open("/reports/new")
        hands.choose("file", samples_dir() / "township-q3.txt", "import")
        hands.button("导入并读取", "import")
        run_waiting()
        hands.page.reload()
        hands.click(hands.page.get_by_role("button", name="并交办"), "import")
        hands.page.get_by_role("link", name="在台账中查看任务").wait_for()


def _sign(enter: Enter, hands: Hands, holder: str) -> None:
    with enter(holder, PHONE) as hands.page:
        hands.open("/mine")
        if hands.page.get_by_role("button", name="签收").count():
            hands.button("签收", "acknowledge")
        hands.open("/mine")


def _request_closure(enter: Enter, hands: Hands, holder: str, task_id: int, folder: Path) -> None:
    photo = folder / "现场照片.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    with enter(holder, PHONE) as hands.page:
        hands.open("/mine")
        mine = hands.page.locator("article", has=hands.page.locator(f"h3 a[href='/tasks/{task_id}']"))
        hands.click(mine.get_by_role("link", name="申请销号"), "request closure")
        hands.type("result", "已办结")
        hands.choose("evidence", photo, "request closure")
        hands.button("申请销号", "request closure")
        hands.page.wait_for_url("**/mine")


def _decide(enter: Enter, hands: Hands, who: str, link: str, act: str, chosen: str | None) -> None:
    with enter(who) as hands.page:
        for _ in range(PROBLEMS):
            hands.open("/mine")
            hands.button(link, act)
            if chosen:
                hands.click(hands.page.locator(f"[name={chosen}][value=good]"), act)
            hands.button(act, act)
            hands.page.wait_for_url("**/mine")


def _tasks(office: Office) -> list[tuple[int, str]]:
    """The tasks that came of problems, with the account of who answers for each, in the report's order."""
    db.session.rollback()
    with writing():
        rows = db.session.scalars(select(Task).where(Task.problem_id.is_not(None)).order_by(Task.number))
        return [(task.id, account_of(office, task.lead_post_id)) for task in rows]
