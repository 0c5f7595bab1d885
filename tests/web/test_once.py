"""A form that makes something new makes it once, however often it is sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.forms import once, token
from tests.office import Member, Office
from tracker.database import writing
from tracker.duties.kinds import ensure_kinds
from tracker.duties.models import Act, ActKind
from tracker.extensions import db
from tracker.web.models import SpentForm
from tracker.web.once import KEPT

TODAY = date(2025, 11, 12)
SignIn = Callable[[Member], FlaskClient]


@pytest.fixture
def form(office: Office, moved_clock: Callable[..., None]) -> dict[str, Any]:
    """What is filled into the form of the standing duties."""
    moved_clock(TODAY)
    with writing():
        ensure_kinds()
    kind = db.session.scalars(select(ActKind.id).order_by(ActKind.id)).first()
    filled = {"kind": kind, "post": office.lead.post.id, "day": "2025-11-12", "count": "1"}
    db.session.rollback()
    return filled


def filled_in(visitor: FlaskClient, form: dict[str, Any]) -> dict[str, Any]:
    """Return the form with the token and the key of a freshly opened page."""
    page = visitor.get("/duties").text
    return form | {"csrf_token": token(page), "once": once(page)}


def acts() -> int:
    """Return how many acts are recorded."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Act)) or 0


@pytest.mark.database
def test_a_form_sent_twice_records_once_and_says_so(
    office: Office, signed_in: SignIn, form: dict[str, Any]
) -> None:
    visitor = signed_in(office.lead)
    sent = filled_in(visitor, form)
    first, second = visitor.post("/duties", data=sent), visitor.post("/duties", data=sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert "没有重复登记" in visitor.get(second.location).text
    assert acts() == 1
    assert visitor.post("/duties", data=filled_in(visitor, form)).status_code == 302
    assert acts() == 2, "the same words in a new form are a second act"


@pytest.mark.database
def test_a_form_sent_at_the_same_time_records_once(
    office: Office, signed_in: SignIn, form: dict[str, Any]
) -> None:
    visitor = signed_in(office.lead)
    sent = filled_in(visitor, form)
    others = [signed_in(office.lead) for _ in range(4)]
    tries = [(other, sent | {"csrf_token": token(other.get("/duties").text)}) for other in others]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one[0].post("/duties", data=one[1]).status_code, tries))
    assert answers == [302] * 4
    assert acts() == 1


@pytest.mark.database
def test_a_refused_form_may_be_corrected_and_sent_again(
    office: Office, signed_in: SignIn, form: dict[str, Any]
) -> None:
    visitor = signed_in(office.lead)
    sent = filled_in(visitor, form)
    assert visitor.post("/duties", data=sent | {"count": "0"}).status_code == 422
    assert visitor.post("/duties", data=sent).status_code == 302
    assert acts() == 1


@pytest.mark.parametrize("key", ["", "x", "' OR 1=1 --aaaaaaaaaaa", "a" * 23])
def test_a_form_without_a_key_of_ours_is_refused(
    office: Office, signed_in: SignIn, form: dict[str, Any], key: str
) -> None:
    visitor = signed_in(office.lead)
    answer = visitor.post("/duties", data=filled_in(visitor, form) | {"once": key})
    assert answer.status_code == 422
    assert "页面不完整或已过期" in answer.text
    assert acts() == 0


def test_old_keys_are_forgotten(
    office: Office, signed_in: SignIn, form: dict[str, Any], moved_clock: Callable[..., None]
) -> None:
    visitor = signed_in(office.lead)
    visitor.post("/duties", data=filled_in(visitor, form))
    moved_clock(TODAY + KEPT + timedelta(days=1))
    visitor = signed_in(office.lead)
    visitor.post("/duties", data=filled_in(visitor, form))
    db.session.rollback()
    assert acts() == 2
    assert db.session.scalar(select(func.count()).select_from(SpentForm)) == 1
