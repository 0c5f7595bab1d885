"""Numbers in the number formats of Word (ECMA-376 part 1, 17.18.59)."""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"
FORMAL = "零壹贰叁肆伍陆柒捌玖"
CHINESE = {"chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
           "japaneseCounting"}  # fmt: skip
BY_DIGIT = {"ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"}
CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
BRACKETED = {"decimalEnclosedParen"}
DOTTED = {"decimalEnclosedFullstop"}
IN_TURN = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
LARGEST_ROMAN = 3999


def numeral(number: int, form: str) -> str:
    """A number in one of Word's number formats; formats that no office uses here come out in digits."""
    if form in CHINESE:
        return chinese(number)
    if form == "chineseLegalSimplified":
        return chinese(number, FORMAL, "拾", bare_ten=False)
    if form in BY_DIGIT:
        return "".join(DIGITS[int(digit)] for digit in str(number))
    if form in IN_TURN and 1 <= number <= len(IN_TURN[form]):
        return IN_TURN[form][number - 1]
    if 1 <= number <= 20 and (first := _enclosed(form)):
        return chr(first + number - 1)
    if form in {"upperLetter", "lowerLetter"} and number >= 1:
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"upperRoman", "lowerRoman"} and number <= LARGEST_ROMAN:
        return _roman(number).upper() if form == "upperRoman" else _roman(number)
    return f"{number:02}" if form == "decimalZero" else str(number)


def _enclosed(form: str) -> int:
    if form in CIRCLED:
        return 0x2460
    if form in BRACKETED:
        return 0x2474
    return 0x2488 if form in DOTTED else 0


def chinese(number: int, digits: str = DIGITS, ten: str = "十", *, bare_ten: bool = True) -> str:
    """1 to 99 as an office counts: 一, 十, 十一, 二十一 (and formally 壹拾壹); beyond that in digits."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    lead = "" if not tens else ten if tens == 1 and bare_ten else digits[tens] + ten
    return lead + (digits[ones] if ones else "")


def _roman(number: int) -> str:
    said = ""
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        said += letters * count
    return said
