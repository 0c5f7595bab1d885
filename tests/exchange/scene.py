"""A table of the ledger that the clerk handed in, for the table of expectations."""

from tests.office import Office
from tracker.exchange.ledger_import import hand_in
from tracker.exchange.ledger_in import FileRow, LedgerTable
from tracker.exchange.ledger_plan import plan


def objects(office: Office) -> dict[str, str]:
    """Hand in a table with one row that names no task; call it inside `writing()`."""
    row = FileRow(2, {"case_no": "ZG-2025Q3-999", "problem": "没有的"}, ["ZG-2025Q3-999", "没有的"])
    table = LedgerTable(["编号", "具体问题"], [row])
    clerk = office.clerk.actor
    return {"ledger_import": str(hand_in("台账.xlsx", plan(table, clerk), by=clerk).id)}
