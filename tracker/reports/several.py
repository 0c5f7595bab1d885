"""Several documents that come in at once: each becomes a report of its own, or is refused alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from tracker.documents.accepting import clean_name
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.reports.intake import KnownAlready, take_in
from tracker.reports.models import Report

MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Sent:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass
class Outcome:
    """What became of each file: the reports that came in, those known already, and who was refused why."""

    reports: list[Report] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def note_known(self, file: Sent, report_id: int) -> None:
        """Note a file whose content is a report already: one from before, or one that was sent beside it."""
        beside = next((report for report in self.reports if report.id == report_id), None)
        if beside is None:
            self.known.append(report_id)
        else:
            same = _("与同时选择的“%(name)s”内容相同，只导入一次。", name=beside.file_name)
            self.note_refused(file, same)

    def note_refused(self, file: Sent, why: str) -> None:
        """Note a file that did not come in, and why."""
        self.refused.append(_("“%(name)s”：%(why)s", name=clean_name(file.name), why=why))


def take_in_several(
    unit: Unit,
    *,
    by: Actor,
    files: Sequence[Sent],
    period: Period | None = None,
    domain: DutyDomain | None = None,
    report_day: date | None = None,
) -> Outcome:
    """Take in files of a unit, all for the same period and domain.

    Raises NotAllowed unless the actor is a clerk of the unit, Refused for too many; what is wrong with a
    single file is said in the outcome.
    """
    if len(files) > MOST_AT_ONCE:
        raise Refused(
            _("一次最多 %(most)s 个文件，没有导入。请分几次选择。", most=MOST_AT_ONCE), field="file"
        )
    outcome = Outcome()
    for file in files:
        try:
            report = take_in(
                unit,
                by=by,
                file_name=file.name,
                content=file.content,
                period=period,
                domain=domain,
                report_day=report_day,
            )
        except KnownAlready as known:
            outcome.note_known(file, known.report_id)
        except Refused as refusal:
            if refusal.field != "file":  # it concerns all of them
                raise
            outcome.note_refused(file, refusal.message)
        else:
            outcome.reports.append(report)
    return outcome
