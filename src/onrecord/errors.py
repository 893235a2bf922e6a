"""Everything that onrecord raises.

    OnRecordError
    ├── UsageError        the command or call asks for what cannot be: no such file, a bad date
    ├── UnreadableError   a document that cannot be read: empty, binary, a PDF, no article, not English
    │   └── FetchError    a URL that gave nothing: refused, not answered, answered with an error
    ├── StoreError        a store that cannot be used: locked, full, damaged, gone, of a newer version
    └── ModelError        the installed weights are missing or damaged

Each message is one line: what was wrong, where, and what to do. A document that cannot be read among others is not raised but
returned, as `types.Skipped`.
"""


class OnRecordError(Exception):
    """The root of the tree."""


class UsageError(OnRecordError):
    """The call asks for something that cannot be; the command line exits with 2."""


class UnreadableError(OnRecordError):
    """A document that cannot be read; the command line exits with 1."""


class FetchError(UnreadableError):
    """A URL that gave nothing to read. `again` says whether trying later may help."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


class StoreError(OnRecordError):
    """A store that cannot be used as it is; `again` says whether trying once more may help."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class ModelError(OnRecordError):
    """The installed weights are missing or damaged."""
