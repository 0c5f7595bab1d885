"""Formats that other programs know (.doc, .wps, .rtf, .odt), read by those programs where they are installed.

LibreOffice goes first: antiword leaves out automatic numbers, and without them the items of a list run into
one. Both run in the reader's process group, which is ended with it, in a folder of the reader's that goes
with it, without a network; LibreOffice neither runs macros nor follows links.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

from tracker.reports.formats.unreadable import UnreadableReportError

PATH = "/usr/local/bin:/usr/bin:/bin:/opt/libreoffice/program"
SECONDS = 15
MEMORY_BYTES = 2 * 1024**3  # LibreOffice alone takes more than the reader is allowed
ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
# Named, else LibreOffice takes what it does not know for plain text.
FILTERS = {".doc": "MS Word 97", ".rtf": "Rich Text Format", ".odt": "writer8"}
WORD_HEADER = b"\xec\xa5"  # where the text of a .doc is described; the eleventh byte tells of a password
SECTOR = 512
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">%s</oor:items>
"""
SETTING = (
    '<item oor:path="/org.openoffice.Office.%s"><prop oor:name="%s" oor:op="fuse">'
    "<value>%s</value></prop></item>"
)
CHOSEN = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Load", "UpdateDocMode", "0"),
    ("Writer/Content/Update", "Link", "2"),
    ("Calc/Content/Update", "Link", "2"),
)


def older_text(content: bytes, suffix: str) -> str | bytes:
    """A document as .docx by LibreOffice, or the text of a .doc by antiword where only that is installed.

    UnreadableReportError where neither is, where it has a password, and where they give it up.
    """
    if suffix == ".doc" and is_locked(content):
        raise UnreadableReportError(
            "encrypted", "文件加了密码，打不开。", "请去掉密码，另存为 .docx 后再传。"
        )
    if shutil.which("soffice", path=PATH) is not None:
        return as_docx(content, suffix)
    if suffix == ".doc" and shutil.which("antiword", path=PATH) is not None:
        return antiword_text(content)
    raise UnreadableReportError(
        "unknown_type",
        f"这台服务器没有能打开“{suffix}”的程序（LibreOffice{'或 antiword' if suffix == '.doc' else ''}）。",
        "请另存为 .docx 后再传。",
    )


def antiword_text(content: bytes) -> str:
    """The text of a .doc by antiword, without its automatic numbers."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in.doc").write_bytes(content)
        said = _run(["antiword", "-m", "UTF-8.txt", "-w", "0", "in.doc"], folder)
    if not said.strip():
        raise _given_up()
    rows = ROW.sub(lambda row: "\t".join(cell.strip() for cell in row[1].split("|")), said)
    return re.sub(r"\n{2,}", "\n", "\n".join(line.strip(" ") for line in rows.split("\n"))).strip("\n")


def as_docx(content: bytes, suffix: str) -> bytes:
    """A document as .docx by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in" + suffix).write_bytes(content)
        write_profile(Path(folder, "profile", "user"))
        command = ["soffice", "--headless", "--norestore", "--nolockcheck"]
        command += [f"-env:UserInstallation=file://{folder}/profile", f"--infilter={FILTERS[suffix]}"]
        _run([*command, "--convert-to", "docx", "--outdir", "out", "in" + suffix], folder)
        made = Path(folder, "out", "in.docx")
        if not made.is_file():
            raise _given_up()
        return made.read_bytes()


def write_profile(place: Path) -> None:
    """Write the settings with which LibreOffice starts: no macros, no links."""
    place.mkdir(parents=True)
    items = "".join(SETTING % chosen for chosen in CHOSEN)
    (place / "registrymodifications.xcu").write_text(SETTINGS % items, encoding="utf-8")


def is_locked(content: bytes) -> bool:
    """Whether a .doc has a password (MS-DOC 2.5.1, fEncrypted)."""
    starts = range(SECTOR, len(content), SECTOR)
    header = next((at for at in starts if content.startswith(WORD_HEADER, at)), None)
    return header is not None and bool(content[header + 11 : header + 12].ljust(1, b"\0")[0] & 1)


def _run(command: list[str], home: str) -> str:
    """What a program prints; it gets nothing of our environment. Ended when it takes too long."""
    try:
        done = subprocess.run(
            [shutil.which(command[0], path=PATH) or command[0], *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={"HOME": home, "TMPDIR": home, "PATH": PATH, "LANG": "C.UTF-8"},
            cwd=home,
            preexec_fn=_allow_memory,  # the reader's child has a single thread
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _given_up() from error
    return done.stdout.decode("utf-8", errors="replace")


def _allow_memory() -> None:
    _soft, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def _given_up() -> UnreadableReportError:
    return UnreadableReportError("broken", "文件已损坏或加了密码，打不开。", "请另存为 .docx 后再传。")
