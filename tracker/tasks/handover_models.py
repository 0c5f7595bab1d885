"""The handover of a post (离任交接): who hands over to whom, by when, and the list that both confirmed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.columns import Base, Id
from tracker.documents.models import StoredFile
from tracker.organization.models import Person, Post


class Handover(Base):
    """One person leaves one post; whoever answers for it afterwards receives.

    Both confirm; with the second of them the list of that day is frozen here and as a paper. It names tasks
    and changes none.
    """

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_open", "completed_at", "withdrawn_on", "due_on"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    last_day: Mapped[date]
    due_on: Mapped[date]
    begun_on: Mapped[date]
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    receiver_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id"), index=True
    )  # known once confirmed
    for_vacant: Mapped[bool] = mapped_column(default=False)  # received by the superior of a vacant post
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)  # 监交人
    giver_signed_at: Mapped[datetime | None]
    receiver_signed_at: Mapped[datetime | None]
    witness_signed_at: Mapped[datetime | None]
    first_list: Mapped[dict[str, Any]] = mapped_column(default=dict)  # as whoever confirmed first saw it
    final_list: Mapped[dict[str, Any]] = mapped_column(default=dict)  # frozen by the second confirmation
    changed_at: Mapped[datetime | None]  # signatures were taken back, or the last day moved: to look anew
    completed_at: Mapped[datetime | None]
    withdrawn_on: Mapped[date | None]  # the last day had been entered by mistake
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    post: Mapped[Post] = relationship()
    giver: Mapped[Person] = relationship(foreign_keys=[giver_id])
    receiver: Mapped[Person | None] = relationship(foreign_keys=[receiver_id])
    witness: Mapped[Person | None] = relationship(foreign_keys=[witness_id])
    file: Mapped[StoredFile | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to confirm."""
        return self.completed_at is None and self.withdrawn_on is None

    @property
    def post_title(self) -> str:
        """What the post was called on the giver's last day."""
        return self.post.title_on(min(self.last_day, clock.today()))
