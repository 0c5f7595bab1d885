"""What entering a roster did, or would do: changes and problems, each with its row. Pure."""

from dataclasses import dataclass, field
from hashlib import sha256

from tracker.organization.roster import Problem


@dataclass(frozen=True)
class Change:
    """What a row adds or changes, in words; `adds` where something new is made."""

    row: int
    adds: bool
    said: str


@dataclass
class Outcome:
    """What entering a roster did, or would do."""

    rows: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        """How many rows say what is there already."""
        return self.rows - len({change.row for change in self.changes if change.row})

    @property
    def by_row(self) -> list[tuple[int, list[Change]]]:
        """The changes in the order of the file's rows; 0, what concerns the file as a whole, comes last."""
        found: dict[int, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.row, []).append(change)
        return sorted(found.items(), key=lambda item: (item[0] == 0, item[0]))

    @property
    def digest(self) -> str:
        """A mark of the changes: another one means that something happened since the preview."""
        return sha256(repr(self.changes).encode()).hexdigest()[:16]

    def sort_problems(self) -> None:
        """Put the problems in the order of the rows; what concerns the file as a whole comes first."""
        self.problems.sort(key=lambda problem: problem.row)
