"""An entry of a library, and how the entries of one paper become one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Of values that one entry lacks and several others have, these are best where they say most; of all others the one that most entries have. So
# transforms/dedupe/merge.py prefers them too.
_LONGEST = ("abstract", "authors", "venue", "pages")


@dataclass(slots=True)
class Entry:
    """One entry in the words of the format that is written: its type, its key, its fields in order, each with one or more values.

    `is_native` says that the person wrote it in this format; `name` is what the table of the same run calls the record.
    """

    kind: str
    key: str
    name: str
    fields: dict[str, list[Any]] = field(default_factory=dict)
    is_native: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a format: which thing each field tells of (a field that is not here tells of itself), and the fields of which a merged entry
    has what all entries have, with what stands between their values (None: each is a value of its own)."""

    things: Mapping[str, str]
    united: Mapping[str, str | None]

    def thing(self, name: str) -> str:
        """What the field tells of."""
        return self.things.get(name, name)


def merged(entries: Sequence[Entry], vocabulary: Vocabulary) -> Entry:
    """One entry of those of one paper: the one that says most, with whatever only others say.

    An entry that the person wrote in this format comes before one from elsewhere, and among equals the first. What an entry has is never replaced.
    """
    if len(entries) == 1:
        return entries[0]

    def told(entry: Entry) -> set[str]:
        return {vocabulary.thing(name) for name in entry.fields}

    best = max(range(len(entries)), key=lambda at: (entries[at].is_native, len(told(entries[at])), -at))
    chosen = entries[best]
    others = [one for at, one in enumerate(entries) if at != best]
    found = Entry(chosen.kind, chosen.key, chosen.name, {name: list(values) for name, values in chosen.fields.items()}, chosen.is_native)
    for thing in dict.fromkeys(vocabulary.thing(name) for one in others for name in one.fields):
        if thing not in told(chosen):
            found.fields.update(_best(thing, others, vocabulary))
    for name, between in vocabulary.united.items():
        if values := list(_values(name, [chosen, *others])):
            found.fields[name] = values if between is None else [_joined(values, between)]
    return found


def _best(thing: str, others: Sequence[Entry], vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """All fields of one entry that tell of the thing."""
    told = [{name: values for name, values in one.fields.items() if vocabulary.thing(name) == thing} for one in others]
    told = [one for one in told if one]
    if thing in _LONGEST:
        return max(told, key=lambda one: sum(len(str(value)) for values in one.values() for value in values))
    counts = Counter(map(repr, told))
    return max(told, key=lambda one: counts[repr(one)])


def _values(name: str, entries: Sequence[Entry]) -> Iterator[Any]:
    """The values that these entries have in the field, each once, in order."""
    seen: set[str] = set()
    for entry in entries:
        for value in entry.fields.get(name, ()):
            if repr(value) not in seen:
                seen.add(repr(value))
                yield value


def _joined(values: Sequence[Any], between: str) -> str:
    """The parts of all values, each once."""
    mark = between.strip() or between
    parts = dict.fromkeys(part for value in values for one in str(value).split(mark) if (part := one.strip()))
    return between.join(parts)
