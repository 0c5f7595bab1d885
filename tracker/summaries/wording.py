"""The draft of a summary: facts in, paragraphs out, in the order an office expects. Pure.

一、工作开展情况 / 二、上季度问题整改情况 / 三、存在的问题与不足 / 四、下一步工作打算, and as annex the
table of the last period's problems. Every paragraph has a key that stays the same over a new roll-up, so
what a person wrote can be kept; its facts are named so that a change under edited text can be shown.
Numbers (一、（一）) are not part of the texts: they are set when the paper is put together, because a
problem that was closed meanwhile leaves no gap.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tracker import rates
from tracker.documents.paper import (
    Attachment,
    Block,
    Heading,
    Paper,
    Paragraph,
    Table,
    chinese_number,
    day_text,
)
from tracker.periods import Kind
from tracker.summaries.earlier import earlier_sentence
from tracker.summaries.facts import CohortFacts, DoneItem, NextStep, OpenProblem, StandingFact, SummaryFacts
from tracker.summaries.phrases import (
    bare_measure,
    in_charge,
    names_lead,
    phrase,
    planned,
    remedy,
    says,
    sentence,
    short_name,
    titled,
    unnumbered,
)
from tracker.words import N_


@dataclass(frozen=True)
class DraftParagraph:
    """A paragraph of the draft; `level` None is running text. The text carries no number."""

    key: str
    level: int | None
    text: str
    fact_keys: tuple[str, ...] = ()


class Worded(Protocol):
    """What the paper needs of a paragraph, computed or edited."""

    @property
    def level(self) -> int | None:
        """Heading level, None for running text."""

    @property
    def text(self) -> str:
        """What the document says."""


NEIGHBOURS = {
    Kind.QUARTER: (N_("上季度"), N_("本季度")),
    Kind.MONTH: (N_("上月"), N_("本月")),
    Kind.YEAR: (N_("上年度"), N_("本年度")),
    Kind.HALF: (N_("上期"), N_("本期")),
}
"""How a summary of each kind calls the period before and its own."""


def draft(facts: SummaryFacts) -> list[DraftParagraph]:
    """The four sections of the draft."""
    return [*_work(facts), *_carry_over(facts), *_problems(facts), *_next(facts)]


def completion_rate(cohort: CohortFacts, *, long_term_in_base: bool = False) -> str:
    """Done ÷ (all − long-term − withdrawn) with one decimal at most, '—' without a base (domain rule 3.8)."""
    total = cohort.total - cohort.withdrawn
    rate = rates.completion_rate(cohort.done, total, cohort.long_term, long_term_in_base=long_term_in_base)
    return str(rate)


# 一、工作开展情况


def _work(facts: SummaryFacts) -> Iterator[DraftParagraph]:
    yield DraftParagraph("work", 1, "工作开展情况")
    _, this = NEIGHBOURS[facts.period.kind]
    done_things = [fact for fact in facts.standing if fact.count > 0]
    for domain in dict.fromkeys(fact.domain for fact in done_things):
        same = [fact for fact in done_things if fact.domain == domain]
        yield _standing(this, domain if domain != facts.subject else "", same)
    followed = len(facts.done) + len(facts.open)
    if followed:
        closed = f"，销号{len(facts.done)}个" if facts.done else ""
        text = f"对照整改台账，{this}跟踪督办问题{followed}个{closed}。"
        yield DraftParagraph("work/follow-up", None, text, ("problems.open", "problems.done"))
    if facts.finished:
        yield _finished(facts.finished)
    elif not followed and not done_things:
        yield DraftParagraph(
            "work/none", None, f"{this}没有登记的学习、会议、检查和整改事项。", ("standing",)
        )


def _standing(this: str, domain: str, facts: Sequence[StandingFact]) -> DraftParagraph:
    field = f"{domain.removesuffix('工作')}工作方面" if domain else ""
    held = [fact for fact in facts if fact.kind_label.endswith("会")]
    carried_out = [fact for fact in facts if fact not in held]
    counts = "，".join(
        f"{verb}{_counts(same)}" for verb, same in (("开展", carried_out), ("召开", held)) if same
    )
    keys = tuple(f"standing.{fact.kind_label}/{fact.domain}" for fact in facts)
    return DraftParagraph(f"work/standing/{domain}", None, f"{this}，{field}{counts}。", keys)


def _counts(facts: Sequence[StandingFact]) -> str:
    return "、".join(f"{phrase(fact.kind_label)}{fact.count}{fact.unit}{_so_far(fact)}" for fact in facts)


def _so_far(fact: StandingFact) -> str:
    return f"（今年以来{fact.year_count}{fact.unit}）" if fact.year_count > fact.count else ""


def _finished(items: Sequence[DoneItem]) -> DraftParagraph:
    told = "；".join(short_name(item.problem) for item in items if not item.withheld)
    names = f"：{told}" if told else ""
    keys = tuple(f"finished.{item.number or number}" for number, item in enumerate(items, 1))
    return DraftParagraph("work/finished", None, f"另办结工作事项{len(items)}项{names}。", keys)


# 二、上季度问题整改情况


def _carry_over(facts: SummaryFacts) -> Iterator[DraftParagraph]:
    last, this = NEIGHBOURS[facts.period.kind]
    yield DraftParagraph("carry-over", 1, f"{last}问题整改情况")
    cohort_keys = tuple(f"cohort.{name}" for name in vars(facts.cohort))
    yield DraftParagraph("carry-over/rate", None, cohort_sentence(facts), ("as_of", *cohort_keys))
    if facts.older:
        yield DraftParagraph("carry-over/earlier", None, earlier_sentence(facts, this), ("problems.earlier",))
    for number, item in enumerate(facts.done, 1):
        if item.withheld:
            continue
        key = item.number or str(number)
        yield DraftParagraph(f"carry-over/{key}", 2, _done_text(item), (f"problem.{key}",))
    for problem in facts.told:
        if not problem.is_new:
            text = _running_text(problem)
            yield DraftParagraph(f"carry-over/{problem.number}", 2, text, (f"problem.{problem.number}",))


def cohort_sentence(facts: SummaryFacts) -> str:
    """The formula of domain rule 3.8 as of the printed day; terms that are zero are not said."""
    last, this = NEIGHBOURS[facts.period.kind]
    cohort, day = facts.cohort, day_text(facts.as_of)
    if cohort.total == 0:
        return f"{last}没有登记的问题{'' if facts.older else f'，{this}无结转的整改事项'}。"
    rate = completion_rate(cohort, long_term_in_base=facts.long_term_in_base)
    reason = "（没有计入基数的问题）" if rate == rates.NO_BASE else ""
    share = f"整改完成率{rate}{reason}"
    return (
        f"截至{day}，{last}共梳理问题{cohort.total}个，{_terms(cohort)}，{share}{_remainder(cohort, this)}。"
    )


_ALL = {"done": "已全部完成整改", "running": "均在推进", "long_term": "均需长期坚持", "withdrawn": "均已撤销"}
_SOME = {"done": "已完成整改", "running": "正在推进", "long_term": "长期坚持", "withdrawn": "撤销"}


def _terms(cohort: CohortFacts) -> str:
    of_which = {
        "done": f"（其中立行立改{cohort.immediate_done}个）" if cohort.immediate_done else "",
        "running": f"（其中逾期{cohort.overdue}个）" if cohort.overdue else "",
    }
    counts = {state: int(getattr(cohort, state)) for state in _SOME}
    present = {state: count for state, count in counts.items() if count}
    if len(present) == 1:
        state = next(iter(present))
        return _ALL[state] + of_which.get(state, "")
    return "、".join(f"{_SOME[state]}{count}个{of_which.get(state, '')}" for state, count in present.items())


def _remainder(cohort: CohortFacts, this: str) -> str:
    if cohort.running:
        return f"（未完成问题见附件，转入{this}继续整改）"
    return f"（长期坚持问题见附件，{this}继续落实）" if cohort.long_term else ""


def _done_text(item: DoneItem) -> str:
    closed = f"已于{day_text(item.closed_on)}销号。" if item.closed_on else "已销号。"
    return f"关于“{short_name(item.problem)}”问题的整改。{sentence(item.result)}{closed}"


def _running_text(problem: OpenProblem) -> str:
    state = "长期坚持、持续推进" if problem.long_term else f"目前{problem.state_word}"
    if problem.overdue and problem.due:
        state += f"，已超过原定完成时间（{day_text(problem.due)}）"
    return f"关于“{short_name(problem.text)}”问题的整改。{state}。{sentence(problem.progress)}"


# 三、存在的问题与不足


def _problems(facts: SummaryFacts) -> Iterator[DraftParagraph]:
    yield DraftParagraph("problems", 1, "存在的问题与不足")
    yield DraftParagraph("problems/lead", None, _problem_lead(facts), ("as_of", "problems.open"))
    for problem in facts.told:
        text = f"{titled(problem.text)}{_remedy_and_answer(problem)}"
        yield DraftParagraph(f"problems/{problem.number}", 2, text, (f"problem.{problem.number}",))


def _problem_lead(facts: SummaryFacts) -> str:
    _, this = NEIGHBOURS[facts.period.kind]
    day, new = day_text(facts.as_of), sum(problem.is_new for problem in facts.open)
    if not facts.open:
        return "暂无。"
    of_which = f"，其中{this}新登记{new}个" if 0 < new < len(facts.open) else ""
    found = f"{this}新登记" if new == len(facts.open) else "尚需继续整改的"
    listed = "主要表现在以下方面：" if facts.told else "内容不在此列出。"
    return f"截至{day}，{found}问题共{len(facts.open)}个{of_which}，{listed}"


def _remedy_and_answer(problem: OpenProblem) -> str:
    """The countermeasure and who answers for it; 对此 marks where the statement of the problem ends."""
    said = says([problem.text], problem.measure)
    measure, answer = "" if said else remedy(problem.measure), _answer(problem)
    if said:
        return answer
    return f"对此，{answer}" if answer and not measure else measure + answer


def _answer(problem: OpenProblem) -> str:
    """Who answers for it and by when, as the sentence after the countermeasure."""
    leads = problem.leader and names_lead(problem.measure, problem.unit)
    who = in_charge(problem.leader, "" if leads else problem.unit)
    parts = [part for part in (who, _limit(problem)) if part]
    return f"该项整改{'，'.join(parts)}。" if parts else ""


def _limit(problem: OpenProblem) -> str:
    if problem.long_term:
        return "长期坚持"
    if problem.due is None:
        return ""
    day = day_text(problem.due)
    return f"原定{day}前完成，目前已逾期" if problem.overdue else f"{day}前完成"


# 四、下一步工作打算


def _next(facts: SummaryFacts) -> Iterator[DraftParagraph]:
    yield DraftParagraph("next", 1, "下一步工作打算")
    steps = [step for step in facts.next_steps if not step.withheld]
    if not facts.told and not steps:
        yield DraftParagraph("next/lead", None, "按照全年工作安排，继续抓好各项工作落实。")
        return
    lead = "针对以上问题，重点抓好以下工作：" if facts.told else "重点抓好以下工作："
    yield DraftParagraph("next/lead", None, lead)
    for problem in facts.told:
        text = _remaining_step(problem)
        yield DraftParagraph(f"next/{problem.number}", 2, text, (f"problem.{problem.number}",))
    for number, step in enumerate(steps, 1):
        key = step.id or str(number)
        yield DraftParagraph(f"next/step/{key}", 2, _plain_step(step), (f"step.{key}",))


def _remaining_step(problem: OpenProblem) -> str:
    name, who = short_name(problem.text), phrase(problem.unit) or phrase(problem.leader)
    by = f"由{who}负责，" if who else ""
    if problem.plan and not says([problem.text, problem.measure], problem.plan):
        return planned(problem.plan) + by + _planned_limit(problem)
    if problem.long_term:
        return f"长期抓好“{name}”问题整改。{by}坚持常态推进，按期评估成效。"
    if problem.overdue:
        return f"加快推进“{name}”问题整改。{by}查明逾期原因，重新明确完成时间，办结后按程序申请销号。"
    limit = f"{day_text(problem.due)}前完成" if problem.due else "明确完成时间"
    return f"继续抓好“{name}”问题整改。{by}{limit}，办结后按程序申请销号。"


def _planned_limit(problem: OpenProblem) -> str:
    if problem.long_term:
        return "长期坚持。"
    if problem.overdue:
        return "查明逾期原因，重新明确完成时间。"
    return f"{day_text(problem.due)}前完成。" if problem.due else "明确完成时间。"


def _plain_step(step: NextStep) -> str:
    limit = f"{day_text(step.due)}前完成" if step.due else ""
    close = "，".join(part for part in (in_charge("", step.post), limit) if part)
    return sentence(step.text) + (f"{close}。" if close else "")


# the paper


def title(facts: SummaryFacts) -> str:
    """青示镇2025年第四季度意识形态工作情况总结."""
    label = facts.period.label + ("度" if facts.period.kind is Kind.YEAR else "")
    return f"{facts.unit}{label}{facts.subject.removesuffix('工作')}工作情况总结"


def numbered(paragraphs: Iterable[Worded]) -> Iterator[str]:
    """The texts with the numbers of their levels in front (一、（一）1.（1）); running text as it is."""
    counts = [0, 0, 0, 0]
    for paragraph in paragraphs:
        if paragraph.level is None:
            yield paragraph.text
            continue
        at = paragraph.level - 1
        counts[at:] = [counts[at] + 1, *([0] * (3 - at))]
        number = counts[at]
        mark = (
            f"{chinese_number(number)}、",
            f"（{chinese_number(number)}）",
            f"{number}. ",
            f"（{number}）",
        )[at]
        yield mark + unnumbered(paragraph.text)


def blocks(paragraphs: Sequence[Worded]) -> list[Block]:
    """The paragraphs as blocks of a paper; an emptied paragraph is left out and not counted."""
    kept = [paragraph for paragraph in paragraphs if paragraph.text.strip()]
    return [
        Paragraph(text) if paragraph.level is None else Heading(paragraph.level, text)
        for paragraph, text in zip(kept, numbered(kept), strict=True)
    ]


def paper(
    facts: SummaryFacts,
    paragraphs: Sequence[Worded],
    *,
    signature: str | None = None,
    day: date | None = None,
) -> Paper:
    """The summary as a paper: the paragraphs as they stand (edited or not) and the table as annex."""
    annex = carry_over_annex(facts)
    return Paper(
        title(facts), blocks(paragraphs), attachments=[annex] if annex else [], signature=signature, day=day
    )


COLUMNS = (
    ("序号", 1.1), ("问题", 4.3), ("整改措施", 4.4), ("责任领导", 2.2), ("责任单位", 2.2), ("整改时限", 4.1),
    ("上季度进展", 2.9), ("本季度完成情况", 3.7), ("是否销号", 1.6), ("备注", 1.7),
)  # fmt: skip
"""Columns of the carry-over table and their proportions (domain rule 3.8)."""


def carry_over_annex(facts: SummaryFacts) -> Attachment | None:
    """The last period's problems in one landscape table with the definition of the rate; None without any."""
    carried: list[OpenProblem | DoneItem] = [item for item in facts.open if item.carried_over]
    counted = [*carried, *facts.done, *facts.withdrawn]
    items = sorted((item for item in counted if not item.withheld), key=lambda item: item.number)
    if not items:
        return None
    last, this = NEIGHBOURS[facts.period.kind]
    columns = [name.replace("上季度", last).replace("本季度", this) for name, _ in COLUMNS]
    gone = {id(item) for item in facts.withdrawn}
    rows = [[str(number), *_row(item, id(item) in gone)] for number, item in enumerate(items, 1)]
    note = _definition(facts, len(counted) - len(items))
    table = Table("", columns, rows, [share for _, share in COLUMNS], note=note)
    return Attachment(f"{last}问题整改情况表", [table], landscape=True)


def _row(item: OpenProblem | DoneItem, withdrawn: bool) -> list[str]:
    if isinstance(item, DoneItem):
        statement, outcome = item.problem, sentence(item.result) or ("已撤销" if withdrawn else "已完成")
        closed = "撤销" if withdrawn else "是"
    else:
        progress = sentence(item.progress)
        statement, outcome, closed = item.text, sentence(item.state_word) + progress, "否"
    due = "长期坚持" if isinstance(item, OpenProblem) and item.long_term else item.due and day_text(item.due)
    return [
        phrase(statement), bare_measure(item.measure), item.leader, item.unit, due or "",
        phrase(item.earlier_progress), phrase(outcome), closed, item.note,
    ]  # fmt: skip


def _definition(facts: SummaryFacts, withheld: int) -> str:
    # without numbers: a reader of the paper would take numbered sentences for measures
    unlisted = f"另有{withheld}个问题计入总数、不在表中列出；" if withheld else ""
    left_out = "撤销数" if facts.long_term_in_base else "长期坚持数－撤销数"
    return (
        f"说明：整改完成率＝已完成整改数÷（梳理问题总数－{left_out}）×100%，保留一位小数，基数为0时记“—”；"
        f"逾期的计入正在推进；{unlisted}数据截至{day_text(facts.as_of)}。"
    )
