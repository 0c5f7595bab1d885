"""What still hangs on a post or a domain, so that nothing is ended under somebody's hands.

The organization lies upstream of tasks and standing duties and imports neither. Whoever keeps rows that
name a post or a domain tells here how to find those that are open, when the application is made
(`navigation.add_features`); an end asks, and refuses with their names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from tracker.organization.models import DutyDomain, Post

SPELT_OUT = 5  # names in a refusal; the rest is counted


@dataclass(frozen=True)
class Teller:
    """How a package downstream names what is open: of some posts, and of a domain."""

    of_posts: Callable[[Sequence[Post]], Sequence[str]]
    of_domain: Callable[[DutyDomain], Sequence[str]]


_tellers: tuple[Teller, ...] = ()


def tell(tellers: tuple[Teller, ...]) -> None:
    """Name all who tell; said anew with each application that is made."""
    global _tellers
    _tellers = tellers


def open_for(posts: Sequence[Post]) -> list[str]:
    """Return the names of everything open that some posts answer for."""
    return [named for teller in _tellers for named in teller.of_posts(posts)] if posts else []


def open_in(domain: DutyDomain) -> list[str]:
    """Return the names of everything open in a domain, outside the organization itself."""
    return [named for teller in _tellers for named in teller.of_domain(domain)]


def listed(names: Sequence[str]) -> str:
    """Return names in one line: 甲、乙、丙、丁、戊等 9 项."""
    shown = "、".join(names[:SPELT_OUT])
    return shown if len(names) <= SPELT_OUT else _("%(some)s等 %(count)s 项", some=shown, count=len(names))
