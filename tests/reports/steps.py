"""Steps of the tests on reports: sending one in, and filling the review as a browser would."""

import io
from html.parser import HTMLParser
from types import SimpleNamespace

from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from werkzeug.test import TestResponse

from tests.forms import post
from tests.office import PASSWORD, START, Member, Office
from tests.unit.documents_for_reading import sample_text
from tracker.accounts.signing_in import create_account
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.organization.setup import add_person, add_post, appoint
from tracker.reports.models import Proposal, Report, ReviewStep

MASKED = sample_text().replace("2025年", "202x年")
VOID_FIELDS = ("input", "select", "textarea")


class FormReader(HTMLParser):
    """Collects what a browser would send of the fields of a page, without its buttons."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self._select = ""
        self._chosen = False
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a field's name and value."""
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("name") and _is_sent(given):
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given.get("name", "")
            self._chosen = False
        elif tag == "option" and ("selected" in given or self._select not in self.fields):
            assert not self._chosen, f"two options of {self._select} are selected"
            self._chosen = "selected" in given
            self.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = given.get("name", "")
            self.fields[self._area] = ""

    def handle_data(self, data: str) -> None:
        """Take the text of a text area."""
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a text area; its first line break does not count."""
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""


def _is_sent(given: dict[str, str]) -> bool:
    """Whether a browser would send an input: of choices only those that are made, and no file."""
    return given.get("type") != "file" and (
        given.get("type") not in ("checkbox", "radio") or "checked" in given
    )


def fields_of(page: str) -> dict[str, str]:
    """Return the fields of a page with their values."""
    reader = FormReader()
    reader.feed(page)
    return reader.fields


def send_in(visitor: FlaskClient, content: bytes, name: str = "季度总结.txt", **more: str) -> TestResponse:
    """Upload a report."""
    file = {"file": (io.BytesIO(content), name)}
    return post(visitor, "/reports", {**file, **more}, page="/reports/new")


def read_in(visitor: FlaskClient, content: bytes, name: str = "季度总结.txt", **more: str) -> int:
    """Upload a report, let the worker read it, and return its id."""
    sent = send_in(visitor, content, name, **more)
    assert sent.status_code == 302, sent.text
    db.session.rollback()  # the test's own view of the database is from before
    assert run_waiting() == 1
    return int(sent.location.rsplit("/", 1)[1])


def review(visitor: FlaskClient, report_id: int, act: str = "save", **changes: str) -> TestResponse:
    """Send the review form as it stands with some fields changed and one button pressed."""
    page = visitor.get(f"/reports/{report_id}").text
    return visitor.post(f"/reports/{report_id}", data={**fields_of(page), **changes, "act": act})


def confirm(visitor: FlaskClient, report_id: int, **changes: str) -> TestResponse:
    """Press the button that makes the tasks and assigns them."""
    page = visitor.get(f"/reports/{report_id}").text
    sent = {**fields_of(page), "assign": "1", **changes}
    return visitor.post(f"/tasks/from-report/{report_id}", data=sent)


def report(report_id: int) -> Report:
    """Return a report as the database has it now."""
    db.session.rollback()
    found = db.session.get(Report, report_id, populate_existing=True)
    assert found is not None
    return found


def proposals(report_id: int) -> list[Proposal]:
    """Return the proposals of a report as the database has them now."""
    db.session.rollback()
    query = select(Proposal).where(Proposal.report_id == report_id).order_by(Proposal.position)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def second_clerk(office: Office) -> Member:
    """Return another clerk of the township, with an account."""
    with writing():
        post_of_clerk = add_post(office.town, "党政办综合岗", superior=office.deputy.post, is_clerk=True)
        person = add_person("吴例", email="clerk2@qs.invalid")
        appoint(person, post_of_clerk, from_day=START)
        found = Member(post_of_clerk, person, create_account("clerk2", PASSWORD, person=person))
    with writing():  # no snapshot stays open that would hide what others write
        db.session.add_all([post_of_clerk, person, found.account])
    return found


def steps_of(report_id: int) -> list[ReviewStep]:
    """Return the steps of a review that the database has now, in their order."""
    db.session.rollback()
    query = select(ReviewStep).where(ReviewStep.report_id == report_id).order_by(ReviewStep.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def as_they_are(report_id: int) -> list[SimpleNamespace]:
    """Return the fields of a report's proposals as they are now; what changes later leaves these alone."""
    return [
        SimpleNamespace(**{column.key: getattr(row, column.key) for column in inspect(Proposal).columns})
        for row in proposals(report_id)
    ]
