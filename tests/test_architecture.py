"""The rules of the layout: which way imports go, what the pure steps may touch, how large a module may be, what is pinned."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ("flows", "transforms", "expectations", "warehouse")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAX_LINES = 400

# What each package may import of ours besides itself.
ALLOWED = {
    "warehouse": set(),
    "transforms": {"warehouse.schema"},
    "expectations": {"warehouse"},
    "flows": {"transforms", "expectations", "warehouse"},
}
# What a pure step may import of others: no clock, file, network, process or chance. mmap is only the type of what it reads; importlib.resources reads
# the package's own tables, which are as fixed as its code.
PURE = {
    "bisect",
    "collections",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "html",
    "importlib.resources",
    "itertools",
    "json",
    "math",
    "io",
    "mmap",
    "orjson",
    "re",
    "tomllib",
    "typing",
    "unicodedata",
}
PURE |= {"polars", "rapidfuzz", "numpy", "pyarrow", "lxml"}
# Functions that touch something all the same. hash() of a text differs from process to process.
IMPURE_NAMES = {"open", "print", "input", "exec", "eval", "compile", "__import__", "hash", "id", "breakpoint"}
IMPURE_METHODS = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp", "sample", "shuffle", "mmap", "write_text", "write_bytes", "urlopen"}
READS_OR_WRITES = re.compile(
    r"(read|scan|write|sink)_(csv|parquet|ipc|ipc_stream|json|ndjson|excel|ods|delta|avro|database|database_uri|clipboard|iceberg|lines)"
)
# Heavy, or outside: imported in one module each.
ONLY_IN = {"great_expectations": {"expectations/gate.py"}, "prefect": {"flows/prefect_flow.py"}}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.AST) -> list[str]:
    """The dotted names of all that is imported, wherever in the module: `from a.b import c` is a.b.c."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def top(name: str) -> str:
    return name.partition(".")[0]


def is_below(name: str, parents: set[str]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def impure_uses(tree: ast.AST) -> list[str]:
    """Every use of a function that touches the world, with its line; a name that is only passed on counts too."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in IMPURE_NAMES:
            found.append(f"line {node.lineno}: {node.id}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            method = node.func.attr
            if method in IMPURE_METHODS or READS_OR_WRITES.fullmatch(method):
                found.append(f"line {node.lineno}: .{method}()")
    return found


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    ours = [name for name in imported(ast.parse(path.read_text(encoding="utf-8"))) if top(name) in PACKAGES]
    assert [name for name in ours if top(name) != package and not is_below(name, ALLOWED[package])] == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.is_relative_to(ROOT / "transforms")], ids=name_of)
def test_pure_steps_touch_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [name for name in imported(tree) if not is_below(name, PURE | set(PACKAGES))] == []
    assert impure_uses(tree) == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("open('x')", 1),
        ("from datetime import datetime\ndatetime.now()", 1),
        ("import polars as pl\npl.read_csv('x').write_parquet('y')", 2),
        ("frame.sample(3)", 1),
        ("list(map(hash, names))", 1),
        ("import mmap\nmmap.mmap(3, 0)", 1),
        ("class Pure:\n    opened = read_document(open_items)", 0),
    ],
)
def test_the_check_for_pure_steps_sees_what_it_should(code: str, count: int) -> None:
    assert len(impure_uses(ast.parse(code))) == count


@pytest.mark.parametrize("package", sorted(ONLY_IN))
def test_a_heavy_package_is_imported_in_one_module_only(package: str) -> None:
    found = {name_of(path) for path in MODULES if package in map(top, imported(ast.parse(path.read_text(encoding="utf-8"))))}
    assert found == ONLY_IN[package]


@pytest.mark.parametrize("package", sorted(ONLY_IN))
def test_the_module_that_imports_a_heavy_package_is_imported_only_inside_functions(package: str) -> None:
    (module,) = (name.removesuffix(".py").replace("/", ".") for name in ONLY_IN[package])
    for path in MODULES:
        at_module_level = [
            name
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            for name in imported(ast.Module([node], []))
            if not isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        assert [name for name in at_module_level if is_below(name, {module})] == [], name_of(path)


def test_the_folders_at_the_top_are_those_of_the_design() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout: what is ignored cannot be told from what belongs here")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folders = {name.partition("/")[0] for name in listed if "/" in name}
    assert folders - {".ci"} == {*PACKAGES, "tests"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert ast.get_docstring(ast.parse(text))


def test_every_dependency_is_pinned_at_a_version_within_its_bound(project: dict, lock: str) -> None:
    pinned = {canonicalize_name(name): version for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.MULTILINE)}
    extras = project["project"]["optional-dependencies"]
    required = [Requirement(text) for text in [*project["project"]["dependencies"], *(text for extra in extras.values() for text in extra)]]
    assert len(required) > 15
    for requirement in required:
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement} is not in requirements.lock"
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement}: {version} is pinned"
        assert str(requirement.specifier), f"{requirement.name} has no bound"


def test_every_dependency_has_its_reason_beside_it() -> None:
    lines = [line.strip() for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()]
    requirements = [line for line in lines if re.match(r'"[a-z0-9-]+(\[[a-z]+\])?[<>=~!]', line) and line.partition("#")[0].rstrip().endswith(",")]
    assert len(requirements) > 15
    assert [line for line in requirements if not re.search(r'",\s*# \S.{7,}', line)] == []


def test_everything_in_the_lock_has_hashes_and_nothing_names_a_registry(lock: str) -> None:
    entries = [entry for entry in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE) if not entry.startswith("#")]
    assert len(entries) > 50
    assert [entry.split()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []
    assert [line for line in lock.splitlines() if "://" in line or re.search(r"--(extra-)?index-url|--find-links|--trusted-host", line)] == []
