"""What posts and units were called before: kept with the last day on which they were called so.

Every look back asks `called_on`, so that a page, a paper or a line of history of a past day says the
name of that day; the renames stand in `renaming`.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.columns import Base, Id


class FormerTitle(Base):
    """A title a post had, up to a day."""

    __tablename__ = "former_titles"

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    to_day: Mapped[date]


class FormerName(Base):
    """A name a unit had, up to a day."""

    __tablename__ = "former_names"

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    to_day: Mapped[date]


def bears_present_name(day: date, renamed_on: date | None) -> bool:
    """Whether something is called on a day as it is now, told since when; no former name is read then."""
    return renamed_on is None or day >= renamed_on


def called_on(day: date, present: str, former: Sequence[FormerTitle | FormerName]) -> str:
    """Return what something was called on a day, told its former names in the order of their days."""
    return next((one.name for one in former if day <= one.to_day), present)
