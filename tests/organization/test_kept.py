"""What is kept of the organization holds as long as nothing of it changed, and not a moment longer."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Table, delete, func, select, text, update

from tests.office import START, Office
from tests.organization.test_known import divide_work_by_domain
from tracker.columns import Base
from tracker.database import writing
from tracker.extensions import db
from tracker.organization import asked, queries
from tracker.organization.directory import directory
from tracker.organization.kept import Shelf, kept, present_mark
from tracker.organization.models import DutyDomain, Holding, Post, Unit
from tracker.organization.naming import name_of, who
from tracker.organization.posts import end_post
from tracker.organization.renaming import rename_unit
from tracker.organization.setup import add_post, release
from tracker.organization.standing_in import stand_in

TODAY = date(2025, 10, 9)
MARKED = (
    "chain_links", "chains", "duty_domains", "former_names", "former_titles", "holdings", "people",
    "portfolios", "posts", "settings", "stand_ins", "units",
)  # fmt: skip


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def mark() -> str:
    """Return the mark of the organization as another process reads it."""
    with db.engine.connect() as connection:
        return str(connection.scalar(select(present_mark())))


@pytest.mark.database
def test_every_change_of_the_organization_makes_a_new_mark(office: Office) -> None:
    seen = [mark()]

    def change(act: Callable[[], object]) -> None:
        with writing():
            act()
        seen.append(mark())

    def touch(table: Table) -> None:
        key = next(iter(table.primary_key.columns))
        db.session.execute(update(table).values({key: key}))

    change(lambda: rename_unit(office.publicity, "宣传文化办公室"))
    change(lambda: add_post(office.village, "东示村文书", superior=office.village_lead.post))
    tables = [Base.metadata.tables[name] for name in MARKED]
    filled = [table for table in tables if db.session.scalar(select(func.count()).select_from(table))]
    for table in filled:
        change(partial(touch, table))
    change(lambda: db.session.execute(delete(Base.metadata.tables["chain_links"])))
    assert len(filled) == 9
    assert len(set(seen)) == len(seen) == 13


@pytest.mark.database
def test_nothing_else_makes_a_new_mark(office: Office) -> None:
    before = mark()
    with writing():
        db.session.execute(text("UPDATE accounts SET last_seen_on = '2025-10-09'"))
    assert mark() == before


@pytest.mark.database
def test_every_table_of_the_organization_has_its_triggers(office: Office) -> None:
    """A migration that makes a table anew loses them on SQLite."""
    if db.engine.dialect.name == "sqlite":
        rows = db.session.execute(text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"))
        expected = 3  # for insert, update and delete
    else:
        rows = db.session.execute(
            text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_marks'")
        )
        expected = 1
    found = [name for (name,) in rows]
    assert {name: found.count(name) for name in MARKED} == dict.fromkeys(MARKED, expected)
    of_package = {
        mapper.local_table.name  # type: ignore[attr-defined] # every mapper of ours has a table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("tracker.organization.")
    }
    assert of_package - set(MARKED) == {"duties", "organization_mark"}  # of duties nothing is kept


@pytest.mark.database
def test_what_a_transaction_sees_of_its_own_changes_is_not_kept(office: Office) -> None:
    def titles() -> list[str]:
        return list(db.session.scalars(select(Post.title).where(Post.unit_id == office.publicity.id)))

    read = mark()
    with writing():
        add_post(office.publicity, "不会有的岗位")
        assert "不会有的岗位" in kept(read, "titles", make=titles)
        db.session.rollback()
    assert mark() == read
    assert kept(read, "titles", make=titles) == ["宣传办主任"]


def test_a_shelf_holds_so_many_and_makes_each_once(app: Flask) -> None:
    made: list[int] = []
    shelf = Shelf(2)

    def take(number: int, of: str = "mark") -> int:
        def make() -> int:
            made.append(number)
            return number

        return shelf(of, number, make=make)

    assert [take(number) for number in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert made == [1, 2, 3, 2]  # 2 was asked longest ago when 3 came
    take(1, of="another mark")
    take(1, of="")
    take(1, of="")
    assert made[4:] == [1, 1, 1]


@pytest.mark.database
@pytest.mark.parametrize("days", [0, 200])
def test_the_directory_names_whom_the_rules_name(office: Office, days: int) -> None:
    """Today and on an earlier day, ended posts and those of other offices as well."""
    divide_work_by_domain(office)
    with writing():
        holding = db.session.scalars(select(Holding).where(Holding.post_id == office.vice_head.post.id)).one()
        release(holding, last_day=TODAY - timedelta(days=9))
        stand_in(
            office.lead.person,
            office.safety_lead.person,
            by=office.lead.actor,
            from_day=TODAY,
            to_day=TODAY + timedelta(days=3),
        )
        ended = add_post(office.publicity, "过去的岗位", superior=office.deputy.post)
        end_post(ended, last_day=TODAY - timedelta(days=1), by=office.keeper.actor)
    day = TODAY - timedelta(days=days)
    assert day >= START
    posts = [*queries.posts_of_office(office.town, day), ended, office.county_keeper.post]
    found = directory([office.town.id], [post.id for post in posts], day, mark())
    for post in posts:
        for domain in (None, *db.session.scalars(select(DutyDomain))):
            named = found.named(post.id, None if domain is None else domain.id)
            charge = asked.deputy_in_charge(post, domain, day).post
            assert named.unit == post.unit.name_on(day)
            assert named.who == who(asked.answering(post, day))
            assert named.in_charge == ("" if charge is None else name_of(asked.answering(charge, day)))
    offices = db.session.scalars(select(Unit).where(Unit.id == office.town.id))
    assert found.codes == {one.id: one.code for one in offices}


def test_offices_are_kept_by_themselves_whatever_stands_beside_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of a county has some offices; a domain takes room only where another is in charge."""
    divide_work_by_domain(office)
    made: list[tuple[object, ...]] = []
    shelf = Shelf(10)

    def noted(of: str, *key: object, make: Callable[[], object]) -> object:
        def anew() -> object:
            made.append(key[:2])
            return make()

        return shelf(of, *key, make=anew)

    monkeypatch.setattr("tracker.organization.directory.kept", noted)
    both = directory([office.town.id, office.other_town.id], [], TODAY, "mark")
    of_offices = [("directory", one.id) for one in (office.town, office.other_town)]
    assert [key for key in made if key[0] == "directory"] == of_offices
    alone = directory([office.town.id], [], TODAY, "mark")
    assert len(made) == 3  # the names of the domains once, too
    assert alone.posts.items() < both.posts.items()
    lead, general = office.lead.post.id, both.named(office.lead.post.id, None)
    assert (lead, office.safety.id) not in both.posts
    assert both.named(lead, office.safety.id) == general
