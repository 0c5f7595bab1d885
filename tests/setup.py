"""Bring what the tests need and pip cannot: Chromium, Chinese fonts, LibreOffice.

As root on Debian or Ubuntu by apt, otherwise Chromium by Playwright's own download. Whatever
cannot be had is named here and the set-up goes on: the tests that need it fail with its name.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 900  # seconds for one installation


@dataclass(frozen=True)
class Need:
    """Something outside Python: its name, how to see that it is there, its Debian packages."""

    name: str
    is_there: Callable[[], bool]
    packages: tuple[str, ...]


def has_chromium() -> bool:
    """Tell whether a Chromium is on the path, or one of Playwright's lies in its cache."""
    return chromium_on_path() is not None or any(playwright_cache().glob("chromium-*"))


def chromium_on_path() -> str | None:
    """Return the path of an installed Chromium; a snap does not count, it does not start in a container."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((path for path in found if path and "/snap/" not in os.path.realpath(path)), None)


def playwright_cache() -> Path:
    """Return where Playwright keeps the browsers it downloads."""
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    return Path(given) if given else Path.home() / ".cache" / "ms-playwright"


def has_chinese_font() -> bool:
    """Tell whether fontconfig knows a font with Chinese characters."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def has_libreoffice() -> bool:
    """Tell whether LibreOffice, for texts and for tables, and the tool that draws its PDF are there."""
    return all(shutil.which(tool) for tool in ("soffice", "localc", "pdftoppm"))


NEEDS = (
    Need("Chromium", has_chromium, ("chromium",)),
    Need("a Chinese font", has_chinese_font, ("fontconfig", "fonts-noto-cjk")),
    Need(
        "LibreOffice",
        has_libreoffice,
        ("libreoffice-writer-nogui", "libreoffice-calc-nogui", "poppler-utils"),
    ),
)


def missing() -> list[Need]:
    """Return the needs that are not met yet."""
    return [need for need in NEEDS if not need.is_there()]


def run(*command: str) -> bool:
    """Run an installation command without asking anything; tell whether it worked."""
    print("set-up:", " ".join(command), file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=quiet,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        print(f"set-up: {failure}", file=sys.stderr)
        return False
    return done.returncode == 0


def main() -> None:
    """Install what is missing, then name what still is."""
    if missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "update", "-q")
        for need in missing():
            run("apt-get", "install", "-q", "-y", "--no-install-recommends", *need.packages)
    if not has_chromium():
        with_libraries = ["--with-deps"] if os.geteuid() == 0 else []
        run(sys.executable, "-m", "playwright", "install", *with_libraries, "chromium")
    for need in missing():
        print(
            f"set-up: {need.name} is missing; the tests that need it will fail and say so.", file=sys.stderr
        )


if __name__ == "__main__":
    main()
