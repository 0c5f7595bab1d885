"""The pages of who answers (责任体系), in the order of their tabs."""

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

TABS: tuple[tuple[str, LazyString], ...] = (
    ("organization.show", _l("岗位与任职")),
    ("organization_division.show", _l("领导分工")),
)  # endpoint, label


def organization_tabs() -> list[dict[str, object]]:
    """Return the tabs for the macro `tabs`, the present page marked."""
    return [
        {"label": label, "url": url_for(endpoint), "current": request.endpoint == endpoint}
        for endpoint, label in TABS
    ]
