import polars as pl
import pytest

from transforms.dedupe.titles import title_facts


def said(title: str) -> dict[str, object]:
    return title_facts(pl.Series([title])).row(0, named=True)


@pytest.mark.parametrize(
    ("title", "outside", "inside"),
    [
        ("Copper Tables [Spanish]", "copper tables", "spanish"),
        ("Copper tables. [Erratum appears in Tables. 2009;3(2):1 Note: Rossi, A [added]]", "copper tables", None),
        ("Copper tables. [Erratum appears in Tab", "copper tables", None),
        ("[Kupfertafeln] Copper Tables", "copper tables", "kupfertafeln"),
        ("[Copper tables]", "copper tables", None),
        ("Copper Tables", "copper tables", None),
    ],
)
def test_what_stands_in_brackets_is_apart(title: str, outside: str, inside: str | None) -> None:
    found = said(title)
    assert found["title"] == outside
    if inside or "Erratum" not in title:
        assert found["title_inside"] == inside


@pytest.mark.parametrize(
    ("title", "notice"),
    [
        ("Erratum to: Copper Tables", "correction"),
        ("Corrigendum: Copper Tables", "correction"),
        ("Copper Tables (vol 9, pg 1223, 2009)", "correction"),
        ("Copper Tables (Journal of Tables (2009) 360 (542-544))", "correction"),
        ("Copper Tables [Erratum appears in Tables 2009; 3: 1]", None),
        ("Copper Tables (2nd edition)", None),
        ("Copper Tables in 2009 (see also 2010)", None),
        ("Retraction: Copper Tables", "retraction"),
        ("RETRACTED: Copper Tables", None),
        ("Copper Tables: Authors' Reply", "reply"),
        ("Replying to Silver Tables", None),
        ("Comment on Copper Tables", "comment"),
        ("Guest Editorial: Copper Tables", "editorial"),
        ("Copper Tables (book review)", "review"),
        ("Correcting Copper Tables", None),
    ],
)
def test_a_notice_is_told_from_a_paper(title: str, notice: str | None) -> None:
    assert said(title)["notice"] == notice


@pytest.mark.parametrize("title", ["Editorial", "Editor's Comments", "Guest Editors' Introduction", "Book Review Column", "Front Matter, Vol. 7"])
def test_a_kind_of_text_is_no_title(title: str) -> None:
    assert said(title)["is_generic"] is True


@pytest.mark.parametrize("title", ["Editorial: Copper Tables", "Machine Learning", "An Introduction to Tables", "???"])
def test_a_title_with_a_word_of_its_own_is_one(title: str) -> None:
    assert said(title)["is_generic"] is False


def test_titles_of_signs_differ() -> None:
    assert said("???")["title"] != said("!!!")["title"]


@pytest.mark.parametrize("title", ["[" * 50_000, "(" * 50_000, "()" * 20_000, "[x" * 20_000 + "]", "a" * 100_000])
def test_a_hostile_title_takes_a_moment(title: str) -> None:
    assert len(str(said(title)["title"])) <= 500
