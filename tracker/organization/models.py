"""Units, people, posts and who answers for what."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id


class UnitKind(StrEnum):
    """What a unit is."""

    COUNTY = "county"
    TOWNSHIP = "township"
    DEPARTMENT = "department"
    VILLAGE = "village"


class DomainKind(StrEnum):
    """Which of the two duties a domain belongs to."""

    BUSINESS = "business"  # 业务，一岗之责
    SECOND = "second"  # 第二职责


class ChainRole(StrEnum):
    """Place in the chain of responsibility of a unit and domain (domain.md 2.2)."""

    FIRST_RESPONSIBLE = "first_responsible"
    SUPERVISING = "supervising"


class Unit(Base):
    """A node of the unit tree; `path` holds the ids from the root, "/1/4/", for the subtree query."""

    __tablename__ = "units"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[UnitKind] = mapped_column(EnumColumn(UnitKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True, default="")
    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")


class Person(Base):
    """Someone of the office. No more is kept of a person than the work needs."""

    __tablename__ = "people"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(32))


class Post(Base):
    """A post answers; whoever holds it acts. The roles say what the holder does for the office."""

    __tablename__ = "posts"

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    in_leadership: Mapped[bool] = mapped_column(default=False)  # 班子成员
    is_clerk: Mapped[bool] = mapped_column(default=False)  # 经办：导入、立项、交办
    keeps_ledger: Mapped[bool] = mapped_column(default=False)  # 台账管理，默认验收岗位
    unit: Mapped[Unit] = relationship()
    superior: Mapped["Post | None"] = relationship(remote_side="Post.id")


class Holding(Base):
    """A person holds a post from one day to another (both inclusive; no end: until further notice)."""

    __tablename__ = "holdings"
    __table_args__ = (CheckConstraint("to_day IS NULL OR to_day >= from_day", name="days_in_order"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    person: Mapped[Person] = relationship()
    post: Mapped[Post] = relationship()


class DutyDomain(Base):
    """A field of responsibility: a line of business or a second duty."""

    __tablename__ = "duty_domains"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    kind: Mapped[DomainKind] = mapped_column(EnumColumn(DomainKind))


class Duty(Base):
    """What a post answers for in one domain, with the document that says so."""

    __tablename__ = "duties"

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("duty_domains.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    source: Mapped[str] = mapped_column(String(200), default="")
    post: Mapped[Post] = relationship()
    domain: Mapped[DutyDomain] = relationship()


class Portfolio(Base):
    """One line of the division of work (分工): a leader's post answers for a unit, a field, or both."""

    __tablename__ = "portfolios"
    __table_args__ = (
        CheckConstraint("unit_id IS NOT NULL OR domain_id IS NOT NULL", name="covers_something"),
    )

    id: Mapped[Id]
    leader_post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(200), default="")
    leader_post: Mapped[Post] = relationship()
    unit: Mapped[Unit | None] = relationship()
    domain: Mapped[DutyDomain | None] = relationship()


class ChainLink(Base):
    """A link of the chain of a unit and domain (no domain: every domain that has no chain of its own)."""

    __tablename__ = "chain_links"

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    role: Mapped[ChainRole] = mapped_column(EnumColumn(ChainRole))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    post: Mapped[Post] = relationship()
