"""A table of the ledger comes back: handed in, looked at, decided; what cannot be placed is given back."""

from collections.abc import Collection, Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.database import reading
from tracker.documents.sheet import MEDIA_TYPE as XLSX
from tracker.exchange.ledger_import import (
    AT_ONCE,
    counts,
    decide,
    discard,
    find_import,
    given_back,
    hand_in,
    read_file,
    rows_given_back,
    rows_in,
)
from tracker.exchange.ledger_plan import GIVEN_BACK, MOST_ROWS, CellState, PlannedRow, RowState, plan
from tracker.exchange.models import LedgerImport
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.tasks.states import Action
from tracker.tasks.words import ACTION_WORDS
from tracker.web import forms
from tracker.web.errors import note_refusal
from tracker.web.files import given_out, sent_file
from tracker.web.incoming import plain_number

bp = Blueprint("ledger_import", __name__)

MOST_SHOWN = 200  # rows given back, on the page; all of them are in the file
DONE = (RowState.APPLIED, RowState.LEFT)


@bp.get("/tasks/ledger/import")
def ask() -> ResponseReturnValue:
    """Where a table is handed in."""
    present_actor()
    return render_template("exchange/ledger_import.html", refusal=None, most=MOST_ROWS)


@bp.post("/tasks/ledger/import")
def take() -> ResponseReturnValue:
    """Read a table and keep what it asks for; nothing of the ledger is changed yet."""
    actor = present_actor()
    try:
        name, content = _sent()
        db.session.rollback()  # the turn to write is given back: nobody waits while the file is read
        with reading():
            found = plan(read_file(name, content), actor)
        kept = hand_in(name, found, by=actor)
    except Refused as refusal:
        note_refusal(refusal)
        return render_template("exchange/ledger_import.html", refusal=refusal, most=MOST_ROWS), refusal.status
    return redirect(url_for("ledger_import.show", import_id=kept.id))


@bp.get("/tasks/ledger/import/<int:import_id>")
def show(import_id: int) -> ResponseReturnValue:
    """What the table asks for, what became of it so far."""
    actor = present_actor()
    return _page(_own(import_id, actor), actor)


@bp.post("/tasks/ledger/import/<int:import_id>")
def enter(import_id: int) -> ResponseReturnValue:
    """Carry out the rows that were shown, as they were chosen."""
    actor = present_actor()
    kept = _own(import_id, actor)
    shown = {plain_number(sent) for sent in request.form.getlist("shown")}
    chosen = {plain_number(sent) for sent in request.form.getlist("row")}
    try:
        became = decide(
            kept, shown, by=actor, reason=forms.text("reason"), leave=shown - chosen, theirs=_theirs(shown)
        )
    except Refused as refusal:
        note_refusal(refusal)
        return _page(_own(import_id, actor), actor, refusal), refusal.status
    flash(_("已导入 %(count)s 行。", count=became.get(RowState.APPLIED, 0)), "toast")
    return redirect(url_for("ledger_import.show", import_id=kept.id))


@bp.post("/tasks/ledger/import/<int:import_id>/discard")
def throw_away(import_id: int) -> ResponseReturnValue:
    """Delete a table that was handed in."""
    discard(_own(import_id, present_actor()))
    flash(_("已删除上传的表格，没有导入的行不再保留。"), "toast")
    return redirect(url_for("tasks.show_ledger"))


@bp.get("/tasks/ledger/import/<int:import_id>/left.xlsx")
def left(import_id: int) -> ResponseReturnValue:
    """The rows that were not carried out, each with its reason, as a file to put right."""
    actor = present_actor()
    kept = _own(import_id, actor)
    rows = rows_given_back(kept, actor)
    return given_out(
        _("未导入的行.xlsx"),
        XLSX,
        given_back(kept.headers, rows),
        action="ledger.unplaced",
        subject=f"ledger_import:{kept.id}",
        made_here=True,
        rows=len(rows),
    )


def _own(import_id: int, actor: Actor) -> LedgerImport:
    return find_import(import_id, actor) or abort(404)


def _sent() -> tuple[str, bytes]:
    """Return name and content of the file of the request. Raises Refused for none."""
    name, content = sent_file()
    if not name:
        raise Refused(_("选择台账表格（.xlsx）。"), field="file")
    return name, content


def _theirs(shown: Collection[int]) -> Mapping[int, Collection[str]]:
    """Return by row the columns in which the file's value was chosen: fields `take-ROW-COLUMN` = theirs."""
    found: dict[int, set[str]] = {}
    for name, value in request.form.items():
        word, _dash, rest = name.partition("-")
        number, _dash, column = rest.partition("-")
        if word == "take" and value == "theirs" and plain_number(number) in shown:
            found.setdefault(int(number), set()).add(column)
    return found


def _page(kept: LedgerImport, actor: Actor, refusal: Refused | None = None) -> str:
    count, ready = counts(kept), rows_in(kept, (RowState.READY,), AT_ONCE, actor)
    return render_template(
        "exchange/ledger_preview.html",
        kept=kept,
        refusal=refusal,
        count=count,
        ready=ready,
        back=rows_in(kept, GIVEN_BACK, MOST_SHOWN, actor),
        only_kept=rows_in(kept, (RowState.KEPT,), MOST_SHOWN, actor),
        done=rows_in(kept, DONE, MOST_SHOWN, actor),
        waiting=count.get(RowState.READY, 0),
        given_back=sum(count.get(state, 0) for state in GIVEN_BACK),
        has_conflict=_has_conflict,
        reason=forms.text("reason") or _usual_reason(kept, ready),
        RowState=RowState,
        CellState=CellState,
        ACTION_WORDS=ACTION_WORDS,
    )


def _usual_reason(kept: LedgerImport, ready: Sequence[PlannedRow]) -> str:
    """Return the reason offered: none where more time is asked for, which the office judges by its reason."""
    wishes = [cell.wish for row in ready for cell in row.cells if cell.wish is not None]
    if any(wish.action == Action.REQUEST_EXTENSION for wish in wishes):
        return ""
    return str(_("按台账表格“%(name)s”更正", name=kept.name))


def _has_conflict(row: PlannedRow) -> bool:
    return any(cell.state == CellState.CONFLICT for cell in row.cells)
