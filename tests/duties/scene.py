"""The objects of duties that the walk over the routes needs."""

from datetime import timedelta

from tests.office import Office
from tracker import clock
from tracker.documents.accepting import Upload
from tracker.duties.asking import Asked, ask
from tracker.duties.kinds import add_kind, ensure_kinds, kinds
from tracker.duties.models import Every
from tracker.duties.opening import Before, enter_opening_figure
from tracker.duties.recording import record_act

PHOTO = Upload("签到表.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"1" * 32)


def objects(office: Office) -> dict[str, str]:
    """Make an inspection of the lead with its file, what is asked, an own kind, an opening figure."""
    ensure_kinds()
    today = clock.today()
    known = {kind.code: kind for kind in kinds()}
    lead, keeper = office.lead, office.keeper.actor
    act = record_act(known["inspection"], lead.post, by=lead.actor, day=today, evidence=[PHOTO])
    standing = ask(
        lead.post,
        known["study"],
        Asked(2, Every.QUARTER, "青委〔2025〕3号"),
        by=keeper,
        domain=office.ideology,
        from_day=today,
    )
    own = add_kind(office.town, by=keeper, name="主题党日", counted_in="次")
    before = Before(9, today - timedelta(days=30), "党建办纸质台账")
    figure = enter_opening_figure(office.town, known["study"], before, by=keeper, domain=office.ideology)
    return {
        "act": str(act.id),
        "act_file": str(act.files[0].id),
        "standing_duty": str(standing.id),
        "act_kind": str(own.id),
        "opening_figure": str(figure.id),
    }
