"""Every template, and each branch of it, is rendered by some test: counted while the tests run.

A marker that renders to nothing is planted into each part that shows something, as a template is
read. The workers hand in what was passed, and a whole run fails for what was not. A part of the
tests is never held to it. (django_coverage_plugin counts lines, not branches, and needs coverage to
trace every line of Python too.)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template, engines
from django.template.base import Node, NodeList
from django.template.defaulttags import ForNode, IfNode
from django.template.loader_tags import BlockNode, ExtendsNode

HANDED_IN = "branches"
WITHOUT_DRILLS = "not drill"  # what pyproject.toml asks for
SEEN: set[str] = set()
KNOWN: set[str] = set()


class Passed(Node):
    """Notes that it was rendered, as nothing."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        KNOWN.add(branch)

    def render(self, context: Context) -> str:
        SEEN.add(self.branch)
        return ""


def watch() -> None:
    """Plant the markers into every template of ours that is read from now on."""
    read = Template.compile_nodelist
    root = f"{_root()}/"

    def read_and_plant(self: Template) -> NodeList:
        nodes = read(self)
        if str(self.origin.name).startswith(root):
            plant(nodes, str(self.origin.name).removeprefix(root))
        return nodes

    Template.compile_nodelist = read_and_plant  # type: ignore[method-assign]


def _root() -> Path:
    return Path(settings.BASE_DIR) / "templates"


def plant(nodes: NodeList, name: str) -> None:
    """Put a marker at the head of each branch; what a page inherits begins in its blocks."""
    found = list(_branches(nodes, name))
    if not any(isinstance(node, ExtendsNode) for node in nodes):
        found.append((nodes, name))
    for nodelist, branch in found:
        nodelist.insert(0, Passed(branch))


def _branches(nodes: NodeList, name: str) -> Iterator[tuple[NodeList, str]]:
    # Django gives each node its token, and asks with isinstance; its stubs know of neither.
    found: Any = nodes.get_nodes_by_type((IfNode, ForNode, BlockNode))  # type: ignore[arg-type]
    for number, node in enumerate(found):
        where = f"{name}:{node.token.lineno} #{number} {{% {node.token.contents} %}}"
        if isinstance(node, IfNode):
            parts: Any = node.conditions_nodelists
            for place, (condition, branch) in enumerate(parts):
                yield branch, f"{where} {place if condition else 'else'}"
        elif isinstance(node, ForNode):
            loop, empty = (getattr(node, part) for part in ForNode.child_nodelists)
            yield loop, where
            if empty:
                yield empty, f"{where} none"
        elif node.nodelist:
            yield node.nodelist, where


def unseen() -> list[str]:
    """Return what no test has rendered, of all that there is."""
    for path in _root().rglob("*"):
        if path.suffix in {".html", ".txt", ".xml", ".svg"}:
            engines["django"].get_template(path.relative_to(_root()).as_posix())
    return sorted(KNOWN - SEEN)


def pytest_configure(config: pytest.Config) -> None:
    watch()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    SEEN.update(node.workeroutput.get(HANDED_IN, ()) if hasattr(node, "workeroutput") else ())


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput[HANDED_IN] = sorted(SEEN)
    elif _is_whole(session):
        missing = unseen()
        if missing:
            print("", "No test renders:", *missing, sep="\n  ")  # noqa: T201, for the terminal
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _is_whole(session: pytest.Session) -> bool:
    """Whether all tests ran and passed: without a browser, some are skipped."""
    config = session.config
    asked_for_all = config.args == config.getini("testpaths")
    is_narrowed = config.option.keyword or config.option.markexpr != WITHOUT_DRILLS
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    passed = session.exitstatus == pytest.ExitCode.OK
    return bool(asked_for_all and passed and not is_narrowed and not skipped)
