"""The demo's standing duties: some met, some short, and the figures from before the records here."""

from datetime import date, timedelta

from tracker.demo.county import DUTY_LIST, County
from tracker.duties.asking import Asked, ask
from tracker.duties.kinds import kinds
from tracker.duties.models import Every
from tracker.duties.opening import Before, enter_opening_figure

ASKED = (  # post, kind of act, domain, how often, within which span
    ("publicity_office", "study", "ideology", 2, Every.QUARTER),
    ("publicity_office", "culture", "ideology", 1, Every.QUARTER),
    ("publicity_office", "report_up", "ideology", 1, Every.HALF_YEAR),
    ("publicity", "discussion", "ideology", 1, Every.QUARTER),
    ("secretary", "analysis", "ideology", 1, Every.QUARTER),
    ("secretary", "study", "ideology", 2, Every.YEAR),
    ("safety_office", "inspection", "safety", 3, Every.MONTH),
    ("safety_office", "drill", "safety", 1, Every.HALF_YEAR),
    ("discipline", "meeting", "conduct", 2, Every.QUARTER),
    ("party_office", "study", "ideology", 4, Every.QUARTER),
)
OPENING = (  # kind of act, domain, how often
    ("study", "ideology", 9),
    ("analysis", "ideology", 3),
    ("inspection", "safety", 14),
)
SOURCE = "上半年至三季度纸质台账（演示）"


def ask_of_posts(county: County, from_day: date) -> None:
    """Enter what is asked of the posts, as the ledger keeper."""
    known = {kind.code: kind for kind in kinds()}
    for key, kind, domain, times, every in ASKED:
        ask(
            county.posts[key],
            known[kind],
            Asked(times, every, DUTY_LIST),
            by=county.actor("keeper"),
            domain=county.domains[domain],
            from_day=from_day,
        )


def enter_opening_figures(county: County, first_day: date) -> None:
    """Enter what was done in the year before a day; nothing when the year begins with it."""
    before = first_day - timedelta(days=1)
    if before.year != first_day.year:
        return
    known = {kind.code: kind for kind in kinds()}
    for kind, domain, count in OPENING:
        enter_opening_figure(
            county.units["QS"],
            known[kind],
            Before(count, before, SOURCE),
            by=county.actor("keeper"),
            domain=county.domains[domain],
        )
