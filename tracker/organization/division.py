"""The division of work (分工) of an office as one table: entered whole, its gaps and double lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import or_, select

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.dividing import divide_work
from tracker.organization.entering import begin_entry
from tracker.organization.models import DomainKind, DutyDomain, Portfolio, Post, Unit, UnitKind
from tracker.organization.portfolios import portfolios_of
from tracker.organization.queries import below, domains_of, in_being, office_of, standing, units_of_office
from tracker.refusals import OutOfDate, Refused
from tracker.web.filters import cnday

Line = tuple[int, int | None, int | None]  # leader's post, unit, domain


@dataclass(frozen=True)
class Row:
    """A leader with what the post is in charge of."""

    post: Post
    units: list[Portfolio]
    villages: list[Portfolio]
    domains: list[Portfolio]
    both: list[Portfolio]  # one field of one unit

    @property
    def lines(self) -> list[Portfolio]:
        """Everything the post is in charge of."""
        return [*self.domains, *self.units, *self.villages, *self.both]


@dataclass(frozen=True)
class Gap:
    """A unit or domain that no portfolio covers, with the posts that are in charge meanwhile."""

    covered: Unit | DutyDomain
    instead: list[Post]


@dataclass(frozen=True)
class Doubled:
    """A unit or domain in several portfolios; the first entered decides."""

    covered: Unit | DutyDomain
    posts: list[Post]


@dataclass(frozen=True)
class Division:
    """The division of work of an office on a day."""

    office: Unit
    day: date
    rows: list[Row]
    units: list[Unit]  # of the office, itself left out
    domains: list[DutyDomain]
    gaps: list[Gap]
    doubled: list[Doubled]

    @property
    def lines(self) -> list[Portfolio]:
        """Every line in force."""
        return [line for row in self.rows for line in row.lines]

    @property
    def version(self) -> str:
        """A mark of the lines in force: another one means that somebody changed them since."""
        ids = sorted(line.id for line in self.lines)
        return sha256(repr(ids).encode()).hexdigest()[:16]

    @property
    def latest(self) -> Portfolio | None:
        """The line entered for the latest day: its day and document head the paper."""
        return max(self.lines, key=lambda line: (line.from_day, line.id), default=None)


def division_of(office: Unit, day: date) -> Division:
    """Return the division of work of an office on a day, leaders in order, with gaps and double lines."""
    lines = [
        line for line in portfolios_of([office], day) if office_of(line.leader_post.unit).id == office.id
    ]
    posts = posts_on(office, day)
    leaders = {post.id: post for post in posts if post.in_leadership}
    leaders |= {line.leader_post_id: line.leader_post for line in lines}
    units = [unit for unit in units_of_office(office, day) if unit.id != office.id]
    domains = domains_of(office, day)
    rows = [_row(post, lines) for post in sorted(leaders.values(), key=standing)]
    return Division(office, day, rows, units, domains, _gaps(units, domains, lines, posts), _doubled(lines))


def divide_anew(
    office: Unit, wanted: Iterable[Line], *, from_day: date, document: str, version: str, by: Actor | None
) -> tuple[int, int]:
    """Let the division of work of an office be these lines from a day on; return how many began and ended.

    Lines that stay keep their first day and document. Raises OutOfDate when somebody changed the table
    since `version` was read, Refused for a day before lines already entered for a later one.
    """
    begin_entry(office, by)
    _require_latest(office, from_day)
    present = division_of(office, from_day)
    if present.version != version:
        raise OutOfDate(
            _("分工在此期间已由其他人修改，或生效日期不同。勾选的内容还在下面，没有保存。核对后再保存。")
        )
    keys = {_key(line): line for line in present.lines}
    new = set(wanted)
    gone = [line for key, line in keys.items() if key not in new]
    for line in gone:
        _end(line, from_day)
    added = sorted(new - set(keys), key=lambda key: (key[0], key[1] or 0, key[2] or 0))
    for key in added:
        _begin(key, present, from_day, document)
    return len(added), len(gone)


def posts_on(office: Unit, day: date) -> list[Post]:
    """Return the posts of an office that are there on a day, without those of offices below it."""
    query = select(Post).join(Unit, Post.unit_id == Unit.id).where(below(office), in_being(day))
    posts = [post for post in db.session.scalars(query) if office_of(post.unit).id == office.id]
    return sorted(posts, key=standing)


def _row(post: Post, lines: Sequence[Portfolio]) -> Row:
    row = Row(post, [], [], [], [])
    for line in lines:
        if line.leader_post_id != post.id:
            continue
        if line.unit is None:
            row.domains.append(line)
        elif line.domain is not None:
            row.both.append(line)
        else:
            (row.villages if line.unit.kind == UnitKind.VILLAGE else row.units).append(line)
    return row


def _gaps(
    units: Sequence[Unit], domains: Sequence[DutyDomain], lines: Sequence[Portfolio], posts: Sequence[Post]
) -> list[Gap]:
    named_units = {line.unit_id for line in lines}
    named_domains = {line.domain_id for line in lines}
    gaps: list[Gap] = []
    for unit in units:
        superiors = {
            post.superior.id: post.superior for post in posts if post.unit_id == unit.id and post.superior
        }
        if unit.id not in named_units and any(post.unit_id == unit.id for post in posts):
            gaps.append(Gap(unit, list(superiors.values())))
    second = [domain for domain in domains if domain.kind == DomainKind.SECOND]
    gaps += [Gap(domain, []) for domain in second if domain.id not in named_domains]
    return gaps


def _doubled(lines: Sequence[Portfolio]) -> list[Doubled]:
    by_covered: dict[tuple[int | None, int | None], list[Portfolio]] = {}
    for line in lines:
        by_covered.setdefault((line.unit_id, line.domain_id), []).append(line)
    found = []
    for same in by_covered.values():
        covered = same[0].unit or same[0].domain
        if len(same) > 1 and covered is not None:
            found.append(Doubled(covered, [line.leader_post for line in same]))
    return found


def _key(line: Portfolio) -> Line:
    return line.leader_post_id, line.unit_id, line.domain_id


def latest_change(office: Unit, day: date) -> date:
    """Return the day of the last change entered for a day to come, `day` where none is."""
    rows = db.session.execute(
        select(Portfolio.from_day, Portfolio.to_day)
        .join(Post, Portfolio.leader_post_id == Post.id)
        .join(Unit, Post.unit_id == Unit.id)
        .where(below(office), or_(Portfolio.from_day > day, Portfolio.to_day >= day))
    ).all()
    ends = [last + timedelta(days=1) for _first, last in rows if last is not None]
    return max([day, *(first for first, _last in rows), *ends])


def _require_latest(office: Unit, from_day: date) -> None:
    """Refuse a change that would lie before another already entered: history is written forwards."""
    later = latest_change(office, from_day)
    if later > from_day:
        raise Refused(_("已登记自 %(day)s起执行的分工，新的不能早于这一天。", day=cnday(later)), field="day")


def _end(line: Portfolio, from_day: date) -> None:
    """End a line on the day before; one that would begin on the same day never was in force."""
    record(
        "organization.end_portfolio",
        f"portfolio:{line.id}",
        leader=line.leader_post_id,
        unit=line.unit_id,
        domain=line.domain_id,
        from_day=str(line.from_day),
        last_day=str(from_day - timedelta(days=1)),
    )
    if line.from_day == from_day:
        db.session.delete(line)
    else:
        line.to_day = from_day - timedelta(days=1)
    db.session.flush()


def _begin(key: Line, present: Division, from_day: date, document: str) -> None:
    """Enter a line; what the page did not offer is refused."""
    leaders = {row.post.id: row.post for row in present.rows}
    units = {unit.id: unit for unit in [present.office, *present.units]}
    domains = {domain.id: domain for domain in present.domains}
    leader, unit, domain = key
    if leader not in leaders or (unit and unit not in units) or (domain and domain not in domains):
        raise Refused(_("分工里有已经撤销的岗位、单位或领域，没有保存。刷新页面后重新勾选。"))
    divide_work(
        leaders[leader],
        unit=units[unit] if unit else None,
        domain=domains[domain] if domain else None,
        from_day=from_day,
        document=document,
    )
