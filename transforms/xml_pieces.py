"""A stream of XML cut into its record elements by their tags, without parsing it: memory is bounded by one record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK_BYTES = 1 << 20
# What is kept of a piece that is at fault, for a person to read.
_KEPT_OF_FAULTY = 64 * 1024
_LONGEST_TAG = 64 * 1024
_CLOSERS = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}
# Possessive, so that no bytes make them backtrack. A `<` cannot stand in an attribute's value.
_ATTRIBUTES = re.compile(rb"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+""")
# With its internal subset, of which nothing is ever read.
DOCTYPE = re.compile(
    rb"""<!DOCTYPE(?:[^\[>"']++|"[^"]*+"|'[^']*+')*+"""
    rb"""(?:\[(?:[^\]"'<]++|"[^"]*+"|'[^']*+'|<(?!!--)|<!--(?:[^-]++|-(?!->))*+-->)*+\]\s*+)?>"""
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One record element: its number from 1, its name, its place in the original bytes, and all its bytes.

    With a fault `code` is a reject code, `fault` says what is wrong, and `raw` are the first bytes only.
    """

    number: int
    tag: bytes
    offset: int
    length: int
    raw: bytes
    code: str | None = None
    fault: str | None = None


def pieces(
    stream: BinaryIO, tags: frozenset[bytes], max_record_bytes: int, root: bytes | None = None, openings: frozenset[bytes] = frozenset()
) -> Iterator[Piece]:
    """The elements with one of these names, as printed (with a prefix where they have one), in order.

    Comments, CDATA sections, processing instructions and the DOCTYPE are passed over. An element of a record's own name inside it belongs to it.
    A record that lacks its end tag ends where the next one begins, one that is too large is passed over; both have a fault. Where `root` is
    given and the document ends (or another root begins) before its end tag, a piece of no bytes with the code `cut_off` says so.
    Of elements named in `openings`, which hold records, the start tag alone is a piece. Inside a record one without attributes is the record's own.
    """
    return _Cutter(_Tags(stream, tags | openings, max_record_bytes, root), max_record_bytes, root, openings).run()


@dataclass(slots=True)
class _Tag:
    name: bytes
    start: int
    end: int
    is_close: bool
    is_empty: bool


class _Tags:
    """The tags of interest, found in a window of the stream. Places are bytes from the stream's beginning."""

    def __init__(self, stream: BinaryIO, tags: frozenset[bytes], limit: int, root: bytes | None) -> None:
        names = sorted({*tags, *([root] if root else [])})
        self._mark = re.compile(rb"<(?:(!--|!\[CDATA\[|\?|!DOCTYPE)|(/?)(" + b"|".join(map(re.escape, names)) + rb")(?=[\s/>]))")
        # So many bytes at the window's end may be the beginning of a mark.
        self._longest = max(len(b"<![CDATA["), 3 + max(map(len, names)))
        self._stream = stream
        self._limit = limit
        self._data = b""
        self._base = 0
        # Up to where each closer is known to be absent, so that no byte is searched twice for it.
        self._searched = dict.fromkeys(_CLOSERS.values(), 0)
        # A second try after one that never ends would search the same bytes again.
        self._may_have_doctype = True
        self.is_at_end = False

    @property
    def end(self) -> int:
        """How far the stream was read."""
        return self._base + len(self._data)

    def slice(self, start: int, end: int) -> bytes:
        """The bytes between two places, as far as the window still has them."""
        return self._data[max(0, start - self._base) : max(0, end - self._base)]

    def next(self, at: int, keep: int | None = None, bound: int | None = None) -> _Tag | None:
        """The next tag from `at` on; None at the stream's end, or when the window passes `bound` without one. The bytes from `keep` on stay."""
        while True:
            found = self._mark.search(self._data, at - self._base)
            if found is None:
                at = max(at, self.end - self._longest)
                if (bound is not None and at > bound) or not self._more(at if keep is None else keep):
                    return None
                continue
            start, end = self._base + found.start(), self._base + found.end()
            held = start if keep is None else keep
            if found[1] is None:
                return self._tag(found[3], start, end, found[2] == b"/", held)
            at = self._behind_doctype(start, held) if found[1] == b"!DOCTYPE" else self._behind(found[1], start, held)

    def _more(self, keep: int) -> bool:
        if self.is_at_end:
            return False
        chunk = self._stream.read(_CHUNK_BYTES)
        self.is_at_end = not chunk
        self._data = self._data[keep - self._base :] + chunk
        self._base = keep
        return True

    def _tag(self, name: bytes, start: int, after_name: int, is_close: bool, keep: int) -> _Tag:
        while True:
            found = _ATTRIBUTES.match(self._data, after_name - self._base)
            stop = found.end() if found else after_name - self._base
            if self._data[stop : stop + 1] == b">":
                is_empty = not is_close and self._data[stop - 1 : stop] == b"/"
                return _Tag(name, start, self._base + stop + 1, is_close, is_empty)
            is_damaged = self.end - start > _LONGEST_TAG or self._data.find(b"<", stop) >= 0
            if is_damaged or not self._more(keep):
                # The tag has no end: what reads the record will say so.
                return _Tag(name, start, max(after_name, self._base + stop), is_close, is_empty=False)

    def _behind(self, opener: bytes, start: int, keep: int) -> int:
        """Where the comment (or the like) ends; right behind its beginning where it never does."""
        closer = _CLOSERS[opener]
        inner = start + 1 + len(opener)
        while True:
            at = max(inner, self._searched[closer])
            found = self._data.find(closer, at - self._base)
            if found >= 0:
                return self._base + found + len(closer)
            self._searched[closer] = max(at, self.end - len(closer) + 1)
            if self.end - start > self._limit or not self._more(keep):
                return inner

    def _behind_doctype(self, start: int, keep: int) -> int:
        while self._may_have_doctype:
            found = DOCTYPE.match(self._data, start - self._base)
            if found:
                return self._base + found.end()
            self._may_have_doctype = self.end - start <= _LONGEST_TAG and self._more(keep)
        return start + len(b"<!DOCTYPE")


class _Cutter:
    """Cuts at tags: holds where the record that is open begins, and where the root does."""

    def __init__(self, tags: _Tags, limit: int, root: bytes | None, openings: frozenset[bytes]) -> None:
        self._tags = tags
        self._openings = openings
        self._limit = limit
        self._root = root
        self._number = 0
        self._done = 0
        self._is_root_open = False
        # Given up once an element turns out to lack its end tag: then a beginning inside a record is the next record's.
        self._nests = True

    def run(self) -> Iterator[Piece]:
        at = 0
        while True:
            tag = self._tags.next(at)
            if tag is None:
                break
            at = tag.end
            if tag.name == self._root:
                if self._is_root_open and not tag.is_close:
                    yield self._cut_root(tag.start)
                self._is_root_open = not tag.is_close and not tag.is_empty
            if tag.name in self._openings:
                if not tag.is_close:
                    yield self._piece(tag.name, tag.start, tag.end)
            elif tag.name == self._root:
                continue
            elif tag.is_close:
                why = f"an end tag </{_shown(tag.name)}> without its beginning; what belongs to it stands before it, from byte {self._done} on"
                yield self._piece(tag.name, tag.start, tag.end, "malformed", why)
            elif tag.is_empty:
                yield self._piece(tag.name, tag.start, tag.end)
            else:
                piece = self._record(tag)
                at = piece.offset + piece.length
                yield piece
                if piece.code == "cut_off" and self._tags.is_at_end and at == self._tags.end:
                    return
        if self._is_root_open:
            yield self._cut_root(self._tags.end)

    def _record(self, first: _Tag) -> Piece:
        name, start, bound = first.name, first.start, first.start + self._limit
        depth, inner, at = 1, None, first.end
        while True:
            tag = self._tags.next(at, keep=start, bound=bound)
            if tag is not None and tag.end <= bound and self._is_field(tag):
                at = tag.end
                continue
            if tag is None or tag.end > bound or (tag.name != name and not tag.is_close) or tag.name == self._root:
                if inner is not None:
                    self._nests = False
                    return self._cut(name, start, inner)
                if (tag is None and self._tags.end > bound) or (tag is not None and tag.end > bound):
                    return self._too_large(name, start, at)
                return self._cut(name, start, tag.start if tag else self._tags.end)
            at = tag.end
            if tag.is_empty or tag.name != name:
                continue
            if tag.is_close:
                depth -= 1
                if not depth:
                    return self._piece(name, start, tag.end)
            elif self._nests:
                depth, inner = depth + 1, inner or tag.start
            else:
                return self._cut(name, start, tag.start)

    def _too_large(self, name: bytes, start: int, at: int) -> Piece:
        raw = self._tags.slice(start, start + _KEPT_OF_FAULTY)
        end = None
        while end is None:
            tag = self._tags.next(at)
            if tag is None:
                end = self._tags.end
            elif self._is_field(tag):
                at = tag.end
            elif tag.is_close and tag.name == name:
                end = tag.end
            elif not tag.is_empty and (tag.name == self._root or not tag.is_close):
                end = tag.start
            else:
                at = tag.end
        why = f"<{_shown(name)}> has {end - start:,} bytes, more than the {self._limit:,} that a record may have"
        return self._piece(name, start, end, "record_too_large", why, raw[: end - start])

    def _is_field(self, tag: _Tag) -> bool:
        """Whether a tag inside a record is one of its own fields, though an element that holds records has the same name."""
        return tag.name in self._openings and (tag.is_close or tag.end - tag.start <= len(tag.name) + len(b"</>"))

    def _cut(self, name: bytes, start: int, end: int) -> Piece:
        return self._piece(name, start, end, "cut_off", f"<{_shown(name)}> has no end tag")

    def _cut_root(self, end: int) -> Piece:
        name = self._root or b""
        return self._piece(name, end, end, "cut_off", f"<{_shown(name)}> has no end tag: records may be missing here")

    def _piece(self, name: bytes, start: int, end: int, code: str | None = None, why: str | None = None, raw: bytes | None = None) -> Piece:
        self._number += 1
        self._done = end
        if raw is None:
            raw = self._tags.slice(start, min(end, start + _KEPT_OF_FAULTY) if code else end)
        return Piece(self._number, name, start, end - start, raw, code, why)


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
