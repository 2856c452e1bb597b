"""paperhouse explain, on one home that every test reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flows.commands.decide import decide
from flows.commands.explain import explain
from flows.evidence_words import _WORDS, RULES
from flows.summary import Summary
from transforms.dedupe.weights import WEIGHTS
from warehouse.errors import InputError
from warehouse.schema.silver import FIELDS, MATCH_RULES, WORK_RULES

pytestmark = [pytest.mark.store, pytest.mark.slow]

ABSTRACT = "We read copper tables with engines that take care of what they read, and count how often they were wrong about a line or a page."
LIBRARY = f"""
@article{{rossi, title = {{Copper Tables Read by Careful Engines}}, author = {{Rossi, Anna and Lee, Bao}}, year = 2001,
  journal = {{Journal of Tables}}, volume = 7, pages = {{12--19}}, doi = {{10.1000/x}}, abstract = {{{ABSTRACT}}}}}
@article{{rossi2, title = {{Coper Tables Read by Careful Engines}}, author = {{Rossi, A. and Lee, B.}}, year = 2001, journal = {{J. Tables}},
  volume = 7, pages = {{12--19}}, doi = {{10.1000/x}}}}
@article{{rossi3, title = {{Copper Tables Read by Careful Engines}}, author = {{Rossi, Anna and Lee, Bao}}, year = 2001,
  journal = {{Journal of Tables}}, volume = 7, pages = {{40--49}}, doi = {{10.1000/y}}}}
@article{{stones, title = {{Nine Stones on a Wet \x1b[2JBeach}}, author = {{Novak, Cyril}}, year = 1999, journal = {{Shores}}}}
@article{{waves, title = {{Waves That Nobody Counted Before Noon}}, author = {{Okafor, Dayo}}, year = 1998, journal = {{Shores}}}}
"""


class Read(NamedTuple):
    home: Path
    # paper_id by the BibTeX key of one of its records.
    paper: dict[str, str]
    record: dict[str, str]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, run_load: Callable[..., Summary], ask: Callable[..., list[tuple[Any, ...]]]) -> Read:
    """A library with a paper twice, another that is nearly it, and two that a person has pinned."""
    home = tmp_path_factory.mktemp("explain") / "home"
    (home.parent / "library.bib").write_text(LIBRARY)
    run_load(home, home.parent / "library.bib")
    query = "SELECT source_id, paper_id, record_id FROM silver.record_papers JOIN bronze.records USING (record_id)"
    before = {key: paper_id for key, paper_id, _ in ask(home, query)}
    decide("same", before["stones"], before["waves"], home, is_undo=False, is_later=False, wait=0, is_json=True)
    rows = ask(home, query)
    paper = {key: paper_id for key, paper_id, _ in rows}
    (old,) = {before["stones"], before["waves"]} - set(paper.values())
    return Read(home, paper | {"old": old}, {key: record for key, _, record in rows})


@pytest.fixture
def told(read: Read, capsys: pytest.CaptureFixture[str], one_json: Callable[[str], Any]) -> Callable[..., Any]:
    """The facts that explain --json prints of a name."""

    def call(name: str, field: str | None = None) -> Any:
        capsys.readouterr()
        explain(name, field, read.home, is_json=True)
        return one_json(capsys.readouterr().out)

    return call


@pytest.fixture
def printed(read: Read, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What explain prints for a person."""

    def call(name: str, field: str | None = None) -> str:
        capsys.readouterr()
        explain(name, field, read.home, is_json=False)
        return capsys.readouterr().out

    return call


def test_records_stand_with_their_place_rule_and_evidence(read: Read, told: Callable[..., Any]) -> None:
    facts = told(read.paper["rossi"])
    assert [(one["source"], one["source_id"]) for one in facts["records"]] == [("bibtex", "rossi"), ("bibtex", "rossi2")]
    assert {one["title"] for one in facts["records"]} == {"Copper Tables Read by Careful Engines", "Coper Tables Read by Careful Engines"}
    assert all(one["path"].endswith("library.bib") and one["position"] > 0 for one in facts["records"])
    assert {(one["rule"], one["matched_record_id"]) for one in facts["records"]} == {
        ("same_identifier", read.record["rossi"]),
        ("same_identifier", read.record["rossi2"]),
    }
    (pair,) = facts["pairs"]
    words = {said["field"]: said["word"] for said in pair["evidence"]}
    assert (words["identifier"], words["title"], words["year"]) == ("same", "slip", "same")
    assert pair["total"] == pytest.approx(pair["prior"] + sum(said["weight"] for said in pair["evidence"]))
    assert pair["score"] == pytest.approx(facts["records"][0]["score"])


def test_a_paper_that_was_not_merged_is_told_with_the_reason(read: Read, told: Callable[..., Any], printed: Callable[..., str]) -> None:
    near = {one["paper_id"]: one for one in told(read.paper["rossi"])["not_merged"]}
    other = near[read.paper["rossi3"]]
    assert other["why_not"] == "other_identifiers"
    assert "DOI of 10.1000" in other["why_not_in_words"]
    assert other["pair"]["decision"] == "different"
    assert read.paper["stones"] not in near
    text = printed(read.paper["rossi3"])
    assert "it is the only record of its paper" in text
    assert "The nearest papers that it was not merged with" in text
    assert "two DOIs of one registrant" in text


def test_each_field_names_its_record_and_what_lost(read: Read, told: Callable[..., Any], printed: Callable[..., str]) -> None:
    fields = told(read.paper["rossi"])["fields"]
    assert list(fields) == [name for name in FIELDS if name in fields]
    assert fields["title"]["value"] == "Copper Tables Read by Careful Engines"
    assert (fields["title"]["record_id"], fields["title"]["source"]) == (read.record["rossi"], "bibtex")
    assert [one["value"] for one in fields["title"]["lost"]] == ["Coper Tables Read by Careful Engines"]
    alone = told(read.paper["rossi"], "venue")
    assert (alone["field"], {alone["value"], *(one["value"] for one in alone["lost"])}) == ("venue", {"Journal of Tables", "J. Tables"})
    assert " ".join(printed(read.paper["rossi"], "abstract").split()).count(ABSTRACT) == 1
    assert "none of its records says anything of it" in printed(read.paper["rossi"], "arxiv_id")
    with pytest.raises(InputError, match="there are title, abstract"):
        told(read.paper["rossi"], "colour")


def test_a_persons_word_and_former_ids_are_told(read: Read, told: Callable[..., Any], printed: Callable[..., str]) -> None:
    facts = told(read.paper["old"])
    assert facts["paper_id"] == read.paper["stones"] == read.paper["waves"]
    assert facts["asked_means"] == f"{read.paper['old']} was merged and is now {facts['paper_id']}"
    assert facts["former_ids"] == [read.paper["old"]]
    assert [(one["command"], one["decision_id"]) for one in facts["decisions"]] == [("pin", 1)]
    assert {one["rule"] for one in facts["records"]} == {"pinned"}
    # Lines are wrapped, wherever a path makes them long.
    text = " ".join(printed(read.paper["old"]).split())
    assert "was merged and is now" in text
    assert "a person has said that the two are one paper" in text


def test_what_is_printed_is_narrow_and_inert(read: Read, printed: Callable[..., str]) -> None:
    for name in read.paper.values():
        text = printed(name)
        assert max(map(len, text.splitlines())) <= 250
        assert all(char.isprintable() or char == "\n" for char in text)
        assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize(
    "name",
    ["10.1000/x", "https://doi.org/10.1000/X", "doi:10.1000/x", "DOI: 10.1000/x"],
)
def test_a_paper_is_found_by_any_way_of_writing_its_identifier(read: Read, told: Callable[..., Any], name: str) -> None:
    assert told(name)["paper_id"] == read.paper["rossi"]


def test_a_paper_is_found_by_record_work_and_the_beginning_of_an_id(read: Read, told: Callable[..., Any]) -> None:
    paper = read.paper["rossi"]
    assert told(read.record["rossi2"])["paper_id"] == paper
    assert told(paper[:9])["asked_means"] == f"{paper[:9]} is the beginning of {paper}"
    work = told(paper)["work"]
    assert paper in [one["paper_id"] for one in work["papers"]]
    if len(work["papers"]) == 1:
        assert told(work["work_id"])["paper_id"] == paper
    else:
        with pytest.raises(InputError, match="this can mean 2 papers"):
            told(work["work_id"])


def test_the_command_says_what_is_wrong_with_a_name(paperhouse, read: Read, one_json: Callable[[str], Any]) -> None:
    done = paperhouse("explain", "10.1000/nothing", "--home", read.home, "--json", check=2)
    assert "no paper, record, work or identifier" in one_json(done.stdout)["error"]
    done = paperhouse("explain", read.paper["rossi"], "title", "--home", read.home)
    assert done.stdout.startswith(f"title of {read.paper['rossi']}\n    Copper Tables")


def test_every_word_of_evidence_and_every_rule_has_words_for_a_person() -> None:
    assert {field: set(words) for field, words in _WORDS.items()} == {field: set(words) for field, words in WEIGHTS.items()}
    assert set(RULES) == {*MATCH_RULES, *WORK_RULES}
