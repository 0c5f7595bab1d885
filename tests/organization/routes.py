"""What the routes of the organization answer to whom."""

from tests.authorization import PERSONS, Row

KEEPERS = frozenset({"keeper", "county_keeper"})
OF_THE_TOWN = PERSONS - {"other_clerk"}  # whoever sees the posts of the town
OTHERS = OF_THE_TOWN - KEEPERS
STAND_IN = frozenset({"lead", "safety_lead", "clerk", "keeper"})  # A, B, and who enters for them

RENAME = (("name", "宣传文化办公室"), ("parent", "{parent}"))
CHANGE_POST = (("title", "宣传文化办主任"), ("superior", "{superior}"))
RELEASE = (("to_day", "2025-12-31"),)
CORRECT = (("name", "褚例"), ("phone", "138 0000 0000"))

DIVIDE = (("day", "2025-12-01"), ("document", "青委〔2025〕9号"), ("version", "{division_version}"))

ROSTER = '[["单位","岗位"],["{unit_name}","{post_title}"]]'

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/organization"): Row("/organization", PERSONS),
    ("GET", "/organization/portfolio"): Row("/organization/portfolio?unit={office}", OF_THE_TOWN),
    ("GET", "/organization/portfolio.docx"): Row("/organization/portfolio.docx?unit={office}", OF_THE_TOWN),
    ("GET", "/organization/portfolio/edit"): Row(
        "/organization/portfolio/edit?unit={office}", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/portfolio/edit"): Row(
        "/organization/portfolio/edit?unit={office}", KEEPERS, 302, seen_only=OTHERS, fields=DIVIDE
    ),
    ("GET", "/organization/chart"): Row("/organization/chart?unit={office}", OF_THE_TOWN),
    ("GET", "/organization/chart.svg"): Row("/organization/chart.svg?unit={office}", OF_THE_TOWN),
    ("GET", "/organization/roster"): Row("/organization/roster?unit={office}", KEEPERS, seen_only=OTHERS),
    ("POST", "/organization/roster"): Row(
        "/organization/roster?unit={office}", KEEPERS, seen_only=OTHERS, fields=(("file", "@花名册.xlsx"),)
    ),
    ("POST", "/organization/roster/enter"): Row(
        "/organization/roster/enter?unit={office}",
        KEEPERS,
        302,
        seen_only=OTHERS,
        fields=(("cells", ROSTER), ("digest", "{roster_digest}")),
    ),
    ("GET", "/organization/roster.xlsx"): Row(
        "/organization/roster.xlsx?unit={office}", KEEPERS, seen_only=OTHERS
    ),
    ("GET", "/organization/roster-form.xlsx"): Row(
        "/organization/roster-form.xlsx?unit={office}", KEEPERS, seen_only=OTHERS
    ),
    ("GET", "/organization/posts/<int:post_id>"): Row("/organization/posts/{post}", OF_THE_TOWN),
    ("GET", "/organization/units/<int:unit_id>/<entry>"): Row(
        "/organization/units/{unit}/new-post", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/units/<int:unit_id>/<entry>"): Row(
        "/organization/units/{unit}/change", KEEPERS, 302, seen_only=OTHERS, fields=RENAME
    ),
    ("GET", "/organization/posts/<int:post_id>/<entry>"): Row(
        "/organization/posts/{post}/appoint", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/posts/<int:post_id>/<entry>"): Row(
        "/organization/posts/{post}/change", KEEPERS, 302, seen_only=OTHERS, fields=CHANGE_POST
    ),
    ("GET", "/organization/holdings/<int:holding_id>/<entry>"): Row(
        "/organization/holdings/{holding}/correct", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/holdings/<int:holding_id>/<entry>"): Row(
        "/organization/holdings/{holding}/release", KEEPERS, 302, seen_only=OTHERS, fields=RELEASE
    ),
    ("GET", "/organization/people/<int:person_id>/<entry>"): Row(
        "/organization/people/{person}/correct", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/people/<int:person_id>/<entry>"): Row(
        "/organization/people/{person}/correct", KEEPERS, 302, seen_only=OTHERS, fields=CORRECT
    ),
    ("GET", "/organization/domains"): Row("/organization/domains", PERSONS),
    ("POST", "/organization/domains"): Row(
        "/organization/domains",
        KEEPERS,
        302,
        seen_only=PERSONS - KEEPERS,
        fields=(("once", "A" * 22), ("name", "消防安全"), ("kind", "second")),
    ),
    ("GET", "/organization/domains/<int:domain_id>/<entry>"): Row(
        "/organization/domains/{own_domain}/rename",
        frozenset({"keeper"}),
        seen_only=OTHERS - {"county_keeper"},
    ),
    ("POST", "/organization/domains/<int:domain_id>/<entry>"): Row(
        "/organization/domains/{own_domain}/rename",
        frozenset({"keeper"}),
        302,
        seen_only=OTHERS,
        fields=(("name", "信访工作"),),
    ),
    ("GET", "/organization/stand-ins"): Row("/organization/stand-ins", PERSONS),
    ("POST", "/organization/stand-ins"): Row(
        "/organization/stand-ins",
        PERSONS,
        302,
        fields=(
            ("once", "A" * 22),
            ("deputy", "{colleague}"),
            ("from_day", "2026-02-02"),
            ("to_day", "2026-02-03"),
        ),
    ),
    ("POST", "/organization/stand-ins/<int:stand_in_id>/end"): Row(
        "/organization/stand-ins/{stand_in}/end", STAND_IN, 302, seen_only=OF_THE_TOWN - STAND_IN
    ),
    ("POST", "/organization/stand-ins/<int:stand_in_id>/briefed"): Row(
        "/organization/stand-ins/{stand_in}/briefed", STAND_IN, 302, seen_only=OF_THE_TOWN - STAND_IN
    ),
    ("GET", "/organization/duties/<int:duty_id>/<entry>"): Row(
        "/organization/duties/{duty}/correct", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/duties/<int:duty_id>/<entry>"): Row(
        "/organization/duties/{duty}/correct", KEEPERS, 302, seen_only=OTHERS, fields=(("text", "新职责"),)
    ),
    ("GET", "/organization/chains"): Row("/organization/chains?unit={office}", OF_THE_TOWN),
    ("GET", "/organization/chains/edit"): Row(
        "/organization/chains/edit?unit={office}&domain=safety&template=safety", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/chains/edit"): Row(
        "/organization/chains/edit?unit={office}&domain=safety",
        KEEPERS,
        302,
        seen_only=OTHERS,
        fields=(
            ("role-0", "first_responsible"),
            ("rule-0", "post"),
            ("post-0", "{post}"),
            ("day", "2025-10-10"),
        ),
    ),
    ("GET", "/organization/chains/<int:chain_id>/<entry>"): Row(
        "/organization/chains/{chain}/end", KEEPERS, seen_only=OTHERS
    ),
    ("POST", "/organization/chains/<int:chain_id>/<entry>"): Row(
        "/organization/chains/{chain}/end", KEEPERS, 302, seen_only=OTHERS, fields=(("day", "2025-12-31"),)
    ),
    ("GET", "/organization/duty-list.docx"): Row("/organization/duty-list.docx?post={post}", OF_THE_TOWN),
}
