"""Ids of the ACL Anthology: 2022.acl-long.1 of a collection, a volume and a paper, P07-1001 in the older style."""

import re

_OLD = re.compile(r"[A-Z]\d\d")
_NUMBER = re.compile(r"\d{1,4}")
_ID = re.compile(r"[A-Z]\d\d-\d{4,6}|\d{4}\.[^\s./:-]+-[^\s./:]+\.\d+")
# The workshops of EMNLP 2019 are volumes 50 and up of a collection whose other volumes have one digit.
_FIRST_WIDE_VOLUME = {"D19": 50}


def paper_id(collection: str, volume: str, paper: str) -> str | None:
    """The id that follows from the three; None where one is missing. Numbers of other widths than the style has are written out."""
    if not (collection and volume and paper):
        return None
    if not _OLD.fullmatch(collection):
        return f"{collection}-{volume}.{paper}"
    if not (_NUMBER.fullmatch(volume) and _NUMBER.fullmatch(paper)):
        return None
    width = 2 if _is_wide(collection, int(volume)) else 1
    return f"{collection}-{int(volume):0{width}d}{int(paper):0{4 - width}d}"


def _is_wide(collection: str, volume: int) -> bool:
    """Whether two of the four digits are the volume's: in workshop collections, one of Coling, and wide volumes of others."""
    return collection[0] == "W" or collection == "C69" or volume >= _FIRST_WIDE_VOLUME.get(collection, 10)


def is_id(text: str) -> bool:
    """Whether the text is an id of a paper, not an address or a file's name."""
    return _ID.fullmatch(text) is not None
