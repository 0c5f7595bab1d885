"""Accounts and their sessions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit.models import AuditRow
from tracker.columns import Base, EnumColumn, Id
from tracker.organization.models import Person, Unit
from tracker.outbox import Outgoing


class AccountKind(StrEnum):
    """Whose account it is; the three administrators see no business data."""

    PERSON = "person"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


class Account(Base):
    """What someone signs in with.

    `person` for an account of the business; `keeper` is who holds an administrator's account, at
    most one of the three (GB/T 22239, 三员).
    """

    __tablename__ = "accounts"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[AccountKind] = mapped_column(EnumColumn(AccountKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # none: on the command line
    granted_at: Mapped[datetime | None]  # the security administrator allowed it; none: may not sign in
    password_set_at: Mapped[datetime | None]  # none: only a one-time secret opens it
    totp_salt: Mapped[str | None] = mapped_column(String(64))  # what the secret is derived from, see `totp`
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]  # a code is worth nothing a second time
    last_seen_on: Mapped[date | None]
    reset_address: Mapped[str | None] = mapped_column(String(200))  # confirmed by the owner, see `forgotten`
    person: Mapped[Person | None] = relationship(lazy="joined", foreign_keys=[person_id])
    keeper: Mapped[Person | None] = relationship(foreign_keys=[keeper_id])


class SignIn(Base):
    """A server-side session: the browser holds a random token, the row holds its digest and its end."""

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    on_phone: Mapped[bool] = mapped_column(default=False)  # a longer idle time, never for administrators
    address: Mapped[str] = mapped_column(String(64), default="")
    awaits_code: Mapped[bool] = mapped_column(default=False)  # the password was right, a code is still owed
    device: Mapped[str] = mapped_column(String(32), default="")  # system and browser, see `devices`
    account: Mapped[Account] = relationship(lazy="joined")


class FormerPassword(Base):
    """The hash of a password that was changed, so that it does not come again at once."""

    __tablename__ = "former_passwords"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime]
    account: Mapped[Account] = relationship()


class RecoveryCode(Base):
    """A code that stands in once for the one of a lost phone; only its digest is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OneTimeSecret(Base):
    """A secret that sets a password once; only its digest is kept."""

    __tablename__ = "one_time_secrets"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class PasswordRequest(Base):
    """Somebody forgot the password of a name; known or not, the row is the same. Kept for a day."""

    __tablename__ = "password_requests"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(64), index=True)
    typed: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    next_try_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class AlarmLetter(Outgoing, Base):
    """A letter to one administrator about an alarm, or, with `more`, about so many more of a day."""

    __tablename__ = "alarm_letters"
    __table_args__ = (
        UniqueConstraint("alarm_id", "person_id"),
        Index("ix_alarm_letters_state", "state", "next_try_at"),
        Index("ix_alarm_letters_day", "person_id", "day"),
    )

    alarm_id: Mapped[int] = mapped_column(ForeignKey("audit_rows.id"))  # with `more`: the first of them
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    day: Mapped[date]  # on which it was made; the letters of a day are counted
    more: Mapped[int] = mapped_column(default=0)
    alarm: Mapped[AuditRow] = relationship()
    person: Mapped[Person] = relationship()


class KeptForm(Base):
    """What somebody typed when the session had lapsed, until the form is sent again; see `kept`."""

    __tablename__ = "kept_forms"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    page: Mapped[str] = mapped_column(String(2000))
    action: Mapped[str] = mapped_column(String(2000))
    typed: Mapped[list[Any]]  # pairs of name and text, in their order
    kept_at: Mapped[datetime]


class SignInFailure(Base):
    """A failed sign-in, counted per name and network and per network, to slow guessing down."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_name_network", "name_digest", "network", "at"),
        Index("ix_sign_in_failures_network", "network", "at"),
    )

    id: Mapped[Id]
    name_digest: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class PolicyChoice(Base):
    """The policy of the installation as the security administrator set it; the latest row counts."""

    __tablename__ = "policy_choices"

    id: Mapped[Id]
    value: Mapped[dict[str, Any]]  # see `policy.Policy`
    chosen_at: Mapped[datetime]
    chosen_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    chosen_by: Mapped[Account] = relationship()


class AuditLeft(Base):
    """A small office whose audit role the county holds: a deviation from 三员, with who, when and why."""

    __tablename__ = "audits_left"

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()
    recorded_by: Mapped[Account] = relationship()
