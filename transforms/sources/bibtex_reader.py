"""BibTeX as a stream of entries, each with its place in the bytes.

Written here because no library does what is needed. Of 85,353 entries of DBLP, bibtexparser 2.1 takes 11 seconds, sets aside the 184 whose key
came before, holds all of them at once and knows lines only; pybtex 0.26 takes 2.8 seconds for a tenth of them and raises at the first key that
comes twice. Here an entry whose braces do not balance costs itself and not what follows.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from transforms.sources.bibtex_pieces import Piece, pieces

# How many further pieces are tried where one ends within a value: a line of the value itself may look like an entry's start.
_MAX_JOINED = 4
# A macro may hold macros: without a bound a few lines would grow to any length.
_MAX_JOINED_VALUE = 10_000
_HEAD = re.compile(r"@[ \t]{0,8}([A-Za-z][\w-]{0,63})\s{0,8}([{(])")
# In the middle of a line a bracket is prose and an @ belongs to an address.
_LATER_HEAD = re.compile(r"(?:(?<![\w.])@[ \t]{0,8}[A-Za-z][\w-]{0,63}\s{0,8}\{)|(?:(?<=[\r\n])@[A-Za-z][\w-]{0,63}\s{0,8}\()")
_HEAD_WITHOUT_BRACE = re.compile(r"(?:^|(?<=[\r\n]))[ \t]*+@[A-Za-z]")
# OpenReview prints keys with TeX in them: rodr{\'\i}guez2017.
_KEY_WITH_BRACES = re.compile(r"\s*+((?:[^,\r\n{}\"=]++|\{(?:[^{}\r\n,=]|\{[^{}\r\n,=]*+\})*+\})++),")
_KEY = re.compile(r"\s*+([^,\r\n{}\"]*+)")
_GAP = re.compile(r"(?:[\s,]++|%[^\r\n]*+)*+")
_INNER = r"[^{}]*+"
for _ in range(4):
    _INNER = rf"[^{{}}]*+(?:\{{{_INNER}\}}[^{{}}]*+)*+"
_FIELD_NAME = r"([^\s=,{}()\"#%@][^\s=,{}\"#]*+)\s*+=\s*+"
# A field whose value is one part with braces up to five deep: nearly all are. The others go through _value().
_FIELD = re.compile(rf"{_FIELD_NAME}(?:\{{({_INNER})\}}|\"([^\"{{}}\\]*+)\"|([^\s,{{}}()\"#=]++))\s*+(?!#)")
_NAME = re.compile(_FIELD_NAME)
_BARE = re.compile(r"[^\s,{}()\"#=]*+")
_BRACE = re.compile(r"[{}]")
_BRACE_OR_BRACKET = re.compile(r"[{})]")
_BRACE_OR_QUOTE = re.compile(r"[{}\"]")
_ENDS_VALUE = re.compile(r"\s*+(?:[,#})]|\Z)")
_SPACE = re.compile(r"\s*+")
_FIELD_IN_LINE = re.compile(r"[\r\n][ \t]*+([A-Za-z][\w-]{0,63})[ \t]*+=[ \t]*+[\"{]")
_FIELD_BEHIND = re.compile(r"[\s}]*+,?\s*+[A-Za-z][\w-]{0,63}\s*+=")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_MONTH_MACROS = {name[:3].lower(): name for name in _MONTHS}
_OFTEN_FIRST = {"author", "title", "year", "month", "journal", "booktitle", "volume", "number", "pages", "editor", "publisher", "note", "doi", "url"}
_CLOSERS = {"{": "}", "(": ")"}


@dataclass(slots=True)
class Entry:
    """One `@word{...}`, or why it is none. `kind` is its word in lower case; "" is text between entries."""

    kind: str
    offset: int
    length: int
    line: int
    key: str = ""
    # In their order, names in lower case; a name may come twice.
    fields: list[tuple[str, str]] = field(default_factory=list)
    fault: str | None = None
    code: str = "malformed"
    # The first bytes of an entry that has a fault.
    raw: bytes = b""
    # Whether a value that is not closed holds what looks like fields of the entry itself.
    has_swallowed: bool = False


class _Broken(Exception):
    """Why no entry can be read here; `is_open`: what was opened is not closed, and `swallowed` is the field that stands in it."""

    def __init__(self, why: str, is_open: bool = False, swallowed: str = "") -> None:
        super().__init__(why + (f" before {swallowed}" if swallowed else ""))
        self.is_open = is_open
        self.has_swallowed = bool(swallowed)


def entries(stream: BinaryIO, max_bytes: int) -> Iterator[Entry]:
    """The document's entries, and the text between them, in order. Memory is bounded by a few entries."""
    reader = _Reader()
    source = pieces(stream, max_bytes)
    ahead: deque[Piece] = deque()
    while True:
        piece = ahead.popleft() if ahead else next(source, None)
        if piece is None:
            return
        if piece.is_too_long:
            why = f"it goes on for {piece.length:,} bytes without the start of another entry; close its braces, or raise max_record_bytes"
            yield Entry("entry", piece.offset, piece.length, piece.line, fault=why, code="record_too_large", raw=piece.raw)
            continue
        found = reader.read(piece)
        if found and found[-1].fault and found[-1].code == "cut_off" and not piece.is_last:
            ahead.extend(islice(source, _MAX_JOINED - len(ahead)))
            if joined := reader.joined(piece, found[-1], ahead):
                found[-1:] = joined
            else:
                # More follows, so this is not where the file ends.
                found[-1] = replace(found[-1], code="malformed")
        yield from found


class _Reader:
    """Reads pieces; holds the macros that the document has defined so far."""

    def __init__(self) -> None:
        self.macros = dict(_MONTH_MACROS)

    def read(self, piece: Piece) -> list[Entry]:
        """The entries of one piece, and the text between them."""
        raw = piece.raw
        # A byte that is not UTF-8 is carried along as a surrogate, so that only the entry it stands in is lost.
        text = raw.decode("utf-8", "surrogateescape")
        is_plain = text.isascii()
        found: list[Entry] = []
        at, offset, line, counted = 0, piece.offset, piece.line, 0
        while (start := _end_of(_SPACE, text, at)) < len(text):
            head = _HEAD.match(text, start)
            if head:
                entry, at = self._entry(text, head)
            else:
                entry, at = _between(text, start)
            stop = at if text[at - 1] in "})" else start + len(text[start:at].rstrip())
            offset += start - counted if is_plain else _width(text[counted:start])
            line += text.count("\n", counted, start)
            counted = start
            entry.offset, entry.line = offset, line
            entry.length = stop - start if is_plain else _width(text[start:stop])
            if not is_plain and entry.kind and (bad := _not_utf8(text[start:stop])):
                entry.fault, entry.code = f"{bad} is not UTF-8; convert the file to UTF-8 (iconv -f latin1 -t utf-8) and load it again", "not_utf8"
            if entry.fault:
                begin = entry.offset - piece.offset
                entry.raw = raw[begin : begin + entry.length]
            found.append(entry)
        return found

    def joined(self, piece: Piece, broken: Entry, ahead: deque[Piece]) -> list[Entry]:
        """The entry that reads well together with the pieces that follow it, which are taken then; empty where there is none.

        A line that looks like an entry may stand within a value. A brace that was forgotten looks the same at first, but then fields of the entry
        itself, each in its line, stand in the value that is open.
        """
        if broken.has_swallowed:
            return []
        raw = piece.raw[broken.offset - piece.offset :]
        depth = raw.count(b"{") - raw.count(b"}")
        for number, other in enumerate(ahead, 1):
            raw += other.raw
            depth += other.raw.count(b"{") - other.raw.count(b"}")
            if depth < 0 or other.is_too_long:
                return []
            if depth == 0:
                found = self.read(Piece(broken.offset, broken.line, raw, len(raw)))
                if len(found) != 1 or found[0].fault:
                    return []
                for _ in range(number):
                    ahead.popleft()
                return found
        return []

    def _entry(self, text: str, head: re.Match[str]) -> tuple[Entry, int]:
        """The entry that starts here, and where what follows it begins."""
        kind = head[1].lower()
        entry = Entry(kind, 0, 0, 0)
        try:
            end = _closed(text, head.end() - 1, head[2]) if kind in ("comment", "preamble") else self._body(text, head, entry)
        except _Broken as broken:
            entry.fault, entry.code, entry.has_swallowed = str(broken), "cut_off" if broken.is_open else "malformed", broken.has_swallowed
            return entry, len(text) if broken.is_open else _after_broken(text, head)
        if kind == "string":
            self.macros.update((name, value) for name, value in entry.fields if len(value) <= _MAX_JOINED_VALUE)
        elif end < len(text) and kind not in ("comment", "preamble") and _FIELD_BEHIND.match(text, end):
            entry.fault = "its braces close before its last field: one too many closes, or one too few opens"
            later = _LATER_HEAD.search(text, end)
            return entry, later.start() if later else len(text)
        return entry, end

    def _body(self, text: str, head: re.Match[str], entry: Entry) -> int:
        """Fills in key and fields; returns where the entry ends."""
        closer = _CLOSERS[head[2]]
        at = head.end()
        if entry.kind != "string":
            entry.key, at = _key(text, at, closer)
        match, gap, macros, fields = _FIELD.match, _GAP.match, self.macros, entry.fields
        while True:
            at = gap(text, at).end()  # type: ignore[union-attr]  # it matches the empty text
            found = match(text, at)
            if found:
                name, braced, quoted, bare = found.groups()
                value = braced if braced is not None else quoted if quoted is not None else macros.get(bare.lower(), bare)
                fields.append((name.lower(), value))
                at = found.end()
            elif text.startswith(closer, at):
                return at + 1
            elif at >= len(text):
                # A brace forgotten in a field is made up for by the entry's own, so it shows only here.
                name = next((name for name, value in fields if _FIELD_IN_LINE.search(value)), "")
                raise _unclosed(dict(fields).get(name, ""), 0, name)
            elif named := _NAME.match(text, at):
                value, at = self._value(text, named)
                fields.append((named[1].lower(), value))
            else:
                raise _Broken(f"a field was expected, and {text[at : at + 30]!r} was found")

    def _value(self, text: str, named: re.Match[str]) -> tuple[str, int]:
        """The value behind a field's name, its parts joined (`a # "b" # {c}`), and where it ends."""
        at, parts = named.end(), []
        while True:
            if text.startswith("{", at):
                end = _closed(text, at, "{", named[1])
                parts.append(text[at + 1 : end - 1])
            elif text.startswith('"', at):
                end = _quoted(text, at, named[1])
                parts.append(text[at + 1 : end - 1])
            else:
                end = _end_of(_BARE, text, at)
                parts.append(self.macros.get(text[at:end].lower(), text[at:end]))
            at = _end_of(_SPACE, text, end)
            if not text.startswith("#", at):
                break
            at = _end_of(_SPACE, text, at + 1)
        if len(parts) > 1 and sum(map(len, parts)) > _MAX_JOINED_VALUE:
            raise _Broken(f"the parts of field {named[1]} come to more than {_MAX_JOINED_VALUE:,} letters")
        return "".join(parts), end


def _key(text: str, at: int, closer: str) -> tuple[str, int]:
    """The entry's key, and where its fields begin. A missing comma is forgiven, and so is a missing key."""
    if whole := _KEY_WITH_BRACES.match(text, at):
        return whole[1].strip(), whole.end()
    found = _KEY.match(text, at)
    printed = found[1] if found else ""
    end = found.end() if found else at
    mark = text[end : end + 1]
    is_value = mark in ("{", '"')
    name, sign, _ = printed.rpartition("=") if is_value else printed.partition("=")
    if sign and not (mark == "," and name.strip().lower() not in _OFTEN_FIRST):
        # What stands before the sign is a field's name: there is no key, or no comma behind it.
        begin = len(name.rstrip()) - len((name.split() or [""])[-1])
        return printed[:begin].strip(), end - len(printed) + begin
    if is_value:
        raise _Broken(f"a key and a comma were expected, and {text[at : at + 30]!r} was found")
    if closer == ")" and printed.rstrip().endswith(")"):
        return printed.rstrip()[:-1].strip(), end - len(printed) + len(printed.rstrip()) - 1
    if mark == ",":
        end += 1
    return printed.strip(), end


def _closed(text: str, at: int, opener: str, name: str = "") -> int:
    """The place behind what closes the bracket that opens here. Raises _Broken where nothing does; its text then has what is open."""
    depth = 0
    if opener == "(":
        # Braces count within brackets; a bracket within braces does not.
        for mark in _BRACE_OR_BRACKET.finditer(text, at):
            depth += (mark[0] == "{") - (mark[0] == "}")
            if mark[0] == ")" and depth <= 0:
                return mark.end()
    else:
        for mark in _BRACE.finditer(text, at):
            depth += 1 if mark[0] == "{" else -1
            if depth == 0:
                return mark.end()
    raise _unclosed(text, at, name)


def _quoted(text: str, at: int, name: str) -> int:
    depth = 0
    for mark in _BRACE_OR_QUOTE.finditer(text, at + 1):
        if mark[0] == '"' and depth <= 0:
            # BibTeX itself would end the value at the quote of G\"odel; people write it all the same.
            if text[mark.start() - 1] != "\\" or _ENDS_VALUE.match(text, mark.end()):
                return mark.end()
            continue
        depth += (mark[0] == "{") - (mark[0] == "}")
    raise _unclosed(text, at, name)


def _unclosed(text: str, at: int, name: str) -> _Broken:
    own = _FIELD_IN_LINE.search(text, at) if name else None
    what = f"the value of field {name}" if name else "the entry"
    return _Broken(f"{what} is not closed", is_open=True, swallowed=f"field {own[1]}" if own else "")


def _after_broken(text: str, head: re.Match[str]) -> int:
    """Where a broken entry ends: at the brace that closes it, else with its piece."""
    try:
        return _closed(text, head.end() - 1, head[2])
    except _Broken:
        return len(text)


def _between(text: str, start: int) -> tuple[Entry, int]:
    """The text before the next entry; an @ at a line's start that has no brace is an entry that went wrong."""
    later = _LATER_HEAD.search(text, start + 1)
    end = later.start() if later else len(text)
    if _HEAD_WITHOUT_BRACE.search(text, start, end):
        return Entry("entry", 0, 0, 0, fault="no { follows the word behind @"), end
    return Entry("", 0, 0, 0), end


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _width(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _not_utf8(text: str) -> str | None:
    """The first byte that is not UTF-8, named."""
    found = re.search("[\udc80-\udcff]", text)
    return f"byte 0x{ord(found[0]) - 0xDC00:02X}" if found else None
