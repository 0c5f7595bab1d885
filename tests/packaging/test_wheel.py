"""What the wheel carries: everything the program imports or reads, and nothing of the checkout besides."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "pyproject.toml",
    "setup.py",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
    "tracker",
    "templates",
    "migrations",
)
WITHOUT = shutil.ignore_patterns("__pycache__", "*.mo")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that was built from a copy of the sources, without any network."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=WITHOUT)
        else:
            shutil.copy(ROOT / name, copy / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    done = subprocess.run(build, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = (copy / "dist").glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def files(folder: str, pattern: str = "*") -> Iterator[str]:
    """Yield the files of a top-level folder, relative to the checkout."""
    for path in (ROOT / folder).rglob(pattern):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix()


def test_every_module_is_there(shipped: set[str]) -> None:
    assert set(files("tracker", "*.py")) <= shipped


@pytest.mark.parametrize("folder", ["templates", "migrations"])
def test_top_level_folders_lie_inside_the_package(shipped: set[str], folder: str) -> None:
    expected = {f"tracker/{name}" for name in files(folder)}
    assert expected
    assert expected <= shipped


def test_what_the_program_reads_is_there(shipped: set[str]) -> None:
    assert {"tracker/days.csv", "tracker/py.typed"} <= shipped
    assert set(files("tracker/static")) <= shipped
    assert set(files("tracker/samples")) <= shipped


def test_catalogs_are_compiled(shipped: set[str]) -> None:
    catalogs = {name.removesuffix(".po") + ".mo" for name in files("tracker/translations", "*.po")}
    assert catalogs
    assert catalogs <= shipped


def test_nothing_else_is_there(shipped: set[str]) -> None:
    tops = {name.split("/", 1)[0] for name in shipped}
    assert tops == {"tracker", f"tracker-{_version()}.dist-info"}
    assert any(name.endswith("licenses/LICENSE") for name in shipped)


def _version() -> str:
    # read from the sources, since an editable installation may be older
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    return next(line.split('"')[1] for line in lines if line.startswith("version = "))
