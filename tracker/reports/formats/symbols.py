"""Characters that Word keeps as a place in a symbol font (w:sym)."""

from __future__ import annotations

import re

PRIVATE = range(0xF000, 0xF100)  # where a symbol font keeps its characters
WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0xA1: "○", 0xA7: "▪",
    0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xFB: "×", 0xFC: "√", 0xFD: "☒", 0xFE: "☑",
    **{0x81 + n: chr(0x2460 + n) for n in range(10)},  # ① to ⑩
    **{0x8C + n: chr(0x2776 + n) for n in range(10)},  # ❶ to ❿
}  # fmt: skip
WINGDINGS_2 = {0x4F: "×", 0x50: "√", 0x51: "☒", 0x52: "☑", 0xA3: "□"}
SYMBOL = {0xB7: "·", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xA3: "≤", 0xB4: "×", 0xAE: "→"}
OWN = re.compile(f"[{chr(PRIVATE.start)}-{chr(PRIVATE.stop - 1)}]")
FONTS = {"wingdings": WINGDINGS, "wingdings 2": WINGDINGS_2, "symbol": SYMBOL}


def symbol(font: str, code: str) -> str:
    """The character at a place of a font, in hexadecimal; nothing where no office uses it."""
    try:
        place = int(code, 16)
    except ValueError:
        return ""
    known = FONTS.get(font.lower())
    if known is not None:
        return known.get(place & 0xFF, "")
    if place in PRIVATE or not 0x20 <= place < 0xD800:
        return ""
    return chr(place)


def legible(text: str) -> str:
    """A text without places of symbol fonts, which programs also write as characters of their own."""
    return OWN.sub(lambda found: WINGDINGS.get(ord(found[0]) & 0xFF, ""), text)
