"""What is asked of posts, what they owe, what is counted with opening figures, and what is taken back."""

import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from tests.duties.scene import PHOTO
from tests.forms import post, token
from tests.office import Member, Office
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.duties.asking import Asked, ask, change, end
from tracker.duties.kinds import add_kind, end_kind, ensure_kinds, kinds, kinds_offered
from tracker.duties.models import Act, ActKind, Every, StandingDuty
from tracker.duties.opening import Before, enter_opening_figure
from tracker.duties.owing import asked_of, owed
from tracker.duties.queries import counted, opening_behind, recorded
from tracker.duties.recording import record_act, withdraw
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.organization.models import Unit
from tracker.periods import Period
from tracker.problems.models import Problem, ProblemSource
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.reports.models import Report
from tracker.summaries.rollup import roll_up
from tracker.tasks.from_report import create_from_report
from tracker.tasks.marking import mark

pytestmark = pytest.mark.database

TODAY = date(2025, 11, 12)
Q4, YEAR = Period.parse("2025Q4"), Period.parse("2025Y")
SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def today(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)
    with writing():
        ensure_kinds()


def kind(code: str) -> ActKind:
    return next(row for row in kinds() if row.code == code)


def asked(office: Office, times: int = 2, every: Every = Every.QUARTER) -> StandingDuty:
    with writing():
        return ask(
            office.lead.post,
            kind("study"),
            Asked(times, every, "青委〔2025〕3号"),
            by=office.keeper.actor,
            domain=office.ideology,
            from_day=date(2025, 10, 1),
        )


def study(office: Office, day: date = TODAY, count: int = 1) -> Act:
    with writing():
        lead = office.lead
        return record_act(kind("study"), lead.post, by=lead.actor, day=day, count=count)


def test_what_a_post_owes_is_met_by_what_it_records_without_naming_the_domain(office: Office) -> None:
    asked(office)
    act = study(office)
    assert act.domain == office.ideology
    (one,) = owed(asked_of([office.lead.post.id], TODAY), TODAY)
    assert (one.done, one.duty.times, one.short, one.period) == (1, 2, 1, Q4)
    with writing():
        withdraw(act, by=office.lead.actor, reason="日期登记有误")
    (one,) = owed(asked_of([office.lead.post.id], TODAY), TODAY)
    assert one.done == 0


def test_a_change_holds_from_its_day_and_keeps_what_was_asked(office: Office) -> None:
    before = asked(office)
    with writing():
        after = change(before, Asked(3, Every.QUARTER), by=office.keeper.actor, from_day=date(2026, 1, 1))
    assert (before.to_day, before.times, after.times) == (date(2025, 12, 31), 2, 3)
    assert [duty.times for duty in asked_of([office.lead.post.id], TODAY)] == [2]
    assert [duty.times for duty in asked_of([office.lead.post.id], date(2026, 1, 1))] == [3]
    with pytest.raises(OutOfDate), writing():
        end(before, by=office.keeper.actor, last_day=TODAY)
    with writing():
        end(after, by=office.keeper.actor, last_day=date(2026, 3, 31))
    assert asked_of([office.lead.post.id], date(2026, 4, 1)) == []


def test_one_press_records_and_says_how_to_take_it_back(office: Office, signed_in: SignIn) -> None:
    asked(office)
    lead = signed_in(office.lead)
    home = lead.get("/mine").text
    assert "本季度 <b>0/2</b> 次" in home
    own = {"kind": kind("study").id, "post": office.lead.post.id, "domain": office.ideology.id}
    sent = post(lead, "/duties", own | {"next": "/mine"}, page="/mine")
    assert sent.location == "/mine"
    home = lead.get("/mine").text
    assert "本季度 <b>1/2</b> 次" in home
    db.session.rollback()
    act = db.session.scalars(select(Act.id)).one()
    assert re.search(rf'class="toast".*/duties/acts/{act}">查看或撤回</a>', home, re.DOTALL)
    away = post(lead, "/duties", own | {"next": "//elsewhere.example/"}, page="/mine")
    assert away.location == "/duties?period=2025Q4"
    assert "常态履责</h2>" not in lead.get("/mine").text  # nothing is short any more


def test_a_refused_form_stands_under_its_tab(office: Office, signed_in: SignIn) -> None:
    keeper = signed_in(office.keeper)
    for page, tab in (
        ("", "履责登记"),
        ("/asked", "履责要求"),
        ("/kinds", "事项种类"),
        ("/opening", "期初数"),
    ):
        refused = post(keeper, f"/duties{page}", {}, page=f"/duties{page}")
        assert refused.status_code == 422
        assert f'aria-current="page">{tab}</a>' in refused.text.replace("\n    ", "")


@pytest.mark.parametrize("name", ["100%达标检查", "%s", "<b>%(x)d</b>"])
def test_any_name_of_a_kind_is_shown_as_it_is(office: Office, signed_in: SignIn, name: str) -> None:
    with writing():
        own = add_kind(office.town, by=office.keeper.actor, name=name, counted_in="场")
        record_act(own, office.lead.post, by=office.lead.actor, day=TODAY)
    keeper = signed_in(office.keeper)
    for page in ("/duties", "/duties/kinds", "/duties/asked", "/duties/opening", "/duties/acts/1"):
        answer = keeper.get(page)
        assert answer.status_code == 200
        assert str(escape(name)) in answer.text


def test_the_same_is_asked_once_and_only_the_keeper_asks(office: Office) -> None:
    asked(office)
    with pytest.raises(Refused, match="已有"):
        asked(office)
    for who in (office.lead, office.clerk, office.other_clerk):
        with pytest.raises(NotAllowed), writing():
            ask(
                office.lead.post,
                kind("drill"),
                Asked(1, Every.YEAR),
                by=who.actor,
                domain=office.safety,
                from_day=TODAY,
            )


def test_an_own_kind_is_offered_in_its_office_until_it_ends(office: Office) -> None:
    with writing():
        own = add_kind(office.town, by=office.keeper.actor, name="主题党日", counted_in="次")
    town, other = office.town, office.other_town
    assert own in kinds_offered(town, TODAY)
    assert own not in kinds_offered(other, TODAY)
    with pytest.raises(Refused, match="种类"), writing():
        record_act(own, office.other_clerk.post, by=office.other_clerk.actor, day=TODAY)
    with writing():
        end_kind(own, by=office.keeper.actor)
    assert own not in kinds_offered(town, date(2025, 11, 13))
    with pytest.raises(Refused, match="共用"), writing():
        end_kind(kind("study"), by=office.keeper.actor)


def test_an_opening_figure_is_added_once_and_covers_its_days(office: Office) -> None:
    study(office, date(2025, 9, 20), 2)  # covered by the figure: in the paper ledger too
    study(office, date(2025, 10, 8), 3)
    study(office, TODAY, 1)
    for count in (8, 9):  # entered again is corrected
        with writing():
            before = Before(count, date(2025, 9, 30), "党建办纸质台账")
            enter_opening_figure(office.town, kind("study"), before, by=office.clerk.actor)
    (row,) = counted(office.town, Q4, until=TODAY)
    assert (row.in_period, row.in_year) == (4, 13)
    (whole,) = counted(office.town, YEAR, until=TODAY)
    assert (whole.in_period, whole.in_year) == (13, 13)
    (third,) = counted(office.town, Period.parse("2025Q3"), until=TODAY)
    assert (third.in_period, third.in_year) == (2, 9)
    june = counted(office.town, Period.parse("2025Q2"), until=TODAY)
    assert june == [], "a figure up to September says nothing of June"
    behind = opening_behind(office.town, YEAR, until=TODAY)
    later = [act for act in recorded(office.town, YEAR).rows if act.day > behind[0].until_day]
    assert sum(figure.count for figure in behind) + sum(act.count for act in later) == 13


def test_who_enters_opening_figures_and_what_they_need(office: Office) -> None:
    figure = Before(3, date(2025, 9, 30), "台账")
    for who in (office.lead, office.secretary, office.other_clerk):
        with pytest.raises(NotAllowed), writing():
            enter_opening_figure(office.town, kind("study"), figure, by=who.actor)
    for wrong, field in (
        (Before(0, date(2025, 9, 30), "台账"), "count"),
        (Before(1, date(2025, 11, 13), "台账"), "until_day"),
        (Before(1, date(2025, 9, 30), " "), "source"),
    ):
        with pytest.raises(Refused) as refused, writing():
            enter_opening_figure(office.town, kind("study"), wrong, by=office.keeper.actor)
        assert refused.value.field == field


def test_the_draft_says_the_quarter_and_the_year_with_the_opening_figure(office: Office) -> None:
    act = study(office, TODAY, 2)
    with writing():
        before = Before(9, date(2025, 9, 30), "党建办纸质台账")
        enter_opening_figure(office.town, kind("study"), before, by=office.clerk.actor)
        summary = roll_up(office.town, Q4, by=office.clerk.actor)
        texts = {row.key: row.text for row in summary.paragraphs}
    assert texts["work/standing/"] == "本季度，开展专题学习2次（今年以来11次）。"
    with writing():
        withdraw(act, by=office.clerk.actor, reason="重复登记")
    (row,) = counted(office.town, Q4, until=TODAY)
    assert (row.in_period, row.in_year) == (0, 9)


@pytest.mark.parametrize("who", ["secretary", "deputy", "safety_lead", "keeper"])
def test_others_do_not_take_an_act_back(office: Office, who: str) -> None:
    act = study(office)
    with pytest.raises(NotAllowed), writing():
        withdraw(act, by=getattr(office, who).actor, reason="误")
    assert act.withdrawn_at is None


def test_taking_back_needs_a_reason_and_happens_once(office: Office) -> None:
    act = study(office)
    with pytest.raises(Refused, match="原因"), writing():
        withdraw(act, by=office.lead.actor, reason=" ")
    with writing():
        withdraw(act, by=office.lead.actor, reason="重复登记")
    with pytest.raises(OutOfDate), writing():
        withdraw(act, by=office.lead.actor, reason="重复登记")
    db.session.rollback()
    assert act.withdrawal_reason == "重复登记"


def test_one_tap_records_what_is_owed_and_a_double_click_once(office: Office, signed_in: SignIn) -> None:
    standing = asked(office)
    visitor = signed_in(office.lead)
    page = visitor.get("/duties").text
    assert "本季度 <b>0/2</b> 次" in page
    fields = {"kind": standing.kind_id, "post": standing.post_id, "domain": standing.domain_id}
    assert post(visitor, "/duties", fields).status_code == 302
    assert "本季度 <b>1/2</b> 次" in visitor.get("/duties").text


LINES = "1. 消防通道堆放杂物\n\n2、灭火器过期，应于11月28日前更换\n（3）值班记录不全"


def test_findings_of_an_inspection_become_tasks_that_name_it(office: Office, signed_in: SignIn) -> None:
    safety = office.safety_lead
    with writing():
        act = record_act(
            kind("inspection"),
            safety.post,
            by=safety.actor,
            day=TODAY,
            domain=office.safety,
            evidence=[PHOTO],
        )
    act_id = act.id
    holder, clerk = signed_in(safety), signed_in(office.clerk)
    sent = post(holder, f"/duties/acts/{act_id}/findings", {"lines": LINES}, page=f"/duties/acts/{act_id}")
    assert sent.location == f"/duties/acts/{act_id}"
    assert "已录入 3 条，待经办人员核对" in holder.get(sent.location).text
    again = post(clerk, f"/duties/acts/{act_id}/findings", {"lines": LINES}, page=f"/duties/acts/{act_id}")
    db.session.rollback()
    report = db.session.scalars(select(Report)).one()
    assert again.location == f"/reports/{report.id}"
    assert report.source == ProblemSource.INSPECTION
    assert "消防通道堆放杂物" in clerk.get(again.location).text
    assert [row.text for row in report.proposals] == [
        "消防通道堆放杂物",
        "灭火器过期",
        "值班记录不全",
    ]
    assert report.proposals[1].deadline == date(2025, 11, 28)
    with writing():
        tasks = create_from_report(report, by=office.clerk.actor, assign_at_once=False)
        task_id = tasks[0].id
    assert {row.source for row in db.session.scalars(select(Problem))} == {ProblemSource.INSPECTION}
    shown = clerk.get(f"/tasks/{task_id}").text
    assert "检查发现" in shown
    assert f"/duties/acts/{act_id}" in shown
    assert "消防通道堆放杂物" in holder.get(f"/duties/acts/{act_id}").text
    with writing():
        mark(tasks[0], by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="只限知悉范围")
    withheld = holder.get(f"/duties/acts/{act_id}").text
    assert "消防通道堆放杂物" not in withheld
    assert "由经办人员保管" in withheld
    assert "消防通道堆放杂物" in clerk.get(f"/duties/acts/{act_id}").text
    assert "检查发现" in clerk.get("/reports").text


def test_findings_come_in_as_a_file_too(office: Office, signed_in: SignIn) -> None:
    safety, clerk = office.safety_lead, signed_in(office.clerk)
    with writing():
        act = record_act(kind("inspection"), safety.post, by=safety.actor, day=TODAY, domain=office.safety)
    url = f"/duties/acts/{act.id}"
    fields = {"csrf_token": token(clerk.get(url).text), "lines": ""}
    empty = clerk.post(f"{url}/findings", data=fields)
    assert empty.status_code == 422
    sheet = io.BytesIO("检查发现的问题：\n1. 消防通道堆放杂物\n2. 值班记录不全\n".encode())
    fields["csrf_token"] = token(clerk.get(url).text)
    sent = clerk.post(f"{url}/findings", data=fields | {"file": (sheet, "检查记录.txt")})
    db.session.rollback()
    report = db.session.scalars(select(Report)).one()
    assert sent.location == f"/reports/{report.id}"
    assert (report.source, report.file_name) == (ProblemSource.INSPECTION, "检查记录.txt")
    db.session.rollback()
    run_waiting()  # a file is read by the worker
    shown = clerk.get(sent.location).text
    assert "消防通道堆放杂物" in shown
    assert "值班记录不全" in shown
    again = clerk.post(f"{url}/findings", data=fields | {"lines": "另一条"})
    assert again.location == sent.location, "findings of an act come in once"


def test_a_decision_is_confirmed_in_the_page_and_its_task_names_the_meeting(
    office: Office, signed_in: SignIn
) -> None:
    with writing():
        act = record_act(kind("meeting"), office.lead.post, by=office.lead.actor, day=TODAY)
    url, clerk = f"/duties/acts/{act.id}", signed_in(office.clerk)
    assert "议定事项" in clerk.get(url).text
    post(clerk, f"{url}/findings", {"lines": "由宣传办公室牵头，12月20日前建立留言台账"}, page=url)
    db.session.rollback()
    report = db.session.scalars(select(Report)).one()
    with writing():
        (task,) = create_from_report(report, by=office.clerk.actor, assign_at_once=False)
    assert task.deadline == date(2025, 12, 20)
    page = clerk.get(f"/tasks/{task.id}").text
    assert "议定事项" in page
    assert url in page
    assert "12月20日前建立留言台账" in clerk.get(url).text


def test_overview_and_duties_say_the_same_number_of_the_year(office: Office, signed_in: SignIn) -> None:
    study(office, date(2025, 9, 20), 2)  # covered by the figure
    study(office, date(2025, 10, 8), 3)
    with writing():
        before = Before(9, date(2025, 9, 30), "党建办纸质台账")
        enter_opening_figure(office.town, kind("study"), before, by=office.clerk.actor)
        before = Before(4, date(2025, 9, 30), "党建办纸质台账")
        enter_opening_figure(office.other_town, kind("study"), before, by=office.other_clerk.actor)
    keeper, county = signed_in(office.keeper), signed_in(office.county_keeper)
    assert numbers(keeper.get("/overview?unit=QS&period=2025Q4").text) == ["3", "12"]
    assert numbers(keeper.get("/duties?period=2025Q4").text)[:2] == ["3", "12"]
    assert numbers(keeper.get("/overview?unit=QS&period=2025Q3").text) == ["2", "9"]
    assert numbers(county.get("/overview?unit=YC&period=2025Q4").text) == ["3", "16"]
    assert numbers(keeper.get("/overview?unit=QS-XC&period=2025Q4").text) == ["3", "5"]


def numbers(page: str) -> list[str]:
    """Return the counts in the row of 专题学习."""
    (row,) = re.findall(r'<tr>\s*<th scope="row">\s*专题学习.*?</tr>', page, re.DOTALL)[:1]
    return re.findall(r"\d+", re.sub(r"<[^>]*>", " ", row))


def test_decisions_of_a_meeting_are_problems_of_their_own_source(office: Office, signed_in: SignIn) -> None:
    with writing():
        act = record_act(kind("meeting"), office.lead.post, by=office.lead.actor, day=TODAY)
    fields = {"lines": "由宣传办公室牵头，12月20日前建立留言台账"}
    url = f"/duties/acts/{act.id}"
    post(signed_in(office.clerk), f"{url}/findings", fields, page=url)
    db.session.rollback()
    report = db.session.scalars(select(Report)).one()
    (only,) = report.proposals
    assert report.source == ProblemSource.MEETING
    assert (only.kind, only.deadline) == ("problem", date(2025, 12, 20))
    assert db.session.get_one(Unit, report.unit_id) == office.town


def test_files_of_an_act_open_for_the_post_and_its_overseers_alone(office: Office, signed_in: SignIn) -> None:
    with writing():
        lead = office.lead
        act = record_act(kind("study"), lead.post, by=lead.actor, day=TODAY, evidence=[PHOTO])
        file_id = act.files[0].id
    answer = signed_in(office.secretary).get(f"/duties/files/{file_id}")
    assert answer.data == PHOTO.content
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer.close()
    assert signed_in(office.safety_lead).get(f"/duties/files/{file_id}").status_code == 404
