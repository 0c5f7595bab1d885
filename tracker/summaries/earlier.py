"""What the summary says of problems from before the last period that it did not hold. Pure.

They stand behind the formula of the last period's problems, whose counts and rate do not hold them.
"""

from collections import Counter

from tracker.summaries.facts import SummaryFacts


def earlier_sentence(facts: SummaryFacts, this: str) -> str:
    """另有2025年第一季度登记的未完成问题2个，其中逾期1个，一并转入本季度继续整改。 '' without any."""
    if not facts.older:
        return ""
    said = earlier_terms(facts)
    goes_on = "继续落实" if all(problem.long_term for problem in facts.older) else "继续整改"
    return f"另有{said}，一并转入{this}{goes_on}。"


def earlier_terms(facts: SummaryFacts) -> str:
    """Where they were found, how many they are, and how many of them are overdue or long-term."""
    found = Counter(problem.older for problem in facts.older)
    overdue = sum(problem.overdue for problem in facts.older)
    lasting = sum(problem.long_term for problem in facts.older)
    total = len(facts.older)
    by_period = "、".join(f"{period}{count}个" for period, count in found.items())
    head = (
        f"{next(iter(found))}登记的未完成问题{total}个"
        if len(found) == 1
        else f"更早期间登记的未完成问题{total}个（{by_period}）"
    )
    return head + _of_which(total, overdue, lasting)


def _of_which(total: int, overdue: int, lasting: int) -> str:
    all_of = "均" if total > 1 else ""
    if total == overdue:
        return f"，{all_of}已逾期"
    if total == lasting:
        return f"，{all_of}需长期坚持"
    parts = [f"{word}{count}个" for word, count in (("逾期", overdue), ("长期坚持", lasting)) if count]
    return f"，其中{'、'.join(parts)}" if parts else ""
