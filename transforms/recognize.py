"""Which format some bytes are, by content and never by name."""

from transforms.parsed import Reject
from transforms.sources import FORMATS, Format

_MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
_TEXT_LOOKS = (
    ((b"<!doctype html", b"<html"), "an HTML page"),
    ((b"<?xml",), "XML"),
    ((b"{", b"["), "JSON"),
    ((b"@",), "BibTeX"),
)


def recognize(head: bytes) -> Format | Reject:
    """The format of a document by its first bytes (Content.head), or why it is none that a parser is there for."""
    if not head:
        return Reject("empty", "the file is empty; save the page again")
    if found := next((form for form in FORMATS if form.matches(head)), None):
        return found
    known = ", ".join(form.about for form in FORMATS)
    if looks := next((name for magic, name in _MAGIC if head.startswith(magic)), None):
        if "text" in looks:
            return Reject(
                "not_utf8",
                f"byte 0x{head[0]:02X} at offset 0 (line 1) is not UTF-8: it looks like {looks}; convert it to UTF-8 (iconv) and load it again",
            )
        return Reject("binary", f"it looks like {looks}; what can be read so far: {known}")
    if (at := head.find(b"\0")) >= 0:
        return Reject("binary", f"byte 0x00 at offset {at}: this is no text; what can be read so far: {known}")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    looks = next((name for marks, name in _TEXT_LOOKS if start.startswith(marks)), None)
    found_text = f"it looks like {looks}, which has no parser yet" if looks else "nothing in its first 64 KiB is known"
    return Reject("unknown_format", f"{found_text}; what can be read so far: {known}")
