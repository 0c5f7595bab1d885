"""What was read becomes proposals: rows with a place, a suggestion for each field, and its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker import clock
from tracker.extensions import db
from tracker.organization.queries import domains_of
from tracker.reports.dating import due
from tracker.reports.hinting import hints_of
from tracker.reports.models import Decision, Proposal, ProposalKind, Report, ReportState
from tracker.reports.reading.characters import normalised
from tracker.reports.reading.contract import ReportReading, Span
from tracker.reports.reading.deadlines import Deadline
from tracker.reports.reading.outline import text_end
from tracker.reports.reading.periods_in_text import written_on
from tracker.reports.recognising import resembling
from tracker.reports.staff import guess_domain, leaders, staff
from tracker.reports.standard import propose_standard
from tracker.reports.suggestion import Choice, Passage, hint_from, suggest
from tracker.workdays import shipped


@dataclass(frozen=True)
class Found:
    """A passage on its way to a proposal."""

    kind: ProposalKind
    span: Span
    words: str
    measure: Span | None
    measure_words: str
    responsible: tuple[str, ...]
    deadline: Deadline
    confidence: float = 0.0


def propose(report: Report, reading: ReportReading) -> None:
    """Write what was read into a report: text, period and domain where they are known, proposals."""
    report.text = reading.text
    report.reading = {key: value for key, value in reading.as_json().items() if key != "text"}
    report.period = report.period or reading.known_period
    plain = normalised(reading.text)
    report.report_day = report.report_day or written_on(plain, text_end(plain))
    report.domain = report.domain or guess_domain(reading.text, domains_of(report.unit, clock.today()))
    found = _problems(reading) + _measures(reading)
    report.proposals = [_proposal(report, position, one) for position, one in enumerate(found)]
    db.session.flush()
    _link(report, reading)
    suggest_for(report, report.proposals)
    answered = report.answered()
    for row in report.proposals:
        measures = measures_of(row, answered.get(row.id, []))
        row.standard, row.standard_why = propose_standard("\n".join(measures))
    report.state, report.message = ReportState.REVIEW, ""
    report.version += 1
    db.session.flush()


def suggest_for(report: Report, proposals: Sequence[Proposal]) -> None:
    """Enter post, duty, choices and earlier problems of some proposals of a report."""
    day = clock.today()
    answered = report.answered()
    passages = [_passage(row, answered.get(row.id, [])) for row in proposals]
    choices = suggest(
        passages,
        staff(report.unit, day),
        report.domain,
        leaders(report.unit, report.domain, day),
        [hint_from(hint, day) for hint in hints_of(report.unit)],
    )
    kin = resembling(report.unit, [row.text for row in proposals])
    for row, passage, offered, similar in zip(proposals, passages, choices, kin, strict=True):
        row.for_villages = passage.for_villages
        row.suggested = {
            **row.suggested,
            "posts": [choice.as_json() for choice in offered],
            "kin": similar if row.kind == ProposalKind.PROBLEM else [],
        }
        _take_first(row, offered)


def measures_of(row: Proposal, answering: Sequence[Proposal]) -> list[str]:
    """Return what is to be done: a problem's own measure and those that answer it; or the measure itself."""
    if row.kind == ProposalKind.MEASURE:
        return [row.text]
    return [words for words in (row.measure, *(other.text for other in answering)) if words]


def _problems(reading: ReportReading) -> list[Found]:
    return [
        Found(
            ProposalKind.PROBLEM,
            problem.span,
            reading.words(problem.span).strip(),
            problem.measure,
            "" if problem.measure is None else reading.words(problem.measure).strip(),
            problem.responsible,
            problem.deadline,
            problem.confidence,
        )
        for problem in reading.problems
    ]


def _measures(reading: ReportReading) -> list[Found]:
    return [
        Found(
            ProposalKind.MEASURE,
            measure.span,
            reading.words(measure.span).strip(),
            None,
            "",
            measure.responsible,
            measure.deadline,
        )
        for measure in reading.measures
    ]


def _proposal(report: Report, position: int, found: Found) -> Proposal:
    proposed = due(found.deadline, report.period, clock.today(), shipped())
    return Proposal(
        kind=found.kind,
        position=position,
        start=found.span.start,
        end=found.span.end,
        text=found.words,
        measure=found.measure_words,
        measure_start=None if found.measure is None else found.measure.start,
        measure_end=None if found.measure is None else found.measure.end,
        answers=[],
        suggested={"responsible": list(found.responsible)},
        deadline=proposed.day,
        deadline_why=proposed.why,
        clock=proposed.clock,
        confidence=found.confidence,
        decision=Decision.OPEN,
    )


def _passage(row: Proposal, answering: Sequence[Proposal]) -> Passage:
    words = "\n".join(dict.fromkeys([row.text, *measures_of(row, answering)]))
    return Passage(words, tuple(row.suggested.get("responsible", ())), row.text)


def _take_first(proposal: Proposal, offered: Sequence[Choice]) -> None:
    if not offered:
        proposal.post_why = "本单位还没有岗位，先由系统管理员录入责任体系。"
        return
    proposal.post, proposal.duty, proposal.post_why = offered[0].post, offered[0].duty, offered[0].why


def _link(report: Report, reading: ReportReading) -> None:
    """Let each measure answer the problem that the reader linked it with."""
    problems = [row for row in report.proposals if row.kind == ProposalKind.PROBLEM]
    measures = [row for row in report.proposals if row.kind == ProposalKind.MEASURE]
    for row, problem in zip(problems, reading.problems, strict=True):
        for index in problem.linked_measures:
            measures[index].answers = [*measures[index].answers, row.id]
