"""Where a request may be sent to next."""

import re

_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9_\-.~%?=&+,:@!$'()*;][A-Za-z0-9_\-.~%?=&+,:@!$'()*;/]*)?")


def own_path(wanted: str | None, otherwise: str) -> str:
    """Return a path of this site as given, and `otherwise` for anything else.

    An allow-list: one leading slash, then plain ASCII; everything a browser might read as another
    host is refused.
    """
    return wanted if wanted and _OWN_PATH.fullmatch(wanted) else otherwise
