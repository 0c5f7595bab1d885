"""Who has to decide is the same whether the office was loaded before or each question asks the database."""

from collections.abc import Callable

import pytest

from tests import ledger
from tests.ledger import TODAY
from tests.office import Office
from tracker.database import writing
from tracker.organization.chains import first_responsibles
from tracker.organization.known import Known
from tracker.organization.portfolios import deputy_in_charge
from tracker.organization.queries import answering, ledger_post
from tracker.tasks import lifecycle
from tracker.tasks.access import visible_to
from tracker.tasks.roles import endorser, verifier
from tracker.tasks.states import Action
from tracker.tasks.todo import todo

MEMBERS = ("secretary", "deputy", "vice_head", "lead", "safety_lead", "village_lead", "clerk", "keeper")


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.mark.database
def test_the_loaded_office_gives_the_same_answers(office: Office) -> None:
    with writing():
        task = ledger.requested(office)
    by = office.lead.actor
    known = Known([office.county], by.day)
    for post in known.posts:
        assert known.answering(post, by.day) == answering(post, by.day)
        for domain in (office.business, office.ideology, office.safety):
            assert known.deputy_in_charge(post, domain, by.day) == deputy_in_charge(post, domain, by.day)
    for unit in (office.county, office.town, office.publicity, office.other_town):
        assert known.first_responsibles(unit, None, by.day) == first_responsibles(unit, None, by.day)
        assert known.ledger_post(unit) == ledger_post(unit)
    for name in MEMBERS:
        actor = getattr(office, name).actor
        assert endorser(task, actor.day, known) == endorser(task, actor.day)
        assert verifier(task, actor.day, known) == verifier(task, actor.day)


@pytest.mark.database
def test_a_requested_closure_waits_for_exactly_one_person(office: Office) -> None:
    with writing():
        task = ledger.requested(office)

    def deciding() -> list[tuple[str, Action]]:
        found: list[tuple[str, Action]] = []
        for name in MEMBERS:
            actor = getattr(office, name).actor
            found += [(name, row.action) for row in todo(actor, visible_to(actor)).decisions]
        return found

    assert deciding() == [("deputy", Action.ENDORSE)]
    with writing():
        lifecycle.endorse(task, by=office.deputy.actor)
    assert deciding() == [("keeper", Action.ACCEPT)]


def test_each_sees_what_waits_for_them(office: Office) -> None:
    with writing():
        ledger.drafted(office)
        ledger.assigned(office)
        ledger.in_progress(office)
        ledger.requested(office)

    def waiting(name: str) -> tuple[int, int, int, int, int]:
        actor = getattr(office, name).actor
        found = todo(actor, visible_to(actor))
        own = (len(found.to_sign), len(found.running), len(found.handed_on))
        return *own, len(found.decisions), found.to_assign

    assert waiting("lead") == (1, 1, 1, 0, 0)
    assert waiting("clerk") == (0, 0, 0, 0, 1)
    assert waiting("deputy") == (0, 0, 0, 1, 0)
    assert waiting("secretary") == (0, 0, 0, 0, 0)


def test_a_returned_task_is_marked_until_something_is_heard_of_it(office: Office) -> None:
    with writing():
        task = ledger.requested(office)
        lifecycle.return_for_rework(task, by=office.deputy.actor, reason="台账还缺两个村")
    actor = office.lead.actor
    assert todo(actor, visible_to(actor)).returned[task.id].text == "台账还缺两个村"
    with writing():
        lifecycle.report_progress(task, by=office.lead.actor, text="两个村的台账已补齐")
    assert todo(actor, visible_to(actor)).returned == {}
