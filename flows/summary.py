"""What a run did, for a person and for a machine."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from warehouse.schema.gold import STAGES, Policy


@dataclass(slots=True)
class Summary:
    """Filled while the run goes on. `read`, `kept`, `rejected` and `passed` (entries that are no paper) count what is new in this run."""

    run_id: str
    started_at: datetime
    home: str
    warehouse: str
    state: str = "running"
    files: int = 0
    new_documents: int = 0
    known_documents: int = 0
    read: int = 0
    kept: int = 0
    rejected: int = 0
    resolved: int = 0
    passed: int = 0
    rejects_by_code: dict[str, int] = field(default_factory=dict)
    records: int | None = None
    papers: int | None = None
    merged: int | None = None
    set_aside: int | None = None
    lost_decisions: list[int] = field(default_factory=list)
    expectations: int = 0
    policy: str = Policy.MERGE.value
    inputs_sha256: str = ""
    code_sha256: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def exit_status(self) -> int:
        """0 done, also where some was rejected; 2 where nothing of what was named could be loaded."""
        return 2 if self.state == "nothing_loaded" else 0

    def as_facts(self) -> dict[str, Any]:
        """The summary as plain JSON values."""
        facts = asdict(self)
        facts["started_at"] = self.started_at.isoformat()
        facts["seconds"] = {name: round(value, 3) for name, value in self.seconds.items()}
        return facts

    def quality_row(self) -> dict[str, Any]:
        """The run's row in gold.quality."""
        return quality_row(self.as_facts())


def quality_row(facts: dict[str, Any]) -> dict[str, Any]:
    """A run's row in gold.quality from the facts in the journal; what a run did not come to is null."""
    # A line of the journal that an older version wrote may lack a name; a count that it has not is none.
    facts = {"new_documents": 0, "read": 0, "kept": 0, "rejected": 0} | facts
    plain = (
        "run_id",
        "state",
        "new_documents",
        "read",
        "kept",
        "rejected",
        "records",
        "papers",
        "merged",
        "set_aside",
        "policy",
        "inputs_sha256",
        "code_sha256",
    )
    row = {name: facts.get(name) for name in plain}
    row["started_at"] = datetime.fromisoformat(facts["started_at"])
    return row | {f"{stage}_seconds": facts.get("seconds", {}).get(stage) for stage in STAGES}


def as_text(summary: Summary, command: Callable[[str], str]) -> str:
    """The summary in a few lines for a person; `command` gives a command of ours as it can be typed where they are."""
    took = f"{sum(summary.seconds.values()):.1f} s"
    lines = [_headline(summary, took)]
    if summary.new_documents or summary.rejected:
        lines.append(f"  documents  {summary.new_documents:,} new, {summary.known_documents:,} known")
        lines.append(f"  records    {summary.read:,} read = {summary.kept:,} kept + {summary.rejected:,} rejected")
    if summary.passed:
        lines.append(
            f"  passed     {summary.passed:,} entr{'ies' if summary.passed != 1 else 'y'} that {'are' if summary.passed != 1 else 'is'} no paper"
        )
    if summary.papers is not None:
        lines.append(f"  warehouse  {summary.records:,} records, {summary.papers:,} papers ({summary.merged:,} records merged into others)")
    if summary.set_aside:
        plural = "s that are" if summary.set_aside != 1 else " that is"
        lines.append(f'  set aside  {summary.set_aside:,} value{plural} not credible: {command("sql")} "select * from gold.quality_issues"')
    if summary.rejects_by_code:
        codes = ", ".join(f"{code} {count:,}" for code, count in sorted(summary.rejects_by_code.items()))
        lines.append(f"  rejected   {codes}: {command('rejects')}")
    if summary.resolved:
        plural = "s that" if summary.resolved != 1 else " that"
        lines.append(f"  resolved   {summary.resolved:,} reject{plural} can be read now")
    if summary.lost_decisions:
        number = len(summary.lost_decisions)
        plural = "s decide" if number != 1 else " decides"
        lines.append(f"  decisions  {number:,} decision{plural} nothing: the records meant are gone: {command('decisions')}")
    if summary.expectations:
        lines.append(f"  checked    {summary.expectations} expectations, all met")
    if summary.seconds:
        lines.append("  seconds    " + ", ".join(f"{name} {value:.1f}" for name, value in summary.seconds.items()))
    return "\n".join(lines)


def as_markdown(summary: Summary) -> str:
    """The summary as a table, for Prefect's artifact."""
    facts = [(name, value) for name, value in summary.as_facts().items() if not isinstance(value, dict | list) and value is not None]
    rows = [*facts, *((f"{name} seconds", round(value, 2)) for name, value in summary.seconds.items())]
    rows += [(f"rejected: {code}", count) for code, count in sorted(summary.rejects_by_code.items())]
    return "\n".join(["| what | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _headline(summary: Summary, took: str) -> str:
    if summary.state == "unchanged":
        return f"Nothing new: {summary.warehouse} stands as it was ({took})."
    if summary.state == "nothing_loaded":
        named = f"the {summary.files:,} file{'s' if summary.files != 1 else ''} named" if summary.files else "what has landed"
        return f"Nothing could be loaded from {named} ({took})."
    return f"Published {summary.warehouse} ({took})."
