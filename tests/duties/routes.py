"""What the routes of duties answer to whom."""

from tests.authorization import PERSONS, Row

OF_TOWN = PERSONS - {"other_clerk", "county_keeper"}
SEES_ACT = OF_TOWN | {"county_keeper"}
TAKES_BACK = frozenset({"lead", "clerk"})  # who recorded it, or a clerk
RECORDS = frozenset({"lead", "stand_in", "clerk"})
KEEPERS = frozenset({"keeper", "county_keeper"})
ONCE = (("once", "A" * 22),)
ENTERS = KEEPERS | {"clerk", "other_clerk"}  # opening figures of the own office

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/duties"): Row("/duties", PERSONS),
    ("POST", "/duties"): Row(
        "/duties",
        PERSONS,
        answer=302,
        fields=(*ONCE, ("kind", "{kind}"), ("post", "{own_post}"), ("day", "2025-10-09")),
    ),
    ("GET", "/duties/acts/<int:act_id>"): Row("/duties/acts/{act}", SEES_ACT),
    ("POST", "/duties/acts/<int:act_id>/withdraw"): Row(
        "/duties/acts/{act}/withdraw",
        TAKES_BACK,
        answer=302,
        seen_only=SEES_ACT | RECORDS - TAKES_BACK,
        fields=(("reason", "日期登记有误"),),
    ),
    ("POST", "/duties/acts/<int:act_id>/files"): Row(
        "/duties/acts/{act}/files",
        RECORDS,
        answer=302,
        seen_only=SEES_ACT - RECORDS,
        fields=(*ONCE, ("evidence", "@照片.png")),
    ),
    ("POST", "/duties/acts/<int:act_id>/findings"): Row(
        "/duties/acts/{act}/findings",
        RECORDS,
        answer=302,
        seen_only=SEES_ACT - RECORDS,
        fields=(("lines", "消防通道堆放杂物"),),
    ),
    ("GET", "/duties/files/<int:file_id>"): Row(
        "/duties/files/{act_file}", SEES_ACT - {"safety_lead", "village_lead"} | {"stand_in"}
    ),
    ("GET", "/duties/asked"): Row("/duties/asked", PERSONS),
    ("POST", "/duties/asked"): Row(
        "/duties/asked",
        KEEPERS,
        answer=302,
        fields=(
            *ONCE,
            ("kind", "{kind}"),
            ("post", "{own_post}"),
            ("domain", "{domain}"),
            ("times", "2"),
            ("every", "quarter"),
        ),
    ),
    ("GET", "/duties/asked/<int:duty_id>"): Row("/duties/asked/{standing_duty}", KEEPERS),
    ("POST", "/duties/asked/<int:duty_id>"): Row(
        "/duties/asked/{standing_duty}",
        KEEPERS,
        answer=302,
        fields=(("times", "3"), ("every", "quarter")),
    ),
    ("POST", "/duties/asked/<int:duty_id>/end"): Row(
        "/duties/asked/{standing_duty}/end", KEEPERS, answer=302
    ),
    ("GET", "/duties/kinds"): Row("/duties/kinds", PERSONS),
    ("POST", "/duties/kinds"): Row(
        "/duties/kinds", KEEPERS, answer=302, fields=(*ONCE, ("name", "读书会"), ("counted_in", "次"))
    ),
    ("POST", "/duties/kinds/<int:kind_id>/end"): Row(
        "/duties/kinds/{act_kind}/end",
        frozenset({"keeper"}),
        answer=302,
        seen_only=frozenset({"keeper_below"}),  # the kinds of the county are offered below, and end there
    ),
    ("GET", "/duties/opening"): Row("/duties/opening", ENTERS),
    ("POST", "/duties/opening"): Row(
        "/duties/opening",
        ENTERS,
        answer=302,
        fields=(
            *ONCE,
            ("kind", "{kind}"),
            ("domain", "{domain}"),
            ("until_day", "2025-09-30"),
            ("count", "4"),
            ("source", "原台账"),
        ),
    ),
    ("POST", "/duties/opening/from-report/<int:report_id>"): Row(
        "/duties/opening/from-report/{told_report}",
        frozenset({"clerk", "keeper"}),
        answer=302,
        fields=(("figures", "0"), ("figure0-kind", "{kind}"), ("figure0-count", "3")),
    ),
    ("POST", "/duties/opening/<int:figure_id>/remove"): Row(
        "/duties/opening/{opening_figure}/remove", frozenset({"clerk", "keeper"}), answer=302
    ),
}
