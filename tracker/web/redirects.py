"""Where a request may be sent to next."""

import re
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9_\-.~%?=&+,:@!$'()*;][A-Za-z0-9_\-.~%?=&+,:@!$'()*;/]*)?")


def own_path(wanted: str | None, otherwise: str) -> str:
    """Return a path of this site as given, and `otherwise` for anything else.

    An allow-list: one leading slash, then plain ASCII; everything a browser might read as another
    host is refused.
    """
    return wanted if wanted and _OWN_PATH.fullmatch(wanted) else otherwise


def page_of_form() -> str | None:
    """Return the path of the page that held the form of the request, where it can be opened."""
    came_from = urlsplit(request.referrer or "")
    here = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    page = own_path(here, request.path)
    try:
        current_app.url_map.bind("").match(urlsplit(page).path, method="GET")
    except HTTPException:
        return None
    return page
