"""The pages of the product: which blueprints there are, and what stands in whose menu."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from tracker import clock
from tracker.accounts import views as accounts_views
from tracker.accounts.present import find_actor
from tracker.organization.acting import Actor
from tracker.organization.models import Post, Unit

BLUEPRINTS = (accounts_views.bp,)


@dataclass(frozen=True)
class Place:
    """An entry of the menu: its page, and who finds it there."""

    endpoint: str
    label: str
    for_everyone: bool = True  # otherwise only for those who oversee an office


PLACES: tuple[Place, ...] = ()


@dataclass(frozen=True)
class MenuItem:
    """A menu entry as a template shows it."""

    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Acting:
    """In which post and unit the person of the request acts."""

    post: Post | None
    unit: Unit | None
    todo_count: int | None = None


def add_navigation(app: Flask) -> None:
    """Give every template the frame's variables."""
    app.context_processor(_frame)


def home() -> ResponseReturnValue:
    """The first page: what the person at the keyboard needs first."""
    return redirect(url_for("accounts.sign_in"))


def _frame() -> dict[str, Any]:
    locale = get_locale()
    frame: dict[str, Any] = {
        "demo": current_app.config["ENVIRONMENT"].demo,
        "now": clock.now(),
        "lang": "en" if locale is not None and locale.language == "en" else "zh-CN",
        "acting": None,
        "nav": [],
        "home_url": url_for("home"),
    }
    actor = find_actor() if current_user and current_user.is_authenticated else None
    if actor is not None:
        frame["acting"] = Acting(actor.main_post, actor.office)
        frame["nav"] = _menu(actor)
    return frame


def _menu(actor: Actor) -> list[MenuItem]:
    oversees = bool(actor.oversees)
    return [
        MenuItem(place.label, url_for(place.endpoint), _current(place.endpoint))
        for place in PLACES
        if place.for_everyone or oversees
    ]


def _current(endpoint: str) -> bool:
    return (request.blueprint or "") == endpoint.split(".", maxsplit=1)[0]
