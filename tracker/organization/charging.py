"""Duty domains, and the duties with which posts are charged (责任清单)."""

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import DomainKind, Duty, DutyDomain, Post


def add_domain(code: str, name: str, kind: DomainKind) -> DutyDomain:
    """Add a duty domain."""
    domain = DutyDomain(code=code, name=name, kind=kind)
    db.session.add(domain)
    db.session.flush()
    record("organization.add_domain", f"domain:{domain.id}", name=name)
    return domain


def charge(post: Post, domain: DutyDomain, text: str, *, source: str = "") -> Duty:
    """Charge a post with a duty in a domain."""
    duty = Duty(post=post, domain=domain, text=text, source=source)
    db.session.add(duty)
    db.session.flush()
    record("organization.charge", f"duty:{duty.id}", post=post.id, domain=domain.code)
    return duty
