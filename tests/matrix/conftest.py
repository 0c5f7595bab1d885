"""The scene of the table of expectations."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.matrix.asking import Stage
from tests.office import Office
from tests.tasks.steps import TODAY


@pytest.fixture
def stage(app: Flask, office: Office, moved_clock: Callable[..., None]) -> Stage:
    """Everybody signed in before the objects of every place."""
    moved_clock(TODAY)
    return Stage(app, office)
