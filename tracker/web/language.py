"""In which language a page is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Blueprint, current_app, g, has_request_context, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from tracker.web.edge import public
from tracker.web.redirects import own_path

bp = Blueprint("language", __name__)

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}  # as the cookie says it: as the catalogue is called
COOKIE = "lang"
YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True)
class OtherLanguage:
    """A link to the same page in another language, labelled in that language."""

    code: str
    label: str
    url: str


def choose_language() -> str:
    """Return zh_Hans_CN unless the visitor asked for English: by the cookie `lang`, else by the browser.

    Outside a request (the worker, a command) it is Chinese.
    """
    if not has_request_context():
        return LANGUAGES["zh"]
    asked = request.cookies.get(COOKIE, "")
    if asked not in LANGUAGES:
        asked = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh-CN")[:2]
    return LANGUAGES[asked]


def other(*, english: bool) -> OtherLanguage:
    """Return the link to the page of the request in the other language.

    The answer to a form cannot be asked for again: from there it leads to the first page.
    """
    here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
    name, code, label = ("zh", "zh-CN", "中文") if english else ("en", "en", "English")
    return OtherLanguage(code, label, url_for("language.choose", code=name, next=here))


@contextmanager
def in_chinese() -> Iterator[None]:
    """Word a paper of the office in Chinese, whatever language its reader's pages are in."""
    of_reader = g.pop("catalogue", None)  # `wording` keeps it there
    try:
        with force_locale(LANGUAGES["zh"]):
            yield
    finally:
        g.catalogue = of_reader


@bp.get("/language/<any(zh, en):code>")
@public
def choose(code: str) -> ResponseReturnValue:
    """Keep the language a visitor chose, and go back to the page they came from."""
    response = make_response(redirect(own_path(request.args.get("next"), url_for("home"))))
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, code, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
