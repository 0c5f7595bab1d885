"""Files in and out of pages: what was handed in as evidence, and how a kept file is given out."""

from io import BytesIO

from flask import Response, request, send_file
from flask_babel import gettext as _

from tracker.documents.accepting import OPAQUE, SHOWN_AS_THEMSELVES, Upload, accept
from tracker.refusals import Refused

MOST_FILES = 9
SANDBOX = "sandbox; default-src 'none'"


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


def given_out(name: str, media_type: str, content: bytes) -> Response:
    """Return a kept file as a download that no browser runs, whatever is in it."""
    response = send_file(
        BytesIO(content),
        mimetype=media_type if media_type in SHOWN_AS_THEMSELVES else OPAQUE,
        as_attachment=True,
        download_name=name,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
