"""No pattern takes long over hostile text."""

from __future__ import annotations

import subprocess
import sys

from onrecord.trace.credits import find_credits
from tests.timing import measure_best


def test_no_pattern_takes_long_over_text_that_nearly_matches() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.patterns"], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert int(done.stderr.split()[-2]) > 400  # they were found


def test_a_headline_of_long_words_is_no_credit() -> None:
    headline = "Telecommunications Representatives Reconsidering Infrastructure Responsibilities Notwithstanding!"
    assert measure_best(lambda: find_credits(headline), 1) < 0.1
