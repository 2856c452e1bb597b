"""A document's bytes, however they are packed."""

from collections.abc import Callable
from typing import BinaryIO

from transforms.lines import Buffer

# Enough for every signature and for a page's header; a parser reads the rest.
HEAD_BYTES = 1 << 16


class TooLarge(Exception):
    """The document has more bytes than may be read at once; `limit` is how many may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than the {limit:,} bytes that a document of this format may have")
        self.limit = limit


class Content:
    """A document's bytes: a stream from the start, as often as it is asked for, or all at once where they are few."""

    def __init__(self, opener: Callable[[], BinaryIO], mapped: Buffer | None = None) -> None:
        self._opener = opener
        self._mapped = mapped

    @classmethod
    def of(cls, data: bytes) -> "Content":
        """These bytes."""
        from io import BytesIO

        return cls(lambda: BytesIO(data), data)

    def stream(self) -> BinaryIO:
        """A new stream from the first byte. The caller closes it."""
        return self._opener()

    def head(self) -> bytes:
        """The first 64 KiB, or all there is."""
        if self._mapped is not None:
            return bytes(self._mapped[:HEAD_BYTES])
        with self.stream() as stream:
            return stream.read(HEAD_BYTES)

    def whole(self, max_bytes: int, is_mapped_free: bool = False) -> Buffer:
        """All bytes: mapped where the document is a plain file, else in memory. Raises TooLarge beyond the limit, which does not hold for a mapped
        document where the reader takes it line by line (`is_mapped_free`): that costs no memory."""
        if self._mapped is not None:
            if len(self._mapped) > max_bytes and not is_mapped_free:
                raise TooLarge(max_bytes)
            return self._mapped
        with self.stream() as stream:
            data = stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise TooLarge(max_bytes)
        return data

    def slice(self, start: int, length: int) -> bytes:
        """These bytes, or as many as there are. In a packed document all before them is unpacked."""
        if self._mapped is not None:
            return bytes(self._mapped[start : start + length])
        with self.stream() as stream:
            while start > 0 and (passed := stream.read(min(start, 1 << 20))):
                start -= len(passed)
            return stream.read(length)
