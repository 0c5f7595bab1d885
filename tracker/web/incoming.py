"""What comes in from outside: which characters, how much, and numbers that no column holds.

Every request passes here first, so that the pages behind need not ask.
"""

import re
from contextlib import ExitStack
from io import BytesIO
from typing import IO, Any
from urllib.parse import quote

from flask import Flask, Request, current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter

from tracker.refusals import Refused

# A report of 500,000 characters (the most that is read) is 1.5 MB of UTF-8, and three times that when each
# byte is written %E4; a review sends the whole report back with some fields around it.
MOST_TEXT = 2 * 1024 * 1024  # bytes of one field beside files
MOST_URLENCODED = 6 * 1024 * 1024  # bytes of a form without files
MOST_FIELDS = 20_000  # of a form without files: a review has about ten fields for each of its lines
MOST_PARTS = 1000  # fields and files of a form with files
MOST_UPLOADED = 20 * 1024 * 1024  # bytes of a form with files
MOST_FROM_STRANGERS = 64 * 1024  # bytes of a form that needs no account

LARGEST_ID = 2**63 - 1  # what an id column holds
MOST_DIGITS = 18  # every number of so many digits fits an id column, and no row has come so far

URLENCODED = "application/x-www-form-urlencoded"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROL_OR_BREAK = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PRINTED = "".join(map(chr, range(0x21, 0x7F)))


class Unreadable(Refused):
    """The address holds characters that none of ours does."""

    status = 400
    code = "unreadable"


class CleanForms(FormDataParser):
    """Reads a form within bounds and leaves out the characters that PostgreSQL or a document cannot store."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """Read a form. Raises RequestEntityTooLarge beyond the bounds above."""
        if mimetype == URLENCODED:
            stream = BytesIO(_within_bounds(stream))
        with ExitStack() as unfinished:
            self.stream_factory = _remembering(self.stream_factory, unfinished)
            rest, form, files = super().parse(stream, mimetype, content_length, options)
            unfinished.pop_all()  # the files are the request's now; of a refused form they are closed
        for _name, file in files.items(multi=True):
            file.filename = _CONTROL_OR_BREAK.sub("", file.filename or "")
        return rest, self.cls((clean(name), clean(text)) for name, text in form.items(multi=True)), files


class Incoming(Request):
    """A request whose form is read by CleanForms."""

    form_data_parser_class = CleanForms


class RowId(IntegerConverter):
    """The id in a path; one that no column holds is read as one that no row has, and so answers like it."""

    def to_python(self, value: str) -> int:
        """Return the number, at most LARGEST_ID."""
        return LARGEST_ID if len(value) > MOST_DIGITS else int(value)


def bound_incoming(app: Flask) -> None:
    """Give the application's requests their bounds; call it before the first route is added."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_UPLOADED, MAX_FORM_MEMORY_SIZE=MOST_TEXT, MAX_FORM_PARTS=MOST_PARTS
    )
    app.request_class = Incoming
    app.url_map.converters["int"] = RowId


def clean(text: str) -> str:
    """Return a text without control characters and halves of characters; tabs and line breaks stay."""
    return _CONTROL.sub("", text)


def plain_number(sent: str) -> int:
    """Return the id or count that a text is; 0, which no row has, for anything else."""
    fits = sent.isascii() and sent.isdecimal() and len(sent) <= MOST_DIGITS
    return int(sent) if fits else 0


def limit_strangers() -> None:
    """Take less from somebody who needs no account."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "public", False):
        request.max_content_length = MOST_FROM_STRANGERS


def refuse_control_characters() -> None:
    """Refuse an address that no page of ours links to, before anything is looked up by it."""
    if not request.query_string.isascii():  # typed or linked without encoding; read like the encoded form
        request.query_string = quote(request.query_string, safe=_PRINTED).encode()
    sent = [part for pair in request.args.items(multi=True) for part in pair]
    if _CONTROL_OR_BREAK.search(request.path) or any(map(_CONTROL.search, sent)):
        raise Unreadable(_("地址里有不能识别的控制字符，可能是链接被截断或改动过。"))


def _remembering(make: Any, opened: ExitStack) -> Any:
    """Return a maker of files for uploads that notes what it opened."""
    return lambda *args, **named: opened.enter_context(make(*args, **named))


def _within_bounds(stream: IO[bytes]) -> bytes:
    """Return a body without files; too long or in too many parts it is refused before it is taken apart."""
    body = stream.read(MOST_URLENCODED + 1)
    if len(body) > MOST_URLENCODED or body.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge
    return body
