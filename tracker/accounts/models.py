"""Accounts and their sessions."""

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.organization.models import Person


class AccountKind(StrEnum):
    """Whose account it is; the three administrators see no business data."""

    PERSON = "person"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


class Account(UserMixin, Base):  # type: ignore[misc] # Flask-Login ships no types
    """What someone signs in with."""

    __tablename__ = "accounts"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[AccountKind] = mapped_column(EnumColumn(AccountKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    waits_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship(lazy="joined")


class SignIn(Base):
    """A server-side session: the browser holds a random token, the row holds its digest and its end."""

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")
