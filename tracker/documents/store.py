"""The content-addressed store: a file is written once, safely, and never changed."""

import hashlib
import os
import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.documents.models import StoredFile
from tracker.documents.scanning import scan
from tracker.extensions import db


def keep(content: bytes) -> StoredFile:
    """Keep a file and return its row; the same content is kept once.

    What a scanner finds infected is refused (`scanning.scan`).
    The bytes are on the disk, under their final name, before the row can be committed; a refused
    transaction leaves at most a file without a row, never a row without a file.
    """
    name = digest(content)
    known = db.session.scalar(select(StoredFile).where(StoredFile.sha256 == name))
    if known is not None:
        return known
    scanned = scan(content)
    _write_durably(_place(name), content)
    row = StoredFile(sha256=name, size=len(content), kept_at=clock.now(), scanned=scanned)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # the same content was kept between our look and our row
        return db.session.scalars(select(StoredFile).where(StoredFile.sha256 == name)).one()
    return row


def digest(content: bytes) -> str:
    """Return the name under which a content is kept."""
    return hashlib.sha256(content).hexdigest()


def content(file: StoredFile) -> bytes:
    """Return the bytes of a stored file."""
    return _place(file.sha256).read_bytes()


def _place(digest: str) -> Path:
    root: Path = current_app.config["FILES_DIR"]
    return root / digest[:2] / digest


def _write_durably(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    os.replace(name, place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
