"""paperhouse pin, split and decisions, on real loads, in this process, where a load costs a second; what is refused runs as typed."""

import fcntl
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.commands.decide import decide, decisions
from flows.standing import COMMANDS
from flows.summary import Summary
from warehouse.errors import InputError, TroubleError

pytestmark = [pytest.mark.store, pytest.mark.slow]

Ask = Callable[..., list[tuple[Any, ...]]]
SAID = {command: said for said, command in COMMANDS.items()}


@pytest.fixture(scope="module")
def loaded_home(tmp_path_factory: pytest.TempPathFactory, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> Path:
    """Four papers, the first and the last of them listed on two days."""
    folder = tmp_path_factory.mktemp("decisions")
    saved(folder / "pages" / "2025-12-16.txt", 0, 1, 2, 3)
    saved(folder / "pages" / "2025-12-17.txt", 0, 3, date="Dec 17")
    run_load(folder / "home", folder / "pages")
    return folder / "home"


@pytest.fixture
def home(loaded_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded_home, tmp_path / "home"))


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], one_json: Callable[[str], Any]) -> Callable[..., Any]:
    """Runs pin or split with --json in this process, and gives the facts."""

    def call(command: str, a: str, b: str, home: Path, undo: bool = False, later: bool = False) -> Any:
        capsys.readouterr()
        status = decide(SAID[command], a, b, home, undo, later, 0, is_json=True)
        facts = one_json(capsys.readouterr().out)
        assert status == facts["exit_status"]
        return facts

    return call


@pytest.fixture
def listed(capsys: pytest.CaptureFixture[str], one_json: Callable[[str], Any]) -> Callable[[Path], Any]:
    def call(home: Path) -> Any:
        capsys.readouterr()
        decisions(home, is_json=True)
        return one_json(capsys.readouterr().out)

    return call


def partition(ask: Ask, home: Path) -> list[list[str]]:
    return [row[0] for row in ask(home, "SELECT list(record_id ORDER BY record_id) FROM silver.record_papers GROUP BY paper_id ORDER BY all")]


def paper(ask: Ask, home: Path, title: str) -> str:
    ((paper_id,),) = ask(home, f"SELECT paper_id FROM silver.papers WHERE title LIKE '{title}%'")
    return str(paper_id)


def records(ask: Ask, home: Path, title: str) -> list[str]:
    return [row[0] for row in ask(home, f"SELECT record_id FROM bronze.records WHERE title LIKE '{title}%' ORDER BY record_id")]


def journal(home: Path) -> bytes:
    file = home / "journal" / "decisions.jsonl"
    return file.read_bytes() if file.exists() else b""


def test_a_pin_holds_from_now_on_whatever_comes_and_can_be_taken_back(
    say: Callable[..., Any],
    listed: Callable[[Path], Any],
    ask: Ask,
    home: Path,
    saved: Callable[..., Path],
    run_load: Callable[..., Summary],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = partition(ask, home)
    birch, cedar = paper(ask, home, "Birch"), paper(ask, home, "Cedar")
    done = say("pin", birch, cedar, home)
    assert (done["is_new"], done["decision_ids"], done["run"]["state"]) == (True, [1], "published")
    assert [one["record_count"] for one in done["papers"]] == [2]
    kept = done["papers"][0]["paper_id"]
    together = sorted([*records(ask, home, "Birch"), *records(ask, home, "Cedar")])
    assert together in partition(ask, home)
    assert ask(home, "SELECT rule, score FROM silver.record_papers WHERE rule = 'pinned'") == [("pinned", 1.0)] * 2
    (old,) = {birch, cedar} - {kept}
    assert ask(home, "SELECT * FROM silver.id_redirects") == [(old, kept)]

    noted = journal(home)
    for names in ((birch, cedar), (cedar, birch), tuple(together)):
        again = say("pin", *names, home)
        assert (again["is_new"], again["run"]) == (False, None)
    assert journal(home) == noted

    saved(home.parent / "more.txt", 1, 2, date="Dec 18")
    run_load(home, home.parent / "more.txt")
    assert len(next(one for one in partition(ask, home) if together[0] in one)) == 4
    final = partition(ask, home)
    (home / "warehouse.duckdb").unlink()
    run_load(home)
    assert partition(ask, home) == final
    monkeypatch.setattr("flows.load.code_fingerprint", lambda _: "another version")
    assert run_load(home).state == "published"
    assert partition(ask, home) == final
    assert [(one["command"], one["a"], one["b"], one["state"]) for one in listed(home)] == [("pin", birch, cedar, "holds")]

    undone = say("pin", birch, cedar, home, undo=True)
    assert (undone["decision_ids"], [one["paper_id"] for one in undone["papers"]]) == ([1], sorted([birch, cedar]))
    assert listed(home) == []
    assert {len(one) for one in partition(ask, home)} == {2}
    assert len(partition(ask, home)) == len(before)


def test_a_split_of_two_records_parts_their_paper_until_it_is_taken_back(
    say: Callable[..., Any], listed: Callable[[Path], Any], ask: Ask, home: Path, saved: Callable[..., Path], run_load: Callable[..., Summary]
) -> None:
    before = partition(ask, home)
    first, second = records(ask, home, "Alder")
    done = say("split", first, second, home)
    assert len(done["papers"]) == 2
    assert [first] in partition(ask, home)
    assert [second] in partition(ask, home)
    saved(home.parent / "more.txt", 0, date="Dec 18")
    run_load(home, home.parent / "more.txt")
    (home / "warehouse.duckdb").unlink()
    run_load(home)
    assert not any({first, second} <= set(one) for one in partition(ask, home))
    assert say("split", second, first, home)["is_new"] is False
    assert [one["state"] for one in listed(home)] == ["holds"]
    say("split", second, first, home, undo=True)
    assert {first, second} < set(next(one for one in partition(ask, home) if first in one))
    assert len(partition(ask, home)) == len(before)


def test_what_is_said_for_later_is_applied_by_the_next_run(
    say: Callable[..., Any], listed: Callable[[Path], Any], ask: Ask, home: Path, run_load: Callable[..., Summary]
) -> None:
    before, birch, cedar = partition(ask, home), paper(ask, home, "Birch"), paper(ask, home, "Cedar")
    assert say("pin", birch, cedar, home, later=True)["run"] is None
    assert partition(ask, home) == before
    assert [one["state"] for one in listed(home)] == ["waits"]
    assert say("pin", cedar, birch, home, later=True)["is_new"] is False
    assert run_load(home).state == "published"
    assert [one["state"] for one in listed(home)] == ["holds"]
    assert run_load(home).state == "unchanged"


def test_what_contradicts_earlier_decisions_is_refused_and_says_how_to_take_them_back(say: Callable[..., Any], ask: Ask, home: Path) -> None:
    alder, birch, cedar, dogwood = (paper(ask, home, name) for name in ("Alder", "Birch", "Cedar", "Dogwood"))
    say("pin", alder, birch, home, later=True)
    say("pin", birch, cedar, home, later=True)
    noted = journal(home)
    with pytest.raises(InputError, match="earlier decisions together say that they are one paper") as refused:
        say("split", alder, cedar, home, later=True)
    assert f"{alder} {birch} --undo" in str(refused.value)
    assert f"{birch} {cedar} --undo" in str(refused.value)
    assert journal(home) == noted
    say("split", cedar, dogwood, home, later=True)
    with pytest.raises(InputError, match="that they are two papers") as refused:
        say("pin", dogwood, alder, home, later=True)
    assert f"{cedar} {dogwood} --undo" in str(refused.value)
    # One of Alder's two records is pinned, and its paper as a whole is meant.
    with pytest.raises(InputError):
        say("pin", records(ask, home, "Alder")[0], dogwood, home, later=True)
    say("pin", birch, cedar, home, undo=True, later=True)
    assert say("split", alder, cedar, home, later=True)["is_new"]


def test_a_decision_finds_its_records_where_another_parser_counted_otherwise_and_says_when_they_are_gone(
    say: Callable[..., Any],
    listed: Callable[[Path], Any],
    ask: Ask,
    home: Path,
    run_load: Callable[..., Summary],
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = records(ask, home, "Alder")
    say("split", first, second, home, later=True)
    say("pin", records(ask, home, "Birch")[0], records(ask, home, "Cedar")[0], home, later=True)
    # As a parser would have noted it that counts other lines.
    noted = json.loads(journal(home).splitlines()[0])
    text = json.dumps(noted).replace(f'{first}"', f'{first}99"').replace(f'{second}"', f'{second}99"')
    gone = json.loads(journal(home).splitlines()[1])
    lost = json.dumps(gone).replace(gone["records_a"][0], f"{'0' * 16}-1")
    (home / "journal" / "decisions.jsonl").write_text(f"{text}\n{lost}\n")
    summary = run_load(home)
    assert [first] in partition(ask, home)
    assert [second] in partition(ask, home)
    assert summary.lost_decisions == [2]
    assert [(one["state"], len(one["lost_records"])) for one in listed(home)] == [("holds", 0), ("lost", 1)]
    assert run_load(home).lost_decisions == [2]
    decisions(home, is_json=False)
    assert f"gone: {'0' * 16}-1" in capsys.readouterr().out
    assert say("pin", json.loads(lost)["a"], gone["b"], home, undo=True, later=True)["decision_ids"] == [2]


def test_names_that_mean_nothing_or_too_much_are_explained(paperhouse, ask: Ask, loaded_home: Path) -> None:
    alder, birch = paper(ask, loaded_home, "Alder"), paper(ask, loaded_home, "Birch")
    before = sorted(path.name for path in (loaded_home / "journal").iterdir())
    unknown = paperhouse("pin", alder, "10.1000/nothing", "--home", loaded_home, "--json", check=2)
    assert "no paper, record, work or identifier" in json.loads(unknown.stdout)["error"]
    one_paper = paperhouse("split", alder, alder, "--home", loaded_home, check=2)
    for record in records(ask, loaded_home, "Alder"):
        assert record in one_paper.stderr
    assert "name two records of it" in one_paper.stderr
    nothing = paperhouse("split", alder, birch, "--undo", "--home", loaded_home, check=2)
    assert "none to take back" in nothing.stderr
    same = paperhouse("pin", alder, alder, "--home", loaded_home)
    assert "are one paper already" in same.stdout
    record = records(ask, loaded_home, "Alder")[0]
    ambiguous = paperhouse("pin", record.split("-")[0], alder, "--home", loaded_home, check=2)
    assert "this can mean" in ambiguous.stderr
    assert record in ambiguous.stderr
    assert "both are the record" in paperhouse("split", record, record, "--home", loaded_home, check=2).stderr
    assert sorted(path.name for path in (loaded_home / "journal").iterdir()) == before
    assert "nothing is decided" in paperhouse("decisions", "--home", loaded_home).stdout
    assert "there is no warehouse yet" in paperhouse("pin", "a", "b", "--home", "nowhere", check=2).stderr


def test_a_decision_waits_for_a_run_and_says_who_has_the_home(say: Callable[..., Any], ask: Ask, home: Path) -> None:
    birch, cedar = paper(ask, home, "Birch"), paper(ask, home, "Cedar")
    with (home / "run.lock").open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(TroubleError, match="this home; try again when it is done"):
            say("pin", birch, cedar, home)
    assert journal(home) == b""


def test_the_command_line_says_what_became_of_it(paperhouse, ask: Ask, home: Path) -> None:
    birch, cedar = paper(ask, home, "Birch"), paper(ask, home, "Cedar")
    done = paperhouse("pin", birch, cedar, "--home", home)
    assert done.stdout.startswith(f"Decision 1: {birch} and {cedar} are one paper.\nPublished ")
    assert "2 records: " in done.stdout
    assert f"   1  pin    {birch}  {cedar}\n" in paperhouse("decisions", "--home", home).stdout
    later = paperhouse("pin", birch, cedar, "--undo", "--later", "--home", home)
    assert later.stdout == f"Taken back: pin {birch} {cedar} (decision 1).\n" + later.stdout.splitlines(keepends=True)[-1]
    assert "The next run applies it" in later.stdout
