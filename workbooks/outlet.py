"""A file that is only written to: what was written is taken out piece by piece and sent on."""

import io
from typing import Any


class Outlet(io.RawIOBase):
    """The far end of a zip that streams; `zipfile` sees that it cannot go back and adapts."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """What was written since the last call."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
