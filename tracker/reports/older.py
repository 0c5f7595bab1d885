"""Older formats (.doc, .wps) by the programs that know them, where one is installed."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

from tracker.reports.unreadable import UnreadableReportError

PATH = "/usr/local/bin:/usr/bin:/bin:/opt/libreoffice/program"
SECONDS = 15
MEMORY_BYTES = 2 * 1024**3  # LibreOffice alone takes more than the reader is allowed
ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)


def antiword_text(content: bytes) -> str | None:
    """The text of a .doc by antiword; None where it is not installed or does not know the file."""
    program = shutil.which("antiword", path=PATH)
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "in.doc")
        file.write_bytes(content)
        said = _run([program, "-m", "UTF-8.txt", "-w", "0", str(file)], folder)
    if said is None or not said.strip():
        return None
    rows = ROW.sub(lambda row: "\t".join(cell.strip() for cell in row[1].split("|")), said)
    return "\n".join(line.strip(" ") for line in rows.split("\n"))


def as_docx(content: bytes, suffix: str) -> bytes:
    """The document as .docx by LibreOffice. UnreadableReportError where it is missing or gives it up."""
    program = shutil.which("soffice", path=PATH)
    if program is None:
        raise UnreadableReportError(
            "unknown_type",
            f"这台服务器没有能打开“{suffix}”的程序（antiword 或 LibreOffice）。",
            "请另存为 .docx 后再传。",
        )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in" + suffix).write_bytes(content)
        command = [program, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--infilter=MS Word 97"]  # else it takes what it does not know for plain text
        _run([*command, "--convert-to", "docx", "--outdir", f"{folder}/out", f"{folder}/in{suffix}"], folder)
        made = Path(folder, "out", "in.docx")
        if not made.is_file():
            raise UnreadableReportError("broken", "文件已损坏或加了密码，打不开。", "请另存为 .docx 后再传。")
        return made.read_bytes()


def _run(command: list[str], home: str) -> str | None:
    """What a program prints; it opens nothing but the folder's files and gets nothing of our environment."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={"HOME": home, "PATH": PATH, "LANG": "C.UTF-8"},
            cwd=home,
            preexec_fn=_allow_memory,  # the reader's child has a single thread
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", errors="replace")


def _allow_memory() -> None:
    _soft, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
