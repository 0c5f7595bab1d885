"""The same text as others write it: full width, half width, traditional characters; one for one."""

from tracker.reports.reading import characters

FULL_WIDTH = str.maketrans(
    {chr(code): chr(code + 0xFEE0) for code in (*range(ord("0"), ord("9") + 1), *map(ord, ",:;()%"))}
)
HALF_WIDTH = str.maketrans(dict(zip("，：；（）", ",:;()", strict=True)))
TO_TRADITIONAL = str.maketrans(dict(zip(characters.SIMPLIFIED, characters.TRADITIONAL, strict=True)))
WAYS = {"full width": FULL_WIDTH, "half width": HALF_WIDTH, "traditional": TO_TRADITIONAL}
