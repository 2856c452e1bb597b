"""Which entries of several author lists of one paper are the same person.

Within one paper little is needed: two people of one paper seldom share a family name and an initial. So a name is enough here, as it never is from
paper to paper.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

# Names spelled by other rules (Petrov, Petroff; Müller, Mueller) or with a typing mistake are this alike, other families' names seldom.
_SAME_FAMILY = 0.88
# Comparing each with each takes the square of the length: of lists that have more to compare, entries are joined by equal keys and places alone.
_MOST_PAIRS = 250_000


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of a list: the words of the family name and of the given names in small letters without accents, and the ORCID."""

    family: str
    given: str
    orcid: str | None = None
    is_latin: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.family.split(), *self.given.split())

    @property
    def initial(self) -> str:
        return self.given[:1]


def aligned(lists: Sequence[Sequence[Person]]) -> list[list[int]]:
    """For each entry of each list the number of its author, from 0: the first list's entries in their order, then those that only later lists have.

    Two entries of one list are never one author.
    """
    spellings: list[list[Person]] = []
    numbers: list[list[int]] = []
    for entries in lists:
        found = _matched(spellings, entries) if spellings else {}
        of_list = []
        for place, entry in enumerate(entries):
            number = found.get(place, len(spellings))
            if number == len(spellings):
                spellings.append([])
            spellings[number].append(entry)
            of_list.append(number)
        numbers.append(of_list)
    return numbers


def _matched(spellings: list[list[Person]], entries: Sequence[Person]) -> dict[int, int]:
    """The number of the author for each place in the list that has one; the surest ways come first."""
    found: dict[int, int] = {}
    for key in _KEYS:
        known = [(number, key(one)) for number, ones in _free(spellings, found) for one in ones]
        _join_equal(known, [(place, key(entry)) for place, entry in enumerate(entries) if place not in found], found)
    free = list(_free(spellings, found))
    left = [place for place in range(len(entries)) if place not in found]
    if len(free) * len(left) <= _MOST_PAIRS:
        for is_same in (_abbreviated, _respelled):
            for place in left:
                taken = set(found.values())
                ways = [number for number, ones in free if number not in taken and any(is_same(entries[place], one) for one in ones)]
                if place not in found and ways:
                    # Of several the one at about the same place.
                    found[place] = min(ways, key=lambda number, place=place: (abs(number - place), number))  # type: ignore[misc]
    _join_gaps(spellings, entries, found)
    return found


def _free(spellings: list[list[Person]], found: dict[int, int]) -> Iterator[tuple[int, list[Person]]]:
    taken = set(found.values())
    return ((number, ones) for number, ones in enumerate(spellings) if number not in taken)


def _join_equal(known: list[tuple[int, Hashable]], entries: list[tuple[int, Hashable]], found: dict[int, int]) -> None:
    """Join the entries whose key is that of an author; of several with one key the first with the first, where both sides have as many."""
    by_key: dict[Hashable, dict[int, None]] = {}
    for number, key in known:
        if key:
            by_key.setdefault(key, {})[number] = None
    counts = Counter(key for _, key in entries)
    for place, key in entries:
        numbers = by_key.get(key, {})
        if numbers and len(numbers) == counts[key]:
            number = next(one for one in numbers if one not in found.values()) if len(numbers) > 1 else next(iter(numbers))
            found.setdefault(place, number)


# Whoever has one of these in common is one person; None is nothing in common.
_KEYS: tuple[Callable[[Person], Hashable], ...] = (
    lambda one: one.orcid,
    # In whatever order the parts are printed.
    lambda one: tuple(sorted(one.words)) if one.words else None,
    lambda one: (one.family, one.initial) if one.initial else None,
)


def _abbreviated(a: Person, b: Person) -> bool:
    """Whether every word of the shorter name is a word or the initial of one in the other, in any order, and one long word is in both."""
    short, long = sorted((a.words, b.words), key=len)
    rest = list(long)
    has_long_word = False
    for word in sorted(short, key=len, reverse=True):
        way = next((one for one in rest if one == word), None) or next(
            (one for one in rest if (len(one) == 1 or len(word) == 1) and one[:1] == word[:1]), None
        )
        if way is None:
            return False
        has_long_word |= way == word and len(word) > 1
        rest.remove(way)
    return has_long_word


def _respelled(a: Person, b: Person) -> bool:
    """Whether the family names are nearly the same and the initials do not differ."""
    if a.initial != b.initial and a.initial and b.initial:
        return False
    return bool(a.family and b.family) and JaroWinkler.similarity(_plain(a.family), _plain(b.family)) >= _SAME_FAMILY


def _plain(family: str) -> str:
    """The name as one word, where `ue` and `u`, two ways to write ü, are one."""
    return family.replace(" ", "").replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _join_gaps(spellings: list[list[Person]], entries: Sequence[Person], found: dict[int, int]) -> None:
    """Join what stands between the same neighbours in both lists, one author each, where a script that the other does not share, or a name of one
    letter, leaves nothing else to go by."""
    taken = {number: place for place, number in found.items()}
    for place, entry in enumerate(entries):
        if place in found:
            continue
        before = found.get(place - 1, -1) if place else -1
        number = before + 1
        after_here, after_there = found.get(place + 1, len(spellings)), number + 1
        is_between = (place == 0 or place - 1 in found) and after_here == after_there
        if is_between and number < len(spellings) and number not in taken and any(_is_other_script(entry, one) for one in spellings[number]):
            found[place] = number
            taken[number] = place


def _is_other_script(a: Person, b: Person) -> bool:
    return a.is_latin != b.is_latin
