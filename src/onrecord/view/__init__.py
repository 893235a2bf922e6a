"""What a person is shown, before any drawing: the command line and the web pages draw the same values.

`visible` makes text from outside safe to look at, `outline` puts a report into the words and the order in which it is read, `words` cuts
contents into pieces, and `snippets` what was found into lines.
"""
