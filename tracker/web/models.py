"""What pages remember of the forms they gave out."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.columns import Base


class SpentForm(Base):
    """The key of a form that was carried out. It is unique, so that a form sent twice acts once."""

    __tablename__ = "spent_forms"

    key: Mapped[str] = mapped_column(String(22), primary_key=True)
    spent_at: Mapped[datetime] = mapped_column(index=True)
