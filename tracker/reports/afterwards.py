"""What later packages say on the page of a confirmed report.

Reports stand upstream and import none of them. `navigation.add_features` names who has something to say, in
one line beside the pages, as for `organization.ties`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.reports.models import Report


@dataclass(frozen=True)
class Section:
    """A part of the page: the template that shows it, and what that template needs."""

    template: str
    given: Mapping[str, Any]


Teller = Callable[[Report, Actor, Refused | None], Section | None]
"""Given the report, its reader, and what was just refused of the section's own form."""

_tellers: list[Teller] = []


def tell(tellers: Iterable[Teller]) -> None:
    """Let these have a section on the page of every confirmed report, where they have something to say."""
    _tellers[:] = tellers


def sections(report: Report, actor: Actor, refusal: Refused | None = None) -> list[Section]:
    """Return what is to be said of a confirmed report to a reader."""
    found = (teller(report, actor, refusal) for teller in _tellers)
    return [section for section in found if section is not None]
