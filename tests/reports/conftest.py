"""The clerk at the keyboard, and the sample report under review, for the tests of the review."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.office import Member, Office
from tests.reports.steps import read_in, second_clerk
from tests.unit.documents_for_reading import sample_text

SignedIn = Callable[[Member], FlaskClient]


@pytest.fixture
def october(moved_clock: Callable[..., None]) -> None:
    """The day on which the sample is reviewed."""
    moved_clock(date(2025, 10, 14))


@pytest.fixture
def at_desk(october: None, office: Office, signed_in: SignedIn) -> FlaskClient:
    """The clerk of the township, signed in."""
    return signed_in(office.clerk)


@pytest.fixture
def beside(at_desk: FlaskClient, office: Office, signed_in: SignedIn) -> FlaskClient:
    """Another clerk of the same township, signed in."""
    return signed_in(second_clerk(office))


@pytest.fixture
def under_review(at_desk: FlaskClient) -> int:
    """The id of the sample report, read and not yet confirmed."""
    return read_in(at_desk, sample_text().encode())
