"""The handover as a paper (工作交接书). Pure: a record and its list in, a paper out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker import clock
from tracker.documents.grid import Entry, Form, Row
from tracker.documents.paper import Block, Heading, Paper, Paragraph, Table, chinese_number, day_text
from tracker.tasks.handover_list import Listed, sections_of
from tracker.workdays import ONE_DAY

PEN_HEIGHT = 16.0


@dataclass(frozen=True)
class Parties:
    """Who hands over which post to whom."""

    office: str
    post: str
    giver: str
    receiver: str
    receiver_post: str  # the superior's, where it receives for a vacant post
    witness: str
    last_day: date
    giver_signed_at: datetime
    receiver_signed_at: datetime
    alone: bool = False  # giver and receiver are one person, who goes on answering for the post


def handover_paper(parties: Parties, listed: Listed, since_first: Sequence[str]) -> Paper:
    """Return the paper: who, what in tables, the two confirmations, room for the pens.

    `since_first` says what changed in the list after the first of the two had confirmed.
    """
    day = date.fromisoformat(listed["day"])
    blocks: list[Block] = [Paragraph(_opening(parties, day)), Paragraph(_counted(listed))]
    place = 0
    for place, (section, rows) in enumerate(sections_of(listed), start=1):
        blocks.append(Heading(1, f"{chinese_number(place)}、{section.name}（{len(rows)}项）"))
        blocks.append(Table("", section.columns, rows, section.widths))
    blocks.append(Heading(1, f"{chinese_number(place + 1)}、双方确认"))
    blocks.append(_signed(parties, since_first))
    return Paper(f"{parties.office}{parties.post}工作交接书", blocks)


def _opening(parties: Parties, day: date) -> str:
    if parties.alone:
        return _kept_on(parties, day)
    vacant = f"岗位暂时空缺，由上级岗位{parties.receiver_post}接收。" if parties.receiver_post else ""
    return (
        f"{parties.giver}担任{parties.post}至{day_text(parties.last_day)}，所负责的工作移交给{parties.receiver}。"
        f"{vacant}双方按岗位逐项核对，清单截至{day_text(day)}。移交前的办理记录仍记在当时的办理人名下；"
        f"自{day_text(_from_day(parties))}起，下列事项由接收人负责，任务的编号、时限和要求不变。"
    )


def _kept_on(parties: Parties, day: date) -> str:
    vacant = f"岗位暂时空缺，由上级岗位{parties.receiver_post}（本人）" if parties.receiver_post else "由本人"
    return (
        f"{parties.giver}担任{parties.post}至{day_text(parties.last_day)}，{vacant}继续负责。"
        f"本人按岗位逐项核对，清单截至{day_text(day)}；岗位有人接任后，另行办理交接。"
    )


def _from_day(parties: Parties) -> date:
    """From when the receiver answers: not while the giver still holds the post."""
    return max(clock.day_of(parties.receiver_signed_at), parties.last_day + ONE_DAY)


def _counted(listed: Listed) -> str:
    rows, counts = listed["rows"], listed["counts"]
    late = f"（其中逾期{counts['late']}件）" if counts["late"] else ""
    said = []
    if rows["tasks"]:
        said.append(f"在办任务{len(rows['tasks'])}件{late}，佐证材料{counts['files']}份")
    said += [
        f"{name}{len(rows[key])}{unit}"
        for key, name, unit in (
            ("requests", "等待答复的请求", "项"),
            ("decisions", "等待本岗位决定的事项", "项"),
            ("parts", "配合任务", "件"),
            ("duties", "常态履责要求", "项"),
            ("stand_ins", "AB岗代理", "项"),
            ("look_backs", "待回头看的已销号任务", "件"),
        )
        if rows[key]
    ]
    return f"移交内容：{'；'.join(said)}。" if said else "本岗位没有在办任务和待办事项。"


def _confirmed(parties: Parties, since_first: Sequence[str]) -> list[str]:
    giver, receiver = (_moment(at) for at in (parties.giver_signed_at, parties.receiver_signed_at))
    if parties.alone:
        return [f"移交人和接收人均为{parties.giver}，于{receiver}在系统中逐项核对并确认。"]
    said = [
        f"移交人{parties.giver}于{giver}、接收人{parties.receiver}于{receiver}在系统中逐项核对并确认。",
    ]
    if since_first:
        said.append(f"先确认的一方确认后，清单有{len(since_first)}处变化：{'；'.join(since_first)}。")
    said.append("本交接书由移交人、接收人和单位各执一份。")
    return said


def _moment(at: datetime) -> str:
    return f"{day_text(clock.day_of(at))}{clock.office_time(at):%H:%M}"


def _signed(parties: Parties, since_first: Sequence[str]) -> Form:
    """What was confirmed, and below it room for the pens: a page with pens alone would sign for nothing."""
    sides = (("移交人", parties.giver), ("接收人", parties.receiver))
    people = (*sides[: 1 if parties.alone else 2], ("监交人", parties.witness))
    said = Row((Entry("确认情况", "\n".join(_confirmed(parties, since_first))),))
    pens = [
        Row((Entry(part, name), Entry("签字", "", "　　年　　月　　日")), PEN_HEIGHT) for part, name in people
    ]
    return Form([said, *pens], together=True)
