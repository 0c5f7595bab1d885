"""What forms send is read within bounds."""

import pytest
from flask import Flask

from tracker.refusals import Refused
from tracker.web.forms import day, text


@pytest.mark.parametrize("sent", ["9999-12-31", "0001-01-01", "2025-02-30", "20x5-01-01"])
def test_a_day_out_of_bounds_is_refused(app: Flask, sent: str) -> None:
    with app.test_request_context(method="POST", data={"deadline": sent}), pytest.raises(Refused) as refused:
        day("deadline")
    assert refused.value.field == "deadline"


def test_control_characters_stay_outside(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"text": "进展\x00正常\x07\n第二行\t完"}):
        assert text("text") == "进展正常\n第二行\t完"
