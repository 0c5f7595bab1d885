"""In which language a page is shown."""

from flask import request


def choose_language() -> str:
    """Return zh_Hans_CN unless the visitor asked for English: by the cookie `lang`, else by the browser."""
    asked = request.cookies.get("lang") or request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh-CN")
    return "en" if asked == "en" else "zh_Hans_CN"
