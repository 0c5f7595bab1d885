"""Where the numbers of a summary come from: definition, value and the rows behind each. Pure.

A paragraph names its facts by keys; `values_under` gives what they say, so that two roll-ups can be
compared fact by fact.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from tracker.figures import acts
from tracker.summaries.earlier import earlier_terms
from tracker.summaries.facts import CohortFacts, DoneItem, NextStep, OpenProblem, StandingFact, SummaryFacts
from tracker.summaries.wording import NEIGHBOURS, completion_rate
from tracker.words import N_

Item = OpenProblem | DoneItem | NextStep

NOT_SAID = frozenset({"task_id", "carried_over", "older", "number", "id"})  # of a row, what no sentence says
AS_OF = "as_of"  # the printed day alone is no change of a fact


@dataclass(frozen=True)
class Figure:
    """A number of the draft with its definition and the rows that make it up."""

    key: str
    label: str
    value: str
    definition: str
    rows: Sequence[Item] = ()
    substituted: str = ""  # the definition with the numbers put in
    kind: str = ""  # code of the kind of act whose rows lie under 常态履责
    domain: str = ""  # code of the domain, '' for none


@dataclass(frozen=True)
class Change:
    """A fact that is no longer what it was when the text was edited."""

    label: str
    before: str
    now: str


@dataclass(frozen=True)
class _Counted:
    label: str
    definition: str
    rows: Callable[[SummaryFacts], list[Item]]


def _carried(facts: SummaryFacts) -> list[OpenProblem]:
    return [problem for problem in facts.open if problem.carried_over]


COHORT: dict[str, _Counted] = {
    "total": _Counted(
        N_("{last}梳理问题"),
        N_("登记在{last}的问题，含从更早期间转入的；每个只计一次。"),
        lambda facts: [*_carried(facts), *facts.done, *facts.withdrawn],
    ),
    "done": _Counted(N_("已完成整改"), N_("其中截至当日已销号的。"), lambda facts: list(facts.done)),
    "immediate_done": _Counted(
        N_("其中立行立改"),
        N_("已完成整改中整改方式为立行立改的。"),
        lambda facts: [item for item in facts.done if item.immediate],
    ),
    "running": _Counted(
        N_("正在推进"),
        N_("尚未销号、也不属长期坚持的，含逾期和中止的。"),
        lambda facts: [problem for problem in _carried(facts) if not problem.long_term],
    ),
    "overdue": _Counted(
        N_("其中逾期"),
        N_("正在推进中提醒阶梯到三、四级的，与台账的“逾期”一致。"),
        lambda facts: [problem for problem in _carried(facts) if problem.overdue],
    ),
    "long_term": _Counted(
        N_("长期坚持"),
        N_("整改方式为长期坚持、尚未转为常态的，不设时限。"),
        lambda facts: [problem for problem in _carried(facts) if problem.long_term],
    ),
    "withdrawn": _Counted(N_("已撤销"), N_("已撤销或并入其他任务的。"), lambda facts: list(facts.withdrawn)),
}
"""The parts of the formula (domain rule 3.8)."""


def figures(facts: SummaryFacts) -> list[Figure]:
    """Return every number of the draft, those of last period's problems first; zero terms are left out."""
    return [
        *_cohort_figures(facts),
        *_earlier(facts),
        *_remaining(facts),
        *(_act_figure(fact) for fact in facts.standing),
    ]


def values_under(keys: Iterable[str], facts: SummaryFacts) -> dict[str, str]:
    """Return what the named facts say, by key; a row gives one value for each of its parts."""
    said = _values(facts)
    return {
        name: value
        for key in keys
        if key != AS_OF
        for name, value in said.items()
        if name == key or name.startswith(f"{key}/")
    }


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return which facts changed between two roll-ups, with the words of the office for them."""
    names = list(dict.fromkeys([*before, *now]))
    return [
        Change(_label(name), str(before.get(name, "")), str(now.get(name, "")))
        for name in names
        if before.get(name, "") != now.get(name, "")
    ]


def _cohort_figures(facts: SummaryFacts) -> list[Figure]:
    last, _ = NEIGHBOURS[facts.period.kind]
    found = [
        Figure(
            f"cohort.{name}",
            gettext(part.label).format(last=gettext(last)),
            str(getattr(facts.cohort, name)),
            gettext(part.definition).format(last=gettext(last)),
            part.rows(facts),
        )
        for name, part in COHORT.items()
        if name == "total" or getattr(facts.cohort, name)
    ]
    return [*found, _rate(facts)]


def _rate(facts: SummaryFacts) -> Figure:
    cohort: CohortFacts = facts.cohort
    left_out = [(gettext("已撤销"), cohort.withdrawn)]
    if not facts.long_term_in_base:
        left_out.insert(0, (gettext("长期坚持"), cohort.long_term))
    names = " − ".join(name for name, _ in left_out)
    value = completion_rate(cohort, long_term_in_base=facts.long_term_in_base)
    numbers = "".join(f" − {count}" for _, count in left_out)
    return Figure(
        "cohort.rate",
        gettext("整改完成率"),
        value,
        gettext("已完成整改 ÷（梳理问题 − %(names)s），最多保留 1 位小数，基数为 0 时记“—”。", names=names),
        substituted=f"{cohort.done} ÷（{cohort.total}{numbers}）= {value}",
    )


def _earlier(facts: SummaryFacts) -> list[Figure]:
    """The unfinished problems from before the last period, where there are any."""
    if not facts.older:
        return []
    last, _ = NEIGHBOURS[facts.period.kind]
    definition = gettext(
        "登记在%(last)s以前、没有登记在%(last)s、至今没有完成的问题；不计入%(last)s的整改完成率。",
        last=gettext(last),
    )
    key = "problems.earlier"
    return [Figure(key, gettext(_PLAIN_WORDS[key]), str(len(facts.older)), definition, facts.older)]


def _remaining(facts: SummaryFacts) -> list[Figure]:
    _, this = NEIGHBOURS[facts.period.kind]
    new = sum(problem.is_new for problem in facts.open)
    earlier = gettext("，更早期间的 %(count)s 个", count=len(facts.older)) if facts.older else ""
    definition = gettext(
        "结转的未完成问题 %(carried)s 个%(earlier)s，%(this)s新登记的未完成问题 %(new)s 个。",
        carried=len(facts.open) - new - len(facts.older),
        earlier=earlier,
        this=gettext(this),
        new=new,
    )
    return [
        Figure("problems.open", gettext("尚需整改的问题"), str(len(facts.open)), definition, list(facts.open))
    ]


def _act_figure(fact: StandingFact) -> Figure:
    year = gettext("今年以来 %(count)s。", count=f"{fact.year_count}{fact.unit}") if fact.year_count else ""
    if fact.opening:
        year += gettext("含期初数 %(opening)s。", opening=fact.opening)
    domain = f"（{fact.domain}）" if fact.domain else ""
    return Figure(
        f"standing.{fact.kind_label}/{fact.domain}",
        fact.kind_label + domain,
        f"{fact.count}{fact.unit}",
        f"{acts.IN_PERIOD.definition}{year}",
        kind=fact.kind_code or fact.kind_label,
        domain=fact.domain_code,
    )


ROWS = {"open": "problem", "done": "problem", "finished": "finished", "next_steps": "step"}
"""Which keys the rows of a part of the facts go by."""


def _values(facts: SummaryFacts) -> dict[str, str]:
    said = {f"cohort.{name}": str(value) for name, value in vars(facts.cohort).items()}
    said |= {"problems.open": str(len(facts.open)), "problems.done": str(len(facts.done))}
    if facts.older:
        said["problems.earlier"] = earlier_terms(facts)
    said["standing"] = str(sum(fact.count for fact in facts.standing))
    said |= {f"standing.{f.kind_label}/{f.domain}": f"{f.count}{f.unit}" for f in facts.standing}
    for part, kind in ROWS.items():
        for position, item in enumerate(getattr(facts, part), 1):
            name = getattr(item, "number", "") or getattr(item, "id", "") or str(position)
            said |= {f"{kind}.{name}/{field}": value for field, value in _said(item)}
    return said


def _said(item: Item) -> list[tuple[str, str]]:
    return [
        (name, "是" if value is True else str(value))
        for name, value in vars(item).items()
        if name not in NOT_SAID and value not in (None, "", False)
    ]


FIELD_WORDS = {
    "text": N_("问题表述"),
    "problem": N_("问题表述"),
    "result": N_("整改结果"),
    "measure": N_("整改措施"),
    "plan": N_("下步措施"),
    "leader": N_("责任领导"),
    "unit": N_("责任单位"),
    "post": N_("责任岗位"),
    "due": N_("整改时限"),
    "progress": N_("进展"),
    "earlier_progress": N_("上期进展"),
    "state_word": N_("办理状态"),
    "closed_on": N_("销号日期"),
    "note": N_("备注"),
    "long_term": N_("长期坚持"),
    "overdue": N_("已逾期"),
    "immediate": N_("立行立改"),
    "withheld": N_("内容不写入"),
}
_PLAIN_WORDS = {
    "problems.open": N_("尚需整改的问题"),
    "problems.done": N_("已销号的问题"),
    "problems.earlier": N_("更早期间的未完成问题"),
    "standing": N_("履责次数"),
}


def _label(name: str) -> str:
    head, _, field = name.partition("/")
    kind, _, rest = head.partition(".")
    if kind == "cohort":
        return str(gettext(COHORT[rest].label).format(last=gettext("上期")))
    if kind in ROWS.values():
        return f"{rest} {gettext(FIELD_WORDS[field])}" if field in FIELD_WORDS else rest + field
    return str(gettext(_PLAIN_WORDS[head])) if head in _PLAIN_WORDS else rest
