"""The pages of summaries: the list, the draft with its numbers and its paper, the file."""

from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.trail_queries import last_person_on
from tracker.documents.paper import MEDIA_TYPE
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.organization.present import present_actor
from tracker.periods import Period
from tracker.problems.lineage import carry_over, found_in, left_behind, origin_of, to_carry_over
from tracker.refusals import NotAllowed, Refused
from tracker.summaries import document, editing
from tracker.summaries.access import find_summary, find_summary_to_write, may_write
from tracker.summaries.gathering import follow
from tracker.summaries.keeping import read_facts
from tracker.summaries.models import Summary, SummaryParagraph
from tracker.summaries.provenance import changes, figures
from tracker.summaries.queries import domains, likeliest_period, offered_periods, summaries
from tracker.summaries.rollup import roll_up
from tracker.summaries.withholding import marked_problems, marked_since
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.web.forms import text, whole_number
from tracker.web.incoming import plain_number
from tracker.web.two_at_once import again, remembering

CHANGING = ("summary.write", "summary.use_new_facts", "summary.keep_words", "summary.roll_up")

bp = Blueprint("summaries", __name__)


@dataclass
class Typed:
    """What was sent with a page that could not be saved."""

    refusal: Refused | None = None
    texts: dict[int, str] = field(default_factory=dict)


@bp.get("/summaries")
def listing() -> ResponseReturnValue:
    """The drafts of the office, and the form that makes one."""
    actor = present_actor()
    if not actor.oversees:
        abort(404)
    return _list_page(actor)


@bp.post("/summaries")
def draft() -> ResponseReturnValue:
    """Roll a period up into a draft, or bring its draft up to today."""
    actor = present_actor()
    if not actor.oversees:
        abort(404)
    try:
        unit = _unit(actor)
        summary = roll_up(unit, _period(), _domain(unit), by=actor)
    except Refused as refusal:
        note_refusal(refusal)
        return _list_page(actor, refusal), refusal.status
    return redirect(url_for("summaries.show", summary_id=summary.id))


@bp.get("/summaries/<int:summary_id>")
def show(summary_id: int) -> ResponseReturnValue:
    """The draft: paragraphs, the numbers with what stands behind them, the paper."""
    actor = present_actor()
    return remembering(_page(_found(summary_id, actor), actor))


@bp.post("/summaries/<int:summary_id>")
def save(summary_id: int) -> ResponseReturnValue:
    """Save what was written, and decide on a changed fact where its button was pressed."""
    actor = present_actor()
    summary = _readable(find_summary_to_write(summary_id, actor), actor)
    typed = _typed_texts()
    try:
        changed = _save(summary, typed, actor)
    except Refused as refusal:
        note_refusal(refusal)
        summary = _found(summary_id, actor)
        pages = {True: Typed(refusal, typed), False: Typed(refusal)}
        who = last_person_on(f"summary:{summary_id}", CHANGING)
        return again(lambda filled: _page(summary, actor, pages[filled]), who), refusal.status
    flash(_("已保存，改动 %(count)s 段。", count=changed) if changed else _("没有改动。"))
    return redirect(url_for("summaries.show", summary_id=summary_id))


@bp.post("/summaries/<int:summary_id>/roll-up")
def refresh(summary_id: int) -> ResponseReturnValue:
    """Bring the draft up to today."""
    actor = present_actor()
    summary = _found(summary_id, actor)
    roll_up(summary.unit, summary.period, summary.domain, by=actor)
    flagged = sum(paragraph.facts_changed for paragraph in summary.paragraphs)
    said = _("，您改过的 %(count)s 段数据有变，请逐段决定", count=flagged) if flagged else ""
    flash(_("已按今天的数据重新汇总%(said)s。", said=said), "fix" if flagged else "")
    return redirect(url_for("summaries.show", summary_id=summary_id))


@bp.post("/summaries/<int:summary_id>/carry-over")
def carry(summary_id: int) -> ResponseReturnValue:
    """Let what is unfinished of the last period and left behind before it be problems of this period."""
    actor = present_actor()
    summary = _found(summary_id, actor)
    carried = carry_over(summary.unit, summary.period.previous(), by=actor, domain=summary.domain)
    if carried:
        flash(_("已转入 %(count)s 个问题，任务和编号不变。", count=len(carried)))
    else:
        flash(_("没有需要转入的问题，此前已全部转入。"))
    return redirect(url_for("summaries.show", summary_id=summary_id))


@bp.get("/summaries/<int:summary_id>.docx")
def download(summary_id: int) -> ResponseReturnValue:
    """The draft as an official paper."""
    summary = _found(summary_id, present_actor())
    return given_out(
        document.file_name(summary),
        MEDIA_TYPE,
        document.docx(summary),
        action="summary.download",
        subject=f"summary:{summary_id}",
        made_here=True,
    )


def _found(summary_id: int, actor: Actor) -> Summary:
    return _readable(find_summary(summary_id, actor), actor)


def _readable(summary: Summary | None, actor: Actor) -> Summary:
    """Return a summary that was found; 404 for none, NotAllowed while it holds words of marked tasks."""
    if summary is None:
        abort(404)
    if not may_write(summary.unit, actor) and marked_since(summary):
        raise NotAllowed(
            _("这份总结汇总之后，有任务标注了内部或工作秘密。经办人员按今天的数据更新总结后，您就能查看。")
        )
    return summary


def _save(summary: Summary, typed: dict[int, str], actor: Actor) -> int:
    """Write the texts, then decide; a paragraph that takes the new facts gives up what was typed."""
    paragraph, use_new = _decision(summary)
    if paragraph is not None and use_new:
        typed = {number: words for number, words in typed.items() if number != paragraph.id}
    changed = editing.write(summary, typed, version=whole_number("version") or 0, by=actor)
    if paragraph is None:
        return changed
    decide = editing.use_new_facts if use_new else editing.keep_words
    decide(paragraph, version=summary.version, by=actor)
    return changed + 1


def _typed_texts() -> dict[int, str]:
    """Return the paragraphs the person touched: those that no longer say what their page was made with."""
    sent = {
        plain_number(name.removeprefix("p-")): words
        for name, words in request.form.items()
        if name.startswith("p-")
    }
    return {
        number: words
        for number, words in sent.items()
        if editing.digest(words) != request.form.get(f"was-{number}")
    }


def _decision(summary: Summary) -> tuple[SummaryParagraph | None, bool]:
    """Return the paragraph whose button was pressed, and whether it takes the new facts."""
    what, _colon, number = text("decide").partition(":")
    found = [paragraph for paragraph in summary.paragraphs if str(paragraph.id) == number]
    return (found[0] if found and what in ("new", "keep") else None), what == "new"


def _unit(actor: Actor) -> Unit:
    """Return the unit chosen in the form, among those the actor oversees."""
    for office in actor.oversees:
        if str(office.id) == text("unit"):
            return office
    raise Refused(_("没有这个单位，请重新选择。"), field="unit")


def _period() -> Period:
    try:
        return Period.parse(text("period"))
    except ValueError as wrong:
        raise Refused(str(wrong), field="period") from None


def _domain(unit: Unit) -> DutyDomain | None:
    chosen = text("domain")
    if not chosen:
        return None
    for domain in domains([unit]):
        if domain.code == chosen:
            return domain
    raise Refused(_("没有这个领域，请重新选择。"), field="domain")


def _list_page(actor: Actor, refusal: Refused | None = None) -> str:
    return render_template(
        "summaries/list.html",
        page=summaries(actor, request.args.get("after")),
        units=actor.clerk_of,
        periods=offered_periods(actor.clerk_of),
        domains=domains(actor.clerk_of),
        chosen={
            "unit": text("unit"),
            "period": text("period") or likeliest_period(actor.clerk_of),
            "domain": text("domain"),
        },
        refusal=refusal,
    )


def _page(summary: Summary, actor: Actor, typed: Typed | None = None) -> str:
    facts = read_facts(summary.facts)
    typed = typed or Typed()
    to_carry = to_carry_over(summary.unit, summary.period.previous(), summary.domain)
    behind = left_behind(summary.unit, summary.period, summary.domain)
    return render_template(
        "summaries/draft.html",
        summary=summary,
        facts=facts,
        figures=figures(facts),
        numbers=dict(zip(summary.paragraphs, document.numbers(summary), strict=True)),
        changes={
            paragraph: changes(paragraph.values_when_edited or {}, paragraph.values)
            for paragraph in summary.paragraphs
            if paragraph.facts_changed
        },
        lines=document.preview(summary),
        title_lines=document.title_on_paper(summary),
        to_carry=to_carry,
        behind=follow(behind),
        withheld_problems=marked_problems([*to_carry, *behind]),
        origin_of=origin_of,
        marked_since=marked_since(summary),
        found_in=found_in,
        writes=may_write(summary.unit, actor),
        digest=editing.digest,
        refusal=typed.refusal,
        typed=typed.texts,
    )
