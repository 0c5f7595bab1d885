"""Pages and papers of a past day, and what is listed of one, call posts and units as it did."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.office import Member, Office
from tests.reminders.steps import in_progress
from tests.reports.steps import confirm, read_in
from tests.unit.documents_for_reading import sample_text
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.documents.sheet import read_sheet
from tracker.duties.kinds import ensure_kinds
from tracker.extensions import db
from tracker.organization import division as dividing
from tracker.organization import renaming
from tracker.organization.history import holdings_of
from tracker.organization.models import StandIn
from tracker.organization.naming import named_for
from tracker.organization.posts import add_post
from tracker.organization.roster import read_roster
from tracker.organization.roster_export import roster_file, roster_rows
from tracker.organization.setup import release
from tracker.organization.standing_in import stand_in, title_of
from tracker.periods import Period
from tracker.problems.recording import record_problem
from tracker.reports.formats.document_text import read_text
from tracker.summaries import document
from tracker.summaries.rollup import roll_up

BEGUN, THEN, NOW = date(2025, 10, 14), date(2025, 12, 10), date(2026, 1, 20)
CHANGED = date(2026, 1, 12)
OVERDUE = date(2025, 11, 28)
Q4 = Period.parse("2025Q4")
OLD = ("宣传办主任", "宣传办公室", "青示镇", "党委副书记")
NEW = ("宣传文化专干", "宣传文化中心", "青示街道", "专职副书记")
Enter = Callable[[Member], FlaskClient]
Move = Callable[..., None]

pytestmark = pytest.mark.database


def rename(office: Office) -> None:
    """Give a post, its unit, the office and the leader in charge other names from one day on."""
    with writing():
        renaming.rename_post(office.lead.post, NEW[0], since=CHANGED, by=office.keeper.actor)
        renaming.rename_unit(office.publicity, NEW[1], since=CHANGED, by=office.keeper.actor)
        renaming.rename_unit(office.town, NEW[2], since=CHANGED)
        renaming.rename_post(office.deputy.post, NEW[3], since=CHANGED, by=office.keeper.actor)


@pytest.fixture
def renamed(office: Office, moved_clock: Move) -> Office:
    """The office on NOW, with a task that was overdue on THEN."""
    moved_clock(BEGUN)
    in_progress(office, OVERDUE)
    moved_clock(NOW)
    rename(office)
    return office


def main_of(page: str) -> str:
    """Return what a page says between its frame, without markup: the frame names the office of today."""
    found = re.search(r"<main.*?</main>", page, re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


def section_of(page: str, heading: str) -> str:
    """Return what a section of a page says."""
    found = next(one for one in re.findall(r"<section.*?</section>", page, re.S) if f">{heading}<" in one)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("/organization?on={on}", OLD),
        ("/organization/portfolio?on={on}", OLD[1:]),
        ("/organization/chart?on={on}", OLD),
        ("/tasks?on={on}", OLD),
        ("/tasks?on={on}&unit=QS-XC&post={post}", OLD[:2]),
        ("/overview?on={on}", (*OLD[:3],)),
    ],
)
def test_a_page_of_a_past_day(renamed: Office, signed_in: Enter, page: str, named: tuple[str, ...]) -> None:
    reader = signed_in(renamed.keeper)
    post = renamed.lead.post.id
    before = main_of(reader.get(page.format(on=THEN, post=post)).text)
    assert [name for name in named if name not in before] == []
    assert [name for name in NEW if name in before] == []
    today = main_of(reader.get(page.format(on=NOW, post=post)).text)
    present = NEW[: len(named)] if named[0] == OLD[0] else NEW[1:]
    assert [name for name in present if name not in today] == []


@pytest.mark.parametrize(
    ("paper", "named"),
    [
        ("/organization/duty-list.docx?on={on}&post={post}", (OLD[0], OLD[2])),
        ("/organization/duty-list.docx?on={on}&unit=QS", (OLD[0], OLD[2])),
        ("/organization/portfolio.docx?on={on}", OLD[1:]),
    ],
)
def test_a_paper_of_a_past_day(renamed: Office, signed_in: Enter, paper: str, named: tuple[str, ...]) -> None:
    reader = signed_in(renamed.keeper)

    def said(on: date) -> str:
        sent = reader.get(paper.format(on=on, post=renamed.lead.post.id))
        assert sent.status_code == 200
        return read_text("文件.docx", sent.data).replace("\n", "")

    before, today = said(THEN), said(NOW)
    assert [name for name in named if name not in before] == []
    assert [name for name in NEW if name in before] == []
    assert [NEW[OLD.index(name)] for name in named if NEW[OLD.index(name)] not in today] == []


def test_the_trail_says_of_which_day_a_file_was_taken(renamed: Office, signed_in: Enter) -> None:
    reader = signed_in(renamed.keeper)
    taken = {
        "organization.export_roster": "/organization/roster.xlsx?",
        "organization.download_chart": "/organization/chart.svg?",
        "organization.download_division": "/organization/portfolio.docx?",
        "organization.download_duty_list": "/organization/duty-list.docx?",
    }
    for address in taken.values():
        assert reader.get(f"{address}on={THEN}").status_code == 200
    db.session.rollback()
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action.in_(taken))).all()
    assert {row.action: row.details["day"] for row in rows} == dict.fromkeys(taken, str(THEN))


def test_what_somebody_may_see_of_a_past_day_is_asked_for_today(renamed: Office, signed_in: Enter) -> None:
    reader = signed_in(renamed.other_clerk)
    for address in (
        f"/organization?unit=QS&on={THEN}",
        f"/organization/posts/{renamed.lead.post.id}?on={THEN}",
        f"/organization/duty-list.docx?post={renamed.lead.post.id}&on={THEN}",
        f"/organization/duty-list.docx?unit=QS&on={THEN}",
        f"/organization/roster.xlsx?unit=QS&on={THEN}",
    ):
        assert reader.get(address).status_code == 404, address
    assert signed_in(renamed.clerk).get(f"/organization/roster.xlsx?unit=QS&on={THEN}").status_code == 403


def test_the_duty_list_of_a_past_day_names_who_held_the_post_and_what_was_there(
    renamed: Office, signed_in: Enter
) -> None:
    with writing():
        renamed.lead_duty.ended_on = CHANGED
        add_post(renamed.publicity, "新设专干", from_day=CHANGED)
    page = "/organization/duty-list.docx?on={on}&post={post}"
    reader, post = signed_in(renamed.keeper), renamed.lead.post.id
    before = read_text("单.docx", reader.get(page.format(on=THEN, post=post)).data)
    today = read_text("单.docx", reader.get(page.format(on=NOW, post=post)).data)
    assert renamed.lead_duty.text in before
    assert renamed.lead_duty.text not in today
    shown = reader.get(f"/organization/posts/{post}?on={THEN}").text
    assert f"/organization/duty-list.docx?post={post}&amp;on={THEN}" in shown


def test_the_roster_of_a_past_day(renamed: Office, signed_in: Enter, moved_clock: Move) -> None:
    with writing():
        later = add_post(renamed.town, "街道办事处主任", from_day=CHANGED, by=renamed.keeper.actor)
        renamed.clerk.post.superior = later  # of the day itself nothing is kept of who stood above whom
    sent = signed_in(renamed.keeper).get(f"/organization/roster.xlsx?unit=QS&on={THEN}")
    assert "%E9%9D%92%E7%A4%BA%E9%95%87%E8%8A%B1%E5%90%8D%E5%86%8C" in sent.headers["Content-Disposition"]
    cells = "\n".join("\t".join(row) for row in read_sheet("花名册.xlsx", sent.data))
    assert [name for name in OLD if name not in cells] == []
    assert [name for name in (*NEW, "街道办事处主任") if name in cells] == []
    rows = {row["post"]: row for row in roster_rows(renamed.town, THEN) if "post" in row}
    assert rows["宣传办主任"]["superior"] == "党委副书记"
    assert rows["宣传办主任"]["leader"] == "党委副书记"
    assert rows["宣传办主任"]["parent"] == "青示镇"
    assert rows["党政办经办人"]["superior"] == ""
    assert not read_roster(read_sheet("花名册.xlsx", roster_file(renamed.town, NOW))).problems
    moved_clock(NOW, hour=7)  # the day before in UTC
    page = signed_in(renamed.keeper).get("/organization/roster?unit=QS").text
    assert f'name="on"\n               type="text"\n               value="{NOW}"' in page


def test_stand_ins_that_are_over(office: Office, moved_clock: Move, signed_in: Enter) -> None:
    moved_clock(THEN)

    def away(from_day: date, to_day: date) -> StandIn:
        with writing():
            return stand_in(
                office.lead.person,
                office.safety_lead.person,
                by=office.lead.actor,
                from_day=from_day,
                to_day=to_day,
                post=office.lead.post,
            )

    over = away(THEN, THEN + timedelta(days=2))
    across = away(CHANGED - timedelta(days=5), CHANGED + timedelta(days=2))
    running = away(NOW - timedelta(days=1), NOW + timedelta(days=1))
    coming = away(NOW + timedelta(days=5), NOW + timedelta(days=6))
    moved_clock(NOW)
    rename(office)
    titles = [title_of(row, NOW) for row in (over, across, running, coming)]
    assert titles == [OLD[0], NEW[0], NEW[0], NEW[0]]
    page = signed_in(office.lead).get("/organization/stand-ins").text
    assert OLD[0] in section_of(page, "以往")
    assert NEW[0] in section_of(page, "今天")
    assert OLD[0] not in section_of(page, "今天")


def test_a_stand_in_that_never_began_is_told_by_its_first_day() -> None:
    first = date(2026, 1, 5)
    assert named_for(first, first - timedelta(days=1), NOW) == first
    assert named_for(first, None, THEN) == first
    assert named_for(first, None, NOW) == NOW
    assert named_for(first, date(2026, 1, 9), NOW) == date(2026, 1, 9)


def test_the_page_of_a_post_names_what_its_portfolio_covered(renamed: Office, signed_in: Enter) -> None:
    division = dividing.division_of(renamed.town, NOW)
    lines = {(line.leader_post_id, line.unit_id, line.domain_id) for line in division.lines}
    kept = {line for line in lines if line[0] != renamed.deputy.post.id}
    with writing():
        dividing.divide_anew(
            renamed.town,
            kept,
            from_day=CHANGED,
            document="",
            version=division.version,
            by=renamed.keeper.actor,
        )
    reader, page = signed_in(renamed.keeper), f"/organization/posts/{renamed.deputy.post.id}"
    shown = section_of(reader.get(page).text, "本岗位的分工")
    assert OLD[1] in shown  # it ended the day before the unit was renamed
    assert NEW[1] not in shown
    asked = reader.get(f"{page}?on={THEN}").text
    assert f'href="/organization/posts/{renamed.secretary.post.id}?on={THEN}"' in asked
    assert f'href="/organization/posts/{renamed.lead.post.id}?on={THEN}"' in asked


def test_a_holding_that_ended_is_corrected_under_the_title_of_its_time(
    renamed: Office, signed_in: Enter
) -> None:
    (holding,) = holdings_of(renamed.lead.post)
    with writing():
        release(holding, last_day=THEN)
    page = signed_in(renamed.keeper).get(f"/organization/holdings/{holding.id}/correct").text
    assert f"{OLD[0]} · {renamed.lead.person.name}" in main_of(page)


def test_what_is_said_of_a_period_and_of_a_confirmed_report(
    office: Office, moved_clock: Move, signed_in: Enter
) -> None:
    moved_clock(BEGUN)
    clerk = signed_in(office.clerk)
    report_id = read_in(clerk, sample_text().encode())
    assert confirm(clerk, report_id).status_code == 302
    with writing():
        ensure_kinds()
        record_problem(office.town, Q4, domain=office.ideology, text="阅报栏无人更换")
        summary = roll_up(office.town, Q4, by=office.clerk.actor)
    paper = document.paper_of(summary)
    assert paper.signature == OLD[2]
    moved_clock(NOW)
    rename(office)
    clerk = signed_in(office.clerk)
    confirmed = main_of(clerk.get(f"/reports/{report_id}").text)
    assert OLD[2] in confirmed
    assert OLD[0] in confirmed
    assert [name for name in NEW if name in confirmed] == []
    assert OLD[2] in main_of(clerk.get("/reports").text)
    assert f"{OLD[2]}，{Q4.label}" in main_of(clerk.get("/search?q=阅报栏").text)
    assert f"{OLD[2]} {Q4.label}" in main_of(clerk.get("/duties?period=2025Q4").text)
    assert f"{NEW[2]} 2026年第一季度" in main_of(clerk.get("/duties").text)
    db.session.rollback()
    assert document.paper_of(summary).signature == OLD[2]
