import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.identifiers import SCHEMES, normal, printed_doi
from warehouse.schema import silver


def normalised(scheme: str, text: str) -> str | None:
    (found,) = pl.DataFrame({"text": [text]}).select(normal(scheme, pl.col("text"))).to_series()
    return found if found is None else str(found)


SICI = "10.1002/(sici)1097-461x(1998)66:4<261::aid-qua1>3.0.co;2-t"
CASES = {
    "arxiv": [
        ("2401.00001v2", "2401.00001"),
        ("arXiv:2401.00001", "2401.00001"),
        ("ARXIV: 2401.00001v1", "2401.00001"),
        ("https://arxiv.org/abs/2104.01111v3", "2104.01111"),
        ("http://export.arxiv.org/pdf/2104.01111v2.pdf", "2104.01111"),
        ("arxiv.org/pdf/hep-th/9901001", "hep-th/9901001"),
        ("HEP-TH/9901001v2", "hep-th/9901001"),
        # To the arXiv the class is no part of the id.
        ("math.GT/0309136", "math/0309136"),
        ("abs/2104.01111", "2104.01111"),
        ("abs/hep-th%2F9901001", "hep-th/9901001"),
        ("oai:arXiv.org:0704.0001", "0704.0001"),
        ("arXiv preprint arXiv:1706.03762", "1706.03762"),
        ("arXiv:2401.00001v2 [cs.CL] 5 Jan 2024", "2401.00001"),
        ("10.48550/arXiv.2104.01111", "2104.01111"),
        ("https://doi.org/10.48550/arXiv.hep-th/9901001", "hep-th/9901001"),
        # no month, no digit too few or too many, no archive there was
        ("2113.12345", None),
        ("2100.12345", None),
        ("0703.1234", None),
        ("2501.1234", None),
        ("1412.12345", None),
        ("12401.00001", None),
        ("2401", None),
        ("math/0013001", None),
        ("foo/9901001", None),
        ("10.1000/2104.01111", None),
    ],
    "doi": [
        ("https://doi.org/10.1000/ABC.1", "10.1000/abc.1"),
        ("http://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("https://doi-org.proxy.example.edu/10.1000/abc", "10.1000/abc"),
        ("doi.org/10.1000/a", "10.1000/a"),
        ("doi:10.1162/COLI_a_00239", "10.1162/coli_a_00239"),
        ("DOI: https://doi.org/10.1000/Abc.", "10.1000/abc"),
        ("info:doi/10.1000/abc", "10.1000/abc"),
        (r"10.1007/978-3-540-\_12", "10.1007/978-3-540-_12"),
        (r"10.1007/978-3-540{\_}12", "10.1007/978-3-540_12"),
        (r"10.1000/a\%b", "10.1000/a%b"),
        ("10.1002/(SICI)1097-461X(1998)66:4&lt;261::AID-QUA1&gt;3.0.CO;2-T", SICI),
        ("10.1002/(SICI)1097-461X(1998)66:4&amp;lt;261::AID-QUA1&amp;gt;3.0.CO;2-T", SICI),
        ("10.1002/(SICI)1097-461X(1998)66:4$<$261::AID-QUA1$>$3.0.CO;2-T", SICI),
        (r"10.1002/(SICI)1097-461X(1998)66:4\textless{}261::AID-QUA1\textgreater 3.0.CO;2-T", SICI),
        ("https://doi.org/10.1002%2F(SICI)1097-461X(1998)66%3A4%3C261::AID-QUA1%3e3.0.CO;2-T", SICI),
        ("(10.1000/abc).", "10.1000/abc"),
        ("<https://doi.org/10.1000/abc>", "10.1000/abc"),
        ("10.1000/abc,", "10.1000/abc"),
        ("10.1016/0167-8655(95)00001-(a)", "10.1016/0167-8655(95)00001-(a)"),
        ("10.1007/978–3–540", "10.1007/978-3-540"),
        ("10.1007/978-3-540-87877-3 3", None),
        ("10.1162/", None),
        ("10.1000/)", None),
        ("11.1000/abc", None),
        ("not a doi", None),
    ],
    "openalex": [
        ("https://openalex.org/W123", "W123"),
        ("https://api.openalex.org/works/w12", "W12"),
        ("W123", "W123"),
        ("A123", None),
    ],
    "dblp": [
        ("conf/aaai/0001000FZ021", "conf/aaai/0001000FZ021"),
        ("DBLP:journals/vldb/ZezulaSAR98", "journals/vldb/ZezulaSAR98"),
        ("https://dblp.org/rec/conf/aaai/X.html", "conf/aaai/X"),
        ("https://dblp.uni-trier.de/rec/bibtex/conf/aaai/X", "conf/aaai/X"),
        ("https://dblp.org/rec/journals/corr/abs-2104-01111.bib?param=1", "journals/corr/abs-2104-01111"),
        ("books/sp/17/X", "books/sp/17/X"),
        ("ms/Brown92", "ms/Brown92"),
        ("Brown92", None),
    ],
    "acl": [
        ("P07-1001", "P07-1001"),
        ("https://aclanthology.org/P07-1001/", "P07-1001"),
        ("http://aclweb.org/anthology/P/P07/P07-1001.pdf", "P07-1001"),
        ("ACL:W03-0405", "W03-0405"),
        ("https://aclanthology.org/2020.acl-main.1.pdf", "2020.acl-main.1"),
        ("2022.findings-acl.99", "2022.findings-acl.99"),
        ("2020.acl-main", None),
    ],
    "openreview": [
        ("--gvHfE3Xf5", "--gvHfE3Xf5"),
        ("https://openreview.net/forum?id=zzqn5G9fjn&noteId=x", "zzqn5G9fjn"),
        ("two words", None),
    ],
    "semanticscholar": [
        ("CorpusId:123", "123"),
        ("https://www.semanticscholar.org/paper/A-Title/DE7A1175BA90872B74B965711352EFF79300B351", "de7a1175ba90872b74b965711352eff79300b351"),
        ("abc", None),
    ],
    "pmid": [
        ("PMID: 11256386", "11256386"),
        ("https://pubmed.ncbi.nlm.nih.gov/11256386/", "11256386"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/123", "123"),
        ("11256386.0", "11256386"),
        ("00123", "123"),
        ("0", None),
        ("PMC123", None),
    ],
}
VALUES = [(scheme, printed, expected) for scheme, cases in CASES.items() for printed, expected in cases]


@pytest.mark.parametrize(("scheme", "printed", "expected"), VALUES)
def test_an_identifier_has_one_spelling(scheme: str, printed: str, expected: str | None) -> None:
    assert normalised(scheme, printed) == expected


def test_every_scheme_of_silver_has_its_rule_and_its_cases() -> None:
    assert set(SCHEMES) == set(silver.SCHEMES) == set(CASES)


def test_a_doi_without_its_form_is_kept_for_the_check_that_names_it() -> None:
    printed = ["doi:10.1162/", "10.1007/978-3-540-87877-3 3", "https://doi.org/10.1000/A", " ", None]
    found = pl.DataFrame({"doi": printed}).select(printed_doi(pl.col("doi"))).to_series().to_list()
    assert found == ["doi:10.1162/", "10.1007/978-3-540-87877-3 3", "10.1000/a", None, None]


TEXTS = st.text(max_size=30) | st.text(alphabet="aW:/.%2f&;<>(){}\\_$0123456789doiarxvlt-[] ", max_size=40)
PREFIXED = st.builds(
    lambda start, end: start + end, st.sampled_from(["10.1000/", "arXiv:2401.0000", "https://doi.org/10.1/", "10.1000/a&", "W1"]), TEXTS
)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(text=TEXTS | PREFIXED)
@example(text="10.1000/a&amp;#37;2F")
@example(text="10.1000/%2%46F")
@example(text="10.1000/a).)].")
@example(text="10.1000/" + "&amp;" * 500)
@example(text="https://doi.org/" * 60 + "10.1000/a")
def test_a_normal_identifier_is_its_own_normal_form_whatever_was_printed(scheme: str, text: str) -> None:
    once = normalised(scheme, text)
    assert once is None or normalised(scheme, once) == once


MONTH = st.integers(1, 12)
NEW_IDS = st.builds(lambda year, month, number: f"{year:02}{month:02}.{number:05}", st.integers(15, 60), MONTH, st.integers(1, 99_999))
FORMER_IDS = st.builds(lambda year, month, number: f"{year:02}{month:02}.{number:04}", st.integers(8, 14), MONTH, st.integers(1, 9_999))
OLD_IDS = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02}{month:02}{number:03}",
    st.sampled_from(["hep-th", "math", "cs", "astro-ph", "cond-mat", "q-bio", "cmp-lg"]),
    st.sampled_from([*range(91, 100), *range(7)]),
    MONTH,
    st.integers(1, 999),
)
AROUND = st.sampled_from(["{}", "arXiv:{}", "https://arxiv.org/abs/{}", "http://www.arxiv.org/pdf/{}v12.pdf", "{}v3", "10.48550/arXiv.{}", " {} "])


@given(arxiv_id=NEW_IDS | FORMER_IDS | OLD_IDS, around=AROUND)
def test_no_arxiv_id_is_altered(arxiv_id: str, around: str) -> None:
    assert normalised("arxiv", around.format(arxiv_id)) == arxiv_id


NAMES = st.from_regex(r"[a-z0-9][a-z0-9._:/;-]{0,20}(\([0-9]{2}\))?[a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)


@given(name=NAMES, prefix=st.integers(1000, 99_999), around=st.sampled_from(["{}", "https://doi.org/{}", "doi:{}", "DOI {}", "<{}>", "({}).", "{};"]))
def test_no_doi_is_altered(name: str, prefix: int, around: str) -> None:
    doi = f"10.{prefix}/{name}"
    assert normalised("doi", around.format(doi)) == doi
    assert normalised("doi", around.format(doi.upper())) == doi
