"""The ledger and the search at a hundred thousand tasks, on both databases.

Yardstick: the same pages of a bare program (`sketch`), and the same words sought with LIKE in the database.
"""

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import func, insert, select, text

from tests.bench.rows import Row
from tests.bench.served import Served, serving_program
from tests.bench.sketch import fill as fill_sketch
from tests.conftest import environment, migrate, release
from tests.office import Office, build_office
from tests.processes import serving
from tracker import clock, create_app
from tracker.database import BATCH, keep_statistics, writing
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.models import UnitKind
from tracker.organization.setup import add_person, add_post, add_unit, appoint
from tracker.periods import Period
from tracker.problems.models import Kinship, Problem, ProblemOutcome, ProblemSource
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, TaskState
from tracker.tasks.word_index import fill
from tracker.web.paging import PAGE, write_cursor

TASKS = 100_000
DEPARTMENTS = 50
PERIODS = [Period.parse(f"{year}Q{quarter}") for year in (2024, 2025) for quarter in (1, 2, 3, 4)]
STATES = (TaskState.REGISTERED, TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.CLOSURE_REQUESTED)
# what is found, and how it stands with it; a title joins some of them
PARTS = (
    "消防通道",
    "宣传栏",
    "河道岸线",
    "村级台账",
    "食品小作坊",
    "校园周边",
    "老旧电梯",
    "网格巡查",
    "出租房屋",
    "危险化学品",
    "应急物资",
    "信访积案",
    "党费收缴",
    "会议记录",
    "农村公路",
    "饮用水源",
    "秸秆焚烧",
    "施工围挡",
    "燃气管线",
    "档案整理",
)
FAULTS = (
    "更新不及时",
    "被占用",
    "责任不落实",
    "记录不完整",
    "整改不到位",
    "底数不清",
    "标识缺失",
    "监管有漏洞",
    "培训走过场",
    "反馈不闭环",
)
WORDS = ("消", "台账", "食品小作坊责", "抽查", "2025Q3-007")  # of titles, of every standard, a number


def ledger(directory: Path, databases: Mapping[str, tuple[str, Sequence[int]]]) -> Iterator[Row]:
    """Pages of the ledger and of the search as they are served; the data are made first.

    `databases`: the address of an empty database by its kind, and the processes that work for it alone.
    """
    fill_sketch(directory, TASKS, clock.today())
    for kind, (url, roots) in databases.items():
        place = directory / kind
        place.mkdir()
        given = environment(place, url)
        migrate(given)
        app = create_app(given)
        with app.app_context():
            filled(TASKS)
            bare_search = Served("", (os.getpid(), *roots))
            likes = {word: bare_search.work(partial(_like, word)) for word in WORDS}
            task = db.session.scalar(select(func.min(Task.id)).where(Task.state == TaskState.IN_PROGRESS))
            second = _second_page()
        release(app)
        program = f"tests.bench.sketch:sketch('{directory}')"
        with serving_program(program) as bare, serving(given, "--web-only") as server:
            served = Served(server.url, (server.pid, *roots))
            yield from _rows(served, bare, kind, f"/tasks/{task}", second)
            yield from _searches(served, bare, kind, likes)


def filled(tasks: int) -> None:
    """Fill an empty database with an office, its departments and so many tasks."""
    dice = random.Random(7)
    with writing():
        office = build_office()
        posts = list(_posts(office))
    for first in range(0, tasks, 10 * BATCH):
        with writing():
            rows = [
                _task(office, number, dice, posts) for number in range(first, min(first + 10 * BATCH, tasks))
            ]
            problems = [row.pop("behind") for row in rows]
            db.session.execute(insert(Problem), problems)
            db.session.execute(
                insert(Problem), [_carried(one, tasks) for one in problems if one["id"] % 20 == 0]
            )
            db.session.execute(insert(Task), rows)
    fill()
    with writing():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT setval('tasks_id_seq', (SELECT max(id) FROM tasks))"))
            db.session.execute(text("ANALYZE"))
    keep_statistics()  # as the worker does from time to time


def _posts(office: Office) -> Iterator[int]:
    for number in range(DEPARTMENTS):
        unit = add_unit(
            code=f"QS-B{number:02d}",
            name=f"第{number:02d}办公室",
            kind=UnitKind.DEPARTMENT,
            parent=office.town,
        )
        lead = add_post(unit, f"第{number:02d}办主任", superior=office.deputy.post)
        appoint(add_person(f"示{number:02d}"), lead, from_day=date(2024, 1, 1))
        yield lead.id


def _task(office: Office, number: int, dice: random.Random, posts: list[int]) -> dict[str, Any]:
    due, period = date(2024, 1, 1) + timedelta(days=dice.randrange(730)), PERIODS[number % len(PERIODS)]
    past = due < clock.today()
    closed = past and dice.random() < 0.7
    title = "".join(f"{dice.choice(PARTS)}{dice.choice(FAULTS)}，" for _ in range(6))[:60]
    long_term = not closed and dice.random() < 0.05
    moment = clock.now() - timedelta(minutes=dice.randrange(500_000))
    source = dice.choice(list(ProblemSource))
    back = _came_back(number)
    problem = {
        "id": number + 1, "unit_id": office.town.id, "domain_id": office.ideology.id, "period": period,
        "text": title, "measure": "加强巡查", "source": source, "outcome": ProblemOutcome.OPEN,
        "origin_id": number + 1, "made_at": moment, "family_id": number + 1 - back, "running": back + 1,
        "kin_id": number if back else None,
        "kinship": (Kinship.REBOUND, Kinship.RECURRING)[number % 2] if back else None,
    }  # fmt: skip
    return {
        "behind": problem, "uuid": str(UUID(int=dice.getrandbits(128))), "unit_id": office.town.id,
        "period": period, "number": number // len(PERIODS) + 1, "problem_id": number + 1, "title": title,
        "measure": f"{dice.choice(PARTS)}逐项整改，每月{dice.randrange(1, 9)}次",
        "standard": "抽查 3 处，记录在案",
        "remedy": Remedy.LONG_TERM if long_term else Remedy.TIME_LIMITED,
        "state": TaskState.CLOSED if closed else dice.choice(STATES), "secrecy": Secrecy.OPEN,
        "domain_id": office.ideology.id, "lead_post_id": dice.choice(posts),
        "verifier_post_id": office.keeper.post.id, "round_no": 1,
        "deadline": None if long_term else due, "first_deadline": None if long_term else due,
        "review_on": due if long_term else None, "last_progress_on": due - timedelta(days=dice.randrange(60)),
        "percent": dice.choice((None, 20, 60)), "closed_on": due if closed else None, "changed_at": moment,
        "version": 3,
    }  # fmt: skip


def _came_back(number: int) -> int:
    """Return how often the problem of a number came back already: each tenth eight are a family of four."""
    return number % len(PERIODS) if number // len(PERIODS) % 10 == 0 and number % len(PERIODS) < 4 else 0


def _carried(problem: dict[str, Any], tasks: int) -> dict[str, Any]:
    """Return the row of the next period of a problem that is carried over."""
    return problem | {
        "id": tasks + problem["id"], "period": problem["period"].next(), "kin_id": None, "kinship": None,
        "source": ProblemSource.CARRIED_OVER,
    }  # fmt: skip


def _second_page() -> str:
    """Return the address of the page after the first fifty."""
    found = (
        select(Task.deadline, Task.id)
        .where(Task.deadline.is_not(None))
        .order_by(Task.deadline, Task.id)
        .offset(PAGE - 1)
        .limit(1)
    )
    return f"/tasks?after={write_cursor(db.session.execute(found).one())}"


def _rows(served: Served, bare: Served, kind: str, task: str, second: str) -> Iterator[Row]:
    clerk = served.sign_in("clerk")
    holder = served.sign_in("lead")  # of no task at all: what others do need not be read to find that out
    pages: dict[str, tuple[str, dict[str, str], str]] = {
        "ledger page": ("/tasks", clerk, "/"),
        "ledger, next page": (second, clerk, "/"),
        "ledger by number": ("/tasks?sort=number", clerk, "/"),
        "ledger, latest change first": ("/tasks?sort=changed", clerk, "/"),
        "ledger, overdue of a department": ("/tasks?unit=QS-B07&state=overdue", clerk, "/overdue/7"),
        "ledger, meetings of a quarter": ("/tasks?source=meeting&period=2025Q3", clerk, "/"),
        "ledger, all columns": ("/tasks?cols=all", clerk, "/"),
        "ledger, what rebounded": ("/tasks?again=rebound", clerk, "/"),
        "ledger, two periods running or more": ("/tasks?again=lasting&state=open", clerk, "/"),
        "ledger of a holder": ("/tasks", holder, "/"),
        "ledger by problem": ("/tasks/families", clerk, "/"),
        "overview": ("/overview", clerk, "/"),
        "one task": (task, clerk, "/77"),
    }
    for name, (address, reader, of_sketch) in pages.items():
        yardstick = bare.cost(of_sketch)  # taken anew for each row: the machine is never the same
        taken = served.cost(address, reader)
        against = f"sketch; {taken.wall:.0f} against {yardstick.wall:.0f} ms for eight at once"
        yield Row(f"{name} ({kind})", taken.cpu, "ms", yardstick.cpu, against)


def _searches(served: Served, bare: Served, kind: str, likes: Mapping[str, float]) -> Iterator[Row]:
    clerk = served.sign_in("clerk")
    for word, like in likes.items():
        for page, address in (("search", "/search"), ("ledger of the word", "/tasks")):
            yardstick = bare.cost("/")
            taken = served.cost(f"{address}?{urlencode({'q': word})}", clerk)
            against = f"sketch; {taken.wall:.0f} against {yardstick.wall:.0f} ms for eight at once; "
            name = f"{page}, {word} ({kind})"
            yield Row(name, taken.cpu, "ms", yardstick.cpu, f"{against}LIKE alone {like:.1f} ms")


def _like(word: str) -> None:
    query = select(Task.id).where(Task.title.contains(word)).order_by(Task.changed_at.desc()).limit(51)
    db.session.execute(query).all()
    db.session.rollback()
