"""Files in and out of pages: what was handed in as evidence, and how a kept file is given out."""

from io import BytesIO
from typing import Any

from flask import Response, request, send_file
from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.database import writing
from tracker.documents.accepting import OPAQUE, SHOWN_AS_THEMSELVES, Upload, accept, portable
from tracker.refusals import Refused

MOST_FILES = 9
PICTURES = ("image/png", "image/jpeg")  # nothing in them runs; all else is a download
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def uploads(name: str) -> list[Upload]:
    """Return the files sent in a field. Raises Refused for too many and for what may not be kept."""
    sent = [file for file in request.files.getlist(name) if file.filename]
    if len(sent) > MOST_FILES:
        raise Refused(_("一次最多 %(most)s 个文件，其余请下次反馈时上传。", most=MOST_FILES), field=name)
    found = []
    for file in sent:
        content = file.stream.read()
        accepted = accept(file.filename or "", content)
        found.append(Upload(accepted.name, accepted.media_type, content))
    return found


def sent_file() -> tuple[str, bytes]:
    """Return name and content of the one file that a page asks for; without a name where none was sent."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return "", b""
    with sent.stream as stream:
        return sent.filename, stream.read()


def given_out(
    name: str,
    media_type: str,
    content: bytes,
    *,
    action: str,
    subject: str,
    made_here: bool = False,
    in_page: bool = False,
    **details: Any,
) -> Response:
    """Return a file as a download that no browser runs; the trail has its row before a byte goes.

    Where the row cannot be written (the database is busy, away or refuses it) the error goes up and no
    file goes out. `made_here`: the product wrote it, so that its media type is believed; `in_page`: a picture
    may be looked at where it stands. The name that somebody gave a file may say what a mark hides; whoever
    reads the trail has no business data.
    """
    named: dict[str, Any] = {"file": name} if made_here else {}
    with writing():
        record(action, subject, **named, size=len(content), **details)
    response = send_file(
        BytesIO(content),
        mimetype=media_type if made_here or media_type in SHOWN_AS_THEMSELVES else OPAQUE,
        as_attachment=not (in_page and media_type in PICTURES),
        download_name=portable(name),
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
