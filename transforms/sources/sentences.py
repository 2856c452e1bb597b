"""How sentences end."""

import re

_SENTENCE_END = re.compile(r"(?:[.?!…。]|https?://\S+)[\"'”’)\]}]*$")
# An address at the end of a line is no longer; looking further back would cost a hostile line its length squared.
_LOOK_BACK = 300


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does: a full stop or its like, or an address, and closing quotes or brackets."""
    return _SENTENCE_END.search(text[-_LOOK_BACK:]) is not None
