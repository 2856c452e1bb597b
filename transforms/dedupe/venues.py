"""How alike two venues are: names, abbreviations and acronyms of journals and conferences."""

from rapidfuzz import fuzz

_COMMON_WORDS = """
the of on in and for a an to at de der die und la le et des du proceedings proc proceeding conference conf international int intl annual workshop
symposium symp journal j jnl transactions trans letters lett acm ieee usa record rec meeting advances adv advance technical report tech rep
university univ press first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth electronic resource official organ vol
volume pages pp tutorial abstract abstracts supplement suppl
"""
_SMALL_WORDS = "of the on and for in a an to de la der und et"
_PERIODICAL_WORDS = """
journal j jnl transactions trans tods tois tkde record rec letters lett magazine review rev reviews bulletin bull quarterly annals ann
"""
_MEETING_WORDS = "conference conf proceedings proc proceeding symposium symp workshop meeting congress"

# Words that say nothing of which venue it is.
_COMMON = frozenset(_COMMON_WORDS.split())
# Words that acronyms pass over.
_SMALL = frozenset(_SMALL_WORDS.split())
# What tells a periodical from a meeting of the same name.
_PERIODICAL = frozenset(_PERIODICAL_WORDS.split())
_MEETING = frozenset(_MEETING_WORDS.split())
# Acronyms that are not the first letters of the name, and names that a meeting also has.
_ALSO = {
    "sigmod": "management of data",
    "pods": "principles of database systems",
    "kdd": "knowledge discovery and data mining",
    "sigir": "research and development in information retrieval",
    "chi": "human factors in computing systems",
    "nips": "neural information processing systems",
    "neurips": "neural information processing systems",
    "iclr": "learning representations",
    "ml": "machine learning",
    "icml": "machine learning",
    "acl": "association for computational linguistics",
    "naacl": "north american chapter of the association for computational linguistics",
    "emnlp": "empirical methods in natural language processing",
    "coling": "computational linguistics",
    "cvpr": "computer vision and pattern recognition",
    "iccv": "computer vision",
    "eccv": "european conference on computer vision",
    "www": "world wide web",
    "interspeech": "speech communication association",
    "jama": "journal of the american medical association",
    "nejm": "new england journal of medicine",
    "pnas": "proceedings of the national academy of sciences",
    "bmj": "british medical journal",
    "cacm": "communications of the acm",
    "jacm": "journal of the acm",
    "tods": "transactions on database systems",
    "tkde": "transactions on knowledge and data engineering",
    "pami": "transactions on pattern analysis and machine intelligence",
    "tpami": "transactions on pattern analysis and machine intelligence",
    "corr": "arxiv",
}
_ORDINAL_ENDS = ("st", "nd", "rd", "th")


def venue_likeness(a: str, b: str) -> float:
    """0 to 1 for two venues in the words of keys.words: 1 for one name, an abbreviation of it (`j appl phys`) or its acronym (`vldb`).

    A periodical and a meeting of one name are half alike: the VLDB Journal is not the VLDB conference.
    """
    if a == b:
        return 1.0
    left, right = _telling(a), _telling(b)
    if not left or not right:
        return fuzz.ratio(a, b) / 100
    by_acronym = _has_acronym(left, b) or _has_acronym(right, a)
    if by_acronym or left == right or _abbreviates(left, right) or _abbreviates(right, left):
        return 0.5 if _are_two_kinds(a, b, by_acronym or left == right) else 1.0
    fewer = min(len(set(left)), len(set(right)))
    shared = len(set(left) & set(right)) / fewer
    alike = max(fuzz.token_sort_ratio(" ".join(left), " ".join(right)) / 100, shared * (0.9 if fewer > 1 else 0.7))
    return alike / 2 if _are_two_kinds(a, b, is_one_name=False) else alike


def _are_two_kinds(a: str, b: str, is_one_name: bool) -> bool:
    """Whether one is a periodical and the other a meeting; of one name, the one without a word for its kind is the meeting."""
    kinds = {_kind(a), _kind(b)}
    return kinds == {"periodical", "meeting"} or (is_one_name and kinds == {"periodical", ""} and min(len(_telling(a)), len(_telling(b))) <= 4)


def _kind(venue: str) -> str:
    words = set(venue.split())
    # The Proceedings of the National Academy are a journal.
    if words & _MEETING and "academy" not in words:
        return "meeting"
    return "periodical" if words & _PERIODICAL or any(_names_periodical(word) for word in words) else ""


def _names_periodical(word: str) -> bool:
    """Whether this is an acronym with a J for a journal, or one that the table knows for a periodical: `bmj`, `jama`, `tods`."""
    return (len(word) in (3, 4) and (word.startswith("j") or word.endswith("j"))) or _ALSO.get(word, "").startswith(
        ("journal", "transactions", "comm")
    )


def _telling(venue: str) -> list[str]:
    return [
        word
        for word in venue.split()
        if len(word) > 1 and word not in _COMMON and not word.isdigit() and not (word[0].isdigit() and word.endswith(_ORDINAL_ENDS))
    ]


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Whether each word is the beginning of the next words in order, none of them left over at the front."""
    if len(short) > len(long) or not long[0].startswith(short[0][:3]):
        return False
    rest = iter(long)
    return all(any(_is_short_for(word, other) for other in rest) for word in short)


def _is_short_for(word: str, other: str) -> bool:
    if other.startswith(word):
        return True
    # `natl`, `dept`: first letter and others in order.
    letters = iter(other)
    return len(word) > 2 and word[0] == other[0] and len(word) < len(other) and all(letter in letters for letter in word)


def _has_acronym(words: list[str], venue: str) -> bool:
    """Whether one of these words stands for the venue: by its first letters, one after the other, or by the table."""
    parts = venue.split()
    every = "".join(word[0] for word in parts)
    initials = "".join(word[0] for word in parts if word not in _SMALL)
    return any((len(word) > 2 and (word in initials or word in every)) or (word in _ALSO and _ALSO[word] in venue) for word in words)
