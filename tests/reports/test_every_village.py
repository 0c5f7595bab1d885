"""What every village is to do (责任单位：各村、社区) becomes one task with a part for each of them."""

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.office import Office
from tests.reports.steps import as_they_are, confirm, fields_of, proposals, read_in
from tracker.extensions import db
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState

REPORT = """某镇2025年第三季度意识形态工作总结
三、存在问题
（一）村级宣传栏更新不及时。整改措施：逐村排查，12月底前更新一次，照片在案。责任单位：各村（社区）。
（二）阅评记录不全。整改措施：12月底前补齐记录，抽查3份。责任单位：宣传办。
""".encode()


def tasks() -> list[Task]:
    """Return the tasks as the database has them now."""
    db.session.rollback()
    return list(db.session.scalars(select(Task).order_by(Task.number)))


def test_every_village_gets_its_part_and_none_of_them_leads(at_desk: FlaskClient, office: Office) -> None:
    report = read_in(at_desk, REPORT)
    first, second = as_they_are(report)
    assert (first.for_villages, second.for_villages) == (True, False)
    village = office.village_lead.post
    assert first.post_id is not None
    assert village.id not in [one["post"] for one in first.suggested["posts"]]
    page = at_desk.get(f"/reports/{report}").text
    assert "各村（社区）各办一份（1 个），由上面的岗位牵头汇总" in page
    assert fields_of(page)[f"p{first.id}-villages"] == "1"
    assert f"p{second.id}-villages" not in fields_of(page)
    assert confirm(at_desk, report, assign="1").status_code == 302
    shared, own = tasks()
    assert (shared.state, own.state) == (TaskState.ASSIGNED, TaskState.ASSIGNED)
    assert [(row.post_id, row.part) for row in shared.cooperations] == [(village.id, shared.measure)]
    assert own.cooperations == []
    assert "逐村排查" in shared.measure


def test_the_clerk_says_otherwise(at_desk: FlaskClient, office: Office) -> None:
    report = read_in(at_desk, REPORT)
    first, second = proposals(report)
    page = f"/reports/{report}"
    typed = fields_of(at_desk.get(page).text)
    typed.pop(f"p{first.id}-villages")
    typed[f"p{second.id}-villages"] = "1"
    sent = at_desk.post(f"/tasks/from-report/{report}", data=typed | {"assign": "1"})
    assert sent.status_code == 302
    first_task, second_task = tasks()
    assert first_task.cooperations == []
    assert [row.post_id for row in second_task.cooperations] == [office.village_lead.post.id]
