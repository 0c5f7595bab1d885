"""make bench: what the program costs, each row beside a yardstick taken in the same run.

Absolute figures move with the machine; only the ratio says something. Each figure is the best of
a few rounds; of pages as they are served the mean processor time over two seconds.
"""

import io
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import docx
import psutil
from flask import Flask, render_template_string

from tests import postgres
from tests.bench.ledger import ledger
from tests.bench.rows import Row, best
from tests.conftest import environment, migrate, release
from tests.processes import serving
from tracker import create_app
from tracker.places import samples_dir
from tracker.reports.formats.document_text import read_text
from tracker.reports.reading.contract import read_report
from tracker.reports.reading.sandbox import read_in_child

PAGE_OF_CHARACTERS = 22 * 28  # lines and characters of a page by GB/T 9704
REQUESTS = 100
MEGABYTE = 1_000_000  # bytes of UTF-8
# The seven patterns that the practice itself names (domain.md 3.2, 3.3, 3.5, 3.6, 3.7, 4.3): the least that
# any reader of such a report has to look for.
FLOOR = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^[ \u3000]*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[、.．])",
        r"^(.{0,12}?)(存在|面临|遇到|检视|反馈)?(的|了)?.{0,6}?"
        r"(问题|不足|短板|弱项|困难|差距|薄弱环节|挑战|痛点|隐患)(.{0,12})$",
        r"^((下一?步|下一?阶段|下阶段|今后|后续|下(半年|季度|月|周|一年度)|第?[一二三四]季度|明年|20\d\d年|工作)?"
        r"(.{0,10}?)(打算|安排|计划|建议|考虑|思路|措施|举措|重点|目标|方向|展望).{0,6}|下一步工作|下一阶段工作)$",
        r"(对此|为此|今后|下一步|针对(此|这一问题|上述)|以上问题|接下来|鉴于此)[,，]",
        r"(?P<n>\d+(?:\.\d+)?)(?P<approx>余)?(?P<unit>人次|场次|个百分点|万元|亿元|次|期|场|人|个|项|件|条|处|份"
        r"|起|宗|亩|篇|批|户|家|公里|天|%)",
        r"(第一责任人|牵头领导|责任领导|分管领导|配合领导|主责领导|牵头单位|牵头部门|主责部门|主办单位|责任单位"
        r"|责任部门|责任科室|承办单位|配合单位|协办单位|责任人|主责责任人|具体责任人|承办人|联系人)"
        r"\s*[:：]\s*([^;；。\n]+)",
        r"由(.{2,12}?)(牵头|负责|抓好|落实)",
    )
)
# Lines that an attacker repeats: enumerators, headings and labels without anything between them.
ENDLESS = (
    "一、",
    "（1）",
    "存在问题\n",
    "一、存在问题\n1.",
    "问题清单：甲\n整改措施：乙\n",
    "1.问题。",
    "一是不够。",
    "开展检查2次，其中专项1次、",
    "9月底前，",
    "问题\t措施\n",
    "存在问题：一是学习不够；",
    "存在问题：甲。",
    "甲：乙）",
    "检查发现问题：\n甲村：无人\n",
    "｜问题｜措施｜\n",
)
FIFTY_ROWS = "{% for row in rows %}<tr><td>{{ row }}</td><td>{{ row * 2 }}</td></tr>{% endfor %}"


def reading() -> Iterator[Row]:
    """A report of 100 kB and of 1 MB against seven searches over the same text."""
    sample = (samples_dir() / "township-q3.txt").read_bytes()
    small = sample * (MEGABYTE // 10 // len(sample))
    large = sample * (MEGABYTE // len(sample))
    text = large.decode()
    floor, short, long = best(
        lambda: [pattern.findall(text) for pattern in FLOOR],
        lambda: read_report("sample.txt", small),
        lambda: read_report("sample.txt", large),
    )
    yield Row("read a report of 1 MB", long, "ms", floor, "seven searches")
    yield Row("read a report of 1 MB", long, "ms", short, "one of 100 kB")
    for line in ENDLESS:
        tenth, whole = best(
            partial(read_report, "endless.txt", repeated(line, MEGABYTE // 10)),
            partial(read_report, "endless.txt", repeated(line, MEGABYTE)),
        )
        yield Row(f"read 1 MB of {line.strip()!r}", whole, "ms", tenth, "a tenth of it")


def documents() -> Iterator[Row]:
    """A Word file of ten pages against python-docx, which opens it; and the child's start."""
    content = ten_pages()
    opened, text, found = best(
        lambda: [one.text for one in docx.Document(io.BytesIO(content)).paragraphs],
        lambda: read_text("sample.docx", content),
        lambda: read_report("sample.docx", content),
    )
    yield Row("text of a .docx of 10 pages", text, "ms", opened, "python-docx")
    yield Row("read a .docx of 10 pages", found, "ms", opened, "python-docx")
    here, child = best(
        lambda: read_report("sample.docx", content),
        lambda: read_in_child("sample.docx", content),
        clock=time.monotonic,
    )
    yield Row("the same in a child process, by the clock", child, "ms", here, "without it")


def ten_pages() -> bytes:
    """The sample report again and again, typed into a Word file, up to ten pages of GB/T 9704."""
    lines = (samples_dir() / "township-q3.txt").read_text(encoding="utf-8").split("\n")
    written = docx.Document()
    typed = 0
    while typed < 10 * PAGE_OF_CHARACTERS:
        for line in lines:
            written.add_paragraph(line)
        typed += sum(map(len, lines))
    stream = io.BytesIO()
    written.save(stream)
    return stream.getvalue()


def repeated(line: str, size: int) -> bytes:
    """A line again and again, up to a size in bytes."""
    return (line * (size // len(line.encode()))).encode()


def pages(directory: Path) -> Iterator[Row]:
    """The sign-in page against a bare Flask page of fifty rows, processor time a request."""
    given = environment(directory, f"sqlite:///{directory / 'bench.db'}")
    migrate(given)
    app = create_app(given)
    bare = Flask("bare")
    bare.add_url_rule("/", "rows", lambda: render_template_string(FIFTY_ROWS, rows=range(50)))
    own, yardstick = best(asking(app, "/login"), asking(bare, "/"))
    yield Row("sign-in page", own / REQUESTS, "ms", yardstick / REQUESTS, "bare Flask, fifty rows")
    release(app)


def asking(app: Flask, address: str) -> Callable[[], object]:
    """Return what asks for a page a hundred times."""
    client = app.test_client()
    assert client.get(address).status_code == 200
    return lambda: [client.get(address) for _ in range(REQUESTS)]


def start(directory: Path) -> Iterator[Row]:
    """From `tracker serve` to the first page, and the memory of web server and worker at rest."""
    given = environment(directory, f"sqlite:///{directory / 'start.db'}")
    migrate(given)
    begun = time.monotonic()
    with serving(given) as server:
        yield Row("start to first page", time.monotonic() - begun, "s")
        time.sleep(2)  # until the worker has started too
        family = [
            server.pid,
            *(child.pid for child in psutil.Process(server.pid).children(recursive=True)),
        ]
        shared_fairly = sum(psutil.Process(pid).memory_full_info().pss for pid in family)
        yield Row("memory at rest, web and worker (PSS)", shared_fairly / 2**20, "MiB")


def main() -> None:
    """Print every row."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:  # short: the sockets of PostgreSQL lie in it
        place = Path(directory)
        for rows in (reading(), documents(), pages(place), start(place), ledgers(place)):
            for row in rows:
                print(row, flush=True)


def ledgers(directory: Path) -> Iterator[Row]:
    """The ledger on either database."""
    (directory / "server").mkdir()
    with postgres.running(directory / "server") as server:
        postmaster = int((directory / "server" / "postgres" / "postmaster.pid").read_text().split()[0])
        yield from ledger(
            directory,
            {
                "SQLite": (f"sqlite:///{directory / 'ledger.db'}", ()),
                "PostgreSQL": (server.make("ledger"), (postmaster,)),
            },
        )


if __name__ == "__main__":
    main()
