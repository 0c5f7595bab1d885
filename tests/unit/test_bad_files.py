"""What no office sends on purpose costs one clear message, and what it names elsewhere is not fetched."""

import gc
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.proof import at_full_length
from tests.unit.bad_files import ALL, Bad, asking
from tests.unit.listening import listening
from tracker.reports.formats.document_text import read_text
from tracker.reports.formats.unreadable import KEPT, UnreadableReportError
from tracker.reports.reading.sandbox import PATIENCE_SECONDS, read_in_child

SAMPLED = 24  # files that the ordinary run tries, each with a child of its own
AT_ONCE = 1.0  # seconds of processor time in which a look at sizes refuses a file (reliability.md S18)


def chosen() -> list[Bad]:
    """Some of the quick ones by chance, all at full length."""
    if at_full_length():
        return ALL
    return random.Random(os.environ["TRACKER_SEED"]).sample([file for file in ALL if not file.slow], SAMPLED)


@contextmanager
def no_garbage_collected() -> Iterator[None]:
    """Let nobody look through what the tests before this one left, which takes a second by itself."""
    gc.disable()
    yield
    gc.enable()


def test_the_collection_is_large() -> None:
    assert len(ALL) >= 180
    assert len({file.what for file in ALL}) == len(ALL)
    codes = {code for file in ALL for code in file.codes}
    assert codes >= {"empty", "broken", "encrypted", "wrong_name", "too_large", "bomb", "doctype", "macros"}


@pytest.mark.proof
@pytest.mark.parametrize("file", chosen(), ids=lambda file: file.what)
def test_a_bad_file_gives_its_message(file: Bad) -> None:
    content = file.make()
    begun = time.monotonic()
    with pytest.raises(UnreadableReportError) as caught:
        read_in_child(file.name, content)
    assert time.monotonic() - begun < PATIENCE_SECONDS + AT_ONCE
    assert caught.value.code in file.codes
    assert caught.value.message == f"{caught.value.happened}{KEPT}{caught.value.advice}"
    assert caught.value.happened.endswith("。")
    assert caught.value.advice.endswith("。")


@pytest.mark.parametrize("file", [f for f in ALL if f.by_size and not f.slow], ids=lambda file: file.what)
def test_what_is_too_large_is_refused_before_it_is_unpacked(file: Bad) -> None:
    content = file.make()
    with no_garbage_collected():
        begun = time.process_time()
        with pytest.raises(UnreadableReportError):
            read_text(file.name, content)
        assert time.process_time() - begun < AT_ONCE


def test_nothing_named_elsewhere_is_fetched() -> None:
    with listening() as (port, heard):
        files = asking(f"http://127.0.0.1:{port}/evil")
        said = {name: read_text(name, content) for name, content in files.items()}
        assert heard == []
    assert all(text.strip() for text in said.values())
    assert not any("evil" in text for text in said.values())
