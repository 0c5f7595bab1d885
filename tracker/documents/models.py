"""Files by content."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.columns import Base, Id


class StoredFile(Base):
    """A file kept outside the database under the digest of its content."""

    __tablename__ = "stored_files"

    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]  # bytes
    kept_at: Mapped[datetime]
