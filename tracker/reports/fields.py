"""The fields of a proposal as the review's form has them, and what tells whether they changed. Pure.

A page carries for each proposal the version it showed and a digest of the fields it showed. From these two
the server knows what the clerk changed, and whether somebody else did meanwhile.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from tracker.reports.models import Proposal, Report

BY_CLERK = "经办人员填写"  # the reason of a value that the clerk entered
DIGEST = 16  # characters: enough to tell the few wordings of one proposal apart
ALWAYS = ("post", "kin", "villages")  # buttons and ticks: a browser sends none where none is chosen


@dataclass(frozen=True)
class Seen:
    """What a page showed of one proposal: its version, and the digest of its fields."""

    version: int
    digest: str

    def __str__(self) -> str:
        return f"{self.version}-{self.digest}"


def field_of(proposal: Proposal, name: str) -> str:
    """Return the name that a proposal's field has in the form."""
    return f"p{proposal.id}-{name}"


def form_values(row: Proposal) -> dict[str, str]:
    """Return the fields of a proposal as a page shows them, by their names."""
    return {
        "text": row.text,
        "measure": row.measure,
        "post": pair(row.post_id, row.duty_id),
        "villages": "1" if row.for_villages else "",
        "deadline": "" if row.deadline is None else row.deadline.isoformat(),
        "clock": row.clock.value,
        "standard": row.standard,
        "secrecy": row.secrecy.value,
        "mark_reason": row.mark_reason,
        "kin": kin_value(row),
    }


def whole_values(report: Report) -> dict[str, str]:
    """Return the fields of the whole report as a page shows them."""
    return {
        "period": "" if report.period is None else str(report.period),
        "domain": "" if report.domain_id is None else str(report.domain_id),
    }


def sent_values(row: Proposal, form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a proposal as a form has them; those it does not hold are as they are stored."""
    stored = form_values(row)
    named = {name: form.get(field_of(row, name), "" if name in ALWAYS else None) for name in stored}
    found = {name: stored[name] if value is None else plain(value) for name, value in named.items()}
    other = plain(form.get(field_of(row, "other"), ""))
    if other:
        found["post"] = "" if other == "none" else other
    return found


def digest(values: Mapping[str, str]) -> str:
    """Return a short digest of some fields."""
    said = json.dumps({name: plain(value) for name, value in values.items()}, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:DIGEST]


def was_edited(row: Proposal, form: Mapping[str, str]) -> bool:
    """Whether a form holds a proposal's fields, and not as its page had shown them."""
    if field_of(row, "text") not in form:
        return False
    seen = seen_of(row, form)
    return seen is None or digest(sent_values(row, form)) != seen.digest


def is_overtaken(row: Proposal, seen: Seen | None) -> bool:
    """Whether the fields of a proposal are no longer what a page had shown."""
    return seen is None or digest(form_values(row)) != seen.digest


def seen_of(row: Proposal, form: Mapping[str, str]) -> Seen | None:
    """Return what a form says its page had shown of a proposal."""
    return read_seen(form.get(field_of(row, "seen"), ""))


def read_seen(sent: str) -> Seen | None:
    """Return what a page says it showed; None for anything else."""
    version, _, told = sent.partition("-")
    fits = version.isascii() and version.isdecimal() and len(version) <= DIGEST and len(told) == DIGEST
    return Seen(int(version), told) if fits else None


def plain(value: str) -> str:
    """Return a field as it is stored: line ends of one kind, nothing around."""
    return value.replace("\r\n", "\n").strip()


def pair(post_id: int | None, duty_id: int | None) -> str:
    """Return post and duty as one choice, "post:duty"."""
    return "" if post_id is None else f"{post_id}:{duty_id or ''}"


def kin_value(row: Proposal) -> str:
    """Return what a proposal was said to be to an earlier problem, "carried:17" or "new"; '' while open."""
    if row.kinship is None:
        return ""
    return row.kinship.value if row.kin_id is None else f"{row.kinship.value}:{row.kin_id}"
