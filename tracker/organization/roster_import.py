"""Entering a roster: every row through the same verbs as by hand; nothing is kept where one row is wrong.

Looking before doing is doing it in a savepoint that is rolled back: what the preview says is what the
verbs did.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.extensions import db
from tracker.organization import holdings, people, posts, units
from tracker.organization.acting import Actor
from tracker.organization.charging import ensure_domains
from tracker.organization.division import divide_anew, division_of, posts_on
from tracker.organization.models import DutyDomain, Holding, Person, Post, Unit
from tracker.organization.queries import office_of, people_of, superiors_offered, units_of_office
from tracker.organization.renaming import rename_unit
from tracker.organization.roster import (
    ROLES,
    VACANT,
    Problem,
    Roster,
    RosterRow,
    day_in,
    header_of,
    kind_in,
    legible,
    listed,
    yes_or_no,
)
from tracker.organization.roster_export import Labels, present_holdings
from tracker.organization.roster_outcome import Change, Outcome
from tracker.refusals import Refused
from tracker.web.filters import cnday

_COLUMN_OF = {  # field of a refused verb → column of the roster
    "title": "post",
    "from_day": "since",
    "to_day": "since",
    "day": "since",
    "code": "unit_code",
    "person": "name",
    "leader": "leader",
    "fields": "fields",
}


def rehearse(office: Unit | None, roster: Roster, *, day: date, by: Actor | None, code: str = "") -> Outcome:
    """Return what entering a roster would do; nothing of it stays."""
    savepoint = db.session.begin_nested()
    try:
        return enter_roster(office, roster, day=day, by=by, code=code)
    finally:
        savepoint.rollback()
        db.session.expire_all()


def enter_roster(
    office: Unit | None, roster: Roster, *, day: date, by: Actor | None, code: str = ""
) -> Outcome:
    """Enter a roster into an office from a day on; without an office the first row's unit becomes it.

    The outcome has every problem: of cells that cannot be read, and of what the rest asks for, as if
    those cells were blank. The caller rolls back when it has any.
    """
    outcome = Outcome(rows=len(roster.rows), problems=list(roster.problems))
    entering = _Entering(day, by, outcome)
    entering.units_of(office, legible(roster), code)
    rows = entering.placed
    if rows:
        entering.posts_of(rows)
        entering.superiors_of(rows)
        entering.holders_of(rows)
        entering.roles_of(rows)
        entering.division_of(rows)
    outcome.sort_problems()
    return outcome


class _NotPlaced(Refused):
    """What a cell names stands in a row that is wrong itself: no problem of its own."""


class _Entering:
    """One import: what it has found and made so far."""

    def __init__(self, day: date, by: Actor | None, outcome: Outcome) -> None:
        self.day, self.by, self.outcome = day, by, outcome
        self.unit_of: dict[int, Unit] = {}  # row number → unit, post
        self.post_of: dict[int, Post] = {}
        self.placed: list[RosterRow] = []  # the rows whose unit is known
        self.awaited: set[str] = set()  # posts and people of the rows that are wrong themselves

    @contextmanager
    def row(self, row: RosterRow, column: str) -> Iterator[None]:
        """Turn a refused verb into a problem of this row, in the column at fault."""
        try:
            yield
        except _NotPlaced:
            pass
        except Refused as refusal:
            at = _COLUMN_OF.get(refusal.field, refusal.field)
            try:
                name = header_of(at)
            except KeyError:
                name = header_of(column)
            self.outcome.problems.append(Problem(row.number, name, refusal.message))

    def say(self, row: RosterRow | None, said: str, *, adds: bool = False) -> None:
        """Note a change."""
        self.outcome.changes.append(Change(0 if row is None else row.number, adds, said))

    # --- units ---------------------------------------------------------------------------------

    def units_of(self, office: Unit | None, rows: Sequence[RosterRow], code: str) -> None:
        """Find or add the unit of each row."""
        if office is None and rows:
            with self.row(rows[0], "unit"):
                office = self._first_unit(rows[0], code)
        if office is None:
            return
        self.office = office
        self.units = units_of_office(office, self.day)
        for row in rows:
            with self.row(row, "unit"):
                self.unit_of[row.number] = self._unit(row)
                self.placed.append(row)
        self._await(row for row in rows if row.number not in self.unit_of)

    def _await(self, rows: Iterable[RosterRow]) -> None:
        self.awaited |= {row[field] for row in rows for field in ("post", "name")} - {""}

    def _first_unit(self, row: RosterRow, code: str) -> Unit:
        name = row["unit"] or row["unit_code"]
        unit = units.add_unit(code=code, name=name, kind=kind_in(row["kind"], name), by=self.by)
        self.say(row, _("新建单位%(unit)s（%(code)s）", unit=name, code=code), adds=True)
        for domain in ensure_domains():
            self.say(None, _("登记职责领域%(name)s", name=domain), adds=True)
        return unit

    def _unit(self, row: RosterRow) -> Unit:
        by_code = [unit for unit in self.units if unit.code == row["unit_code"]]
        if by_code:
            if row["unit"] and rename_unit(by_code[0], row["unit"], by=self.by):
                self.say(row, _("单位更名为%(unit)s", unit=row["unit"]))
            return by_code[0]
        by_name = [unit for unit in self.units if unit.name == row["unit"]]
        if len(by_name) > 1:
            raise Refused(
                _("有 %(count)s 个单位叫这个名称，请填单位代码。", count=len(by_name)), field="unit"
            )
        return by_name[0] if by_name else self._new_unit(row)

    def _new_unit(self, row: RosterRow) -> Unit:
        parents = [unit for unit in self.units if row["parent"] in (unit.name, unit.code)]
        if row["parent"] and len(parents) != 1:
            raise Refused(_("没有上级单位“%(unit)s”。", unit=row["parent"]), field="parent")
        unit = units.add_unit(
            code=row["unit_code"] or self._free_code(),
            name=row["unit"],
            kind=kind_in(row["kind"], row["unit"]),
            parent=parents[0] if parents else self.office,
            by=self.by,
        )
        self.units.append(unit)
        self.say(row, _("新建单位%(unit)s（%(code)s）", unit=unit.name, code=unit.code), adds=True)
        return unit

    def _free_code(self) -> str:
        taken = set(db.session.scalars(select(Unit.code).where(Unit.code.startswith(self.office.code))))
        numbers = range(1, len(taken) + 2)
        return next(
            f"{self.office.code}-{number:02}"
            for number in numbers
            if f"{self.office.code}-{number:02}" not in taken
        )

    # --- posts ---------------------------------------------------------------------------------

    def posts_of(self, rows: Sequence[RosterRow]) -> None:
        """Find or add the post of each row, and say what its holder does for the office."""
        present = posts_on(self.office, self.day)
        held = present_holdings([post.id for post in present], self.day)
        with_post = [row for row in rows if row["post"]]
        free = {post.id: post for post in present}
        for row in with_post:  # first those whose holder is named, then in order
            same = [one for one in self._alike(row, free) if one.id in held]
            named = [one for one in same if held[one.id].person.name == row["name"]]
            if named:
                self.post_of[row.number] = free.pop(named[0].id)
        for row in with_post:
            alike = self._alike(row, free)
            if row.number not in self.post_of and alike:
                self.post_of[row.number] = free.pop(alike[0].id)
        for row in with_post:
            with self.row(row, "post"):
                self._enter_post(row)
        self._await(row for row in with_post if row.number not in self.post_of)

    def _alike(self, row: RosterRow, free: dict[int, Post]) -> list[Post]:
        unit = self.unit_of[row.number]
        return [post for post in free.values() if post.unit_id == unit.id and post.title == row["post"]]

    def _enter_post(self, row: RosterRow) -> None:
        post, unit = self.post_of.get(row.number), self.unit_of[row.number]
        given = {role: yes_or_no(row[role]) for role in ROLES}
        rank = int(row["rank"]) if row["rank"] else None
        if post is None:
            post = posts.add_post(
                unit,
                row["post"],
                rank=rank or 0,
                in_leadership=bool(given["in_leadership"]),
                is_clerk=bool(given["is_clerk"]),
                keeps_ledger=bool(given["keeps_ledger"]),
                by=self.by,
            )
            self.post_of[row.number] = post
            self.say(row, _("增设岗位%(post)s", post=post.title), adds=True)
            return
        if rank is not None and posts.rank_post(post, rank, by=self.by):
            self.say(row, _("%(post)s的排序改为 %(rank)s", post=post.title, rank=rank))

    def roles_of(self, rows: Sequence[RosterRow]) -> None:
        """Say what holders do for the office, once a new ledger keeper is there."""
        for row in rows:
            if row.number in self.post_of:
                with self.row(row, "keeps_ledger"):
                    post = self.post_of[row.number]
                    given = {role: yes_or_no(row[role]) for role in ROLES}
                    roles = {role: getattr(post, role) if yes is None else yes for role, yes in given.items()}
                    if posts.give_roles(post, posts.Roles(**roles), by=self.by):
                        self.say(row, _("调整%(post)s的班子成员、经办或台账管理", post=post.title))

    def superiors_of(self, rows: Sequence[RosterRow]) -> None:
        """Name the superiors, once every post is there."""
        self.labels = Labels([*posts_on(self.office, self.day), *superiors_offered(self.office)], self.day)
        for row in rows:  # a superior may be named by the holder that the file brings
            if row.number in self.post_of and row["name"] and row["name"] not in VACANT:
                self.labels.names[self.post_of[row.number].id].append(row["name"])
        for row in rows:
            if row["superior"] and row.number in self.post_of:
                with self.row(row, "superior"):
                    post = self.post_of[row.number]
                    superior = self._named(row["superior"], post.unit, "superior")
                    if posts.put_under(post, superior, by=self.by):
                        self.say(
                            row,
                            _("%(post)s的上级岗位为%(above)s", post=post.title, above=superior.title),
                        )

    def _named(self, text: str, near: Unit, column: str) -> Post:
        found = self.labels.found(text, near)
        if len(found) == 1:
            return found[0]
        if not found and self.awaited & {text, *re.split("[·/]", text)}:
            raise _NotPlaced(text)
        if not found:
            raise Refused(_("没有岗位“%(post)s”。", post=text), field=column)
        ways = "、".join(self.labels.label(post) for post in found[:5])
        raise Refused(
            _(
                "“%(post)s”有 %(count)s 个，请写明是哪一个：%(ways)s。",
                post=text,
                count=len(found),
                ways=ways,
            ),
            field=column,
        )

    # --- holders -------------------------------------------------------------------------------

    def holders_of(self, rows: Sequence[RosterRow]) -> None:
        """Let each post be held by the person of its row; a blank name changes nothing."""
        self.held = present_holdings([post.id for post in self.post_of.values()], self.day)
        self.people = people_of(self.office)
        for row in rows:
            if row.number in self.post_of and row["name"] and row["name"] not in VACANT:
                with self.row(row, "name"):
                    self._enter_holder(row, self.post_of[row.number])

    def _enter_holder(self, row: RosterRow, post: Post) -> None:
        present = self.held.get(post.id)
        if present is not None and present.person.name == row["name"]:
            self._same_holder(row, present)
            return
        from_day = day_in(row["since"]) or self.day
        person = self._person(row)
        acting = bool(yes_or_no(row["acting"]))
        holdings.succeed(person, post, from_day=from_day, acting=acting, by=self.by)
        before = _("，接替%(name)s", name=present.person.name) if present else ""
        self.say(
            row,
            _("%(name)s自 %(day)s起任%(post)s", name=person.name, day=cnday(from_day), post=post.title)
            + before,
            adds=present is None,
        )

    def _same_holder(self, row: RosterRow, present: Holding) -> None:
        self._correct(row, present.person)
        from_day, acting = day_in(row["since"]) or present.from_day, yes_or_no(row["acting"])
        changed = holdings.correct_holding(
            present,
            person=present.person,
            from_day=from_day,
            to_day=present.to_day,
            acting=present.acting if acting is None else acting,
            reason=_("按花名册更正"),
            by=self.by,
        )
        if changed:
            self.say(row, _("更正%(name)s的任职日期或主持工作", name=present.person.name))

    def _correct(self, row: RosterRow, person: Person) -> None:
        changed = people.correct_person(
            person,
            name=person.name,
            phone=row["phone"] or person.phone,
            email=row["email"] or person.email,
            by=self.by,
        )
        if changed:
            self.say(row, _("更正%(name)s的电话或邮箱", name=person.name))

    def _person(self, row: RosterRow) -> Person:
        """Return the person of a row: known by name and telephone, else a new one."""
        same = [person for person in self.people if person.name == row["name"]]
        by_phone = [one for one in same if row["phone"] and one.phone == row["phone"]]
        fits = by_phone or [one for one in same if not row["phone"] or not one.phone]
        if len(fits) > 1:
            raise Refused(
                _("有 %(count)s 位%(name)s，请填电话以便区分。", count=len(fits), name=row["name"]),
                field="name",
            )
        if fits:
            self._correct(row, fits[0])
            return fits[0]
        person = people.add_person(row["name"], phone=row["phone"], email=row["email"])
        self.people.append(person)
        return person

    # --- division of work ----------------------------------------------------------------------

    def division_of(self, rows: Sequence[RosterRow]) -> None:
        """Let leaders be in charge of the units and fields that the rows name; what is blank stays."""
        division = division_of(self.office, self.day)
        lines = {(line.leader_post_id, line.unit_id, line.domain_id) for line in division.lines}
        wanted = set(lines)
        wanted -= {line for line in lines if line[2] is None and line[1] in self._units_with(rows, "leader")}
        wanted -= {
            line for line in lines if line[2] is not None and line[0] in self._posts_with(rows, "fields")
        }
        domains = {domain.name: domain for domain in division.domains}
        for row in rows:
            with self.row(row, "leader"):
                for name in listed(row["leader"], lambda name: bool(self.labels.found(name))):
                    wanted.add((self._leader(name).id, self.unit_of[row.number].id, None))
            with self.row(row, "fields"):
                for name in listed(row["fields"], domains.__contains__) if row.number in self.post_of else ():
                    wanted.add((self.post_of[row.number].id, *self._field(name, domains)))
        if wanted == lines or self.outcome.problems:
            return
        try:
            added, ended = divide_anew(
                self.office, wanted, from_day=self.day, document="", version=division.version, by=self.by
            )
        except Refused as refusal:
            self.outcome.problems.append(Problem(0, header_of("leader"), refusal.message))
        else:
            self.say(None, _("分工新增 %(added)s 项，终止 %(ended)s 项", added=added, ended=ended))

    def _units_with(self, rows: Sequence[RosterRow], field: str) -> set[int]:
        return {self.unit_of[row.number].id for row in rows if row[field]}

    def _posts_with(self, rows: Sequence[RosterRow], field: str) -> set[int]:
        return {self.post_of[row.number].id for row in rows if row[field] and row.number in self.post_of}

    def _leader(self, name: str) -> Post:
        post = self._named(name, self.office, "leader")
        if office_of(post.unit).id != self.office.id or not post.in_leadership:
            raise Refused(_("%(post)s不是本单位的班子成员，不能分管。", post=post.title), field="leader")
        return post

    def _field(self, name: str, domains: dict[str, DutyDomain]) -> tuple[int | None, int]:
        """Return unit and domain of 意识形态, or of 宣传办公室：意识形态."""
        unit_name, _colon, domain_name = name.replace(":", "：").rpartition("：")
        named = [unit for unit in self.units if unit.name == unit_name]
        if domain_name not in domains or (unit_name and len(named) != 1):
            raise Refused(
                _("没有领域“%(name)s”。现有：%(known)s。", name=name, known="、".join(domains)),
                field="fields",
            )
        return (named[0].id if named else None), domains[domain_name].id
