"""Which cells of an old Excel file (xls, Excel 97 to 2003) hold formulas; calamine does not tell.

Such a file is a small file system (sectors, a table of chains, a directory) with one stream for
the whole book: records of a kind and a length. Formats: [MS-CFB] and [MS-XLS] of Microsoft's Open
Specifications. It runs in the opener's process: a file that lies may do no harm elsewhere.
"""

import struct
from collections.abc import Iterator

FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks: the end of a chain, or a sector of no chain."""
ENTRY = 128
"""Bytes of an entry of the directory."""
SMALL, MINI = 4096, 64
"""Streams of fewer bytes lie in sectors of this size, such as a sheet of a few rows by LibreOffice."""
BOUNDSHEET, FORMULA, BOF, EOF = 0x85, 0x06, 0x809, 0x0A
WIDE = 1
"""The flag of a name in UTF-16; others keep one byte for each letter."""


def formulas(content: bytes) -> dict[str, list[tuple[int, int]]]:
    """Rows and columns, from 0, of the cells with formulas, by the sheet's name.

    A file older than Excel 97 gives nothing; raises ValueError, IndexError or struct.error where
    the file is damaged.
    """
    book = _stream(content, "Workbook")
    return {
        name: [struct.unpack_from("<HH", told) for kind, told in _sheet(book, at) if kind == FORMULA]
        for name, at in _sheets(book)
    }  # fmt: skip


def _stream(content: bytes, wanted: str) -> bytes:
    """A stream of the file by its name; nothing where there is none."""
    (shift,) = struct.unpack_from("<H", content, 30)
    size = 1 << shift
    sectors = [content[n : n + size] for n in range(size, len(content), size)]
    chain = _chains(content, sectors)
    directory = _whole(sectors, chain, *struct.unpack_from("<L", content, 48))
    for at in range(0, len(directory), ENTRY):
        letters, _kind = struct.unpack_from("<HB", directory, at + 64)
        if directory[at : at + max(letters - 2, 0)].decode("utf-16-le", "replace") == wanted:
            first, length = struct.unpack_from("<LL", directory, at + 116)
            if length < SMALL:
                sectors, chain = _small(content, sectors, chain, directory)
            return _whole(sectors, chain, first)[:length]
    return b""


def _small(
    content: bytes, sectors: list[bytes], chain: list[int], directory: bytes
) -> tuple[list[bytes], list[int]]:
    """The small sectors and their chains: short streams lie in one that the root's entry names."""
    (root,) = struct.unpack_from("<L", directory, 116)
    together = _whole(sectors, chain, root)
    small = [together[n : n + MINI] for n in range(0, len(together), MINI)]
    table = _whole(sectors, chain, *struct.unpack_from("<L", content, 60))
    return small, list(_numbers(table))


def _chains(content: bytes, sectors: list[bytes]) -> list[int]:
    """Of each sector the one that follows it."""
    tables = list(struct.unpack_from("<109L", content, 76))
    more, count = struct.unpack_from("<LL", content, 68)
    for _n in range(min(count, len(sectors))):
        if more >= FREE:
            break
        *entries, more = _numbers(sectors[more])
        tables += entries
    return [number for n in tables if n < FREE for number in _numbers(sectors[n])]


def _numbers(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}L", sector)


def _whole(sectors: list[bytes], chain: list[int], first: int) -> bytes:
    """The sectors of a chain, one behind the other; a chain in a ring ends after one round."""
    found: list[bytes] = []
    while first < FREE and len(found) < len(sectors):
        found.append(sectors[first])
        first = chain[first]
    return b"".join(found)


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(book: bytes) -> Iterator[tuple[str, int]]:
    """Each sheet's name, and where its records begin."""
    for kind, told in _records(book, 0):
        if kind == EOF:
            return
        if kind == BOUNDSHEET:
            at, _state, letters, flags = struct.unpack_from("<LHBB", told)
            wide = flags & WIDE
            name = told[8 : 8 + letters * (2 if wide else 1)]
            yield name.decode("utf-16-le" if wide else "latin-1"), at


def _sheet(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a sheet; a chart inside it has records of its own, between marks."""
    depth = 0
    for kind, told in _records(book, at):
        depth += (kind == BOF) - (kind == EOF)
        if not depth:
            return
        yield kind, told
