"""What a clerk writes into a draft, and what becomes of it when the facts change."""

from collections.abc import Mapping
from hashlib import sha256

from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.summaries.access import may_write
from tracker.summaries.models import Summary, SummaryParagraph

LONGEST = 5000  # characters of one paragraph


def write(summary: Summary, texts: Mapping[int, str], *, version: int, by: Actor) -> int:
    """Take over the texts of paragraphs by their ids; return how many changed.

    A text that says what the data say is no edit; an emptied paragraph is left out of the document.
    Raises OutOfDate when the draft changed since the page was opened, NotAllowed for all but clerks.
    """
    _check(summary, version, by)
    sent = {row: _fitting(row, texts[row.id]) for row in summary.paragraphs if row.id in texts}
    changed = [row for row, words in sent.items() if _rewrite(row, words)]
    if changed:
        summary.version += 1
        db.session.flush()
        record("summary.write", f"summary:{summary.id}", paragraphs=[row.key for row in changed])
    return len(changed)


def use_new_facts(paragraph: SummaryParagraph, *, version: int, by: Actor) -> None:
    """Let a paragraph say again what the data say (用新的数据); one the data no longer give goes."""
    summary = paragraph.summary
    _check(summary, version, by)
    summary.version += 1
    paragraph.edited, paragraph.values_when_edited = None, None
    if not paragraph.computed:
        summary.paragraphs.remove(paragraph)
    db.session.flush()
    record("summary.use_new_facts", f"summary:{summary.id}", paragraph=paragraph.key)


def keep_words(paragraph: SummaryParagraph, *, version: int, by: Actor) -> None:
    """Keep what was written although the facts changed (保留我的文字); until they change again."""
    summary = paragraph.summary
    _check(summary, version, by)
    summary.version += 1
    paragraph.values_when_edited = paragraph.values
    db.session.flush()
    record("summary.keep_words", f"summary:{summary.id}", paragraph=paragraph.key)


def digest(text: str) -> str:
    """Return a short mark of a text, so that a page can tell which paragraphs a person touched."""
    return sha256(_tidy(text).encode()).hexdigest()[:16]


def _tidy(text: str) -> str:
    """A browser sends other line ends than it was given; neither they nor blanks at an edge are an edit."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _fitting(paragraph: SummaryParagraph, sent: str) -> str:
    """The text tidied; all are looked at before the first is written, so that a refusal leaves none."""
    text = _tidy(sent)
    if len(text) > LONGEST:
        said = f"一段最多 {LONGEST} 字，现有 {len(text)} 字，请分段或精简。"
        raise Refused(said, field=f"p-{paragraph.id}")
    return text


def _rewrite(paragraph: SummaryParagraph, text: str) -> bool:
    if text == _tidy(paragraph.text):
        return False
    paragraph.edited = None if text == _tidy(paragraph.computed) and text else text
    paragraph.values_when_edited = None if paragraph.edited is None else paragraph.values
    return True


def _check(summary: Summary, version: int, by: Actor) -> None:
    if not may_write(summary.unit, by):
        raise NotAllowed(_("只有本单位的经办人员可以修改总结。"))
    if version != summary.version:
        raise OutOfDate(
            _(
                "这份总结在您打开页面之后有改动或重新汇总。您输入的内容还在下面，没有保存；"
                "核对后再保存一次即可写入。"
            )
        )
