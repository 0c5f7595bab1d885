"""Reading the form of a plan: numbered rows of steps, empty ones left out, in the order that was typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from tracker.organization.models import DutyDomain, Post
from tracker.plans.keeping import MOST_HOURS, MOST_MINUTES, MOST_STEPS, Content, Step
from tracker.plans.models import Plan
from tracker.refusals import Refused
from tracker.web import forms

SPARE_ROWS = 3
LEAST_ROWS = 5
NUMBERS = {"hours": 4, "minutes": 30}  # what an empty row offers
ALLOWED: Mapping[str, Callable[[], str]] = {
    "hours": lambda: _("完成时限填 1 到 %(most)s 小时的整数", most=MOST_HOURS),
    "minutes": lambda: _("签收时限填 1 到 %(most)s 分钟的整数", most=MOST_MINUTES),
}


@dataclass(frozen=True)
class Typed:
    """A row of the form as it was typed."""

    post: str = ""
    what: str = ""
    hours: str = str(NUMBERS["hours"])
    minutes: str = str(NUMBERS["minutes"])


def typed_rows() -> list[Typed]:
    """Return the rows of steps that were sent, by the order typed in front of them."""
    rows: list[tuple[int, int, Typed]] = []
    for row in range(1, MOST_STEPS + SPARE_ROWS + 1):
        sent = Typed(*(forms.text(f"{name}-{row}") for name in ("post", "what", "hours", "minutes")))
        if sent.what:
            rows.append((_order(row), row, sent))
    return [sent for _place, _row, sent in sorted(rows, key=lambda one: one[:2])]


def rows_of(plan: Plan) -> list[Typed]:
    """Return the rows of a plan for its form."""
    return [Typed(str(step.post_id), step.what, str(step.hours), str(step.minutes)) for step in plan.steps]


def with_spare(rows: Sequence[Typed]) -> list[Typed]:
    """Return rows with empty ones below them, at least as many in all as were sent."""
    sent = sum(f"what-{row}" in request.form for row in range(1, MOST_STEPS + SPARE_ROWS + 1))
    return [*rows, *[Typed()] * max(SPARE_ROWS, max(LEAST_ROWS, sent) - len(rows))]


def sent_content(posts: Sequence[Post], domains: Sequence[DutyDomain]) -> Content:
    """Return what the form says. Raises Refused with the field for a post, domain or number that is none."""
    known = {str(post.id): post for post in posts}
    steps = [_step(number, row, known) for number, row in enumerate(typed_rows(), start=1)]
    domain = next((one for one in domains if str(one.id) == forms.text("domain")), None)
    if domain is None:
        raise Refused(_("选择领域。"), field="domain")
    return Content(
        title=forms.text("title"),
        risk=forms.text("risk"),
        domain=domain,
        first_post=_post("first_post", forms.text("first_post"), known),
        direct_post=_post("direct_post", forms.text("direct_post"), known),
        steps=steps,
        contacts=forms.text("contacts"),
        source=forms.text("source"),
        review_on=forms.day("review_on"),
    )


def _order(row: int) -> int:
    """Return the place typed in front of a row, its own one where that is no number."""
    sent = forms.text(f"order-{row}")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else row


def _step(number: int, row: Typed, known: Mapping[str, Post]) -> Step:
    post = _post(f"post-{number}", row.post, known)
    hours, minutes = (_number(number, name, getattr(row, name)) for name in NUMBERS)
    return Step(post, row.what, hours, minutes)


def _post(field: str, sent: str, known: Mapping[str, Post]) -> Post:
    if sent not in known:
        raise Refused(_("选择责任岗位。"), field=field)
    return known[sent]


def _number(step: int, name: str, sent: str) -> int:
    """Return a number typed for a step. Raises Refused, saying what is allowed, for what is none."""
    if not (sent.isascii() and sent.isdigit() and len(sent) < 6):
        said = _(
            "第 %(number)s 步：“%(sent)s”不能用，%(allowed)s。",
            number=step,
            sent=sent,
            allowed=ALLOWED[name](),
        )
        raise Refused(said, field=f"{name}-{step}")
    return int(sent)


def plain_fields(plan: Plan | None, *, typed: bool) -> Mapping[str, object]:
    """Return what stands in the fields beside the steps: what was sent, or what the plan says."""
    if typed:
        return dict(request.form)
    if plan is None:
        return {}
    return {
        "title": plan.title,
        "risk": plan.risk,
        "domain": plan.domain_id,
        "first_post": plan.first_post_id,
        "direct_post": plan.direct_post_id,
        "contacts": plan.contacts,
        "source": plan.source,
        "review_on": plan.review_on,
    }
