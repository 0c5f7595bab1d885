"""Duty domains, and the duties with which posts are charged (责任清单)."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.entering import begin_entry
from tracker.organization.models import DomainKind, Duty, DutyDomain, Post
from tracker.organization.queries import duty_lasts
from tracker.refusals import Refused
from tracker.words import N_

LONGEST_DUTY = 1000

STANDARD_DOMAINS: tuple[tuple[str, str, DomainKind], ...] = (  # code, name, kind
    ("business", N_("主责业务"), DomainKind.BUSINESS),
    ("ideology", N_("意识形态"), DomainKind.SECOND),
    ("safety", N_("安全生产"), DomainKind.SECOND),
    ("conduct", N_("党风廉政"), DomainKind.SECOND),
    ("environment", N_("生态环境"), DomainKind.SECOND),
)
"""What every office divides its duties into at first; a unit adds domains of its own (domain.md 2.2)."""


def ensure_domains() -> list[str]:
    """Give a database without any domain the standard ones, and return their names; nothing otherwise."""
    if db.session.scalar(select(DutyDomain.id).limit(1)) is not None:
        return []
    return [add_domain(code, name, kind).name for code, name, kind in STANDARD_DOMAINS]


def add_domain(code: str, name: str, kind: DomainKind) -> DutyDomain:
    """Add a duty domain."""
    domain = DutyDomain(code=code, name=name, kind=kind)
    db.session.add(domain)
    db.session.flush()
    record("organization.add_domain", f"domain:{domain.id}", name=name)
    return domain


def charge(post: Post, domain: DutyDomain, text: str, *, source: str = "", by: Actor | None = None) -> Duty:
    """Charge a post with a duty in a domain, with the document that says so.

    `by` is None on the command line and in the demo. Raises NotAllowed for anybody but the ledger keeper,
    Refused for a duty without words or with too many.
    """
    begin_entry(post.unit, by)
    _check(text)
    duty = Duty(post=post, domain=domain, text=text.strip(), source=source.strip()[:200])
    db.session.add(duty)
    db.session.flush()
    record("organization.charge", f"duty:{duty.id}", post=post.id, domain=domain.code)
    return duty


def correct_duty(duty: Duty, text: str, *, source: str, by: Actor) -> bool:
    """Correct the words or the source of a duty; return whether anything changed."""
    begin_entry(duty.post.unit, by)
    _check(text)
    before = (duty.text, duty.source)
    duty.text, duty.source = text.strip(), source.strip()[:200]
    if (duty.text, duty.source) == before:
        return False
    record("organization.correct_duty", f"duty:{duty.id}", before=before[0], after=duty.text)
    return True


def end_duty(duty: Duty, *, last_day: date, by: Actor) -> None:
    """End a duty with its last day: it is offered no more; the tasks under it keep naming it."""
    begin_entry(duty.post.unit, by)
    duty.ended_on = last_day
    record("organization.end_duty", f"duty:{duty.id}", last_day=str(last_day))


def duties_of(posts: Iterable[Post], day: date) -> dict[int, list[Duty]]:
    """Return the duties of some posts on a day by post: business first, then the second duties."""
    found: dict[int, list[Duty]] = {}
    query = (
        select(Duty).join(DutyDomain).where(Duty.post_id.in_([post.id for post in posts]), duty_lasts(day))
    )
    second = DutyDomain.kind != DomainKind.BUSINESS
    for duty in db.session.scalars(
        query.options(joinedload(Duty.domain)).order_by(second, DutyDomain.id, Duty.id)
    ):
        found.setdefault(duty.post_id, []).append(duty)
    return found


def _check(text: str) -> None:
    if not text.strip():
        raise Refused(_("写明职责内容。"), field="text")
    if len(text.strip()) > LONGEST_DUTY:
        raise Refused(_("职责内容不超过 %(most)s 字，请精简或分条登记。", most=LONGEST_DUTY), field="text")
