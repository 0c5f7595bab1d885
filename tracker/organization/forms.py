"""The forms with which the ledger keeper enters the organization: questions, and the verbs behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup, escape

from tracker import clock
from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.web import forms

T = TypeVar("T")
Options = Sequence[tuple[object, str]]


@dataclass(frozen=True)
class Question:
    """A field of a form; `kind` is text, area, select, date, check, number, tel or email."""

    name: str
    label: str
    kind: str = "text"
    options: Options = ()
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Entry(Generic[T]):
    """An entry about a unit, post, holding or person: its form, and the verb behind it.

    `carry_out` reads the form, calls the verb and returns what to say; `grave`: a consequence worth
    reading before pressing the button.
    """

    title: str
    button: str
    questions: Callable[[T], list[Question]]
    typed: Callable[[T], dict[str, Any]]
    carry_out: Callable[[T, Actor], str]
    makes_new: bool = False
    grave: str = ""

    @property
    def edits(self) -> bool:
        """Whether the form begins with what is kept and changes it."""
        return not self.makes_new and self.typed is not nothing_typed


def nothing_typed(_subject: object) -> dict[str, Any]:
    """Return what stands in a form that begins empty but for today's date."""
    return {"day": clock.today()}


def required_day(name: str, message: str) -> date:
    """Return a date that must be there. Raises Refused with the message for none."""
    found = forms.day(name)
    if found is None:
        raise Refused(message, field=name)
    return found


def ticked(name: str) -> bool:
    """Whether a box is ticked."""
    return name in request.form


def chosen(offered: Sequence[T], name: str, message: str) -> T:
    """Return the offered row whose id was sent. Raises Refused with the message for any other."""
    sent = forms.text(name)
    for row in offered:
        if str(row.id) == sent:  # type: ignore[attr-defined] # rows of any table have one
            return row
    raise Refused(message, field=name)


def chosen_or_none(offered: Sequence[T], name: str) -> T | None:
    """Return the offered row whose id was sent, None where nothing was chosen."""
    return chosen(offered, name, _("没有这一项，请重新选择。")) if forms.text(name) else None


def with_next(said: str, url: str, label: str) -> Markup:
    """Return what to say after an entry with the way to the next one."""
    return escape(said) + Markup(' <a href="{}">{}</a>').format(url, label)


def saved(*changed: bool) -> str:
    """Return what to say after a change, or after none."""
    return str(_("已保存。") if any(changed) else _("没有改动。"))
