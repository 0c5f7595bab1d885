"""What is said of a document that cannot be read."""

from __future__ import annotations

KEPT = "原文件没有改动，系统里没有留下任何内容。"


class UnreadableReportError(Exception):
    """The document cannot be read: a code for programs, what happened, and what to do about it."""

    def __init__(self, code: str, happened: str, advice: str) -> None:
        super().__init__(f"{happened}{KEPT}{advice}")
        self.code = code
        self.happened = happened
        self.advice = advice

    @property
    def message(self) -> str:
        """All of it for a person, where nothing was stored."""
        return self.saying(KEPT)

    def saying(self, kept: str) -> str:
        """All of it for a person, with what was kept."""
        return f"{self.happened}{kept}{self.advice}"
