"""The English catalogue is complete: every text of the interface has its translation."""

import ast
import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tracker.reminders.rungs import WAITING_CLOCKS
from tracker.settings.ladder import DEFAULT_LADDER
from tracker.summaries.provenance import COHORT, FIELD_WORDS
from tracker.summaries.wording import NEIGHBOURS
from tracker.tasks.words import ACTION_WORDS, DUTY_WORDS, REMEDY_WORDS, STATE_WORDS, VERDICT_WORDS

TOP = Path(__file__).resolve().parents[1]
IN_CONTEXT = ((1, "c"), 2)
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "pgettext": IN_CONTEXT,
    "NP_": IN_CONTEXT,
}


def used() -> Catalog:
    """Return the texts that stand in the code and the templates."""
    catalog = Catalog()
    for folder in ("tracker", "templates"):
        found = extract_from_dir(
            TOP / folder, [("**.py", "python"), ("**.html", "jinja2")], keywords=KEYWORDS
        )
        for _file, _line, message, _comments, context in found:
            catalog.add(message, context=context)
    return catalog


def translated() -> Catalog:
    """Return the English catalogue."""
    file = TOP / "tracker" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    return read_po(BytesIO(file.read_bytes()), locale="en")


def test_every_text_is_translated() -> None:
    english = translated()
    found = [(message.id, english.get(message.id, message.context)) for message in used() if message.id]
    assert [text for text, message in found if message is None or not message.string] == []


def test_no_text_hides_where_extraction_does_not_look() -> None:
    """Babel reads no f-string before Python 3.12: a text inside one would stay Chinese unnoticed."""
    hidden = []
    for file in (TOP / "tracker").rglob("*.py"):
        for outer in ast.walk(ast.parse(file.read_text("utf-8"))):
            calls = ast.walk(outer) if isinstance(outer, ast.JoinedStr) else ()
            hidden += [
                f"{file.name}:{call.lineno}"
                for call in calls
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in KEYWORDS
                and call.args
                and isinstance(call.args[0], ast.Constant)
            ]
    assert hidden == []


def test_names_of_the_database_are_no_texts_of_a_template() -> None:
    """A template's own `_()` fills in placeholders: a name with a % in it goes through the filter `word`."""
    found = [
        (file.name, call)
        for file in (TOP / "templates").rglob("*.html")
        for call in re.findall(r"(?<!\w)_\((?:\w+\.)*(?:name|counted_in)\)", file.read_text("utf-8"))
    ]
    assert found == []


def test_no_translation_is_left_over_or_unsure() -> None:
    texts = used()
    english = translated()
    assert [m.id for m in english if m.id and (m.fuzzy or texts.get(m.id, m.context) is None)] == []
    assert list(english.obsolete) == []


def test_the_placeholders_of_a_text_stand_in_its_translation() -> None:
    assert [str(error) for message in translated() for error in message.check()] == []


def test_the_words_of_tables_are_translated() -> None:
    english = translated()
    papers = {
        rung.paper for rungs in (DEFAULT_LADDER, *(clock.rungs for clock in WAITING_CLOCKS)) for rung in rungs
    }
    tables = (ACTION_WORDS, REMEDY_WORDS, VERDICT_WORDS, DUTY_WORDS, FIELD_WORDS)
    words = papers.union(
        *(table.values() for table in tables),
        *NEIGHBOURS.values(),
        *((part.label, part.definition) for part in COHORT.values()),
    )
    assert [word for word in sorted(words) if english.get(word) is None] == []
    assert [word for word in STATE_WORDS.values() if english.get(word, "state") is None] == []
