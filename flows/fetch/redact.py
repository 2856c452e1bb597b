"""Keeping secrets out of whatever is kept or shown: addresses, headers, messages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit, urlunsplit

from flows.settings import SECRETS, read_secret

HIDDEN = "REDACTED"
# Parameters that give access by their names: keys, tokens, signatures of signed addresses.
_SECRET_NAME = re.compile(
    r"(?i)(^|[-_.])(api[-_]?key|key|apikey|token|auth|authorization|secret|passw(or)?d|pwd|sig|signature|credential|session|sid|jwt)($|[-_.])"
    r"|^x-(amz|goog)-|accesskey|[a-z]token$|[a-z]key$"
)
# The token of an OAI list says where the list goes on, and gives no access.
_NO_SECRETS = frozenset({"resumptiontoken"})
# Headers of an answer that say something of its bytes or of the source's limits. All others, cookies above all, are not kept.
_KEPT_HEADERS = re.compile(
    r"(content-(type|length|encoding|disposition)|date|etag|last-modified|link|retry-after|age|server|x-?rate-?limit.*|ratelimit.*|x-api-pool)"
)


@dataclass(frozen=True, slots=True)
class Redactor:
    """Knows the secrets in force, and takes them out of text."""

    secrets: Mapping[str, str] = field(default_factory=lambda: {name: value for name in SECRETS if (value := read_secret(name))})

    def text(self, text: str) -> str:
        """The text without any secret, however it is quoted."""
        for secret in sorted(self.secrets.values(), key=len, reverse=True):
            for form in {secret, quote(secret, safe=""), quote_plus(secret), quote(secret)}:
                text = text.replace(form, HIDDEN)
        return text

    def url(self, url: str) -> str:
        """The address without name and password, and without the values of parameters that give access; all else as it was."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")
        netloc = f"{HIDDEN}@{host[2]}" if host[1] else parts.netloc
        query = "&".join(map(_parameter, parts.query.split("&"))) if parts.query else ""
        return self.text(urlunsplit((parts.scheme, netloc, parts.path, query, "")))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers that are kept: few, and none that could hold a cookie or a key."""
        found = {name.lower(): self.text(value) for name, value in headers.items()}
        return {name: value for name, value in sorted(found.items()) if _KEPT_HEADERS.fullmatch(name)}


def _parameter(text: str) -> str:
    name, sign, _ = text.partition("=")
    plain = unquote_plus(name)
    return f"{name}={HIDDEN}" if sign and plain.lower() not in _NO_SECRETS and _SECRET_NAME.search(plain) else text
