"""Joining: union-find that remembers what speaks against."""

from collections.abc import Iterable

# What a person has parted: nothing outweighs it.
PARTED = float("-inf")

# The weight between two clusters; None where evidence that nothing outweighs says that they are two.
Weight = float | None


class Joining:
    """Union-find in which clusters know their marks, their opponents and what all pairs say of them and their neighbours."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._marks: dict[str, dict[str, str]] = {}
        self._weights: dict[str, dict[str, Weight]] = {}
        # Clusters in which a person has joined what evidence would have kept apart: there evidence against counts no more.
        self._pinned: set[str] = set()

    def note_marks(self, marks: Iterable[tuple[str, str, str]]) -> None:
        """What a cluster has once: (member, kind, value)."""
        for member, kind, value in marks:
            self._marks.setdefault(member, {})[kind] = value

    def note_weights(self, pairs: Iterable[tuple[str, str, Weight]]) -> None:
        """What each pair says; a pair that is not noted says nothing, and joins nothing."""
        for a, b, weight in pairs:
            self._weights.setdefault(a, {})[b] = weight
            self._weights.setdefault(b, {})[a] = weight

    def joined(self, pairs: Iterable[tuple[str, str, bool]]) -> dict[str, str]:
        """Every member of these pairs (a, b, whether a person says so), which are joined in this order, with the root of its cluster."""
        for a, b, is_pinned in pairs:
            kept, gone = self._root(a), self._root(b)
            if kept == gone or not self._may_join(kept, gone, is_pinned=is_pinned):
                continue
            if (len(self._weights[kept]), gone) < (len(self._weights[gone]), kept):
                kept, gone = gone, kept
            if is_pinned or gone in self._pinned:
                self._pinned.add(kept)
            self._join(kept, gone)
        return {member: self._root(member) for member in list(self._parent)}

    def _root(self, member: str) -> str:
        while (above := self._parent.setdefault(member, member)) != member:
            self._parent[member] = self._parent[above]
            member = above
        return member

    def _may_join(self, a: str, b: str, is_pinned: bool) -> bool:
        weight = self._weights[a][b]
        if is_pinned:
            return weight != PARTED
        if weight is None or weight <= 0:
            return False
        if self._pinned & {a, b}:
            return True
        others = self._marks.get(b, {})
        return all(others.get(kind, value) == value for kind, value in self._marks.get(a, {}).items())

    def _join(self, kept: str, gone: str) -> None:
        self._parent[gone] = kept
        if gone in self._marks:
            self._marks.setdefault(kept, {}).update(self._marks.pop(gone))
        mine = self._weights[kept]
        mine.pop(gone)
        for neighbour, weight in self._weights.pop(gone).items():
            if neighbour == kept:
                continue
            both = _together(mine[neighbour], weight, is_lenient=kept in self._pinned) if neighbour in mine else weight
            mine[neighbour] = self._weights[neighbour][kept] = both
            del self._weights[neighbour][gone]


def _together(one: Weight, other: Weight, is_lenient: bool) -> Weight:
    if PARTED in (one, other):
        return PARTED
    if is_lenient:
        return max((weight for weight in (one, other) if weight is not None), default=None)
    return None if one is None or other is None else one + other
