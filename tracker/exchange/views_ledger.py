"""The ledger as a file, from the conditions of its page; also into a form that the unit hands in."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_

from tracker.database import reading
from tracker.documents.paper import MEDIA_TYPE as DOCX
from tracker.documents.sheet import MEDIA_TYPE as XLSX
from tracker.exchange import ledger_docx, ledger_form, ledger_xlsx
from tracker.exchange.ledger_form import Form
from tracker.exchange.ledger_out import LedgerFile, Write, ledger_file
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.tasks.access import sight_of
from tracker.tasks.asked_for import asked_for, picked
from tracker.tasks.columns import read_columns
from tracker.tasks.lists import LISTS
from tracker.tasks.queries import Conditions, read_conditions
from tracker.tasks.together import MOST, chosen
from tracker.tasks.words import state_word
from tracker.web.errors import note_refusal
from tracker.web.files import given_out, sent_file
from tracker.web.forms import text
from tracker.web.language import in_chinese

bp = Blueprint("ledger_files", __name__)
KINDS: Mapping[str, tuple[str, Write, int]] = {  # media type, how it is written, how many rows it holds
    "xlsx": (XLSX, ledger_xlsx.write_ledger, ledger_xlsx.MOST_ROWS),
    "docx": (DOCX, ledger_docx.write_document, ledger_docx.MOST_ROWS),
}


@bp.get("/tasks/ledger.xlsx")
def as_sheet() -> ResponseReturnValue:
    """The ledger under the conditions of the address as a spreadsheet."""
    return _export("xlsx")


@bp.get("/tasks/ledger.docx")
def as_document() -> ResponseReturnValue:
    """The ledger under the conditions of the address as a table in a document."""
    return _export("docx")


@bp.get("/tasks/ledger/picked")
def ask_picked() -> ResponseReturnValue:
    """Which of the tasks that were chosen go out as a file."""
    actor = present_actor()
    tasks = chosen(asked_for(actor), sight_of(actor).listed)
    if not tasks:
        return _nothing_chosen(request.args.getlist("pick"))
    return render_template("exchange/ledger_picked.html", tasks=tasks, most=MOST, state_word=state_word)


@bp.post("/tasks/ledger/picked")
def export_picked() -> ResponseReturnValue:
    """The tasks that stayed ticked, as a spreadsheet or as a table in a document."""
    actor = present_actor()
    sent = request.form.getlist("pick")
    ticked = and_(sight_of(actor).listed, picked(sent))
    kind = "docx" if text("kind") == "docx" else "xlsx"
    media_type, write, most = KINDS[kind]
    with reading():
        made = _file(Conditions(on=actor.day), ticked, write, most, actor)
    if not made.rows:
        return _nothing_chosen(sent)
    return _given_out(made, kind, media_type, "ledger.export", Conditions(on=actor.day), actor)


def _nothing_chosen(sent: list[str]) -> ResponseReturnValue:
    if sent:
        abort(404)  # all of them foreign or none at all
    flash(_("没有选中任务。先勾选，或选“本页全部”“条件内全部”。"), "fix")
    return redirect(url_for("tasks.show_ledger"))


@bp.get("/tasks/ledger/form")
def ask_form() -> ResponseReturnValue:
    """Where a form is handed in, to be filled with the ledger under the conditions of the address."""
    actor = present_actor()
    return _form_page(read_conditions(request.args, actor))


@bp.post("/tasks/ledger/form")
def fill_form() -> ResponseReturnValue:
    """Give the form back, filled; it is not kept."""
    actor = present_actor()
    conditions = read_conditions(request.args, actor)
    try:
        name, content = sent_file()
        if not name:
            raise Refused(_("选择表格模板（.xlsx）。"), field="file")
        db.session.rollback()  # the turn to write is given back: nobody waits while the form is filled
        with reading():
            form = Form(name, content)
            made = _made(conditions, form.writer(conditions.on), ledger_form.MOST_ROWS, actor)
    except Refused as refusal:
        note_refusal(refusal)
        return _form_page(conditions, refusal), refusal.status
    return _given_out(made, "xlsx", XLSX, "ledger.fill_form", conditions, actor)


def _export(kind: str) -> ResponseReturnValue:
    actor = present_actor()
    media_type, write, most = KINDS[kind]
    conditions = read_conditions(request.args, actor)
    made = _made(conditions, write, most, actor)
    return _given_out(made, kind, media_type, "ledger.export", conditions, actor)


def _made(conditions: Conditions, write: Write, most: int, actor: Actor) -> LedgerFile:
    return _file(conditions, sight_of(actor).listed, write, most, actor)


def _file(
    conditions: Conditions, seen: ColumnElement[bool], write: Write, most: int, actor: Actor
) -> LedgerFile:
    """Return a file as the list of the address is: in its order, with its columns, under its name."""
    with in_chinese():
        name = str(LISTS[name].label) if (name := request.args.get("list", "")) in LISTS else "整改台账"
    return ledger_file(
        conditions,
        seen,
        write,
        home=actor.office,
        order=request.args.get("sort", "deadline"),
        most=most,
        chosen=read_columns(request.args.getlist("cols")),
        name=name,
    )


def _given_out(
    made: LedgerFile, kind: str, media_type: str, action: str, conditions: Conditions, actor: Actor
) -> ResponseReturnValue:
    """Give the file out. The trail says under which conditions, but for the word: it may tell of a text."""
    return given_out(
        f"{made.name}.{kind}",
        media_type,
        made.content,
        action=action,
        subject=f"unit:{actor.office.id}" if actor.office else "ledger",
        made_here=True,
        rows=made.rows,
        conditions={name: value for name, value in conditions.address().items() if name != "q"},
    )


def _form_page(conditions: Conditions, refusal: Refused | None = None) -> str:
    return render_template("exchange/ledger_form.html", address=conditions.address(), refusal=refusal)
