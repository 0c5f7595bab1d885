"""make accuracy: precision and recall of the reader on labelled texts, by kind of text, with every miss."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.accuracy.scoring import CLOSE, HALF, Tally, labelled_in, tallies

HERE = Path(__file__).parent
LOTS = {f"{name} lot": HERE / name for name in ("second", "third", "fourth", "fifth", "sixth", "seventh")}


def main(folders: dict[str, Path]) -> None:
    """Print the figures of each lot."""
    for name, folder in folders.items():
        texts = list(labelled_in(folder))
        for least in (HALF, CLOSE):
            print(f"\n{name}, overlap {least}")
            found = tallies(texts, least)
            print("\n".join(_rows(found)))
        print("\n".join(tallies(texts)["all"].misses))


def _rows(found: dict[str, Tally]) -> Iterator[str]:
    yield f"{'':20}{'texts':>6}{'labels':>8}{'found':>7}{'hits':>6}{'P':>7}{'R':>7}{'F1':>7}  measures"
    for key, tally in found.items():
        figures = (
            f"{tally.precision:7.2f}{tally.recall:7.2f}{tally.f1:7.3f}" if tally.labelled else f"{'':21}"
        )
        measures = f"{tally.measures_right}/{tally.measures}" if tally.labelled else f"silent {tally.silent}"
        counts = f"{tally.texts:6}{tally.labelled:8}{tally.found:7}{tally.hits:6}"
        yield f"{key:20}{counts}{figures}  {measures}"


if __name__ == "__main__":
    given = {folder: Path(folder) for folder in sys.argv[1:]}
    main({name: folder for name, folder in {**LOTS, **given}.items() if folder.is_dir()})
