"""What the routes of duties answer to whom."""

from tests.authorization import PERSONS, Row

OF_TOWN = PERSONS - {"other_clerk", "county_keeper"}
SEES_ACT = OF_TOWN | {"county_keeper"}
RECORDS = frozenset({"lead", "clerk"})
KEEPERS = frozenset({"keeper", "county_keeper"})
ENTERS = KEEPERS | {"clerk", "other_clerk"}  # opening figures of the own office

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/duties"): Row("/duties", PERSONS),
    ("POST", "/duties"): Row("/duties", PERSONS, answer=422),
    ("GET", "/duties/acts/<int:act_id>"): Row("/duties/acts/{act}", SEES_ACT),
    ("POST", "/duties/acts/<int:act_id>/withdraw"): Row(
        "/duties/acts/{act}/withdraw",
        RECORDS,
        answer=302,
        seen_only=SEES_ACT - RECORDS,
        fields=(("reason", "日期登记有误"),),
    ),
    ("POST", "/duties/acts/<int:act_id>/files"): Row(
        "/duties/acts/{act}/files",
        RECORDS,
        answer=422,
        seen_only=SEES_ACT - RECORDS,
        fields=(("once", "A" * 22),),
    ),
    ("POST", "/duties/acts/<int:act_id>/findings"): Row(
        "/duties/acts/{act}/findings",
        RECORDS,
        answer=302,
        seen_only=SEES_ACT - RECORDS,
        fields=(("lines", "消防通道堆放杂物"),),
    ),
    ("GET", "/duties/files/<int:file_id>"): Row(
        "/duties/files/{act_file}", SEES_ACT - {"safety_lead", "village_lead"}
    ),
    ("GET", "/duties/asked"): Row("/duties/asked", PERSONS),
    ("POST", "/duties/asked"): Row("/duties/asked", KEEPERS, answer=422),
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
    ("POST", "/duties/kinds"): Row("/duties/kinds", KEEPERS, answer=422),
    ("POST", "/duties/kinds/<int:kind_id>/end"): Row(
        "/duties/kinds/{act_kind}/end", frozenset({"keeper"}), answer=302
    ),
    ("GET", "/duties/opening"): Row("/duties/opening", ENTERS),
    ("POST", "/duties/opening"): Row("/duties/opening", ENTERS, answer=422),
    ("POST", "/duties/opening/<int:figure_id>/remove"): Row(
        "/duties/opening/{opening_figure}/remove", frozenset({"clerk", "keeper"}), answer=302
    ),
}
