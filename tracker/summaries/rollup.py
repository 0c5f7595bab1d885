"""Rolling a period up into the draft of its summary, again and again, without touching what people wrote."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.organization.queries import OFFICES
from tracker.periods import Period
from tracker.problems.lineage import take_turn
from tracker.refusals import NotAllowed, Refused
from tracker.summaries import wording
from tracker.summaries.access import held, may_write
from tracker.summaries.facts import SummaryFacts
from tracker.summaries.gathering import gather
from tracker.summaries.keeping import write_facts
from tracker.summaries.models import Summary, SummaryParagraph
from tracker.summaries.provenance import values_under
from tracker.summaries.wording import DraftParagraph


def roll_up(unit: Unit, period: Period, domain: DutyDomain | None = None, *, by: Actor | None) -> Summary:
    """Draft the summary of a period, or bring the draft up to today.

    Computed paragraphs are replaced by their keys; edited ones keep their words and are flagged where
    the facts under them changed. `by` None is the command line, run by whoever keeps the installation.
    Raises NotAllowed unless the actor is a clerk of the unit, Refused for a period that lies ahead.
    """
    _check(unit, period, by)
    take_turn(unit)
    facts = gather(unit, period, domain=domain, day=clock.today())
    summary = find(unit, period, domain)
    if summary is None:
        summary = Summary(unit=unit, domain=domain, period=period, version=0)
        db.session.add(summary)
    summary.title = wording.title(facts)
    summary.as_of = facts.as_of
    summary.rolled_up_at = clock.now()
    summary.facts = write_facts(facts)
    summary.version += 1
    _replace(summary, wording.draft(facts), facts)
    db.session.flush()
    record("summary.roll_up", f"summary:{summary.id}", period=str(period), as_of=str(facts.as_of))
    return summary


def find(unit: Unit, period: Period, domain: DutyDomain | None) -> Summary | None:
    """Return the summary of a unit, period and domain (none: all work) with its row held, or None."""
    same_domain = Summary.domain_id.is_(None) if domain is None else Summary.domain_id == domain.id
    query = select(Summary).where(Summary.unit_id == unit.id, Summary.period == period, same_domain)
    return db.session.scalar(held(query))


def _check(unit: Unit, period: Period, by: Actor | None) -> None:
    if unit.kind not in OFFICES:
        raise Refused(_("%(unit)s不是单独建台账的单位，请选择乡镇或县。", unit=unit.name), field="unit")
    if by is not None and not may_write(unit, by):
        raise NotAllowed(_("只有本单位的经办人员可以起草总结。"))
    if period.previous().first_day > clock.today():
        raise Refused(
            _("%(period)s还没有到，请选择本期、下一期或以前的期间。", period=period.label), field="period"
        )


def _replace(summary: Summary, drafted: Sequence[DraftParagraph], facts: SummaryFacts) -> None:
    """Put the new draft in place of the old one; what a person wrote stays where it stood."""
    kept = {paragraph.key: paragraph for paragraph in summary.paragraphs}
    old_order = [paragraph.key for paragraph in summary.paragraphs]
    for new in drafted:
        row = kept.setdefault(new.key, SummaryParagraph(key=new.key))
        row.level, row.computed = new.level, new.text
        row.values = values_under(new.fact_keys, facts)
    given = {new.key for new in drafted}
    for key, row in list(kept.items()):
        if key not in given:
            row.computed, row.values = "", {}
            if row.edited is None:
                del kept[key]
    order = merged_order([new.key for new in drafted], [key for key in old_order if key in kept])
    for position, key in enumerate(order):
        kept[key].position = position
    summary.paragraphs = [kept[key] for key in order]


def merged_order(new: Sequence[str], old: Sequence[str]) -> list[str]:
    """Return the new keys in their order, with each key that only the old had behind its old neighbour."""
    order = list(new)
    before: str | None = None
    for key in old:
        if key not in order:
            order.insert(0 if before is None else order.index(before) + 1, key)
        before = key
    return order
