"""Two texts beside one another: what differs is marked, nothing is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.side_by_side import LONGEST, Run, side_by_side


def marked(runs: list[Run]) -> str:
    return "".join(f"[{run.text}]" if run.differs else run.text for run in runs)


@pytest.mark.parametrize(
    ("ours", "theirs", "left", "right"),
    [
        ("宣传栏陈旧", "宣传栏陈旧", "宣传栏陈旧", "宣传栏陈旧"),
        ("笔记抄得多", "笔记抄写多", "笔记抄[得]多", "笔记抄[写]多"),
        ("队伍薄弱", "", "[队伍薄弱]", ""),
        ("浮于表面，抄得多", "浮于表面,抄写多", "浮于表面，抄[得]多", "浮于表面,抄[写]多"),
        ("6个村中有4个村兼任", "6个村中有2个村兼任", "6个村中有[4]个村兼任", "6个村中有[2]个村兼任"),
    ],
)
def test_what_differs_is_marked(ours: str, theirs: str, left: str, right: str) -> None:
    found = side_by_side(ours, theirs)
    assert (marked(found[0]), marked(found[1])) == (left, right)


@given(st.text(alphabet="甲乙丙丁，。 ", max_size=60), st.text(alphabet="甲乙丙丁，。 ", max_size=60))
def test_each_text_is_whole(ours: str, theirs: str) -> None:
    left, right = side_by_side(ours, theirs)
    assert "".join(run.text for run in left) == " ".join(ours.split())
    assert "".join(run.text for run in right) == " ".join(theirs.split())
    assert all(one.differs != other.differs for one, other in pairwise(left))


def test_an_endless_text_is_cut() -> None:
    left, _right = side_by_side("长" * (LONGEST + 50), "短")
    assert "".join(run.text for run in left) == "长" * LONGEST + "…"
