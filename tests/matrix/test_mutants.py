"""Taking out any one predicate of access turns the matrix red; what survives is explained, one by one."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.matrix.mutants import mutants
from tests.matrix.trying import survivors
from tests.proof import at_full_length

# as docs/security.md explains them: the second of two locks, or a rule that no question of the matrix can see
EXPLAINED = {
    "accounts/views_totp.py turn_off: refuses nobody": "a duty of the policy, on the own account only",
    "reports/access.py tells_words_of: always yes": "words on a page: test_marked_everywhere reads them",
    "tasks/access.py counted_for: always yes": "numbers, no rows: the figures' own tests compare them",
    "tasks/access.py is_in_circle: always yes": "which links a page shows; the file asks for itself",
    "tasks/sight.py deciding: always yes": "wider than the rules beside it: it only spares asking them",
}


@pytest.mark.proof
def test_the_matrix_notices_when_a_check_is_missing(
    sqlite_template: Path,
    dice: random.Random,
    proof_figure: Callable[[str, object], None],
) -> None:
    every = mutants()
    others = [mutant for mutant in every if str(mutant) not in EXPLAINED]  # to try one of those takes longest
    tried = every if at_full_length() else dice.sample(others, 1)
    left = [str(mutant) for mutant in survivors(tried, sqlite_template, one_in=7)]
    proof_figure("checks taken out one by one, of them noticed", f"{len(tried)}, {len(tried) - len(left)}")
    unnoticed = set(left) - EXPLAINED.keys()
    assert not unnoticed, "\n".join(sorted(unnoticed))
    assert len(EXPLAINED) <= 0.05 * len(every)
