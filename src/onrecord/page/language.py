"""Which language a page is in: what it declares, unless its words plainly say otherwise."""

from __future__ import annotations

import re

_SAMPLE = 1500
_LONG = 200
_ENOUGH = 40
_ENOUGH_UNSPACED = 15
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff "
    "fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks "
    "ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps "
    "pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz "
    "ve vi vo wa wo xh yi yo za zh zu"
)
ISO_639_1 = frozenset(_CODES.split())


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the language that a text's first 1,500 characters are in; None if they are too few to tell."""
    sample = " ".join(re.sub(r"https?://\S+|[@#]\w+", " ", text[:_SAMPLE]).split())
    letters = sum(1 for char in sample if char.isalpha())
    if letters < (_ENOUGH_UNSPACED if _UNSPACED.search(sample) else _ENOUGH):
        return None
    import py3langid  # loads its model at once, for half a second

    code = str(py3langid.classify(sample)[0])
    return code if code in ISO_639_1 else None


def parse_language(declared: str) -> str | None:
    """The ISO 639-1 code in a declaration such as `en-GB` or `pt_BR`; None for anything else."""
    match = re.match(r"\s*([A-Za-z]{2})(?![A-Za-z])", declared[:20])
    code = match[1].lower() if match else None
    return code if code in ISO_639_1 else None


def find_language(declared: str | None, text: str) -> str | None:
    """A page's language: of a declaration and a long text that disagree, the text is right."""
    if declared and len(text) <= _LONG:
        return declared
    return detect_language(text) or declared
