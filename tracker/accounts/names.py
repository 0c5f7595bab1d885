"""User names: how they are kept, and how they may be typed."""

import re
import unicodedata

from flask_babel import gettext as _

from tracker.refusals import Refused

LONGEST_NAME = 64
_NAME = re.compile(r"[\w.@-]+")


def plain_name(username: str) -> str:
    """Return a user name as it is kept: half-width, lower case, so that no two look alike.

    Raises Refused for an empty or longer name and for other characters than letters, digits and . _ @ -
    """
    name = unicodedata.normalize("NFKC", username).strip().casefold()
    if not name:
        raise Refused(_("账号名不能为空。"), field="username")
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise Refused(
            _("账号名只用汉字、字母、数字和 . _ @ -，不超过 %(count)s 个字。", count=LONGEST_NAME),
            field="username",
        )
    return name


def spellings(username: str) -> tuple[str, str]:
    """Return a name as it was typed and as it is kept; earlier versions kept it as typed."""
    typed = username.strip()
    return typed, unicodedata.normalize("NFKC", typed).casefold()
