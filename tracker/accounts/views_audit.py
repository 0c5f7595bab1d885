"""Pages of the audit administrator: the trail searched, one row of it, and the trail as a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker import clock
from tracker.accounts import trail_queries as trail
from tracker.accounts.present import auditing_account
from tracker.accounts.trail_queries import MOST_EXPORTED, Asked
from tracker.audit.denials import ALARM
from tracker.audit.models import AuditRow, Outcome
from tracker.audit.trail import COMMAND_LINE
from tracker.audit.words import ACTS, GROUPS, OUTCOMES, act_words, details_words, read_subject, subject_words
from tracker.documents import delimited, sheet
from tracker.refusals import Refused
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.web.forms import office_day

bp = Blueprint("audit", __name__, url_prefix="/audit")

LONGEST = 64  # characters of a condition
SEALED_WITHIN = timedelta(minutes=10)  # a worker seals every minute; older than that, none is running
DAYS = ("from", "to")
LEVELS: dict[Outcome, int | str] = {Outcome.DONE: "done", Outcome.REFUSED: 3, Outcome.FAILED: 2}


@dataclass(frozen=True)
class Line:
    """A row of the trail in words, the same on the page and in a file."""

    id: int
    at: str
    account: str
    person: str
    act: str
    subject: str
    outcome: str
    level: int | str  # of the light beside the outcome
    address: str
    details: Sequence[tuple[str, str]]

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as a file has it."""
        said = "；".join(f"{name}：{text}" for name, text in self.details)
        first = (str(self.id), self.at, self.account, self.person)
        return (*first, self.act, self.subject, self.outcome, self.address, said)


@bp.get("")
def listing() -> ResponseReturnValue:
    """The trail, newest first; who, act, unit, subject, days, address and outcome narrow it."""
    auditing_account()
    return _page()


@bp.get("/<int:row_id>")
def show(row_id: int) -> ResponseReturnValue:
    """One row with everything it says."""
    auditing_account()
    row = trail.find_row(row_id) or abort(404)
    return render_template("accounts/audit_row.html", row=row, line=_lines([row])[0])


@bp.get("/trail.<any(csv, xlsx):ending>")
def export(ending: str) -> ResponseReturnValue:
    """The rows asked for as a file; that they were taken along is itself a row of the trail."""
    auditing_account()
    asked, _wrong = _asked()
    rows, all_of_them = trail.rows_to_export(asked)
    if not all_of_them:
        refusal = Refused(
            _(
                "符合条件的记录超过 %(most)s 条，没有导出。请缩短期间，分几次导出。",
                most=MOST_EXPORTED,
            )
        )
        note_refusal(refusal)
        return _page(refusal), refusal.status
    media_type, content = _as_file(ending, [line.cells for line in _lines(rows)])
    return given_out(
        _("操作记录 %(day)s.%(ending)s", day=clock.today(), ending=ending),
        media_type,
        content,
        action="trail.export",
        subject="trail:-",
        made_here=True,
        rows=len(rows),
        searched=_address(),
    )


def _as_file(ending: str, rows: list[tuple[str, ...]]) -> tuple[str, bytes]:
    header = (
        _("序号"),
        _("时间"),
        _("账号"),
        _("人员"),
        _("操作"),
        _("对象"),
        _("结果"),
        _("地址"),
        _("说明"),
    )
    if ending == "csv":
        return delimited.MEDIA_TYPE, delimited.write_csv(header, rows)
    widths = (9, 20, 16, 12, 24, 24, 9, 16, 60)
    return sheet.MEDIA_TYPE, sheet.write_sheet(sheet.Sheet(_("操作记录"), header, rows, widths))


def _asked() -> tuple[Asked, list[str]]:
    """Return what the address asks for, and the days in it that are none."""
    given = {name: request.args.get(name, "").strip()[:LONGEST] for name in request.args}
    days = {name: office_day(given.get(name, "")) for name in DAYS}
    act, outcome = given.get("act", ""), given.get("outcome", "")
    asked = Asked(
        who=given.get("q", ""),
        act=act if act in GROUPS or act in ACTS else "",
        unit=given.get("unit", ""),
        subject=read_subject(given.get("subject", "")),
        first=days["from"],
        last=days["to"],
        address=given.get("address", ""),
        outcome=Outcome(outcome) if outcome in list(Outcome) else None,
    )
    return asked, [given[name] for name in DAYS if given.get(name) and days[name] is None]


def _address() -> dict[str, Any]:
    """Return the conditions of the address as they were sent, without the place in the list."""
    names = ("q", "act", "unit", "subject", *DAYS, "address", "outcome")
    sent = {name: request.args.get(name, "").strip()[:LONGEST] for name in names}
    return {name: value for name, value in sent.items() if value}


def _page(refusal: Refused | None = None) -> str:
    asked, wrong = _asked()
    sent, now = _address(), clock.now()
    found = trail.find_rows(asked, None if refusal else request.args.get("after"))
    seal = trail.last_seal()
    waiting_since = trail.unsealed_since(seal)
    return render_template(
        "accounts/audit_list.html",
        lines=_lines(found.rows),
        next_url=url_for("audit.listing", **sent, after=found.after) if found.after else "",
        sent=sent,
        wrong=wrong,
        choices={
            "act": [("", _("全部")), *_acts()],
            "unit": [("", _("全部")), *((one.code, one.name) for one in trail.offices())],
            "outcome": [("", _("全部")), *OUTCOMES.items()],
        },
        alarms=_lines(trail.recent_alarms()),
        seal=seal,
        unsealed=waiting_since is not None and now - waiting_since > SEALED_WITHIN,
        anchored_at=trail.last_anchored_at(),
        refusal=refusal,
    )


def _acts() -> Iterator[tuple[str, str]]:
    for group, (name, acts) in GROUPS.items():
        yield group, _("%(group)s：全部", group=name)
        yield from ((action, f"— {words}") for action, words in acts.items())


def _lines(rows: Iterable[AuditRow]) -> list[Line]:
    rows = list(rows)
    people = trail.people_behind(rows)
    return [_line(row, people) for row in rows]


def _line(row: AuditRow, people: dict[int, str]) -> Line:
    return Line(
        id=row.id,
        at=_moment(row.at),
        account=_("命令行") if row.name == COMMAND_LINE else row.name or _("未登录"),
        person=people.get(row.account_id or 0, ""),
        act=act_words(row.action),
        subject=subject_words(row.subject),
        outcome=_("告警") if row.action == ALARM else str(OUTCOMES[row.outcome]),
        level=4 if row.action == ALARM else LEVELS[row.outcome],
        address=row.address,
        details=details_words(row.details),
    )


def _moment(at: datetime) -> str:
    return f"{clock.office_time(at):%Y-%m-%d %H:%M:%S}"
