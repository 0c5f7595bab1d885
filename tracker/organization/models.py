"""Units, people, posts and who answers for what."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.organization.former import FormerName, FormerTitle, bears_present_name, called_on


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
    """Place in the chain of responsibility of a unit and domain (domain.md 2.2), from the top down."""

    MAIN = "main"  # 主体责任：党委（领导班子）
    FIRST_RESPONSIBLE = "first_responsible"  # 第一责任人，一名或两名（党政同责）
    DIRECT_RESPONSIBLE = "direct_responsible"  # 直接责任
    LEADERSHIP = "leadership"  # 领导责任：班子成员一岗双责
    SPECIFIC = "specific"  # 具体责任
    SUPERVISING = "supervising"  # 监督责任，在链条之外


class ChainRule(StrEnum):
    """How a link of a chain finds who stands there on a day."""

    POST = "post"  # the named post
    DEPUTY_IN_CHARGE = "deputy_in_charge"  # 分管领导：whose portfolio covers the post in question
    EACH_IN_FIELD = "each_in_field"  # every member of the leadership, for the own field
    BODY = "body"  # a unit as such, e.g. a village branch: its leading post acts


class Unit(Base):
    """A node of the unit tree; `path` holds the ids from the root, "/1/4/", for the subtree query."""

    __tablename__ = "units"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[UnitKind] = mapped_column(EnumColumn(UnitKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True, default="")
    renamed_on: Mapped[date | None]  # since when it has this name; none: ever since
    ended_on: Mapped[date | None]  # 撤并的单位：its last day; history keeps it
    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")
    former_names: Mapped[list[FormerName]] = relationship(order_by=FormerName.to_day)

    def name_on(self, day: date) -> str:
        """Return what the unit was called on a day."""
        if bears_present_name(day, self.renamed_on):
            return self.name
        return called_on(day, self.name, self.former_names)


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
    rank: Mapped[int] = mapped_column(default=0)  # 排序：where it stands among the posts of its office
    renamed_on: Mapped[date | None]  # since when it has this title; none: ever since
    from_day: Mapped[date | None]  # its first day; none: before anything was kept of it
    ended_on: Mapped[date | None]  # 撤销的岗位：its last day; history keeps it
    in_leadership: Mapped[bool] = mapped_column(default=False)  # 班子成员
    is_clerk: Mapped[bool] = mapped_column(default=False)  # 经办：导入、立项、交办
    keeps_ledger: Mapped[bool] = mapped_column(default=False)  # 台账管理，默认验收岗位
    unit: Mapped[Unit] = relationship()
    superior: Mapped["Post | None"] = relationship(remote_side="Post.id")
    former_titles: Mapped[list[FormerTitle]] = relationship(order_by=FormerTitle.to_day)

    def title_on(self, day: date) -> str:
        """Return what the post was called on a day."""
        if bears_present_name(day, self.renamed_on):
            return self.title
        return called_on(day, self.title, self.former_titles)


class Holding(Base):
    """A person holds a post from one day to another (both inclusive; no end: until further notice)."""

    __tablename__ = "holdings"
    __table_args__ = (CheckConstraint("to_day IS NULL OR to_day >= from_day", name="days_in_order"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    acting: Mapped[bool] = mapped_column(default=False)  # 主持工作（代理），未正式任职
    person: Mapped[Person] = relationship()
    post: Mapped[Post] = relationship()


class DutyDomain(Base):
    """A field of responsibility: a line of business or a second duty; with a unit, that office's own."""

    __tablename__ = "duty_domains"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    kind: Mapped[DomainKind] = mapped_column(EnumColumn(DomainKind))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    ended_on: Mapped[date | None]  # no longer offered; what names it keeps it


class Duty(Base):
    """What a post answers for in one domain, with the document that says so."""

    __tablename__ = "duties"

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("duty_domains.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    source: Mapped[str] = mapped_column(String(200), default="")
    ended_on: Mapped[date | None]  # its last day; tasks of the past keep naming it
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


class Chain(Base):
    """A chain of responsibility (责任链) of a unit and domain, from one day to another.

    Without a domain it serves every domain that has none of its own; without a unit it is a
    template. A unit without a chain follows the unit above, and at last the template.
    """

    __tablename__ = "chains"
    __table_args__ = (CheckConstraint("to_day IS NULL OR to_day >= from_day", name="days_in_order"),)

    id: Mapped[Id]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    name: Mapped[str] = mapped_column(String(100))
    document: Mapped[str] = mapped_column(String(200), default="")
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit | None] = relationship()
    domain: Mapped[DutyDomain | None] = relationship()
    links: Mapped[list["ChainLink"]] = relationship(
        back_populates="chain", order_by="ChainLink.position", cascade="all, delete-orphan"
    )


class ChainLink(Base):
    """A link of a chain: which responsibility, at which level, and who by which rule.

    `post` for the rule POST, `body` for BODY. A link of a template names no post but a title, which
    the unit that takes the template over matches with its own posts.
    """

    __tablename__ = "chain_links"

    id: Mapped[Id]
    chain_id: Mapped[int] = mapped_column(ForeignKey("chains.id"), index=True)
    position: Mapped[int]
    level: Mapped[int]  # 1 is the top of the chain; links of one level answer together
    role: Mapped[ChainRole] = mapped_column(EnumColumn(ChainRole))
    rule: Mapped[ChainRule] = mapped_column(EnumColumn(ChainRule))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(100), default="")
    chain: Mapped[Chain] = relationship(back_populates="links")
    post: Mapped[Post | None] = relationship()
    body: Mapped[Unit | None] = relationship()


class StandIn(Base):
    """AB岗: while one person is away another acts for them, with both names in the trail (domain.md 2.6).

    With a post it covers that post alone, else every post of the principal. It ends by itself after
    `to_day`; `ended_on` says that it ended earlier.
    """

    __tablename__ = "stand_ins"
    __table_args__ = (
        CheckConstraint("to_day >= from_day", name="days_in_order"),
        CheckConstraint("principal_id <> deputy_id", name="two_people"),
    )

    id: Mapped[Id]
    principal_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)  # A 岗
    deputy_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)  # B 岗
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    from_day: Mapped[date]
    to_day: Mapped[date]
    ended_on: Mapped[date | None]
    briefed_on: Mapped[date | None]  # the principal handed over what is pending
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    overridden_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    override_reason: Mapped[str] = mapped_column(String(500), default="")
    principal: Mapped[Person] = relationship(foreign_keys=[principal_id])
    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id])
    post: Mapped[Post | None] = relationship()
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
    overridden_by: Mapped[Person | None] = relationship(foreign_keys=[overridden_by_id])
