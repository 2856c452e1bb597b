"""Whether an answer is what was asked for: its type, its first bytes, an error page in its place."""

import re

from flows.fetch.trouble import Refused, Stopped

_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script|title)\b", re.IGNORECASE | re.DOTALL)
_CHALLENGE = re.compile(
    rb"(?i)just a moment|captcha|cf-chl|challenge-platform|attention required|enable javascript and cookies"
    rb"|are you (a )?human|access denied|unusual traffic"
)
_TYPES = {"json": re.compile(r"(application|text)/([\w.+-]*\+)?(json|javascript)"), "xml": re.compile(r"(application|text)/([\w.+-]*\+)?xml")}
# Said by servers that do not know what they send.
_VAGUE = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})
_BEGINS = {"json": re.compile(rb"\s*[\[{]"), "xml": re.compile(rb"\s*<[?!A-Za-z]")}


def check(accepts: str, content_type: str, head: bytes) -> None:
    """Raise Stopped for a web page in the place of data: that is about us or their site. Raise Refused for data of another type.

    `accepts` is json, xml or any; `head` the answer's first bytes, unpacked.
    """
    if accepts == "any":
        return
    head = head.removeprefix(b"\xef\xbb\xbf")
    kind = content_type.partition(";")[0].strip().lower()
    if _HTML.match(head):
        what = "a page that wants proof of a human being" if _CHALLENGE.search(head) else "a web page"
        raise Stopped(f"the server sent {what} where {accepts.upper()} belongs; look at the address in a browser, and try again later")
    if kind not in _VAGUE and not _TYPES[accepts].fullmatch(kind):
        raise Refused(f"the server sent {kind!r} where {accepts.upper()} belongs")
    if not _BEGINS[accepts].match(head):
        begins = head[:40].decode("utf-8", errors="replace")
        raise Refused(f"the answer is no {accepts.upper()}: it begins with {begins!r}")
