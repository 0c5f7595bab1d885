"""Problems without a report: from an inspection, from above, by self-check or complaint, noted by hand.

They are typed one a line, or lie in a file, under the paper they came with, and become problems by the same
confirmation as a report's (domain.md 1.3, 问题来源).
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.problems.models import ProblemSource
from tracker.refusals import Refused
from tracker.reports.access import require_clerk
from tracker.reports.intake import Given, take_in_from
from tracker.reports.models import Report

LONGEST_LINES = 20_000  # characters
LONGEST_DOCUMENT = 120
ENTERED = (
    ProblemSource.INSPECTION,
    ProblemSource.INSTRUCTION,
    ProblemSource.SELF_CHECK,
    ProblemSource.COMPLAINT,
    ProblemSource.MEETING,
    ProblemSource.BY_HAND,
)


@dataclass(frozen=True)
class Found:
    """What was found: by which paper, on which day, in which domain; typed one a line, or a file."""

    source: ProblemSource
    document: str  # its title or number, as the ledger names the source
    day: date
    domain: DutyDomain | None = None
    lines: str = ""
    file_name: str = ""
    content: bytes = b""


def enter_problems(unit: Unit, found: Found, *, by: Actor) -> Report:
    """Take in problems from another source than a report; a clerk confirms them on the page of a review.

    Raises NotAllowed unless the actor is a clerk of the unit, Refused at the field that is wrong,
    KnownAlready where the same came in before.
    """
    require_clerk(by, unit)
    document, lines = found.document.strip(), found.lines.replace("\r\n", "\n").strip()
    if not document:
        raise Refused(_("写明来源文件的名称或文号；没有文件的，写由谁、在哪里提出。"), field="document")
    if len(document) > LONGEST_DOCUMENT:
        raise Refused(_("来源不超过 %(most)s 字。", most=LONGEST_DOCUMENT), field="document")
    if found.day > by.day:
        raise Refused(_("发现日期填今天或以前的日期。"), field="day")
    if not lines and not found.content:
        raise Refused(_("逐条写出问题，或选择一个文件。"), field="lines")
    if len(lines) > LONGEST_LINES:
        raise Refused(_("内容超过 %(most)s 字，请改为上传文件。", most=LONGEST_LINES), field="lines")
    given = Given(
        file_name=found.file_name or f"{document}.txt",
        content=found.content or f"{document}\n{lines}\n".encode(),
        day=found.day,
        domain=found.domain,
        by_lines=not found.content,
        document=document,
    )
    return take_in_from(found.source, unit, by=by, given=given)
