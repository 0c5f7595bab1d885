"""The demo shows what an office knows: somebody away, a vacant post, chains of their own, marked tasks."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.forms import post as send
from tracker import clock
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.chains import first_responsibles
from tracker.organization.models import DutyDomain, Person, Post, StandIn, Unit
from tracker.organization.portfolios import deputy_in_charge
from tracker.organization.queries import answering, holder
from tracker.problems.models import Kinship, Problem
from tracker.tasks.models import Task

INVENTED = "示例样范演拟"  # how every name of the demo ends


@pytest.mark.parametrize("today", [date(2025, 11, 24), date(2026, 1, 6)])
def test_the_demo_shows_todays_office_whatever_the_day(app: Flask, today: date) -> None:
    with clock.moved_to(today):
        made = app.test_cli_runner().invoke(args=["demo"])
        assert made.exit_code == 0, made.output
        with app.app_context():
            written = (app.config["ENVIRONMENT"].data_dir / "demo-accounts.txt").read_text("utf-8")
            password = dict(line.split("\t") for line in written.splitlines())["secretary"]
            visitor = app.test_client()
            assert send(visitor, "/login", {"username": "secretary", "password": password}).status_code == 302
            assert visitor.get("/overview").status_code == 200
            town = db.session.scalars(select(Unit).where(Unit.code == "QS")).one()
            safety = db.session.scalars(select(DutyDomain).where(DutyDomain.code == "safety")).one()
            assert [post.title for post in first_responsibles(town, safety, today)] == [
                "党委书记",
                "党委副书记、镇长",
            ]
            voice = _post("东示村宣传员")
            ideology = db.session.scalars(select(DutyDomain).where(DutyDomain.code == "ideology")).one()
            in_charge = deputy_in_charge(voice, ideology, today)
            assert (in_charge.post, "东示村" in in_charge.rule) == (_post("东示村党总支书记"), True)
            vacant = _post("社会事务办民政专干")
            assert holder(vacant, today) is None
            assert answering(vacant, today).person == holder(_post("社会事务办主任"), today)
            away = db.session.scalars(select(StandIn)).one()
            assert (away.from_day, away.briefed_on) == (today, today)
            marks = db.session.scalars(select(Task.secrecy).order_by(Task.id)).all()
            assert sorted(mark for mark in marks if mark != Secrecy.OPEN) == ["internal", "work_secret"]
            kin = db.session.scalars(select(Problem.kinship).where(Problem.kin_id.is_not(None)))
            assert set(kin) == {Kinship.REBOUND, Kinship.RECURRING}
            assert all(name[-1] in INVENTED for name in db.session.scalars(select(Person.name)))


def _post(title: str) -> Post:
    return db.session.scalars(
        select(Post).join(Unit, Post.unit_id == Unit.id).where(Post.title == title, Unit.code.like("QS%"))
    ).one()
