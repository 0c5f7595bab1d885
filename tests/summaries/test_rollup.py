"""Rolling up: the cohort, what people wrote, and the paper read again by the reader of reports."""

import json
from datetime import date

import pytest
from sqlalchemy import select, true

from tests.office import Office
from tests.summaries.quarter import PHOTO, Q3, Q4, add_task, build_quarter, close
from tracker import clock
from tracker.database import writing
from tracker.duties.kinds import ensure_kinds, kinds
from tracker.duties.recording import record_act
from tracker.extensions import db
from tracker.figures.catalogue import OVERDUE, count
from tracker.organization.models import Holding
from tracker.organization.setup import appoint, release
from tracker.periods import Period
from tracker.problems.lineage import carry_over
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.reports.reading.contract import read_report
from tracker.settings.choices import choose
from tracker.settings.keys import LADDER, LONG_TERM_IN_BASE
from tracker.settings.ladder import Recipient, Rung, write_ladder
from tracker.summaries import document, editing
from tracker.summaries.gathering import gather
from tracker.summaries.keeping import read_facts, write_facts
from tracker.summaries.models import Summary
from tracker.summaries.phrases import planned
from tracker.summaries.provenance import changes, figures
from tracker.summaries.rollup import merged_order, roll_up
from tracker.summaries.wording import cohort_sentence, completion_rate
from tracker.tasks import lifecycle
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import Conditions
from tracker.tasks.states import Remedy, TaskState, Verdict

TODAY = date(2025, 12, 20)


@pytest.fixture(autouse=True)
def in_december(moved_clock):
    moved_clock(TODAY)


def rolled_up(office: Office, period: Period = Q4, **named) -> Summary:
    with writing():
        return roll_up(office.town, period, by=office.clerk.actor, **named)


def words(summary: Summary) -> dict[str, str]:
    return {paragraph.key: paragraph.text for paragraph in summary.paragraphs}


def paragraph(summary: Summary, key: str):
    return next(row for row in summary.paragraphs if row.key == key)


def write(summary: Summary, key: str, text: str, office: Office) -> None:
    with writing():
        editing.write(
            summary, {paragraph(summary, key).id: text}, version=summary.version, by=office.clerk.actor
        )


# the cohort


@pytest.mark.database
def test_each_problem_of_the_cohort_counts_once_by_its_state_on_the_day(office: Office):
    with clock.moved_to(date(2025, 10, 9)), writing():
        done = add_task(office, "一号问题已经解决")
        at_once = add_task(office, "二号问题立行立改", remedy=Remedy.IMMEDIATE)
        for task in (done, at_once):
            close(task, office)
        late = add_task(office, "三号问题已经逾期", deadline=date(2025, 12, 19))
        due_today = add_task(office, "四号问题今天到期", deadline=TODAY)
        add_task(office, "五号问题长期坚持", remedy=Remedy.LONG_TERM)
        gone = add_task(office, "六号问题已经撤销")
        gone.state = TaskState.CANCELLED  # by the verb `cancel`, once there is one
    facts = gather(office.town, Q4, day=TODAY)
    cohort = facts.cohort
    assert (cohort.total, cohort.done, cohort.running, cohort.long_term, cohort.withdrawn) == (6, 2, 2, 1, 1)
    assert cohort.total == cohort.done + cohort.running + cohort.long_term + cohort.withdrawn
    assert (cohort.overdue, cohort.immediate_done) == (1, 1)
    assert [item.number for item in facts.open if item.overdue] == [late.short_no]
    assert due_today.short_no in [item.number for item in facts.open]
    assert completion_rate(cohort) == "50%"
    assert completion_rate(cohort, long_term_in_base=True) == "40%"


@pytest.mark.database
def test_overdue_is_what_the_ledger_counts_by_the_ladder_the_office_chose(office: Office):
    with clock.moved_to(date(2025, 10, 9)), writing():
        late = add_task(office, "三号问题已经逾期", deadline=date(2025, 12, 18))
        add_task(office, "四号问题刚刚逾期", deadline=date(2025, 12, 19))
    rungs = [Rung(0, 2, (Recipient.HOLDER,), "催办单"), Rung(2, 3, (Recipient.HOLDER,), "督查催办通知")]
    with writing():
        choose(LADDER, office.town, write_ladder(rungs), valid_from=date(2025, 12, 1))
    day = date(2025, 12, 22)
    with clock.moved_to(day):
        facts = gather(office.town, Q4, day=day)
        counts = count([OVERDUE], Conditions(on=day), true(), Lights.on(day))[()]
    assert [item.number for item in facts.open if item.overdue] == [late.short_no]
    assert facts.cohort.overdue == counts[OVERDUE.key] == 1


@pytest.mark.database
def test_the_base_of_the_rate_is_what_the_office_chose(office: Office):
    with clock.moved_to(date(2025, 10, 9)), writing():
        close(add_task(office, "一号问题已经解决"), office)
        add_task(office, "五号问题长期坚持", remedy=Remedy.LONG_TERM)
    assert "整改完成率100%" in cohort_sentence(gather(office.town, Q4, day=TODAY))
    with writing():
        choose(LONG_TERM_IN_BASE, office.town, True, valid_from=date(2025, 1, 1))
    assert "整改完成率50%" in cohort_sentence(gather(office.town, Q4, day=TODAY))


@pytest.mark.database
def test_what_was_carried_over_belongs_to_the_next_cohort_and_counts_once(office: Office):
    build_quarter(office)
    with writing():
        carry_over(office.town, Q3, by=office.clerk.actor)
        add_task(office, "年底新发现的问题", period=Q4)
    this, following = gather(office.town, Q4, day=TODAY), gather(office.town, Q4.next(), day=TODAY)
    assert (this.cohort.total, this.cohort.done, this.cohort.running) == (3, 1, 2)
    assert [(item.carried_over, item.number) for item in this.open] == [
        (True, "ZG-2025Q3-002"),
        (True, "ZG-2025Q3-003"),
        (False, "ZG-2025Q4-001"),
    ]
    assert (following.cohort.total, following.cohort.done, following.cohort.running) == (3, 0, 3)


@pytest.mark.database
def test_the_facts_tell_who_answers_how_far_and_what_came_of_it(office: Office):
    build_quarter(office)
    facts = gather(office.town, Q4, day=TODAY)
    running, waiting = facts.open
    assert (running.leader, running.unit, running.due) == (
        "党委副书记郑样",
        "宣传办公室",
        date(2025, 12, 31),
    )
    assert (running.progress, running.state_word) == ("已确定4名专职宣传员,1人正在跟班学习", "正在推进")
    assert waiting.state_word == "已交办，待签收"
    (done,) = facts.done
    assert (done.closed_on, done.result[:4]) == (date(2025, 11, 5), "六个村均")
    (step,) = facts.next_steps
    assert step.post == "宣传办主任"
    assert "文化活动" in step.text


@pytest.mark.database
def test_progress_before_the_period_stands_in_its_own_column(office: Office):
    quarter = build_quarter(office)
    facts = gather(office.town, Q4.next(), day=date(2026, 1, 9))
    assert facts.cohort.total == 0
    assert {item.older for item in facts.open} == {"2025年第三季度"}
    with writing():
        carry_over(office.town, Q3, by=office.clerk.actor)
    facts = gather(office.town, Q4.next(), day=date(2026, 1, 9))
    row = next(item for item in facts.open if item.number == quarter.running.short_no)
    assert (row.earlier_progress[:3], row.progress) == ("已确定", "")
    assert row.overdue
    assert row.note == "已逾期"
    with writing():
        carry_over(office.town, Q4, by=office.clerk.actor)
    facts = gather(office.town, Q4.next().next(), day=date(2026, 4, 9))
    row = next(item for item in facts.open if item.number == quarter.running.short_no)
    assert row.note == "连续3季；已逾期"


def test_the_deputy_in_charge_is_the_one_of_the_last_day_of_the_period(office: Office):
    build_quarter(office)
    with clock.moved_to(date(2026, 1, 8)), writing():
        held = db.session.scalars(select(Holding).where(Holding.post_id == office.deputy.post.id)).one()
        release(held, last_day=date(2025, 12, 31))
        appoint(office.vice_head.person, office.deputy.post, from_day=date(2026, 1, 1))
    facts = gather(office.town, Q4, day=date(2026, 1, 9))
    assert {item.leader for item in facts.open} == {"党委副书记郑样"}


def test_acts_are_counted_with_the_year(office: Office):
    with writing():
        ensure_kinds()
        study = kinds()[0]
        for day in (date(2025, 3, 1), date(2025, 10, 10), TODAY):
            record_act(study, office.lead.post, by=office.lead.actor, day=day, domain=office.ideology)
    summary = rolled_up(office, domain=office.ideology)
    assert words(summary)["work/standing/"] == "本季度，开展专题学习2次（今年以来3次）。"
    assert rolled_up(office, domain=office.safety).title == "青示镇2025年第四季度安全生产工作情况总结"


# the draft over several roll-ups


@pytest.mark.database
def test_edited_paragraph_is_kept_and_flagged_when_its_facts_change(office: Office):
    quarter = build_quarter(office)
    summary = rolled_up(office)
    write(summary, "carry-over/rate", "三个问题已解决一个。", office)
    write(summary, "next/lead", "下一步，重点做好以下工作：", office)
    with writing():
        lifecycle.request_closure(
            quarter.running, by=office.lead.actor, result="宣传员全部到岗", evidence=[PHOTO]
        )
        lifecycle.endorse(quarter.running, by=office.deputy.actor)
        lifecycle.accept(quarter.running, by=office.keeper.actor, verdict=Verdict.GOOD)
    again = rolled_up(office)
    assert again.id == summary.id
    rate = paragraph(again, "carry-over/rate")
    assert rate.text == "三个问题已解决一个。"
    assert "已完成整改2个" in rate.computed
    assert rate.facts_changed
    assert ("已完成整改", "1", "2") in [
        (change.label, change.before, change.now) for change in changes(rate.values_when_edited, rate.values)
    ]
    assert not paragraph(again, "next/lead").facts_changed
    assert "ZG-2025Q3-002" not in "".join(key for key in words(again) if key.startswith("problems/"))


@pytest.mark.database
def test_a_later_day_alone_changes_no_fact(office: Office, moved_clock):
    build_quarter(office)
    summary = rolled_up(office)
    write(summary, "carry-over/rate", "三个问题已解决一个。", office)
    moved_clock(date(2025, 12, 22))
    assert not any(row.facts_changed for row in rolled_up(office).paragraphs)
    assert "截至2025年12月22日" in paragraph(rolled_up(office), "problems/lead").text


@pytest.mark.database
def test_a_changed_fact_is_taken_or_the_words_are_kept(office: Office):
    build_quarter(office)
    summary = rolled_up(office)
    for key in ("carry-over/rate", "problems/lead"):
        write(summary, key, "由经办人员写定。", office)
    with writing():
        add_task(office, "新发现的问题", period=Q4)
        close(add_task(office, "补登的上季度问题"), office)
    summary = rolled_up(office)
    taken, kept = paragraph(summary, "carry-over/rate"), paragraph(summary, "problems/lead")
    assert taken.facts_changed
    assert kept.facts_changed
    with writing():
        editing.use_new_facts(taken, version=summary.version, by=office.clerk.actor)
    with writing():
        editing.keep_words(kept, version=summary.version, by=office.clerk.actor)
    assert taken.text == taken.computed
    assert kept.text == "由经办人员写定。"
    assert not any(row.facts_changed for row in rolled_up(office).paragraphs)


@pytest.mark.database
def test_words_on_a_problem_that_is_solved_meanwhile_stay_until_the_clerk_decides(office: Office):
    quarter = build_quarter(office)
    summary = rolled_up(office)
    key = f"problems/{quarter.waiting.short_no}"
    write(summary, key, "网上留言回复慢。对此，我们已增加人手。", office)
    with writing():
        close(quarter.waiting, office)
    summary = rolled_up(office)
    row = paragraph(summary, key)
    assert (row.text, row.computed) == ("网上留言回复慢。对此，我们已增加人手。", "")
    assert row.facts_changed
    before = summary.paragraphs[summary.paragraphs.index(row) - 1]
    assert before.key == f"problems/{quarter.running.short_no}"
    with writing():
        editing.use_new_facts(row, version=summary.version, by=office.clerk.actor)
    assert key not in words(rolled_up(office))


def test_writing_what_the_data_say_is_no_edit_and_emptying_leaves_out(office: Office):
    build_quarter(office)
    summary = rolled_up(office)
    write(summary, "next/lead", "改过的话。", office)
    write(summary, "next/lead", paragraph(summary, "next/lead").computed + "\r\n", office)
    assert paragraph(summary, "next/lead").edited is None
    write(summary, "next/lead", "  ", office)
    assert paragraph(summary, "next/lead").text == ""
    assert "针对以上问题" not in document.as_text(summary)
    with pytest.raises(Refused, match="最多 5000 字"):
        write(summary, "next/lead", "字" * 5001, office)


def test_a_stale_page_and_a_stranger_change_nothing(office: Office):
    summary = rolled_up(office)
    row = paragraph(summary, "next/lead")
    with pytest.raises(OutOfDate, match="还在下面"), writing():
        editing.write(summary, {row.id: "别人的话"}, version=summary.version - 1, by=office.clerk.actor)
    for stranger in (office.secretary, office.other_clerk):
        with pytest.raises(NotAllowed), writing():
            editing.write(summary, {row.id: "别人的话"}, version=summary.version, by=stranger.actor)
        with pytest.raises(NotAllowed), writing():
            roll_up(office.town, Q4, by=stranger.actor)
    assert row.text == row.computed


def test_periods_ahead_and_departments_are_refused(office: Office):
    with pytest.raises(Refused, match="还没有到"):
        rolled_up(office, Period.parse("2026Q2"))
    with pytest.raises(Refused, match="不是单独建台账的单位"), writing():
        roll_up(office.publicity, Q4, by=office.clerk.actor)
    assert rolled_up(office, Period.parse("2026Q1")).title.startswith("青示镇2026年第一季度")


@pytest.mark.parametrize(
    ("new", "old", "merged"),
    [
        (["a", "b"], [], ["a", "b"]),
        (["a", "b"], ["x", "a", "b"], ["x", "a", "b"]),
        (["a", "b", "c"], ["a", "x", "b"], ["a", "x", "b", "c"]),
        (["c", "a"], ["a", "x", "y"], ["c", "a", "x", "y"]),
    ],
)
def test_what_only_the_old_draft_had_stays_behind_its_neighbour(new, old, merged):
    assert merged_order(new, old) == merged


# the numbers


def test_every_number_of_the_cohort_opens_exactly_its_rows(office: Office):
    build_quarter(office)
    with writing():
        add_task(office, "五号问题长期坚持", remedy=Remedy.LONG_TERM)
    shown = {figure.key: figure for figure in figures(gather(office.town, Q4, day=TODAY))}
    for key in ("total", "done", "running", "long_term"):
        figure = shown[f"cohort.{key}"]
        assert len(figure.rows) == int(figure.value) > 0
    assert shown["cohort.rate"].substituted == "1 ÷（4 − 1 − 0）= 33.3%"
    assert "cohort.withdrawn" not in shown
    assert db.session.get_one(Task, shown["cohort.done"].rows[0].task_id).closed_on == date(2025, 11, 5)


def test_facts_kept_as_json_come_back_as_they_were(office: Office):
    build_quarter(office)
    facts = gather(office.town, Q4, day=TODAY)
    kept = write_facts(facts)
    assert write_facts(read_facts(json.loads(json.dumps(kept)))) == kept
    assert list(read_facts(kept).open) == facts.open


# the paper, read again


@pytest.mark.database
@pytest.mark.parametrize("carried", [False, True])
def test_the_paper_read_again_yields_exactly_the_two_problems_that_remain(office: Office, carried):
    quarter = build_quarter(office)
    if carried:
        with writing():
            carry_over(office.town, Q3, by=office.clerk.actor)
    reading = read_report("总结.docx", document.docx(rolled_up(office, domain=office.ideology)))
    assert str(reading.quarter) == "2025Q4"
    said = [_bare(reading.words(problem.span)) for problem in reading.problems]
    assert said == [_bare(quarter.running.title), _bare(quarter.waiting.title)]
    assert all(problem.measure is not None for problem in reading.problems)


def test_a_linked_measure_becomes_the_next_step_of_its_problem(office: Office):
    with clock.moved_to(date(2025, 10, 9)), writing():
        add_task(
            office,
            "村级宣传员力量薄弱，稿件质量不高",
            "对此，我们将选配专人担任宣传员。\n配强宣传队伍，提升稿件水平。各村确定一名专职宣传员",
        )
    summary = rolled_up(office)
    said = words(summary)
    assert said["problems/ZG-2025Q3-001"] == (
        "村级宣传员力量薄弱，稿件质量不高。对此，我们将选配专人担任宣传员。"
        "该项整改由党委副书记郑样牵头、宣传办公室负责，2025年12月31日前完成。"
    )
    step = "配强宣传队伍，提升稿件水平。各村确定一名专职宣传员。由宣传办公室负责，2025年12月31日前完成。"
    assert said["next/ZG-2025Q3-001"] == step
    assert planned(step) == "配强宣传队伍，提升稿件水平。各村确定一名专职宣传员。"
    reading = read_report("总结.docx", document.docx(summary))
    assert [problem.linked_measures for problem in reading.problems] == [(0,)]


def test_markup_and_numbers_in_a_problem_stay_plain_text(office: Office):
    hostile = '<script>alert(1)</script>与“{{ 7*7 }}”的问题\x07仍然突出，HYPERLINK "http://x.invalid"'
    with clock.moved_to(date(2025, 10, 9)), writing():
        add_task(office, hostile, "对此，我们将</w:t>逐项清理；=cmd|' /C calc'!A1")
    reading = read_report("总结.docx", document.docx(rolled_up(office)))
    (problem,) = reading.problems
    text = reading.words(problem.span)
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text
    assert "\x07" not in reading.text


def _bare(text: str) -> str:
    """A text without blanks and with one kind of comma, as two printings may differ in both."""
    return "".join(text.replace(",", "，").split()).rstrip("。，；")
