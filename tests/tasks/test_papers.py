"""The papers of a task: numbers, who makes which, what they say, and that they are kept as they were made."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import ledger
from tests.forms import post
from tests.office import Member, Office, recall, remember
from tests.tasks.steps import ACTS, DEADLINE, TODAY, member, task_in
from tests.tasks.test_at_once import at_once
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.documents import store
from tracker.extensions import db
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.settings.choices import choose
from tracker.settings.keys import PAPER_PREFIX
from tracker.tasks.access import find_paper, open_papers
from tracker.tasks.models import Task
from tracker.tasks.paper_kinds import PAPERS
from tracker.tasks.paper_matter import Asked, matter_of
from tracker.tasks.paper_models import PaperKind, TaskPaper
from tracker.tasks.paper_wording import demand_for, reason_for
from tracker.tasks.papers import make_paper
from tracker.tasks.states import Action, TaskState

SignIn = Callable[[Member], FlaskClient]
A, K, S = Action, PaperKind, TaskState
LATE = date(2026, 1, 8)  # six working days after DEADLINE, a Wednesday before New Year's Day
REPLY_BY = date(2026, 1, 13)


@pytest.fixture(autouse=True)
def on_the_day(moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)


def words(paper: TaskPaper) -> str:
    """Return what a paper says, as it is kept."""
    with zipfile.ZipFile(BytesIO(store.content(paper.file))) as package:
        return re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())


def asked(kind: PaperKind, task: Task, day: date, **more: object) -> Asked:
    """Return what the form of a paper offers, and an answer within three days."""
    asks, matter = PAPERS[kind].asks, matter_of(task, day)
    given = {
        "reason": reason_for(kind, matter) if "reason" in asks else "",
        "demand": demand_for(kind, matter) if "demand" in asks else "",
        "reply_by": REPLY_BY if "reply_by" in asks else None,
    }
    return Asked(**given | more)  # type: ignore[arg-type] # by the names of its fields


def make(
    task: Task, kind: PaperKind, by: Member, *, again: bool = False, **more: object
) -> tuple[TaskPaper, bool]:
    """Make a paper in a transaction of its own."""
    with writing():
        return make_paper(task, kind, by=by.actor, asked=asked(kind, task, by.actor.day, **more), again=again)


def act(task: Task, office: Office, action: Action, name: str) -> None:
    with writing():
        ACTS[action](task, office, member(office, name).actor)


WHO = ("clerk", "keeper", "secretary", "deputy", "lead", "village_lead", "county_keeper")
EVERY, OF_OFFICE = frozenset(PaperKind), {"clerk", "keeper"}
LETTERS, OF_LEAD = {"deputy", "secretary"}, frozenset({K.CLOSURE_APPROVAL, K.EXTENSION_REQUEST})


@pytest.mark.parametrize("who", WHO)
def test_each_paper_is_made_by_its_own_people_while_the_task_calls_for_it(who: str, office: Office) -> None:
    mine = EVERY if who in OF_OFFICE else {K.SUPERVISION_LETTER} if who in LETTERS else set()
    mine = OF_LEAD if who == "lead" else frozenset(mine)
    running, waiting = task_in(S.IN_PROGRESS, office), task_in(S.CLOSURE_REQUESTED, office)
    act(running, office, A.REQUEST_EXTENSION, "lead")
    by, draft = member(office, who), task_in(S.REGISTERED, office)
    of_running = mine & {K.ASSIGNMENT, K.URGE_NOTICE, K.SUPERVISION_LETTER, K.EXTENSION_REQUEST}
    assert set(open_papers(running, by.actor)) == of_running
    assert set(open_papers(waiting, by.actor)) == mine & {K.ASSIGNMENT, K.CLOSURE_APPROVAL}
    assert open_papers(draft, by.actor) == []
    for kind in PaperKind:
        if kind in of_running:
            assert make(running, kind, by)[1]
        else:
            with pytest.raises(OutOfDate if kind in mine else NotAllowed):
                make(running, kind, by)


@pytest.mark.database
def test_a_paper_that_says_the_same_keeps_its_number_unless_a_new_one_is_asked_for(office: Office) -> None:
    task = task_in(S.IN_PROGRESS, office)
    first, is_new = make(task, K.URGE_NOTICE, office.clerk)
    assert is_new
    assert first.document_number == "青催办〔2025〕1号"
    assert make(task, K.URGE_NOTICE, office.keeper) == (first, False)  # another contact says nothing new
    other, is_new = make(task, K.URGE_NOTICE, office.clerk, again=True)
    assert (is_new, other.number) == (True, 2)
    changed, is_new = make(task, K.URGE_NOTICE, office.clerk, demand="本周内办结。")
    assert (is_new, changed.number) == (True, 3)
    act(task, office, A.REPORT_PROGRESS, "lead")
    with pytest.raises(Refused, match="请写明"):  # there is nothing to urge about: the clerk has to say why
        make(task, K.URGE_NOTICE, office.clerk)
    assert make(task, K.URGE_NOTICE, office.clerk, reason="上级要求提前。")[0].number == 4
    assert make(task, K.SUPERVISION_LETTER, office.clerk)[0].document_number == "青督函〔2025〕1号"
    with writing():
        choose(PAPER_PREFIX, office.town, "青政", valid_from=TODAY)
        choose(PAPER_PREFIX, office.county, "样政", valid_from=TODAY)
    assert (
        make(task, K.SUPERVISION_LETTER, office.clerk, again=True)[0].document_number == "青政督函〔2025〕2号"
    )
    assert first.document_number == "青催办〔2025〕1号"
    with pytest.raises(Refused, match="1 到 8 个字"):
        choose(PAPER_PREFIX, office.town, "", valid_from=TODAY)


@pytest.mark.database
def test_papers_made_at_once_have_numbers_of_their_own_and_the_same_one_is_made_once(
    app: Flask, office: Office
) -> None:
    task, where = task_in(S.IN_PROGRESS, office), remember(office)
    task_id = task.id
    db.session.rollback()

    def one(demand: str) -> Callable[[], str]:
        def run() -> str:
            with app.app_context():
                with writing():
                    own, held = recall(where), db.session.get_one(Task, task_id)
                    by = own.clerk.actor
                    paper, is_new = make_paper(
                        held, K.URGE_NOTICE, by=by, asked=asked(K.URGE_NOTICE, held, by.day, demand=demand)
                    )
                return f"{paper.number} {is_new}"

        return run

    assert at_once([one(f"要求{place}") for place in range(4)]) == [f"{place} True" for place in (1, 2, 3, 4)]
    assert at_once([one("同一要求")] * 3) == ["5 False", "5 False", "5 True"]


def test_what_each_paper_says(office: Office, moved_clock: Callable[..., None]) -> None:
    task = task_in(S.IN_PROGRESS, office)
    act(task, office, A.REPORT_PROGRESS, "lead")
    act(task, office, A.INSTRUCT, "secretary")
    said = words(make(task, K.ASSIGNMENT, office.clerk)[0])
    for part in ("青示镇整改任务交办通知单", "编号：青交办〔2025〕1号", task.short_no,
                 "2025年第三季度工作报告", "加大对宣传队伍的培训力度", "培训 1 期，签到表在案",
                 "2025年12月31日", "宣传办主任 褚例",
                 "党委副书记 郑样", "督查办主任 韩示", "请于2026年1月13日前反馈办理情况"):  # fmt: skip
        assert part in said, part
    act(task, office, A.REQUEST_EXTENSION, "lead")
    act(task, office, A.DECIDE_EXTENSION, "deputy")
    said = words(make(task, K.EXTENSION_REQUEST, office.lead)[0])
    assert "原定时限2025年12月31日现行时限2025年12月31日延期至2026年1月30日" in said
    assert "同意延期至2026年1月30日。郑样　2025年10月9日" in said
    with writing():
        task.deadline = DEADLINE
    moved_clock(LATE)
    said = words(make(task, K.URGE_NOTICE, office.clerk)[0])
    for part in ("请抓紧。（周示，2025年10月9日）", "批示内容仅供办理，不得外传。", "已逾期5个工作日，已有",
                 "2025年10月9日签收", "联系人陈演", "承办单位负责人签字"):  # fmt: skip
        assert part in said, part
    letter = words(make(task, K.SUPERVISION_LETTER, office.deputy)[0])
    for part in ("青督函〔2026〕1号", f"关于{task.short_no}号整改任务的督办函", "宣传办公室：",
                 "由你单位宣传办主任牵头办理", "截至2026年1月8日，已逾期5个工作日，尚未办结。",
                 "2025年10月9日反馈：已定培训方案（完成30%）。", "联系人：韩示",
                 "青示镇2026年1月8日"):  # fmt: skip
        assert part in letter, part
    assert "请抓紧" not in letter  # an instruction stays inside


def test_the_closure_table_has_the_decisions_taken_so_far_and_names_no_marked_file(office: Office) -> None:
    task = task_in(S.ENDORSED, office)
    said = words(make(task, K.CLOSURE_APPROVAL, office.lead)[0])
    for part in ("已培训 1 期 40 人", "1.照片.png", "同意报验。郑样　2025年10月9日", "主要领导意见签字"):
        assert part in said.replace("\n", ""), part
    act(task, office, A.ACCEPT, "keeper")
    assert "验收良好，同意销号。韩示" in words(make(task, K.CLOSURE_APPROVAL, office.clerk)[0])


def test_what_is_printed_is_asked_for(office: Office) -> None:
    task = task_in(S.IN_PROGRESS, office)
    for kind, more, field in (
        (K.URGE_NOTICE, {"reason": ""}, "reason"),
        (K.SUPERVISION_LETTER, {"demand": ""}, "demand"),
        (K.SUPERVISION_LETTER, {"reply_by": None}, "reply_by"),
        (K.ASSIGNMENT, {"reply_by": date(2025, 10, 8)}, "reply_by"),
        (K.ASSIGNMENT, {"demand": "要" * 501}, "demand"),
    ):
        with pytest.raises(Refused) as refused:
            make(task, kind, office.clerk, **more)
        assert refused.value.field == field
    assert make(task, K.ASSIGNMENT, office.clerk, reply_by=None)[1]


def test_papers_of_a_marked_task_bear_the_mark_and_are_for_its_circle(office: Office) -> None:
    task = task_in(S.IN_PROGRESS, office)
    before, _new = make(task, K.URGE_NOTICE, office.clerk)
    assert find_paper(before.id, office.vice_head.actor) == before
    act(task, office, A.MARK, "clerk")
    after, _new = make(task, K.URGE_NOTICE, office.clerk)
    assert "内部" in words(after)
    assert "内部" not in words(before)
    for paper in (before, after):
        seeing = {name for name in (*WHO, "vice_head") if find_paper(paper.id, member(office, name).actor)}
        assert seeing == {"clerk", "keeper", "secretary", "deputy", "lead"}  # the keeper verifies it


def test_a_paper_is_made_and_fetched_on_the_page_of_its_task(office: Office, signed_in: SignIn) -> None:
    with writing():
        made = ledger.in_progress(office)
    visitor, address = signed_in(office.clerk), f"/tasks/{made.id}/papers/urge_notice"
    form = visitor.get(address).text
    assert "签收后尚未反馈进展。" in form
    fields = {"reason": "进展缓慢。", "demand": "请反馈。", "reply_by": "2025-10-08"}
    refused = post(visitor, address, fields)
    assert refused.status_code == 422
    assert "反馈时间已过" in refused.text
    assert "进展缓慢。" in refused.text
    assert post(visitor, address, fields | {"reply_by": "2025-10-14"}).status_code == 302
    again = post(visitor, address, fields | {"reply_by": "2025-10-14"})
    assert "没有另编新号" in visitor.get(again.location).text
    db.session.rollback()
    paper = db.session.scalars(select(TaskPaper)).one()
    page = visitor.get(f"/tasks/{made.id}").text
    assert "青催办〔2025〕1号" in page
    answer = visitor.get(f"/task-papers/{paper.id}")
    assert answer.data == store.content(paper.file)
    db.session.rollback()
    rows = db.session.scalars(select(AuditRow.action).where(AuditRow.action.contains("paper"))).all()
    assert rows == ["task.make_paper", "task_paper.download"]
    assert visitor.get(f"/tasks/{made.id}/papers/closure_approval").status_code == 302
