"""The yardstick: the list of tasks as a bare Flask program would have it.

No log-in, permissions, layout, words or trail; fifty departments, five hundred persons, deadlines over two
years, four states, seven in ten of what is past closed. It is served like the product.
"""

import random
from datetime import date, timedelta
from pathlib import Path

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import ColumnElement, Engine, ForeignKey, Index, create_engine, insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

from tracker import clock

DEPARTMENTS, PERSONS, EVENTS = 50, 500, 4
STATES = ("交办", "办理", "待核", "销号")
PAGES = {
    "list.html": """<!doctype html><title>任务</title><table>{% for task in tasks %}<tr>
<td>{{ task.due }}</td><td><a href="{{ url_for('show', number=task.id) }}">{{ task.title }}</a></td>
<td>{{ task.department.name }}</td><td>{{ task.person.name }}</td><td>{{ task.state }}</td></tr>
{% endfor %}</table>""",
    "task.html": """<!doctype html><title>{{ task.title }}</title><h1>{{ task.title }}</h1>
<p>{{ task.department.name }} {{ task.person.name }} {{ task.due }} {{ task.state }}</p><ol>
{% for event in task.events %}<li>{{ event.day }} {{ event.person.name }}：{{ event.text }}</li>
{% endfor %}</ol>""",
}


class Base(DeclarativeBase):
    """The sketch's own tables, apart from the product's."""


class Department(Base):
    """Where a task lies."""

    __tablename__ = "departments"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Worker(Base):
    """Who has a task."""

    __tablename__ = "workers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Job(Base):
    """A task."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_department_due", "department_id", "due"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), index=True)
    due: Mapped[date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(index=True)
    department: Mapped[Department] = relationship()
    person: Mapped[Worker] = relationship()
    events: Mapped[list["Event"]] = relationship(order_by="Event.id")


class Event(Base):
    """What happened to a task."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    day: Mapped[date]
    text: Mapped[str]
    person: Mapped[Worker] = relationship()


def sketch(place: str) -> Flask:
    """Return the program on what `fill` left in a folder.

    `/` lists fifty open tasks, `/overdue/7` the overdue ones of a department, `/7` shows a task.
    """
    app = Flask("sketch")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{_file(Path(place))}"
    app.jinja_loader = DictLoader(PAGES)
    db = SQLAlchemy(app, model_class=Base)

    def listed(*conditions: ColumnElement[bool]) -> str:
        """The fifty open tasks that are due first."""
        open_ones = (
            select(Job).where(Job.state != STATES[-1], *conditions).order_by(Job.due, Job.id).limit(50)
        )
        parts = joinedload(Job.department), joinedload(Job.person)
        return render_template("list.html", tasks=db.session.scalars(open_ones.options(*parts)).all())

    app.add_url_rule("/", "index", listed)

    @app.get("/overdue/<int:department>")
    def overdue(department: int) -> str:
        """Those of a department that are overdue."""
        return listed(Job.department_id == department, Job.due < clock.today())

    @app.get("/<int:number>")
    def show(number: int) -> str:
        """One task with its history."""
        return render_template("task.html", task=db.get_or_404(Job, number))

    return app


def fill(place: Path, tasks: int, today: date) -> None:
    """Make the sketch's database in a folder, with so many tasks."""
    engine = create_engine(f"sqlite:///{_file(place)}")
    _fill(engine, tasks, today)
    engine.dispose()


def _file(place: Path) -> Path:
    return place / "sketch.db"


def _fill(engine: Engine, tasks: int, today: date) -> None:
    dice = random.Random(7)
    Base.metadata.create_all(engine)
    with engine.begin() as rows:
        names = [{"id": one + 1, "name": f"示{one:03d}"} for one in range(PERSONS)]
        rows.execute(insert(Worker), names)
        rows.execute(
            insert(Department), [row | {"name": f"{row['name']}办公室"} for row in names[:DEPARTMENTS]]
        )
        rows.execute(insert(Job), [_job(number, dice, today) for number in range(1, tasks + 1)])
        rows.execute(
            insert(Event),
            [
                {"job_id": number, "person_id": 1 + dice.randrange(PERSONS), "day": today, "text": "已整改"}
                for number in range(1, tasks + 1)
                for _ in range(EVENTS)
            ],
        )
        rows.execute(text("ANALYZE"))


def _job(number: int, dice: random.Random, today: date) -> dict[str, object]:
    due = date(today.year - 1, 1, 1) + timedelta(days=dice.randrange(730))
    closed = due < today and dice.random() < 0.7
    return {
        "id": number, "title": "".join(dice.choice("村居巡查台账更新宣传培训安全") for _ in range(60)),
        "department_id": 1 + dice.randrange(DEPARTMENTS), "person_id": 1 + dice.randrange(PERSONS),
        "due": due, "state": STATES[-1] if closed else dice.choice(STATES[:-1]),
    }  # fmt: skip
