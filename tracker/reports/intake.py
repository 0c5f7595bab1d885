"""A document comes in: it is kept, read in a child process, and what was found becomes proposals."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.audit.models import Outcome
from tracker.audit.trail import record
from tracker.database import writing
from tracker.documents import store
from tracker.documents.accepting import clean_name
from tracker.documents.models import StoredFile
from tracker.extensions import db
from tracker.jobs.running import Work, enqueue, job_kind
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.problems.models import ProblemSource
from tracker.refusals import Refused
from tracker.reports.access import require_clerk
from tracker.reports.formats.document_text import MOST_BYTES
from tracker.reports.formats.unreadable import UnreadableReportError
from tracker.reports.models import Report, ReportState
from tracker.reports.proposing import propose
from tracker.reports.reading.contract import ReportReading
from tracker.reports.reading.lines import decided, read_lines
from tracker.reports.reading.sandbox import read_in_child

READ_REPORT = "read_report"
PASTED = "粘贴的文字.txt"
LONGEST_MESSAGE = 500
KEPT_HERE = "文件已原样保存，没有生成问题或任务。"  # what the reader cannot know: the office has it


@dataclass(frozen=True)
class Given:
    """What an inspection or a meeting left: typed lines under a headline, or a file, of a day and domain."""

    file_name: str
    content: bytes
    day: date
    domain: DutyDomain | None
    by_lines: bool
    document: str = ""  # its title or number; "": what the file is called


class KnownAlready(Refused):
    """The unit has this content already; `report_id` says which report it is."""

    status = 409
    code = "known_already"

    def __init__(self, report: Report) -> None:
        day = clock.day_of(report.taken_in_at)
        super().__init__(
            _(
                "这份内容已在 %(day)s 导入过，是第 %(number)s 号报告（%(name)s）。"
                "没有重复导入，打开已有的报告继续。",
                day=day.isoformat(),
                number=report.id,
                name=report.file_name,
            ),
            field="file",
        )
        self.report_id = report.id


def take_in(
    unit: Unit,
    *,
    by: Actor,
    file_name: str,
    content: bytes,
    period: Period | None = None,
    domain: DutyDomain | None = None,
    report_day: date | None = None,
) -> Report:
    """Take in a document of a unit and put its reading down as a job.

    Raises NotAllowed unless the actor is a clerk of the unit, Refused when it is empty or too large,
    KnownAlready when the unit has the same content. One that could not be read before comes in anew,
    under its new name.
    """
    require_clerk(by, unit)
    report = _admit(unit, file_name, content, by)
    report.period, report.domain, report.report_day = period, domain, report_day
    enqueue(READ_REPORT, report.id)
    return report


def take_in_from(source: ProblemSource, unit: Unit, *, by: Actor, given: Given) -> Report:
    """Take in what an inspection found or a meeting decided; a clerk then confirms it like a report.

    Lines are read at once, each for one problem; a file is read by the worker. Whoever calls has checked
    who may. Raises Refused when it is empty or too large, KnownAlready when the unit has the same content.
    """
    report = _admit(unit, given.file_name, given.content, by)
    report.source, report.period = source, Period.of(given.day)
    report.document = given.document or report.file_name.rpartition(".")[0]
    report.domain, report.report_day = given.domain, given.day
    if given.by_lines:
        propose(report, read_lines(report.file_name, given.content.decode(), given.day))
    else:
        enqueue(READ_REPORT, report.id)
    return report


def take_in_pasted(
    unit: Unit,
    *,
    by: Actor,
    text: str,
    period: Period | None = None,
    domain: DutyDomain | None = None,
    report_day: date | None = None,
) -> Report:
    """Take in text that was pasted: it is kept as a .txt file."""
    content = text.replace("\r\n", "\n").strip().encode()
    return take_in(
        unit, by=by, file_name=PASTED, content=content, period=period, domain=domain, report_day=report_day
    )


def read_beforehand(unit: Unit, *, file_name: str, content: bytes, period: Period) -> ReportReading:
    """Read a document that is to be taken in with its reading, before any transaction is open.

    Raises Refused, KnownAlready, or UnreadableReportError; nothing is stored.
    """
    _refuse_impossible(content)
    _refuse_known(_known(unit, content))
    return read_in_child(file_name, content, period)


def take_in_with(
    reading: ReportReading,
    unit: Unit,
    *,
    file_name: str,
    content: bytes,
    period: Period,
    domain: DutyDomain | None = None,
) -> Report:
    """Take in a document together with its reading, for the command line. Raises Refused, KnownAlready."""
    report = _admit(unit, file_name, content, None)
    report.period, report.domain = period, domain
    propose(report, reading)
    return report


def _mark_unreadable(report_id: int, message: str) -> None:
    report = _still_reading(report_id)
    if report is not None:
        report.state = ReportState.UNREADABLE
        report.message = message[:LONGEST_MESSAGE]
        record("report.unreadable", f"report:{report_id}", outcome=Outcome.FAILED, message=message)


def read_taken_in(report_id: int) -> None:
    """Read a report that waits for it: proposals in one transaction, or the state UNREADABLE with the reason.

    A report read meanwhile is left as it is, so that the job may be begun again.
    """
    report = db.session.get(Report, report_id, populate_existing=True)
    if report is None or report.state != ReportState.READING:
        db.session.rollback()
        return
    content, name = store.content(report.file), report.file_name
    period, day = report.period, report.report_day
    db.session.rollback()  # the reading takes a while; no transaction stays open over it
    try:
        reading = read_in_child(name, content, period, day)
    except UnreadableReportError as error:
        with writing():
            _mark_unreadable(report_id, error.saying(KEPT_HERE))
        return
    with writing():
        waiting = _still_reading(report_id)
        if waiting is not None:
            propose(waiting, decided(reading) if waiting.source == ProblemSource.MEETING else reading)
            record("report.read", f"report:{report_id}", proposals=len(waiting.proposals))


@job_kind(READ_REPORT, on_failure=_mark_unreadable)
def read(work: Work) -> None:
    """Read the report a job is about; where that fails for good, the report says so."""
    read_taken_in(work.subject_id)


def _admit(unit: Unit, file_name: str, content: bytes, by: Actor | None) -> Report:
    """Return a new row for a document, or that of the unreadable one with the same content."""
    _refuse_impossible(content)
    known = _known(unit, content)
    _refuse_known(known)
    report = known or Report(unit=unit, file=store.keep(content), reading={}, text="")
    report.file_name = clean_name(file_name)
    report.state, report.message = ReportState.READING, ""
    report.source = ProblemSource.REPORT
    report.taken_in_at = clock.now()
    report.taken_in_by_id = None if by is None else by.person.id
    _store_once(report, content)
    record("report.take_in", f"report:{report.id}", size=len(content))
    return report


def _store_once(report: Report, content: bytes) -> None:
    """Store the row, or refuse it where the same content came in between our look and our row."""
    unit = report.unit
    try:
        with db.session.begin_nested():
            db.session.add(report)
    except IntegrityError:
        _refuse_known(_known(unit, content))
        raise


def _refuse_impossible(content: bytes) -> None:
    if not content.strip():
        raise Refused(_("文件是空的，没有导入。选择有内容的文件，或粘贴报告全文。"), field="file")
    if len(content) > MOST_BYTES:
        raise Refused(_("文件超过 20 MB，没有导入。去掉图片后另存，再上传。"), field="file")


def _known(unit: Unit, content: bytes) -> Report | None:
    return db.session.scalar(
        select(Report)
        .join(StoredFile, Report.file_id == StoredFile.id)
        .where(Report.unit_id == unit.id, StoredFile.sha256 == store.digest(content))
    )


def _refuse_known(known: Report | None) -> None:
    if known is not None and known.state != ReportState.UNREADABLE:
        raise KnownAlready(known)


def _still_reading(report_id: int) -> Report | None:
    return db.session.scalar(
        select(Report)
        .where(Report.id == report_id, Report.state == ReportState.READING)
        .with_for_update(of=Report)
    )
