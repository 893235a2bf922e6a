"""One process of libFuzzer on one parser: `python -m fuzz.run PROGRAM PARSER [libFuzzer's arguments]`. It ends when libFuzzer does.

PROGRAM is what libFuzzer starts anew, with its own arguments, when it merges corpora.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["onrecord", "bench", "trafilatura", "feedparser", "warcio"]):
    from fuzz.parsers import PARSERS

program, name = sys.argv[1:3]
parser = PARSERS[name]
atheris.Setup([program, *sys.argv[3:]], lambda case: parser(bytes(case)))
atheris.Fuzz()
