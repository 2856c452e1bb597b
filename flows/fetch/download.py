"""The bytes of one answer, into a file: bounded in size, unpacked size, time and speed."""

import os
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import httpx

from flows.fetch.checks import check
from flows.fetch.trouble import Passing, Refused
from flows.settings import Settings

_CHUNK = 1 << 16
# After so many bytes what is here is synced, so that a fetch that is killed does not ask for it again.
_SYNC_BYTES = 16 << 20
_HEAD = 4096


@dataclass(slots=True)
class Watch:
    """Cuts the connection when the time for a whole answer is over, also while its headers trickle in, and says so by `is_over`."""

    seconds: float
    is_over: bool = False
    _timer: threading.Timer | None = None
    _socket: Any = None

    def __enter__(self) -> Self:
        self.is_over = False
        self._timer = threading.Timer(self.seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._timer:
            self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """httpx tells of each new connection here; the latest is the one in use."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        self.is_over = True
        if self._socket is not None:
            try:
                # 2: no more in either direction. The reader wakes and finds the end.
                self._socket.shutdown(2)
            except OSError:
                return


def save(
    response: httpx.Response, part: Path, accepts: str, max_bytes: int, settings: Settings, keep: Callable[[int], None] | None = None, start: int = 0
) -> tuple[int, str]:
    """Write the answer's content, unpacked, and give its size and sha256. The file counts for nothing before the caller says so.

    An answer that is a rest is added behind the first `start` bytes of the file. `keep` is told how many bytes are safe, now and then and when
    they break off. Raises Passing where the bytes are cut or slow, Refused where they are too many or packed as was not asked for, and what
    `check` raises.
    """
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise Refused(f"the answer is packed as {packing!r}, which was not asked for")
    length = response.headers.get("content-length", "")
    if length.isdecimal() and start + int(length) > max_bytes:
        raise Refused(f"the answer has {start + int(length):,} bytes, more than the {max_bytes:,} allowed")
    unpack = _unpacked if "gzip" in packing else _as_it_is
    is_checked = False
    digest, head = sha256(), b""
    content_type = response.headers.get("content-type", "")
    with part.open("r+b" if start else "wb") as file:
        size = kept = _digested(file, start, digest) if start else 0
        try:
            for piece in unpack(_raw(response, settings, max_bytes), max_bytes, settings.max_expansion):
                size += len(piece)
                if size > max_bytes:
                    raise Refused(f"the answer has more than the {max_bytes:,} bytes allowed")
                if not is_checked:
                    head += piece[:_HEAD]
                    if len(head) >= _HEAD:
                        check(accepts, content_type, head)
                        is_checked = True
                file.write(piece)
                digest.update(piece)
                if keep and size - kept >= _SYNC_BYTES:
                    _sync(file)
                    keep(size)
                    kept = size
        except (httpx.TransportError, Passing):
            if keep:
                _sync(file)
                keep(file.tell())
            raise
        if not is_checked:
            check(accepts, content_type, head)
        _sync(file)
    if length.isdecimal() and response.num_bytes_downloaded != int(length):
        raise Passing(f"{response.num_bytes_downloaded:,} of {int(length):,} bytes came")
    return size, digest.hexdigest()


def beginning(response: httpx.Response, most: int = _HEAD) -> str:
    """The first of an error's text, for the message; what cannot be read of it is left out."""
    found = b""
    unpack = _unpacked if "gzip" in response.headers.get("content-encoding", "") else _as_it_is
    try:
        for piece in unpack(response.iter_raw(), _CHUNK, _CHUNK):
            found += piece
            if len(found) >= most:
                break
    except (httpx.HTTPError, Passing, Refused):
        pass
    return found[:most].decode("utf-8", errors="replace")


def _digested(file: BinaryIO, start: int, digest: Any) -> int:
    """Add the file's first bytes to the digest, and cut off what stands behind them: it may not have reached the disk."""
    left = start
    while left and (piece := file.read(min(left, 1 << 20))):
        digest.update(piece)
        left -= len(piece)
    file.truncate(start)
    return start


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _raw(response: httpx.Response, settings: Settings, max_bytes: int) -> Iterator[bytes]:
    """The bytes as they come over the wire. A speed below the least, once the grace is over, is a fault."""
    started, count = time.monotonic(), 0
    for piece in response.iter_raw():
        count += len(piece)
        if count > max_bytes:
            raise Refused(f"the answer has more than the {max_bytes:,} bytes allowed")
        seconds = time.monotonic() - started
        if seconds > settings.read_seconds and count < seconds * settings.min_bytes_per_second:
            raise Passing(f"the bytes come too slowly: {count:,} in {seconds:,.0f} s (setting min_bytes_per_second)")
        yield piece


def _as_it_is(pieces: Iterator[bytes], max_bytes: int, max_expansion: int) -> Iterator[bytes]:
    del max_bytes, max_expansion
    return pieces


def _unpacked(pieces: Iterator[bytes], max_bytes: int, max_expansion: int) -> Iterator[bytes]:
    """gzip, a bounded piece at a time: a small answer must not become a full disk."""
    unpacker = zlib.decompressobj(wbits=31)
    packed = size = 0
    for piece in pieces:
        packed += len(piece)
        while piece and not unpacker.eof:
            try:
                found = unpacker.decompress(piece, _CHUNK)
            except zlib.error as error:
                raise Passing(f"the answer's gzip is damaged ({error})") from None
            size += len(found)
            if size > max_bytes or size > _CHUNK + packed * max_expansion:
                raise Refused(
                    f"the answer grows from {packed:,} to more than {size:,} bytes when unpacked (settings max_answer_bytes, max_expansion)"
                )
            yield found
            piece = unpacker.unconsumed_tail
    if packed and not unpacker.eof:
        raise Passing("the answer's gzip is cut off")
