"""Archives' bytes under a bound: what comes out of a compressed stream, against what went in.

Neither fastwarc nor warcio bounds what it unpacks, and an archive may rightly hold many gigabytes; so the bound is a proportion. Text
packs to a tenth, markup to a fiftieth at times; gzip can reach a thousandth, zstd far less, and only with bytes that say nothing.
"""

from __future__ import annotations

from typing import IO

from onrecord.errors import UnreadableError

_FREE_BYTES = 64 << 20  # unpacked, before proportions count
_MOST_TIMES = 300  # unpacked bytes for each packed one
_PIECE = 4096  # read at a time, which is all that is lost before damage


class Counted:
    """A binary stream, and how many bytes were read from it."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._inner.read(size)
        self.count += len(piece)
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self.count

    def close(self) -> None:
        pass


class Bounded:
    """What is unpacked from `packed`; stops with UnreadableError where that is out of all proportion.

    Damage comes up only when all that stands before it has been given out; `tail` is the end of what was.
    """

    def __init__(self, unpacked: IO[bytes] | Counted, packed: Counted, location: str) -> None:
        self._inner = unpacked
        self._packed = packed
        self._location = location
        self._damage: Exception | None = None
        self.count = 0
        self.tail = b""

    def read(self, size: int = _PIECE) -> bytes:
        if self._damage is not None:
            raise self._damage
        out = bytearray()
        try:
            while len(out) < size and (piece := self._inner.read(min(_PIECE, size - len(out)))):
                out += piece
        except (OSError, ValueError, RuntimeError) as error:
            if not out:
                raise
            self._damage = error
        self.count += len(out)
        self.tail = (self.tail + bytes(out[-4:]))[-4:]
        if self.count > _FREE_BYTES and self.count > _MOST_TIMES * self._packed.count:
            raise UnreadableError(f"{self._location}: unpacks to more than {_MOST_TIMES} times its size, as no archive of pages does")
        return bytes(out)

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError("not seekable")

    def tell(self) -> int:
        return self.count

    def close(self) -> None:
        pass
