"""The five lists that every office keeps (五张清单): each is a set of conditions, columns and an order.

Rule: domain.md 1.2; the lists are projections of one ledger, never tables of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class StandingList:
    """A list by its name, what it is for, and its address."""

    label: Any
    said: Any
    columns: tuple[str, ...]
    order: str
    state: str = ""

    def address(self, name: str) -> dict[str, Any]:
        """Return the list as an address of the ledger; `list` only says under which tab it stands."""
        found = {"list": name, "cols": ".".join(self.columns), "sort": self.order, "state": self.state}
        return {key: value for key, value in found.items() if value}


LISTS: Mapping[str, StandingList] = {
    "problems": StandingList(
        _l("问题清单"),
        _l("有什么问题，从哪里来，归谁管"),
        ("case_no", "source", "category", "problem", "measure", "resp_unit", "done"),
        "number",
    ),
    "tasks": StandingList(
        _l("任务清单"),
        _l("做什么，做到什么程度，什么时候完成"),
        ("case_no", "problem", "measure", "goal", "due", "progress", "done"),
        "number",
    ),
    "duties": StandingList(
        _l("责任清单"),
        _l("谁领导，谁牵头，谁办，谁配合，谁验收"),
        ("case_no", "problem", "leader", "lead_unit", "resp_unit", "person", "coop_unit", "verifier"),
        "post",
        "open",
    ),
    "deadlines": StandingList(
        _l("时限清单"),
        _l("在办的，期限由近到远，原定和现定的时限"),
        ("light", "due", "first_due", "case_no", "problem", "resp_unit", "person", "done", "remark"),
        "deadline",
        "open",
    ),
    "results": StandingList(
        _l("成果清单"),
        _l("已经销号的，做成了什么，谁验收"),
        ("case_no", "problem", "goal", "progress", "closed_on", "verdict", "verifier"),
        "changed",
        "closed",
    ),
}
