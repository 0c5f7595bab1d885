"""The picture of an office of sixty posts: nothing overlaps, nobody is left out, words stay words."""

import re
from collections.abc import Callable
from datetime import date
from itertools import combinations
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.office import START, Member, Office
from tracker.database import writing
from tracker.organization.chart import Node, _legible, _lines_of, _within, chart, outline
from tracker.organization.division import posts_on
from tracker.organization.known import Known
from tracker.organization.models import UnitKind
from tracker.organization.queries import units_of_office
from tracker.organization.setup import add_person, add_post, add_unit, appoint

TODAY = date(2025, 10, 9)
SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]


@pytest.fixture
def drawn(office: Office, moved_clock: Callable[..., None]) -> ElementTree.Element:
    """The chart of the town with sixty posts, one of them vacant and one with markup in its names."""
    moved_clock(TODAY)
    with writing():
        for number in range(11):
            leader = add_post(
                office.town, f"班子成员{number:02}", superior=office.secretary.post, in_leadership=True
            )
            appoint(add_person(f"施范{number:02}"), leader, from_day=START)
        for number in range(8):
            unit = add_unit(
                code=f"QS-{number:02}", name=f"第{number}办公室", kind=UnitKind.DEPARTMENT, parent=office.town
            )
            for place in range(5 if number else 6):
                post = add_post(unit, f"科员{number}之{place}", superior=leader)
                if number or place:
                    appoint(add_person(f"孔拟{number}之{place}"), post, from_day=START)
        hostile = add_post(office.village, "<script>&主任", superior=office.deputy.post)
        appoint(add_person('<b>"曹例"'), hostile, from_day=START)
    posts = posts_on(office.town, TODAY)
    known = Known([office.town], TODAY)
    nodes = [Node(post, known.answering(post, TODAY), acting=False) for post in posts]
    assert len(nodes) == 61
    units = [unit for unit in units_of_office(office.town, TODAY) if unit.id != office.town.id]
    return ElementTree.fromstring(chart(office.town, nodes, units, TODAY))


def boxes(drawn: ElementTree.Element) -> list[Box]:
    """Return left, top, right and bottom of every box but the paper."""
    found = [
        tuple(float(rect.get(key, "0")) for key in ("x", "y", "width", "height"))
        for rect in drawn.iter(f"{SVG}rect")
    ]
    return [(x, y, x + wide, y + high) for x, y, wide, high in found[1:]]


def test_no_two_boxes_overlap_and_all_lie_on_the_paper(drawn: ElementTree.Element):
    found = boxes(drawn)
    for one, other in combinations(found, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    left, top, wide, high = (float(part) for part in drawn.get("viewBox", "").split())
    for box in found:
        assert left <= box[0] < box[2] <= left + wide
        assert top <= box[1] < box[3] <= top + high


def test_every_post_is_there_once_and_the_vacant_one_says_so(drawn: ElementTree.Element):
    words = [text.text or "" for text in drawn.iter(f"{SVG}text")]
    for number in range(8):
        for place in range(5 if number else 6):
            assert words.count(f"科员{number}之{place}") == 1
    assert all(words.count(f"班子成员{number:02}") == 1 for number in range(11))
    assert words.count("空缺（施范10 代）") == 1
    assert "61 个岗位，其中空缺 1 个。" in (drawn.findtext(f"{SVG}desc") or "")


def test_lines_of_text_keep_their_distance(drawn: ElementTree.Element):
    places = [(text.get("x"), text.get("y")) for text in drawn.iter(f"{SVG}text")]
    assert len(places) == len(set(places))


def test_titles_too_long_for_a_column_leave_out_what_stands_above_them() -> None:
    assert _within("财政所负责人", "财政所", 116) == "财政所负责人"
    long = "村镇建设和自然资源办公室"
    assert _within(f"{long}负责人", long, 116) == "负责人"
    assert _within("便民服务中心资料员之一二三四", "便民服务中心（党群服务中心）", 116) == "资料员之一二三四"
    assert _legible("三级主任科员（联系乡村振兴）", 116) == "三级主任科员"
    assert _legible("副镇长（安全、应急）", 116) == "副镇长（安全、应急）"
    assert _lines_of("便民服务中心（党群服务中心）", 116, 13) == ["便民服务中心", "（党群服务中心）"]
    assert _lines_of(long, 116, 13) == ["村镇建设和自", "然资源办公室"]


def test_the_list_for_the_phone_has_every_post_below_its_superior(office: Office) -> None:
    posts = posts_on(office.town, TODAY)
    known = Known([office.town], TODAY)
    nodes = [Node(post, known.answering(post, TODAY), acting=False) for post in posts]
    listed = outline(nodes)
    assert {node.post.id for _depth, node in listed} == {post.id for post in posts}
    depths = {node.post.id: depth for depth, node in listed}
    for depth, node in listed:
        above = depths.get(node.post.superior_id or 0)
        assert depth == (0 if above is None else above + 1)


def test_posts_that_are_each_others_superior_are_listed_too(office: Office) -> None:
    with writing():
        office.lead.post.superior_id = office.safety_lead.post.id
        office.safety_lead.post.superior_id = office.lead.post.id
    known = Known([office.town], TODAY)
    pair = [office.lead.post, office.safety_lead.post]
    nodes = [Node(post, known.answering(post, TODAY), acting=False) for post in pair]
    assert {node.post.id for _depth, node in outline(nodes)} == {post.id for post in pair}


def test_the_chart_is_english_for_who_reads_english(
    office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    with writing():
        add_post(office.publicity, "宣传专干", superior=office.lead.post)
    reader = signed_in(office.clerk)
    reader.set_cookie("lang", "en")
    drawn = reader.get("/organization/chart.svg").text
    assert "Dashed: vacant, the superior post acts." in drawn
    assert "虚线框" not in drawn


def test_markup_in_a_name_stays_text(drawn: ElementTree.Element):
    words = [text.text or "" for text in drawn.iter(f"{SVG}text")]
    assert "<script>&主任" in words
    assert '<b>"曹例"' in words
    assert not [tag for tag in drawn.iter() if re.search("script|[}]b$", tag.tag)]
