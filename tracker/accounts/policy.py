"""The policy of the installation, set by the security administrator.

Idle time: GB/T 22239, 身份鉴别 b. Addresses of administrators: 入侵防范. The county may hold the audit role
of a small office: a deviation from 三员, kept with who, when and why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.accounts.access import grants_accounts
from tracker.accounts.models import Account, AccountKind, AuditLeft, PolicyChoice
from tracker.accounts.passwords import Profile
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import Unit, UnitKind
from tracker.refusals import NotAllowed, Refused

SHORTEST_IDLE, LONGEST_IDLE = 5, 120  # minutes
MOST_NETWORKS = 20


@dataclass(frozen=True)
class Policy:
    """What the installation asks of those who sign in."""

    idle_minutes: int = 30
    admin_networks: tuple[str, ...] = ()  # where administrators may sign in from; empty: everywhere
    profile: Profile = Profile.DENGBAO  # whose rules hold for passwords
    totp_for_administrators: bool = False  # they sign in with a code of their phone, too

    @property
    def idle(self) -> timedelta:
        """How long a session may lie idle."""
        return timedelta(minutes=self.idle_minutes)


LATEST_VALUE = select(PolicyChoice.value).order_by(PolicyChoice.id.desc()).limit(1)


def present_policy() -> Policy:
    """Return the policy in force: the latest choice, else the defaults."""
    return policy_of(db.session.scalar(LATEST_VALUE))


def policy_of(value: dict[str, Any] | None) -> Policy:
    """Return the policy of a stored choice; without one the defaults."""
    if value is None:
        return Policy()
    profile = Profile(value.get("profile", Profile.DENGBAO))  # choices of earlier versions say less
    totp = bool(value.get("totp_for_administrators"))
    return Policy(value["idle_minutes"], tuple(value["admin_networks"]), profile, totp)


def last_choice() -> PolicyChoice | None:
    """Return the latest choice with who made it, None while the defaults are in force."""
    query = select(PolicyChoice).options(joinedload(PolicyChoice.chosen_by))
    return db.session.scalar(query.order_by(PolicyChoice.id.desc()).limit(1))


def begin_choosing() -> None:
    """Let nobody else put a policy in force until the transaction ends."""
    newest = select(PolicyChoice.id).order_by(PolicyChoice.id.desc()).limit(1)
    db.session.execute(newest.with_for_update())  # on SQLite the transaction has the whole database already


def set_policy(policy: Policy, *, by: Account, address: str) -> None:
    """Put a policy in force.

    Raises NotAllowed for anybody but a security administrator; Refused for an idle time out of bounds, for
    what is no range of addresses, and for ranges that would lock the administrator out who sets them.
    """
    _require_security(by)
    if not SHORTEST_IDLE <= policy.idle_minutes <= LONGEST_IDLE:
        raise Refused(
            _("空闲时间填 %(low)s 到 %(high)s 分钟。", low=SHORTEST_IDLE, high=LONGEST_IDLE),
            field="idle_minutes",
        )
    kept = replace(policy, admin_networks=read_networks(policy.admin_networks))
    if not lies_within(address, kept.admin_networks):
        raise Refused(
            _(
                "您现在的地址 %(address)s 不在所填的范围内，保存后您自己也不能登录。请把它包括进去。",
                address=address,
            ),
            field="admin_networks",
        )
    before = present_policy()
    if kept == before:
        return
    value = asdict(kept) | {"admin_networks": list(kept.admin_networks)}
    db.session.add(PolicyChoice(value=value, chosen_at=clock.now(), chosen_by=by))
    record("policy.set", "policy:-", **value)


def read_networks(sent: Iterable[str]) -> tuple[str, ...]:
    """Return ranges of addresses in one spelling. Raises Refused for anything else, or too many."""
    kept = tuple(dict.fromkeys(_network(one.strip()) for one in sent if one.strip()))
    if len(kept) > MOST_NETWORKS:
        raise Refused(_("地址范围最多 %(count)s 行。", count=MOST_NETWORKS), field="admin_networks")
    return kept


def lies_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of the ranges; without ranges every address does."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)  # ::ffff:10.1.2.3, as a server listening on both says it
    return any((mapped or found) in ip_network(network) for network in networks)


def may_come_from(kind: AccountKind, address: str, policy: Policy) -> bool:
    """Whether an account of a kind may be used from an address; only administrators are bound to ranges."""
    return kind is AccountKind.PERSON or lies_within(address, policy.admin_networks)


def leave_audit_with_county(unit: Unit, *, by: Account, reason: str) -> AuditLeft:
    """Write down that the county's audit administrator holds the role for a township, and why.

    Raises NotAllowed for anybody but a security administrator; Refused without a reason, for any other
    unit, and where it is written down already.
    """
    _require_security(by)
    if unit.kind is not UnitKind.TOWNSHIP:
        raise Refused(_("只有乡镇可以由县里代行审计。"), field="unit")
    if not reason:
        raise Refused(_("写明理由，例如编制人数和不能另设审计管理员的原因。"), field="reason")
    if len(reason) > AuditLeft.reason.type.length:
        raise Refused(_("理由不超过 200 字。"), field="reason")
    if any(row.unit_id == unit.id for row in audits_left()):
        raise Refused(_("%(unit)s已登记由县里代行审计，没有重复登记。", unit=unit.name), field="unit")
    row = AuditLeft(unit=unit, reason=reason, recorded_at=clock.now(), recorded_by=by)
    db.session.add(row)
    db.session.flush()
    record("policy.leave_audit", f"unit:{unit.id}", unit=unit.name, reason=reason)
    return row


def end_leaving(row: AuditLeft, *, by: Account) -> None:
    """Write down that the township has an audit administrator of its own again."""
    _require_security(by)
    if row.ended_at is None:
        row.ended_at = clock.now()
        record("policy.end_leaving_audit", f"unit:{row.unit_id}", unit=row.unit.name)


def audits_left() -> Sequence[AuditLeft]:
    """Return the deviations in force, one a township at most."""
    query = select(AuditLeft).where(AuditLeft.ended_at.is_(None)).order_by(AuditLeft.id)
    return db.session.scalars(
        query.options(joinedload(AuditLeft.unit), joinedload(AuditLeft.recorded_by))
    ).all()


def _require_security(by: Account) -> None:
    if not grants_accounts(by):
        raise NotAllowed(_("安全策略由安全管理员设置。"))


def _network(sent: str) -> str:
    try:
        return str(ip_network(sent, strict=False))
    except ValueError:
        raise Refused(
            _("“%(sent)s”不是地址范围，请写成 10.1.2.0/24 或单个地址，一行一个。", sent=sent[:60]),
            field="admin_networks",
        ) from None
