"""Statements across documents: which are versions of one utterance, how they differ, and what of it a person should look at.

Everything here is values in and values out; what comes from a store and goes back to it is in `store`.
"""
