"""Evidence in words for a person: what each word of transforms/dedupe/weights.py means, and each rule."""

RULES = {
    "only_record": "it is the only record of its paper",
    "pinned": "a person has said that the two are one paper",
    "same_identifier": "one identifier, and titles that can be of one paper",
    "same_source_id": "its source keeps this text apart from the paper, under the same id",
    "same_title_same_abstract": "the same title, the same abstract, and no fact that differs",
    "same_title_similar_abstract": "the same title, and abstracts that share most of their words",
    "same_title_same_facts": "the same title, and facts that agree",
    "similar_title_same_facts": "titles that are alike, and facts that agree",
    "similar_title_same_abstract": "titles that are alike, and abstracts that share most of their words",
    "only_paper": "it is the only paper of its work",
    "version_by_identifier": "versions of one work: they have one identifier",
    "version_by_title_and_authors": "versions of one work: title and authors agree",
    "version_by_abstract": "versions of one work: title and abstract agree",
    "notice_of": "one is a notice about the other",
}

_WORDS = {
    "title": {
        "same": "titles are the same",
        "slip": "titles differ by a slip",
        "near": "titles are nearly the same",
        "close": "titles are alike",
        "begun": "one title begins the other",
        "some": "titles have something in common",
        "little": "titles have little in common",
        "other": "titles are others",
        "generic": "both have a title that many texts have",
    },
    "length": {"short": "the title is short", "long": "the title is long"},
    "change": {
        "slip": "what differs looks like a typing mistake",
        "words_more": "one title has words more",
        "one_word": "one title has another word in the place of one",
        "other_words": "one title has other words in the place of some",
        "sequel": "one title is of another part or edition",
    },
    "part": {"begins": "one title begins with the other", "within": "one title stands in the other"},
    "numbers": {
        "differ": "the titles' parts or years differ",
        "other": "the titles have other numbers",
        "more": "one title has numbers more",
    },
    "notice": {"differ": "only one is a notice about a paper", "kind": "only one is called an editorial or a review"},
    "names": {
        "same": "authors are the same",
        "most": "most authors are the same",
        "one": "one author, the same",
        "some": "some authors are the same",
        "few": "few authors are the same",
        "none": "authors are others",
    },
    "first_name": {"same": "first author is the same", "differ": "first authors differ"},
    "year": {"same": "years are the same", "next": "one year apart", "near": "two or three years apart", "far": "more than three years apart"},
    "venue": {
        "same": "venues are the same",
        "like": "venues are alike",
        "some": "venues have something in common",
        "other": "venues are others",
        "one_bare": "only one has a venue, of a source that prints them",
        "both_bare": "neither has a venue",
    },
    "place": {
        "same_range": "volume and pages are the same",
        "same": "volume and first page are the same",
        "page": "first page is the same",
        "volume": "volume is the same",
        "shifted": "volume, issue and page are the same in other fields",
        "page_of_other_issue": "the same page of another issue",
        "page_of_other_volume": "the same page of another volume",
        "apart_in_volume": "one begins behind the other in the same volume",
        "apart": "one begins behind the pages of the other",
        "elsewhere": "another title on other pages",
        "other_page_of_volume": "another page of the same volume",
        "other_page": "pages differ",
        "other_issue": "volumes or issues differ",
        "other": "volumes and pages differ",
    },
    "identifier": {"same": "an identifier is the same"},
    "doi": {"other": "two DOIs of one registrant", "other_registrant": "DOIs of two registrants"},
    "listing": {"same_day": "listed for the same day"},
    "count": {"same": "as many authors", "differ": "numbers of authors differ"},
    "organization": {"same": "organisation is the same"},
    "abstract": {
        "same": "abstracts are the same",
        "alike": "abstracts are alike",
        "partly": "abstracts share a part, as of one series",
        "other": "abstracts have nothing in common",
    },
    "figures": {"differ": "each abstract has numbers or names of its own"},
}


def in_words(field: str, word: str) -> str:
    """What a word of evidence means; the word itself, behind its field, where it has no better ones."""
    return _WORDS.get(field, {}).get(word) or f"{field}: {word}".replace("_", " ")


def rule_in_words(rule: str) -> str:
    """What a rule means; its name where it has no words."""
    return RULES.get(rule, rule.replace("_", " "))
