"""The ledger as a file, from the conditions of its page."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker.documents.sheet import MEDIA_TYPE as XLSX
from tracker.exchange.ledger_out import Write, ledger_file
from tracker.exchange.ledger_xlsx import MOST_ROWS, write_ledger
from tracker.organization.present import present_actor
from tracker.tasks.access import visible_to
from tracker.tasks.queries import read_conditions
from tracker.web.files import given_out

bp = Blueprint("ledger_files", __name__)


@bp.get("/tasks/ledger.xlsx")
def as_sheet() -> ResponseReturnValue:
    """The ledger under the conditions of the address as a spreadsheet."""
    return _given_out("xlsx", XLSX, write_ledger, MOST_ROWS)


def _given_out(kind: str, media_type: str, write: Write, most: int) -> ResponseReturnValue:
    actor = present_actor()
    conditions = read_conditions(request.args, actor)
    made = ledger_file(
        conditions,
        visible_to(actor),
        write,
        home=actor.office,
        order=request.args.get("sort", "deadline"),
        most=most,
    )
    office = actor.office
    return given_out(
        f"{made.name}.{kind}",
        media_type,
        made.content,
        action="ledger.export",
        subject=f"unit:{office.id}" if office else "ledger",
        made_here=True,
        rows=made.rows,
        conditions={name: value for name, value in conditions.address().items() if name != "q"},
    )
