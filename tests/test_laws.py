"""The laws of docs/architecture.md that can be counted: sizes, contracts, hidden imports."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("attack", "bench", "chaos", "lighthouse")
MOST_LINES, MOST_OF_A_VIEW, MOST_OF_A_FILE = 40, 20, 300
# Each longer file, and why it is not two.
LONG_FILES = {
    "kicks/local_servers.py": "two servers are started, watched and let go by one mechanism",
    "kicks/settings.py": "every setting in one place is what it is for",
}
# Where `now` is read at the edge alone; what is missing here still has to come to it.
OF_ONE_MOMENT = (
    "desk",
    "front",
    "portal",
    "demo",
    "notes",
    "bookings",
    "availability",
    "clients",
    "outbox",
    "academy",
    "welcome",
    "staff",
    "pictures",
)
CLOCKS = {
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
# What reads the clock below the edge, and why.
OTHER_CLOCKS = {
    "desk/diary_admin.py: now_of": "the desk reads it here alone: Django hands on the request",
    "academy/models/article.py: clean": "Django's forms hand no time to a model's own check",
    "academy/models/article.py: _wrong_address": "the same",
    "academy/sitemaps.py: items": "Django's sitemaps hand on nothing",
    "bookings/notices/answer_requests.py: _answer": "each who asked has a moment of their own",
    "staff/passwords.py: password_changed": "Django hands on the password and the person alone",
    "bookings/notices/new_password.py: password_changed": "the same",
}
# What may import inside a function, and why it cannot be above.
HIDDEN_IMPORTS: dict[str, str] = {}


def product() -> list[str]:
    """The packages of the site, in the order of import-linter's list."""
    return list(importlinter()["root_packages"])


def importlinter() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"])


def files(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Every file that a person wrote, by its path, parsed."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_view(node: ast.FunctionDef) -> bool:
    """Whether it answers a request, be it a function or a method of an admin page."""
    first = next((one for one in node.args.args if one.arg != "self"), None)
    returned = ast.unparse(node.returns) if node.returns else ""
    return first is not None and first.arg == "request" and returned.startswith("HttpResponse")


def is_edge(path: str, node: ast.FunctionDef) -> bool:
    """Whether what happens begins there: a view, a task of Celery's or a command."""
    tasks = any("shared_task" in ast.unparse(one) for one in node.decorator_list)
    view = "/views" in path and is_view(node) and not node.name.startswith("_")
    return view or tasks or ("/management/commands/" in path and node.name == "handle")


def reads_clock(node: ast.AST) -> bool:
    """Whether it asks what time it is, as `timezone.localdate(now)` does not."""
    if not isinstance(node, ast.Call):
        return False
    name = ".".join(ast.unparse(node.func).split(".")[-2:])
    return name in CLOCKS and (name == "datetime.now" or not node.args)


def test_no_function_is_longer_than_forty_lines() -> None:
    found = {
        f"{path}: {node.name}": length(node)
        for path, tree in files(*product(), *TOOLS, "tests")
        for node in functions(tree)
        if length(node) > MOST_LINES
    }
    assert found == {}


def test_no_view_is_longer_than_twenty_lines() -> None:
    found = {
        f"{path}: {node.name}": length(node)
        for path, tree in files(*product())
        for node in functions(tree)
        if is_view(node) and length(node) > MOST_OF_A_VIEW
    }
    assert found == {}


def test_a_file_is_longer_than_three_hundred_lines_only_for_a_reason() -> None:
    sizes = {
        path: len((ROOT / path).read_text().splitlines()) for path, _ in files(*product(), *TOOLS)
    }
    assert {path for path, size in sizes.items() if size > MOST_OF_A_FILE} == LONG_FILES.keys()


def test_the_clock_is_read_at_the_edge_and_there_once() -> None:
    """So that a page that decides twice decides by one moment."""
    found = {}
    for path, tree in files(*OF_ONE_MOMENT):
        readings = sum(map(reads_clock, ast.walk(tree)))
        for node in functions(tree):
            reads = sum(map(reads_clock, ast.walk(node)))
            readings -= reads
            if reads > 1 or (reads and not is_edge(path, node)):
                found[f"{path}: {node.name}"] = reads
        if readings:  # outside a function: a default, a constant
            found[path] = readings
    assert found.keys() == OTHER_CLOCKS.keys()


def test_no_import_hides_in_a_function() -> None:
    found = {
        path
        for path, tree in files(*product())
        for node in functions(tree)
        if any(isinstance(one, ast.Import | ast.ImportFrom) for one in ast.walk(node))
    }
    assert found == HIDDEN_IMPORTS.keys()


def test_every_package_stands_in_the_contracts() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {*TOOLS, "tests"}
    assert packages == set(product())


@pytest.mark.parametrize("contract", importlinter()["contracts"], ids=lambda one: one["name"])
def test_a_contract_of_layers_inside_a_package_names_all_its_modules(
    contract: dict[str, Any],
) -> None:
    if contract["type"] == "layers" and "containers" in contract:
        assert contract["exhaustive"]
        assert not contract.get("exhaustive_ignores")


def test_every_package_with_modules_has_a_contract_of_its_own() -> None:
    """So that a module that is added without a place in the order fails the check."""
    held = {
        container
        for contract in importlinter()["contracts"]
        for container in contract.get("containers", [])
    }
    wanted = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for package in product()
        for path in (ROOT / package).rglob("__init__.py")
        if not {"migrations", "management", "templatetags"} & {*path.parts}
        and len(list(path.parent.glob("*.py"))) > 2  # itself, and two that can import one another
    }
    assert wanted - held == set()
