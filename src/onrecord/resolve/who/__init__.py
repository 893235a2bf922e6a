"""Who: every mention of people, bodies and documents, gathered into sources.

`names` and `mentions` take phrases apart, `scan` finds all of them and what ties them together, `book` gathers names over the document,
`voices` says whose "I" it is, `features` and `ranking` choose whom a pronoun or description stands for, `sources` puts it together;
`described`, `leads` and `affiliations` join what is told in other places, `parties` are those who have a part without speaking, and
`entities` are what a source is while it is being gathered.
"""
