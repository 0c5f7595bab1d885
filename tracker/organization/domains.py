"""An office's own duty domains: added, renamed, ended. The common ones belong to every office."""

from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.entering import begin_entry, named, require_pen
from tracker.organization.models import Chain, DomainKind, Duty, DutyDomain, Portfolio, Unit
from tracker.organization.queries import below, domains_of, lasts_on
from tracker.organization.ties import listed, open_in
from tracker.refusals import NotAllowed, Refused

LONGEST_NAME = 50


def add_own_domain(office: Unit, *, by: Actor, name: str, kind: DomainKind) -> DutyDomain:
    """Add a domain of one office and of what lies below it.

    Raises NotAllowed for anybody but the ledger keeper, Refused for a bad name or one in use.
    """
    begin_entry(office, by)
    code = f"own-{uuid4().hex[:12]}"  # names change; addresses and files keep the code
    domain = DutyDomain(code=code, name=_free(name, office, by), kind=kind, unit_id=office.id)
    db.session.add(domain)
    db.session.flush()
    record("organization.add_domain", f"domain:{domain.id}", name=domain.name, unit=office.code)
    return domain


def rename_domain(domain: DutyDomain, name: str, *, by: Actor) -> bool:
    """Give an own domain another name; whether it changed. What names it shows the new name everywhere."""
    office = require_own(domain, by)
    begin_entry(office, by)
    if " ".join(name.split()) == domain.name:
        return False
    old, domain.name = domain.name, _free(name, office, by)
    record("organization.rename_domain", f"domain:{domain.id}", old=old, new=domain.name)
    return True


def end_domain(domain: DutyDomain, *, by: Actor) -> None:
    """Offer an own domain no longer after today; what names it keeps it.

    Raises Refused, with their names, while tasks, duties, standing duties, portfolios or chains are in it.
    """
    begin_entry(require_own(domain, by), by)
    if domain.ended_on is not None:
        raise Refused(_("“%(name)s”已经停用，不必再次停用。", name=domain.name))
    inside = [*_own_ties(domain, by), *open_in(domain)]
    if inside:
        raise Refused(
            _(
                "“%(name)s”里还有没有了结的内容，没有停用：%(inside)s。先办结任务、终止职责，或改到别的领域。",
                name=domain.name,
                inside=listed(inside),
            )
        )
    domain.ended_on = by.day
    record("organization.end_domain", f"domain:{domain.id}", last_day=str(by.day))


def require_own(domain: DutyDomain, by: Actor) -> Unit:
    """Return the office a domain belongs to. Raises NotAllowed for a common one and for a foreign keeper."""
    if domain.unit_id is None:
        raise NotAllowed(_("“%(name)s”是各单位共用的领域，不能更名或停用。", name=domain.name))
    office = db.session.get_one(Unit, domain.unit_id)
    require_pen(office, by)
    return office


def find_domain_known(domain_id: int, actor: Actor) -> DutyDomain | None:
    """Return a domain that the actor's office has or had, or None."""
    known = domains_known(actor.office) if actor.office is not None else []
    return next((domain for domain in known if domain.id == domain_id), None)


def domains_known(office: Unit) -> list[DutyDomain]:
    """Return the domains an office has or had: the common ones, its own, those of the units above it."""
    query = select(DutyDomain).where(DutyDomain.id.in_(_ids_known(office)))
    return list(db.session.scalars(query.order_by(DutyDomain.id)))


def domains_seen(office: Unit) -> list[DutyDomain]:
    """Return the domains of tasks an office may see: those it knows, and those of the offices below it."""
    own_below = DutyDomain.unit_id.in_(select(Unit.id).where(below(office)))
    query = select(DutyDomain).where(or_(DutyDomain.id.in_(_ids_known(office)), own_below))
    return list(db.session.scalars(query.order_by(DutyDomain.id)))


def _free(name: str, office: Unit, by: Actor) -> str:
    """Return a name that no domain of the office bears today."""
    new = named(name, "name", most=LONGEST_NAME)
    if any(domain.name == new for domain in domains_of(office, by.day)):
        raise Refused(_("已有“%(name)s”，直接选用。", name=new), field="name")
    return new


def _ids_known(office: Unit) -> Select[int]:
    above = [int(part) for part in office.path.strip("/").split("/")]
    return select(DutyDomain.id).where(or_(DutyDomain.unit_id.is_(None), DutyDomain.unit_id.in_(above)))


def _own_ties(domain: DutyDomain, by: Actor) -> list[str]:
    """Return the names of what the organization itself has in a domain."""
    lasting = or_(Duty.ended_on.is_(None), Duty.ended_on > by.day)
    duties = db.session.scalars(select(Duty).where(Duty.domain_id == domain.id, lasting).order_by(Duty.id))
    portfolios = db.session.scalars(
        select(Portfolio).where(Portfolio.domain_id == domain.id, lasts_on(by.day, Portfolio))
    )
    open_chain = or_(Chain.to_day.is_(None), Chain.to_day > by.day)
    chains = db.session.scalars(select(Chain).where(Chain.domain_id == domain.id, open_chain))
    return [
        *(_("%(post)s的职责", post=duty.post.title) for duty in duties),
        *(_("%(post)s的分工", post=row.leader_post.title) for row in portfolios),
        *(chain.name for chain in chains if chain.unit_id is not None),
    ]
