"""What each word of evidence weighs, in natural logarithms of odds: above 0 it speaks for one paper, below for two."""

# Before anything is compared, two records that share a block are seldom one paper.
PRIOR = -3.6

# tests/benchmarks/fit_weights.py finds weights near these from labelled pairs; here they are rounded, and what the labelled pairs say too little of
# is set by hand. A word that is not here weighs nothing.
WEIGHTS: dict[str, dict[str, float]] = {
    "title": {
        "same": 3.6,
        "slip": 3.1,
        "near": 2.8,
        "close": 1.6,
        "begun": 0.5,
        "some": -1.5,
        "little": -4.2,
        "other": -5.0,
        # Every issue has its editorial, by the same editor.
        "generic": -0.6,
    },
    "length": {"short": -1.0, "long": 0.6},
    # A slip is one paper's; `in adults` and `in children` are two, so are a book and its second edition.
    "change": {"slip": 0.5, "words_more": -0.3, "sequel": -12.0, "other_words": -1.5, "one_word": -2.0},
    "part": {"begins": 0.8, "within": 0.3},
    # Part I and Part II; a sequel's number.
    "numbers": {"differ": -12.0, "other": -3.0, "more": -0.6},
    # A correction is a paper of its own; `Editorial:` before a title says less.
    "notice": {"differ": -12.0, "kind": -0.5},
    "names": {"same": 2.3, "most": 1.8, "one": 1.1, "some": -0.8, "few": -1.8, "none": -2.2},
    "first_name": {"same": 0.8, "differ": -0.7},
    # A preprint is a year older than its article, and then it is another manifestation.
    "year": {"same": 0.8, "next": -1.2, "near": -2.4, "far": -3.0},
    # `bare`: of one source, which prints a venue elsewhere.
    "venue": {"same": 1.0, "like": 0.1, "some": -0.9, "other": -2.8, "one_bare": -4.2, "both_bare": 0.0},
    "place": {
        # Two papers do not begin and end on the same pages; two abstracts of a meeting stand on one.
        "same_range": 3.9,
        "same": 2.2,
        "page": 2.0,
        "volume": 0.8,
        "shifted": 1.5,
        "page_of_other_issue": -1.0,
        "page_of_other_volume": -0.5,
        "other_page_of_volume": -1.2,
        # Each begins where the other has ended.
        "apart_in_volume": -5.2,
        "apart": -3.0,
        "elsewhere": -5.7,
        "other_page": -1.6,
        "other_issue": -4.7,
        "other": -4.7,
    },
    # People copy an identifier into the wrong entry, and the abstracts of a meeting may share one.
    "identifier": {"same": 8.0},
    "doi": {"other": -8.0, "other_registrant": -1.3},
    "listing": {"same_day": 0.8},
    "count": {"same": 1.2, "differ": -3.0},
    "organization": {"same": 1.2},
    "abstract": {"same": 5.0, "alike": 3.0, "partly": -2.5, "other": -6.0},
    # Papers of one series share most of an abstract and differ in the title's telling word and in what was counted.
    "figures": {"differ": -7.0},
}
