"""Byte streams of text files: decompressed, without a byte order mark, and surely text."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

import zstandard

from curate.errors import InputError

STREAM_ERRORS: Final = (EOFError, OSError, zlib.error, zstandard.ZstdError)
"""What a stream raises while it is read: cut, damaged, or not what its ending says."""

LINE_LIMIT: Final = 128 * 2**20
"""Bytes of one record above which it is not read: more than any model's context can hold."""

_BUFFER: Final = 2**18
_GZIP_WINDOW: Final = 31
"""What tells zlib to expect gzip's header and check sum."""
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_MAGIC: Final = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"PK\x03\x04": "a ZIP archive",
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
}
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_MOST_CONTROLS: Final = 0.02
"""Share of control bytes above which a file is binary: text has none, random bytes one in ten."""
_FEW_CONTROLS: Final = 8
"""Control bytes that one bad record may hold without making the file binary."""


class _Frame(Protocol):
    """One compressed stretch of a file, as `zlib` and `zstandard` take it apart."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def _gzip_frame() -> _Frame:
    return zlib.decompressobj(_GZIP_WINDOW)


def _zstd_frame() -> _Frame:
    return zstandard.ZstdDecompressor(max_window_size=2**31).decompressobj()


class _Decompressed(io.RawIOBase):
    """Decompresses frames one after the other, and gives all there is of one that is cut.

    `gzip.GzipFile` would lose what it holds when the file ends early, and zstandard's own reader
    takes a cut file as whole.
    """

    def __init__(self, file: io.BufferedIOBase, begin: Callable[[], _Frame]) -> None:
        self._file = file
        self._begin = begin
        self._frame: _Frame | None = None
        self._input = b""
        self._output = memoryview(b"")

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, target: Any) -> int:
        while not self._output:
            self._input = self._input or self._file.read(2**15)
            if not self._input:
                if self._frame is not None:
                    raise EOFError("the compressed data ends early")
                return 0
            self._decompress()
        count = min(len(target), len(self._output))
        target[:count] = self._output[:count]
        self._output = self._output[count:]
        return count

    def _decompress(self) -> None:
        if self._frame is None:
            # Some writers fill the last block of a file with zeros.
            self._input = self._input.lstrip(b"\0")
            if not self._input:
                return
            self._frame = self._begin()
        self._output = memoryview(self._frame.decompress(self._input))
        self._input = b""
        if self._frame.eof:
            self._input = self._frame.unused_data
            self._frame = None


def open_stream(path: Path, name: str) -> io.BufferedReader:
    """Open a text file, decompressed by its ending, after its byte order mark.

    Raises `InputError` where it holds nothing, is binary, or is UTF-16; `name` is shown to users.
    Reading may raise any of `STREAM_ERRORS`.
    """
    stream = _decompressed(path)
    try:
        head = stream.peek(_BUFFER)[:_BUFFER]
        if not head.strip():
            _refuse_blank(stream, name)
        _refuse_binary(head, name)
    except BaseException:
        stream.close()
        raise
    if head.startswith(_BYTE_ORDER_MARK):
        stream.read(len(_BYTE_ORDER_MARK))
    return stream


def _decompressed(path: Path) -> io.BufferedReader:
    begin = {".gz": _gzip_frame, ".zst": _zstd_frame}.get(path.suffix.lower())
    file = io.FileIO(path)
    if begin is None:
        return io.BufferedReader(file, _BUFFER)
    return io.BufferedReader(_Decompressed(io.BufferedReader(file), begin), _BUFFER)


def _refuse_blank(stream: io.BufferedReader, name: str) -> None:
    """A file of nothing but white space holds no record; white space before one is fine."""
    while head := stream.peek(_BUFFER):
        if head.strip():
            return
        stream.read(len(head))
    raise InputError(name, "the file is empty", "Remove it from the source, or fetch it again")


def _refuse_binary(head: bytes, name: str) -> None:
    found = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if head.startswith(_WIDE_MARKS):
        raise InputError(name, "the text is UTF-16", "Convert it to UTF-8")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if found is None and controls > max(len(head) * _MOST_CONTROLS, _FEW_CONTROLS):
        found = "binary data"
    if found:
        raise InputError(
            name, f"the file holds {found}, not text", "Give it the ending of its format"
        )
