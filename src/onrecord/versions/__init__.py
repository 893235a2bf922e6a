"""Versions of one utterance: which statements render it, what one is to another, and by which words they differ.

`wording` reads the words of a statement, `likeness` finds candidates, `rendering` says whose words they are, `relation` compares two,
`differences` aligns them, `variants` puts the groups together; `editing` knows what an editor put in or left out.
"""

from onrecord.versions.editing import find_insertions
from onrecord.versions.rendering import is_told_translated
from onrecord.versions.variants import find_variants

__all__ = ["find_insertions", "find_variants", "is_told_translated"]
