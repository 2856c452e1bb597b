"""Settings: `<home>/paperhouse.toml`, then PAPERHOUSE_* variables, then the command's options."""

import difflib
import math
import os
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from transforms.parsed import Limits
from warehouse.errors import InputError
from warehouse.schema.gold import Policy

_PREFIX = "PAPERHOUSE_"
_LOOKS_SECRET = re.compile(r"(key|token|secret|password)$")
# What gives access to a source. It comes from variables only, and is kept nowhere.
SECRETS = ("crossref_token", "hf_token", "openalex_key")
# Variables of ours that are no settings: where the home is, and where the tests find real data.
_OTHER_VARIABLES = ("home", "corpus", *SECRETS)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default."""

    # A second run waits this long for the first: a nightly run should not fail because someone loads a file by hand.
    wait_seconds: int = 600
    # What gold.papers makes of the versions of one work.
    policy: Policy = Policy.MERGE
    # The largest single document. Bulk dumps of a whole source are larger and are no text dumps of pages.
    max_document_bytes: int = 4 << 30
    # An archive of a whole collection is tens of gigabytes; what unpacks to far more than it takes is a bomb. Listings shrink to a tenth.
    max_unpacked_bytes: int = 64 << 30
    max_unpacked_ratio: int = 250
    # No title or abstract is a million bytes long; a line that is, is damage.
    max_line_bytes: int = 1 << 20
    # One record of a bulk format; OpenAlex works with thousands of authors take a few million bytes.
    max_record_bytes: int = 1 << 24
    # A document that is read at once: a page, an answer of an API, one venue's file.
    max_whole_bytes: int = 1 << 29
    # Whom a source may write to, an e-mail address or a page. It has no default, because only you know it; fetch asks for it.
    contact: str = ""
    hf_url: str = "https://huggingface.co"  # a mirror or a test server can stand in for each
    arxiv_url: str = "https://oaipmh.arxiv.org/oai"
    openalex_url: str = "https://api.openalex.org"
    crossref_url: str = "https://api.crossref.org"
    # Seconds between the starts of two requests: Hugging Face allows 500 in 300 s, arXiv one in 3 s, the others several a second.
    hf_pace_seconds: float = 0.7
    arxiv_pace_seconds: float = 3.0
    openalex_pace_seconds: float = 0.2
    crossref_pace_seconds: float = 1.0
    url_pace_seconds: float = 1.0
    # A day's listing still grows (11 papers at 17:07, 13 later): a day landed sooner after it than this is asked for again.
    hf_recent_days: int = 3
    arxiv_prefix: str = "arXivRaw"  # alone has every version's date; arXiv and oai_dc are other forms
    # What the plan reckons with; the answers' headers are what counts.
    openalex_credits_per_day: int = 1_000
    openalex_credits_per_day_with_key: int = 100_000
    openalex_credits_per_page: int = 10
    # A fault that may pass is tried again this often, after at most 2, 4, 8, ... seconds, and never more than a few minutes.
    retry_count: int = 5
    retry_base_seconds: float = 2.0
    retry_cap_seconds: float = 180.0
    # The longest wait that a source may ask for; beyond it the fetch stops.
    max_wait_seconds: float = 900.0
    connect_seconds: float = 15.0
    read_seconds: float = 90.0  # between two pieces of an answer; 2,500 records take a server its time
    # A whole answer, and the least speed after the first read_seconds: nobody may hold the fetch for ever by a byte a minute.
    max_answer_seconds: float = 7200.0
    min_bytes_per_second: float = 1000.0
    # The largest answer of an API, unpacked; theirs have up to 20 MB. `fetch url` has max_document_bytes.
    max_answer_bytes: int = 256 << 20
    # JSON and XML shrink to a tenth, rarely to a thirtieth; what grows more than this when unpacked is a bomb.
    max_expansion: int = 200
    max_redirects: int = 5
    # Other hosts that a redirect may lead to, with commas between, or *.
    redirect_hosts: str = ""
    # Whether a name or a redirect may lead to this machine or its network. What you write as an address (127.0.0.1, localhost) always may.
    allow_private_addresses: bool = False

    @property
    def limits(self) -> Limits:
        """The settings that bound what a parser reads into memory: they decide rows."""
        return Limits(**{field.name: getattr(self, field.name) for field in fields(Limits)})


def read_settings(file: Path, wait_seconds: int | None = None, policy: str | None = None) -> Settings:
    """The settings in force, the given options last.

    Raises InputError, saying where it stands, for a setting that is not known, is of another type, or is a secret in the file.
    """
    found: dict[str, tuple[Any, str]] = {}
    if file.exists():
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"{file}: the settings cannot be read ({(error.strerror or '').lower()})") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{file}: this is no TOML: {error}; mend it, or remove it to use the defaults") from None
        found.update({name: (value, str(file)) for name, value in table.items()})
    known = {field.name: field.type for field in fields(Settings)}
    if secret := next((name for name in sorted(set(found) - set(known)) if _LOOKS_SECRET.search(name.lower())), None):
        raise InputError(f"{file}: {secret} is a secret, and files are copied about; remove it there and set {_PREFIX}{secret.upper()} instead")
    for name in known:
        if (value := os.environ.get(_PREFIX + name.upper())) is not None:
            found[name] = (value, _PREFIX + name.upper())
    if unknown := sorted(set(found) - set(known)):
        raise InputError(f"{file}: no setting is called {unknown[0]}; there are: {', '.join(sorted(known))}")
    _refuse_misspelt_variables(known)
    values = {name: _checked(name, known[name], value, where) for name, (value, where) in found.items()}
    if wait_seconds is not None:
        values["wait_seconds"] = wait_seconds
    if policy is not None:
        values["policy"] = _checked("policy", Policy, policy, "--policy")
    return replace(Settings(), **values)


def _refuse_misspelt_variables(known: Iterable[str]) -> None:
    names = sorted(name.upper() for name in (*known, *_OTHER_VARIABLES))
    for name in sorted(name.removeprefix(_PREFIX) for name in os.environ if name.startswith(_PREFIX)):
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean {_PREFIX}{near[0]}?" if near else f"there are {_PREFIX}... {', '.join(names)}"
            raise InputError(f"{_PREFIX}{name}: there is no such variable; {hint}")


def read_secret(name: str) -> str | None:
    """The secret that a variable holds; None where it is unset or empty."""
    return os.environ.get(_PREFIX + name.upper(), "").strip() or None


def _checked(name: str, kind: Any, value: object, where: str) -> Any:
    must, read = _KINDS["url" if name.endswith("_url") else kind]
    try:
        return read(value)
    except ValueError:
        shown = re.sub(r"//[^/]*@", "//...@", repr(value))  # perhaps a password
        raise InputError(f"{where}: {name} is {shown}; it must be {must}") from None


def _whole_number(value: object) -> int:
    if isinstance(value, bool) or not (text := str(value).replace("_", "")).isdecimal():
        raise ValueError
    return int(text)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or not 0 <= (number := float(value)) < math.inf:
        raise ValueError
    return number


def _truth(value: object) -> bool:
    if (text := str(value).lower()) not in ("true", "1", "false", "0"):
        raise ValueError
    return text in ("true", "1")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isascii() or (value and not value.isprintable()):
        raise ValueError
    return value.strip()


def _url(value: object) -> str:
    if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#]*)?", text := _text(value).rstrip("/")):
        raise ValueError
    return text


_KINDS: dict[Any, tuple[str, Callable[[object], Any]]] = {
    int: ("a whole number of at least 0", _whole_number),
    float: ("a number of at least 0", _number),
    Policy: (f"one of {', '.join(Policy)}", lambda value: Policy(str(value))),
    bool: ("true or false", _truth),
    str: ("text in plain letters, on one line", _text),
    "url": ("an address that begins with http:// or https://, without a name, a password or a query", _url),
}
