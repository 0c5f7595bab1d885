"""What every route answers to whom: the words of the table of expectations.

The rows stand beside the tests of each package, in its `routes.py`; `tests/routes.py` gathers them.

A route that stands in no row fails the test that walks the routes; so does a row without a route.
Whoever is named in no group of a row gets 404, the same as for something that does not exist;
someone without an account is sent to sign in (401 under /api/).
"""

from dataclasses import dataclass

TOWN_LEADERS = frozenset({"secretary", "deputy", "vice_head"})
TOWN_OVERSEERS = TOWN_LEADERS | {"clerk", "keeper"}
OVERSEERS = TOWN_OVERSEERS | {"county_keeper", "other_clerk"}
CLERKS = frozenset({"clerk", "county_keeper", "other_clerk"})
PERSONS = OVERSEERS | {"lead", "safety_lead", "village_lead"}
ANYBODY = PERSONS | {"person"}  # with an account, though without a post
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
BY_TASK = frozenset(
    {"stand_in", "verifier", "cooperating"}
)  # what the task makes of somebody; see tests/matrix
# the lead's task in the state "closure requested"
SEES_TASK = TOWN_OVERSEERS | {"lead", "county_keeper"} | BY_TASK


@dataclass(frozen=True)
class Row:
    """Who may, with what answer; who sees it but may not (403); where, with the ids of the test's objects."""

    path: str
    allowed: frozenset[str]
    answer: int = 200
    seen_only: frozenset[str] = frozenset()
    plain_page: frozenset[str] = frozenset()  # who gets a page that says there is nothing for them
    public: bool = False
    fields: tuple[tuple[str, str], ...] = ()

    def wanted(self, name: str) -> int:
        """Return the answer for someone with an account."""
        if name in self.allowed:
            return self.answer
        if name in self.plain_page:
            return 200
        return 403 if name in self.seen_only else 404
