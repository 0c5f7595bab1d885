"""The ledger read by problem: what came back stands together, the most first, within what one may see."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import ledger
from tests.ledger import TODAY
from tests.office import Member, Office
from tests.tasks.test_pages import asked
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.organization.models import Duty
from tracker.periods import Period
from tracker.problems.lineage import carry_into
from tracker.problems.models import Kinship, Problem
from tracker.problems.recording import record_problem
from tracker.tasks.access import visible_to
from tracker.tasks.families import FAMILIES, ROWS, Family, families, find_family
from tracker.tasks.lights import Lights
from tracker.tasks.marking import mark
from tracker.tasks.models import Task
from tracker.tasks.queries import Conditions
from tracker.tasks.reopening import look_back, reopen

SignIn = Callable[[Member], FlaskClient]
MOST_QUERIES = 19  # of the page of families; ten are the frame's


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def found(
    office: Office,
    code: str,
    text: str,
    kin: Task | None = None,
    kinship: Kinship = Kinship.RECURRING,
    duty: Duty | None = None,
    make: Callable[..., Task] = ledger.assigned,
) -> Task:
    """Return the task of a problem of a period, which may have come back from that of another task."""
    problem = record_problem(
        office.town,
        Period.parse(code),
        domain=office.ideology,
        text=text,
        kinship=None if kin is None else kinship,
        kin=None if kin is None else kin.problem,
    )
    return make(office, text, problem=problem, duty=duty)


def of(task: Task) -> Problem:
    assert task.problem is not None
    return task.problem


def shown(reader: Member, **conditions: object) -> list[Family]:
    """Return the first page of the families that a reader sees."""
    given = Conditions(on=TODAY, **conditions)  # type: ignore[arg-type] # whatever the conditions take
    return list(families(given, visible_to(reader.actor), Lights.on(TODAY)).rows)


def said(family: Family) -> list[tuple[str, str, str, bool]]:
    """Return of each row its period, its words, what it is to those before, and whether it went on."""
    return [
        (str(row.problem.period), row.problem.text, row.kinship.value, row.goes_on) for row in family.rows
    ]


@pytest.mark.database
def test_a_family_is_its_lines_through_the_periods_and_what_came_back_most_is_first(office: Office) -> None:
    with writing():
        found(office, "2025Q3", "只出现过一次的")
        stays = found(office, "2025Q2", "一直没有办结的")
        carry_into(of(stays), Period.parse("2025Q3"), by=office.clerk.actor, text="还没有办结", measure="")
        first = found(office, "2025Q1", "宣传栏陈旧", make=ledger.closed)
        second = found(office, "2025Q2", "宣传栏又陈旧", first, Kinship.REBOUND)
        carry_into(of(second), Period.parse("2025Q3"), by=office.clerk.actor, text="宣传栏仍陈旧", measure="")
        third = found(office, "2025Q4", "宣传栏第三次陈旧", second)
    most, other = shown(office.clerk)
    assert (most.id, most.returns, other.id, other.returns) == (of(first).id, 2, of(stays).id, 0)
    assert said(most) == [
        ("2025Q4", "宣传栏第三次陈旧", "recurring", False),
        ("2025Q3", "宣传栏仍陈旧", "carried", False),
        ("2025Q2", "宣传栏又陈旧", "rebound", True),
        ("2025Q1", "宣传栏陈旧", "new", False),
    ]
    assert [row.tasks for row in most.rows] == [[third], [second], [second], [first]]
    assert [list(row.came_from) for row in most.rows] == [[second], [], [first], []]
    assert most.rebounds
    assert not other.rebounds


@pytest.mark.database
def test_a_second_round_is_a_return(office: Office, moved_clock: Callable[..., None]) -> None:
    with writing():
        task = found(office, "2025Q3", "销号后又出现的", make=ledger.closed)
    assert shown(office.clerk) == []
    moved_clock(TODAY + timedelta(days=1))
    with writing():
        reopen(task, by=office.keeper.actor, reason="又陈旧了", basis="复查记录", deadline=date(2025, 12, 31))
    (family,) = shown(office.clerk)
    assert (family.returns, family.rebounds) == (1, True)


@pytest.mark.database
def test_families_are_narrowed_as_the_ledger_is(office: Office) -> None:
    with writing():
        first = found(office, "2025Q1", "宣传栏陈旧")
        carry_into(of(first), Period.parse("2025Q2"), by=office.clerk.actor, text="仍陈旧", measure="")
        other = found(office, "2025Q2", "灭火器过期", duty=office.safety_duty)
        found(office, "2025Q3", "灭火器又过期", other, duty=office.safety_duty)

    def ids(**conditions: object) -> set[int]:
        return {family.id for family in shown(office.clerk, **conditions)}

    both = {of(first).id, of(other).id}
    assert ids() == ids(period=Period.parse("2025Q2")) == both
    assert ids(period=Period.parse("2025Q1")) == ids(word="宣传栏") == {of(first).id}
    assert ids(period=Period.parse("2025Q3")) == ids(unit=office.safety_lead.post.unit) == {of(other).id}
    assert ids(domain=office.safety_duty.domain) == ids(narrowed={"again": "recurring"}) == {of(other).id}
    assert ids(narrowed={"again": "lasting"}) == both
    assert ids(narrowed={"again": "rebound"}) == ids(period=Period.parse("2024Q1")) == set()


@pytest.mark.database
def test_what_one_may_not_see_of_a_family_does_not_exist(office: Office, signed_in: SignIn) -> None:
    with writing():
        first = found(office, "2025Q1", "灭火器过期", duty=office.safety_duty)
        second = found(office, "2025Q2", "宣传栏旁灭火器过期", first)
        third = found(office, "2025Q3", "不宜公开的灭火器", second)
        mark(third, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="涉及个人")
    (own,) = shown(office.lead)
    assert said(own) == [
        ("2025Q3", "不宜公开的灭火器", "recurring", False),
        ("2025Q2", "宣传栏旁灭火器过期", "recurring", False),
    ]
    assert [list(row.came_from) for row in own.rows] == [[second], []]
    (theirs,) = shown(office.safety_lead)
    assert said(theirs) == [("2025Q1", "灭火器过期", "new", False)]
    assert theirs.returns == 0
    address = f"/tasks/families/{of(first).id}"
    for reader in (office.other_clerk, office.village_lead):
        assert shown(reader) == []
        assert signed_in(reader).get(address).status_code == 404
    assert "不宜公开" not in signed_in(office.county_keeper).get(address).text
    assert "不宜公开" in signed_in(office.clerk).get(address).text
    task = signed_in(office.lead).get(f"/tasks/{second.id}").text
    assert f'href="/tasks/{third.id}"' in task
    assert f'href="{address}"' in task
    assert first.short_no not in task


@pytest.mark.database
def test_pages_of_families_follow_one_another(office: Office, signed_in: SignIn) -> None:
    with writing():
        for number in range(FAMILIES + 3):
            task = found(office, "2025Q2", f"第{number}个")
            for _again in range(number % 3):
                task = found(office, "2025Q3", f"第{number}个又来", task)
            carry_into(of(task), Period.parse("2025Q4"), by=office.clerk.actor, text="还在", measure="")
    visitor, pages, address = signed_in(office.clerk), [], "/tasks/families"
    for _page in range(3):
        text = visitor.get(address).text
        pages.append([int(number) for number in re.findall(r'id="f(\d+)"', text)])
        following = re.search(r'href="([^"]*)"\s+rel="next"', text)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
    assert [len(one) for one in pages] == [FAMILIES, 3]
    everything = [*pages[0], *pages[1]]
    assert len(set(everything)) == FAMILIES + 3
    returns = {family.id: family.returns for family in shown(office.clerk)}
    counted = [returns.get(number, 0) for number in everything]
    assert counted == sorted(counted, reverse=True)
    assert visitor.get("/tasks/families?after=junk").status_code == 404


@pytest.mark.database
def test_a_long_family_is_read_in_parts(office: Office, signed_in: SignIn) -> None:
    period = Period.parse("2021Q1")
    with writing():
        task = found(office, str(period), "老问题")
        for _later in range(ROWS + 3):
            period = period.next()
            carry_into(of(task), period, by=office.clerk.actor, text=f"{period}还在", measure="")
    (family,) = shown(office.clerk)
    assert (len(family.rows), family.earlier) == (ROWS, 4)
    whole = find_family(family.id, visible_to(office.clerk.actor))
    assert whole is not None
    assert (len(whole.rows), whole.earlier) == (ROWS + 4, 0)
    rest = find_family(family.id, visible_to(office.clerk.actor), before=family.before)
    assert rest is not None
    assert [row.problem.text for row in rest.rows][-1] == "老问题"
    assert len(rest.rows) == 4
    visitor = signed_in(office.clerk)
    assert "还有更早的 4 次" in visitor.get("/tasks/families").text
    assert "连续 12 季" in visitor.get("/tasks").text
    assert visitor.get(f"/tasks/families/{family.id}?before=1").status_code == 404


def test_the_number_of_queries_does_not_grow_with_families_and_rows(
    office: Office, signed_in: SignIn
) -> None:
    visitor = signed_in(office.deputy)
    visitor.get("/tasks/families")  # what is asked once a process
    counted = []
    for _ in range(2):
        with writing():
            for number in range(5):
                task = found(office, "2025Q2", f"第{number}个")
                for _again in range(3):
                    task = found(office, "2025Q3", "又来", task, Kinship.REBOUND)
        with asked() as statements:
            assert visitor.get("/tasks/families").status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1] <= MOST_QUERIES


@pytest.mark.database
def test_rows_pages_and_filters_say_what_came_back(
    office: Office, signed_in: SignIn, moved_clock: Callable[..., None]
) -> None:
    with writing():
        found(office, "2025Q3", "头一次的", make=ledger.in_progress)
        first = found(office, "2025Q1", "以前的", make=ledger.closed)
        found(office, "2025Q2", "反弹的", first, Kinship.REBOUND, make=ledger.in_progress)
        found(office, "2025Q4", "再来的", first, make=ledger.in_progress)
        looked = found(office, "2025Q3", "回头看反弹的", make=ledger.closed)
    moved_clock(TODAY + timedelta(days=30))
    with writing():
        look_back(looked, by=office.keeper.actor, text="又旧了", held=False, deadline=date(2026, 3, 31))
    clerk, lead = signed_in(office.clerk), signed_in(office.lead)

    def titles(address: str) -> list[str]:
        return sorted(re.findall(r'class="two">([^<]*)</a>', clerk.get(f"/tasks?{address}").text))

    assert titles("again=rebound") == titles("state=rebound") == ["反弹的", "回头看反弹的"]
    assert titles("again=recurring") == ["再来的"]
    assert titles("again=back") == ["再来的", "反弹的", "回头看反弹的"]
    assert titles("again=lasting") == titles("state=lasting") == ["反弹的"]
    for page in (clerk.get("/tasks").text, lead.get("/mine").text):
        assert page.count('<span class="tag hot">反弹</span>') == 2
        assert page.count('<span class="tag">连续 2 季</span>') == 1
        assert page.count('<span class="tag">再次发生</span>') == 1
    wide = clerk.get("/tasks?cols=problem.remark&again=lasting").text
    assert "反弹；连续 2 季" in wide
    overview = signed_in(office.secretary).get("/overview").text
    assert re.search(r'反弹\s*<a\s*href="/tasks\?[^"]*state=rebound">2</a>', overview)
    assert re.search(r'连续两期以上\s*<a\s*href="/tasks\?[^"]*state=lasting">1</a>', overview)


def test_a_table_says_what_it_is_narrowed_by_in_chinese_whoever_reads(
    office: Office, signed_in: SignIn
) -> None:
    with writing():
        first = found(office, "2025Q2", "宣传栏陈旧", make=ledger.closed)
        found(office, "2025Q3", "宣传栏又陈旧", first, Kinship.REBOUND)
    clerk = signed_in(office.clerk)
    clerk.get("/language/en")
    assert "Rebound" in clerk.get("/tasks").text
    answer = clerk.get("/tasks/ledger.xlsx?again=rebound&state=lasting&duty=second&listed=1")
    assert answer.status_code == 200
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    for word in ("职责类别：第二职责", "状态：连续两期以上", "反复情况：反弹", "挂牌督办"):
        assert word in str(rows[1][0])
    answer = clerk.get("/tasks/ledger.xlsx?again=rebound")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert "反弹；连续2季" in rows[3]
