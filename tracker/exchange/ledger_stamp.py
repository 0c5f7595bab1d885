"""The stamp of an exported row: what every cell said when it went out, as short digests. Pure.

With it a row that comes back tells which of its cells were changed in the file, and, held against the
task of today, which were changed here; a cell changed on both sides is a conflict. The stamp is no secret
and proves nothing: whoever forges one changes what could be typed into the cells as well.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from tracker.exchange.ledger_columns import FIELDS
from tracker.exchange.ledger_lines import Cell, plain

FORMAT = "1"
SIGNS = 4  # of a digest, six bits each
STAMPED = tuple(field for field in FIELDS if field != "no")  # in this order since format 1


@dataclass(frozen=True)
class Stamp:
    """A stamp read back: the version of the task that went out, and the digest of each cell."""

    version: int
    digests: Mapping[str, str]


def write_stamp(uuid: str, version: int, cells: Mapping[str, Cell]) -> str:
    """Return the stamp of a row."""
    return f"{FORMAT}.{version}.{''.join(digest(uuid, field, cells[field]) for field in STAMPED)}"


def read_stamp(text: str) -> Stamp | None:
    """Return what a stamp says, or None for anything that is none."""
    form, _, rest = text.partition(".")
    version, _, signs = rest.partition(".")
    if form != FORMAT or not (version.isascii() and version.isdecimal()) or len(version) > 9:
        return None
    if len(signs) != SIGNS * len(STAMPED):
        return None
    parts = [signs[at : at + SIGNS] for at in range(0, len(signs), SIGNS)]
    return Stamp(int(version), dict(zip(STAMPED, parts, strict=True)))


def digest(uuid: str, field: str, cell: Cell) -> str:
    """Return the digest of a cell, bound to its task and column."""
    said = f"{uuid}\0{field}\0{plain(cell)}".encode("utf-8", "replace")
    return base64.b64encode(hashlib.sha256(said).digest())[:SIGNS].decode()
