"""The papers of a task (公文), each kept as it was made."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.documents.models import StoredFile
from tracker.organization.models import Person, Post, Unit
from tracker.organization.naming import by_name
from tracker.tasks.models import Task


class PaperKind(StrEnum):
    """Which paper it is (domain.md 5.4)."""

    ASSIGNMENT = "assignment"  # 交办通知单
    URGE_NOTICE = "urge_notice"  # 催办单
    SUPERVISION_LETTER = "supervision_letter"  # 督办函
    CLOSURE_APPROVAL = "closure_approval"  # 整改销号审批表
    EXTENSION_REQUEST = "extension_request"  # 延期申请表


class TaskPaper(Base):
    """A paper of a task: its number, who made it when, and the file; never changed, never taken back.

    Numbers are counted per office, kind and year. `said` is the digest of all it says but number, day and
    contact: who makes the same again is shown the paper there is.
    """

    __tablename__ = "task_papers"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "year", "number"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[PaperKind] = mapped_column(EnumColumn(PaperKind))
    year: Mapped[int]
    number: Mapped[int]
    letters: Mapped[str] = mapped_column(String(20))  # 代字, as printed: an office may choose others later
    day: Mapped[date]
    reply_by: Mapped[date | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    said: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    task: Mapped[Task] = relationship()
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    on_behalf_of: Mapped[Person | None] = relationship(foreign_keys=[on_behalf_of_id])
    post: Mapped[Post] = relationship()
    file: Mapped[StoredFile] = relationship()

    @property
    def document_number(self) -> str:
        """The number as it is printed: 青督函〔2026〕3号 (no leading zero, GB/T 9704-2012, 7.2.5)."""
        return document_number(self.letters, self.year, self.number)

    @property
    def who(self) -> str:
        """Who made it, as history names it."""
        return by_name(self.person, self.on_behalf_of)

    @property
    def post_title(self) -> str:
        """What the post was called on the day."""
        return self.post.title_on(self.day)


def document_number(letters: str, year: int, number: int) -> str:
    """Return a document number (发文字号)."""
    return f"{letters}〔{year}〕{number}号"
