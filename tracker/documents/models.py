"""Files by content."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.columns import Base, Id


class Secrecy(StrEnum):
    """The mark on a task or a file that narrows who sees it to lead, chain and clerk.

    State secrets (涉密) are no mark: they do not belong into the system at all, and every page that takes
    a file says so.
    """

    OPEN = "open"  # 本单位可见
    INTERNAL = "internal"  # 内部
    WORK_SECRET = "work_secret"  # 工作秘密


class StoredFile(Base):
    """A file kept outside the database under the digest of its content."""

    __tablename__ = "stored_files"

    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]  # bytes
    kept_at: Mapped[datetime]
    scanned: Mapped[str] = mapped_column(
        String(16), default=""
    )  # what the virus scanner said; '' without one
