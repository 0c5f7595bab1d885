"""What pyproject.toml cannot say: catalogs are compiled, and two top-level folders ship in the package.

An editable installation (a checkout) reads templates and migrations where they lie.
"""

import shutil
from pathlib import Path

from babel.messages.frontend import CompileCatalog
from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
SHIPPED_INSIDE = ("templates", "migrations")


class BuildWithTopLevelFolders(build_py):
    """Compiles the catalogs, then adds the top-level folders to what is built."""

    def run(self) -> None:
        compile_catalogs(self)
        super().run()
        if not self.editable_mode:
            for name in SHIPPED_INSIDE:
                shutil.copytree(
                    HERE / name,
                    Path(self.build_lib) / "tracker" / name,
                    ignore=shutil.ignore_patterns("__pycache__"),
                    dirs_exist_ok=True,
                )


def compile_catalogs(command: build_py) -> None:
    """Make a .mo of every .po, so that the package data that is looked up next finds them."""
    catalogs = HERE / "tracker" / "translations"
    if any(catalogs.glob("*/LC_MESSAGES/*.po")):
        compilation = CompileCatalog(command.distribution)
        compilation.directory = str(catalogs)
        compilation.finalize_options()
        compilation.run()


setup(cmdclass={"build_py": BuildWithTopLevelFolders})
