"""Brackets and commas of JSON bytes that stand outside of strings, found a block at a time, whether the JSON is sound or not."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_QUOTE, _BACKSLASH = 0x22, 0x5C
_STEP = np.zeros(256, dtype=np.int8)
_STEP[[ord("{"), ord("[")]] = 1
_STEP[[ord("}"), ord("]")]] = -1
_IS_BRACKET = _STEP != 0
_IS_MARK = _IS_BRACKET.copy()
_IS_MARK[ord(",")] = True


class Marks:
    """Blocks of bytes that follow one another are looked through in turn. Any bracket closes any other."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_in_string = 0
        self._backslashes = 0

    def find(self, block: bytes, deepest: int, with_commas: bool = False) -> Iterator[tuple[int, int, int]]:
        """(index, level, step) of each mark of at most level `deepest`: how many brackets are open there, its own counted; 1 where it opens, -1 where
        it closes, 0 for a comma."""
        codes = np.frombuffer(block, dtype=np.uint8)
        quotes = self._quotes(block, codes)
        at = np.flatnonzero((_IS_MARK if with_commas else _IS_BRACKET)[codes])
        at = at[((np.searchsorted(quotes, at) + self._is_in_string) & 1) == 0]
        self._is_in_string = (self._is_in_string + len(quotes)) & 1
        if not len(at):
            return iter(())
        steps = _STEP[codes[at]].astype(np.int64)
        after = steps.cumsum() + self._depth
        self._depth = int(after[-1])
        levels = np.where(steps < 0, after + 1, after)
        wanted = levels <= deepest
        return zip(at[wanted].tolist(), levels[wanted].tolist(), steps[wanted].tolist(), strict=True)

    def _quotes(self, block: bytes, codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """Where the quotes are that no backslash escapes."""
        quotes = np.flatnonzero(codes == _QUOTE)
        before, self._backslashes = self._backslashes, 0
        if b"\\" not in block:
            return quotes[1:] if before % 2 and len(quotes) and quotes[0] == 0 else quotes
        slashes = np.flatnonzero(codes == _BACKSLASH)
        breaks = np.diff(slashes) != 1
        first, last = slashes[np.concatenate(([True], breaks))], slashes[np.concatenate((breaks, [True]))]
        counts = last - first + 1
        escaped = last + 1
        if first[0] == 0:
            counts[0] += before
        elif before % 2:
            escaped, counts = np.append(escaped, 0), np.append(counts, 1)
        if last[-1] == len(codes) - 1:
            self._backslashes = int(counts[len(last) - 1])
        return quotes[~np.isin(quotes, escaped[counts % 2 == 1])]
