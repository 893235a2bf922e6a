"""Fuzzing of every parser of bytes from outside, with Atheris (libFuzzer for Python): `make fuzz PARSER=html SECONDS=3600`.

`parsers` says what is parsed and what must hold of it, `campaign` runs one of them, `corpora/PARSER/` keeps what campaigns learned and
`found/PARSER/` the cases that broke something once. The tests replay both without Atheris.
"""
