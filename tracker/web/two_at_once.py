"""Two people at one form: what the other changed in between is shown beside what was typed. ONE place.

A form that edits kept values has an empty hidden field (`{{ csrf(edits=true) }}`). When the page goes out, a
mark of what each field then holds is written into it; it comes back with what was typed. So whatever form it
is, the server knows of each field whether this person touched it, and whether another changed what is kept:

- touched by this person alone: what was typed stays;
- changed by the other alone: the form has the new value, and says that it is new;
- both: what was typed stays, and beside it stands what the other wrote.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import parse_qsl, urlencode

from flask import request
from flask_babel import gettext as _

from tracker.refusals import OutOfDate
from tracker.web.form_reading import Field, Form, read_forms
from tracker.web.refill import refill

FIELD = "filled_with"
TICKED = "+"  # before a value of boxes that was ticked
Values = Mapping[str, list[str]]


def remembering(html: str, kept: str = "") -> str:
    """Return a page whose forms that edit kept values know what they are filled with.

    `kept`: the page as it would be with nothing but what is kept, where this one has been filled with
    something else (a template, or what was typed).
    """
    forms = {form.action: form for form in read_forms(kept or html, request.path)}
    for form in reversed(read_forms(html, request.path)):  # from the end, so that places stay true
        if FIELD in form.hidden and form.action in forms:
            start, end = form.hidden[FIELD]
            marks = escape(_marks(forms[form.action]))
            html = f'{html[:start]}<input type="hidden" name="{FIELD}" value="{marks}">{html[end:]}'
    return html


def again(page: Callable[[bool], str], who: str = "") -> str:
    """Return the page of a form that was refused: what was typed, and beside it what another changed.

    `page` makes it, with what was typed (True) or with what is kept now (False). `who` changed it; empty
    where that is not known.
    """
    kept = page(False)
    form, was = _own_form(kept), _sent_marks()
    if form is None:
        return page(True)
    joined = Joined(form, was, {name: request.form.getlist(name) for name in request.form})
    if not joined.differs():
        return remembering(page(True), kept)
    filled = refill(kept, page=request.path, action=request.path, typed=joined.typed())
    return remembering(joined.say(filled or kept, who or str(_("其他人"))), kept)


def require_as_shown(kept: str) -> None:
    """Raise OutOfDate where a form has other values by now than those it was opened with.

    For forms about rows without a version; `kept` is the page of the form with what is kept now.
    """
    form, was = _own_form(kept), _sent_marks()
    if form is not None and any(_is_other(was, field) for field in form.fields.values()):
        raise OutOfDate(changed_meanwhile())


def changed_meanwhile() -> str:
    """Return what somebody reads whose form is about what another changed since it was opened."""
    return str(_("有人在您打开页面以后改过这些内容。您输入的内容还在下面，没有保存；核对后可再次提交。"))


@dataclass(frozen=True)
class Joined:
    """A form as it is kept now, what it held when it was opened, and what was typed."""

    form: Form
    was: Values
    sent: Values

    def differs(self) -> bool:
        """Whether another changed what the form is about, or what it asks."""
        return any(_is_other(self.was, field) for field in self.form.fields.values()) or bool(self._left())

    def typed(self) -> list[tuple[str, str]]:
        """Return for each field what the page is to hold."""
        return [(name, value) for name in self.form.fields for value in self._joined(name)]

    def say(self, html: str, who: str) -> str:
        """Return the page with a word at each field that the other changed, and all of them on top."""
        form = next(form for form in read_forms(html, request.path) if form.action == self.form.action)
        edits: dict[int, str] = {}
        points: list[str] = []
        folds: set[int] = set()
        for name, field in form.fields.items():
            for value, words in self._words(self.form.fields[name], who):
                edits[field.places[value]] = f'<span class="other">{escape(words)}</span>'
                points.append(_point(field, value, words))
                folds.update(field.folds)
        edits |= {start + len("<details"): " open" for start in folds}
        for place, added in sorted(edits.items(), reverse=True):
            html = html[:place] + added + html[place:]
        return _on_top(html, [*points, *self._left()])

    def _joined(self, name: str) -> list[str]:
        now, sent = self.form.fields[name], self.sent.get(name, [])
        if now.is_boxes:
            touched = self._touched_boxes(name)
            return [value for value in now.words if value in (sent if value in touched else now.values)]
        return sent if self._is_touched(now) else now.values

    def _touched_boxes(self, name: str) -> set[str]:
        """Return the boxes that the person ticked, or whose tick they took away."""
        return set(self.sent.get(name, ())) ^ _ticked(self.was, name)

    def _is_touched(self, now: Field) -> bool:
        """Whether the person wrote something; in a row that the other made another one, anywhere in it."""
        return any(self._differs(name) for name in (now.name, *self._row(now)))

    def _row(self, now: Field) -> Iterable[str]:
        named = [self.form.fields[name] for name in now.group.split() if name in self.form.fields]
        if not any(_is_other(self.was, field) for field in named):
            return ()
        return [field.name for field in self.form.fields.values() if field.group == now.group]

    def _differs(self, name: str) -> bool:
        sent, was = self.sent.get(name), self.was.get(name)
        if sent is None:
            return False
        return _mark(sent) != was[0] if was else bool("".join(sent).strip())

    def _words(self, now: Field, who: str) -> Iterable[tuple[str, str]]:
        """Return what is to be said at a field: for which of its values (boxes), and the words."""
        if now.is_boxes:
            turned = (set(now.values) ^ _ticked(self.was, now.name)) - self._touched_boxes(now.name)
            tick, untick = _("%(who)s已勾选", who=who), _("%(who)s已取消勾选", who=who)
            return [(value, tick if value in now.values else untick) for value in sorted(turned)]
        agreed = self._differs(now.name) and _mark(self.sent[now.name]) == _mark(now.values)
        if agreed or not _is_other(self.was, now):
            return []
        said = now.said or _("（空）")
        if self._is_touched(now):
            return [("", _("%(who)s改为：%(said)s", who=who, said=said))]
        return [("", _("%(who)s已改，这里是改后的内容", who=who))]

    def _left(self) -> list[str]:
        """Return what was typed into fields that the form has no more."""
        gone = [name for name in self.was if name not in self.form.fields and self._differs(name)]
        texts = [text for name in gone for text in self.sent.get(name, ()) if text.strip()]
        said = [str(_("这一项已不用填，您输入的是：%(text)s", text=text)) for text in texts]
        return [f"<li>{escape(one)}</li>" for one in said]


def _own_form(html: str) -> Form | None:
    return next((form for form in read_forms(html, request.path) if form.action == request.path), None)


def _marks(form: Form) -> str:
    """Return the marks of what a form holds, as one line: a short digest of each, of boxes those ticked."""
    pairs: list[tuple[str, str]] = []
    for name, field in form.fields.items():
        if field.is_boxes:
            pairs += [(name, TICKED + value) for value in field.values] or [(name, "")]
        else:
            pairs.append((name, _mark(field.values)))
    return urlencode(pairs)


def _sent_marks() -> Values:
    found: dict[str, list[str]] = {}
    for name, mark in parse_qsl(request.form.get(FIELD, ""), keep_blank_values=True):
        found.setdefault(name, []).extend([mark] if mark else [])
    return found


def _is_other(was: Values, now: Field) -> bool:
    """Whether a field of the form is kept otherwise than when the form was opened."""
    if now.name not in was:
        return False
    if now.is_boxes:
        return set(now.values) != _ticked(was, now.name)
    return [_mark(now.values)] != was[now.name]


def _ticked(was: Values, name: str) -> set[str]:
    """Return the boxes of a name that were ticked when the form was opened."""
    return {value.removeprefix(TICKED) for value in was.get(name, ())}


def _mark(values: Iterable[str]) -> str:
    """Return a short mark of what a field holds; a browser's line ends, blanks at an edge are no change."""
    tidied = "\n".join(line.strip() for value in values for line in value.strip().splitlines())
    return sha256(tidied.encode()).hexdigest()[:10]


def _point(field: Field, value: str, words: str) -> str:
    """Return what the box of errors says of a field that the other changed, with the way to it."""
    if field.is_boxes:
        return f"<li>{escape(field.words[value])}：{escape(words)}</li>"
    return f'<li><a href="#{escape(field.id)}">{escape(field.label)}</a>：{escape(words)}</li>'


def _on_top(html: str, points: list[str]) -> str:
    """Put what changed into the box of errors over the form."""
    box = html.find('class="errsum"')
    end = html.find("</ul>", box)
    return html if box < 0 or end < 0 else html[:end] + "".join(points) + html[end:]
