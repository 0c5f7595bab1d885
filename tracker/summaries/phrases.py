"""Small turns of office Chinese: full-width marks, a statement, a short name, a countermeasure. Pure.

Texts come from reports and from people's hands; here they are made fit to stand inside a sentence.
"""

import re
from collections.abc import Iterable

_FULL_WIDTH = str.maketrans(",;:?!", "，；：？！")
_MARK = re.compile(r"(?<=[\u4e00-\u9fff”》）])[,;:?!]|[,;:?!](?=[\u4e00-\u9fff“《（])")
_STOP = re.compile(r"(?<=[\u4e00-\u9fff”》）])\.(?=\s*$)", re.MULTILINE)
_CLAUSES = re.compile(r"(?<=[\u4e00-\u9fff]{5})[ \t\u3000]+(?=[\u4e00-\u9fff]{5})")
_BLANK = re.compile(r"(?<=[\u4e00-\u9fff，。；：、！？”》）])[ \t\u3000]+(?=[\u4e00-\u9fff“《（])")
_BRACKETS = re.compile(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)")
_NUMBER = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|[①-⑳])\s*"
)
_ORDINAL = re.compile(r"^(?:第[一二三四五六七八九十]，|[一二三四五六七八九十]是(?!否))")
_CLOSING = "。；;，,、：: 　\t\n"


def full_width(text: str) -> str:
    """Chinese with the marks of an official paper and no blanks; numbers and Latin text stay as they are."""
    bracketed = _STOP.sub("。", _BRACKETS.sub(r"（\1）", text))
    marked = _MARK.sub(lambda found: found[0].translate(_FULL_WIDTH), bracketed)
    return _BLANK.sub("", _CLAUSES.sub("，", marked))  # a blank between clauses stood for a mark


def unnumbered(text: str) -> str:
    """The text without a number in front (一、（一）1.): numbers are set when the paper is put together."""
    return _NUMBER.sub("", text.strip())


def phrase(text: str) -> str:
    """The text as one run of sentences without number and closing mark, ready to be built in."""
    lines = [line.strip() for line in full_width(text).splitlines() if line.strip()]
    joined = "".join(line if line[-1] in "。；：，、！？" else f"{line}。" for line in lines)
    joined = unnumbered(joined)
    if "二是" not in joined:
        joined = _ORDINAL.sub("", joined)
    return joined.strip(_CLOSING)


def sentence(text: str) -> str:
    """The phrase with its full stop; nothing stays nothing."""
    said = phrase(text)
    return said if not said or said[-1] in "！？" else f"{said}。"


def titled(text: str) -> str:
    """The statement of a problem as a titled item: its opening is a sentence, particulars follow it."""
    return re.sub(r"^([^。：；]{4,}?)：(?=一是|（1）|1[.．、])", r"\1。", sentence(text))


def short_name(text: str) -> str:
    """The first clause of a problem, by which a sentence can call it; long enough to be told apart."""
    clauses = re.split(r"[，。；：！？]", phrase(text))
    name = clauses[0]
    if len(name) < 6 and len(clauses) > 1 and clauses[1]:
        name = f"{name}，{clauses[1]}"
    return name.replace("“", "‘").replace("”", "’")


_LEAD_IN = re.compile(
    r"^(?:(?:对此|为此|就此|鉴于此|今后|下一?步|接下来|对此问题"
    r"|针对(?:此|这一问题|该问题|上述问题|以上问题))(?:[，、]|$)"
    r"|(?:今后|下一?步|接下来)(?=我们|我镇|我乡|将)|(?:整改)?(?:措施|举措)：)+"
)
_WE_WILL = re.compile(r"^(?:我们|我镇|我乡|我县|我办)?(?:将要|将会|将|要(?![求点素件]))")
_OWN_CLOSE = re.compile(r"(?:^|(?<=。))该项整改[^。]*。?$")
_STEP_CLOSE = re.compile(r"(?<=。)由[^。，]{2,30}负责(?:，[^。]*)?。?$")
_OTHER_SUBJECT = re.compile(r"我们|我镇|我乡|我县|我办|^由|^各|^[^，。；：]{2,14}(?:将|负责|牵头)")


def bare_measure(text: str) -> str:
    """What is to be done, without 对此，我们将 in front and without the draft's own closing sentence."""
    core = _LEAD_IN.sub("", phrase(text))
    return _WE_WILL.sub("", _OWN_CLOSE.sub("", f"{core}。").strip(_CLOSING))


SHORTEST_SAID = 6  # characters of a measure that are no chance
_GOES_ON = re.compile(r"[二三四五六七八九]是|其次|再次|最后|同时|此外|另一方面|[（(]?[2-9２-９][）)、.．]")


def own_and_linked(text: str) -> tuple[str, str]:
    """A problem's own countermeasure, and the measures linked with it that follow, each on its line.

    A line that goes on counting (二是) belongs to the line before; one that says the same again is left out.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    own = lines[:1]
    rest = lines[1:]
    while rest and _GOES_ON.match(rest[0]):
        own.append(rest.pop(0))
    linked = [line for line in rest if not says(own, line)]
    return "\n".join(own), "\n".join(dict.fromkeys(linked))


def says(texts: Iterable[str], measure: str) -> bool:
    """Whether one of the texts already says a measure, word for word; a word or two prove nothing."""
    core = bare_measure(measure)
    return len(core) >= SHORTEST_SAID and any(core in phrase(text) for text in texts)


def planned(text: str) -> str:
    """A measure of the next-steps part as sentences, without the close that an earlier draft gave it."""
    return _STEP_CLOSE.sub("", sentence(text))


def remedy(text: str) -> str:
    """对此，我们将…。 from a measure, whether or not its writer already said so; '' without one."""
    core = bare_measure(text)
    if not core:
        return ""
    if re.match(r"一是|首先|一方面|[1１]", core):
        return f"对此，我们将采取以下措施：{core}。"
    if re.match(r"已|正在", core):
        return f"对此，我们{core}。"
    if _OTHER_SUBJECT.search(core.split("。")[0]):
        return f"对此，{core}。"
    return f"对此，我们将{core}。"


def in_charge(leader: str, unit: str) -> str:
    """由…牵头、…负责; one of them alone is responsible; '' for nobody."""
    who = [name for name in dict.fromkeys((phrase(leader), phrase(unit))) if name]
    if len(who) == 2:
        return f"由{who[0]}牵头、{who[1]}负责"
    return f"由{who[0]}负责" if who else ""


def names_lead(measure: str, unit: str) -> bool:
    """Whether a measure itself says that the unit leads or is responsible (由应急办牵头)."""
    return bool(unit) and re.search(f"由{re.escape(unit)}(?:牵头|负责|负总责)", measure) is not None
