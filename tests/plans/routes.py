"""What the routes of plans answer to whom: here for plans of the lead's, in the lead's second duty."""

from tests.authorization import PERSONS, Row

OF_TOWN = PERSONS - {"other_clerk", "county_keeper"}
SEES = OF_TOWN | {"county_keeper"}
KEEPS = frozenset({"keeper", "clerk", "county_keeper"})
STARTS = frozenset({"secretary", "deputy"})
DOES = frozenset({"lead", "stand_in"})
ENDS = STARTS | DOES
RECORDS = DOES | {"clerk"}
ONCE = (("once", "B" * 22),)
SAYS = (
    ("title", "消防预案（修订）"),
    ("risk", "消防"),
    ("domain", "{domain}"),
    ("first_post", "{own_post}"),
    ("direct_post", "{own_post}"),
    ("post-1", "{own_post}"),
    ("what-1", "到现场核实情况"),
    ("hours-1", "2"),
    ("minutes-1", "15"),
)

_ONE = "/plans/<int:plan_id>"
_RUN = "/plans/runs/<int:run_id>"
_STEP = "/plans/steps/<int:step_id>"
_OF_POST = tuple((name, value.replace("{own_post}", "{post}")) for name, value in SAYS)

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/plans"): Row("/plans", PERSONS | {"person"}),
    ("GET", "/plans/new"): Row("/plans/new", KEEPS | {"other_clerk"}),
    ("POST", "/plans/new"): Row(
        "/plans/new",
        KEEPS | {"other_clerk"},
        answer=302,
        seen_only=PERSONS,
        fields=(*ONCE, *SAYS),
    ),
    ("GET", _ONE): Row("/plans/{plan}", SEES),
    ("GET", f"{_ONE}.docx"): Row("/plans/{plan}.docx", SEES),
    ("GET", f"{_ONE}/edit"): Row("/plans/{plan}/edit", KEEPS),
    ("POST", f"{_ONE}/edit"): Row(
        "/plans/{plan}/edit",
        KEEPS,
        answer=302,
        seen_only=SEES,
        fields=(("version", "{plan_version}"), *_OF_POST),
    ),
    ("POST", f"{_ONE}/retire"): Row(
        "/plans/{plan}/retire", KEEPS, answer=302, seen_only=SEES, fields=(("version", "{plan_version}"),)
    ),
    ("POST", f"{_ONE}/upkeep"): Row(
        "/plans/{plan}/upkeep",
        RECORDS,
        answer=302,
        seen_only=SEES,
        fields=(*ONCE, ("kind", "drill")),
    ),
    ("GET", f"{_ONE}/start"): Row("/plans/{plan}/start", STARTS),
    ("POST", f"{_ONE}/start"): Row(
        "/plans/{plan}/start", STARTS, answer=302, seen_only=SEES, fields=(("drill", "0"),)
    ),
    ("GET", _RUN): Row("/plans/runs/{plan_run}", SEES),
    ("GET", f"{_RUN}/end"): Row("/plans/runs/{plan_run}/end", ENDS),
    ("POST", f"{_RUN}/end"): Row(
        "/plans/runs/{plan_run}/end",
        ENDS,
        answer=302,
        seen_only=SEES,
        fields=(("note", "演练结束，通知及时"), ("findings", "对讲机电量不足")),
    ),
    ("GET", _STEP): Row("/plans/steps/{run_step}", SEES),
    ("POST", f"{_STEP}/acknowledge"): Row(
        "/plans/steps/{run_step}/acknowledge", DOES, answer=302, seen_only=SEES
    ),
    ("POST", f"{_STEP}/finish"): Row(
        "/plans/steps/{run_step}/finish", DOES, answer=302, seen_only=SEES, fields=(("result", "已处置"),)
    ),
}
