"""The rooms of the package stand in floors: an import points to the own room or to one further down."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "lnregions"
FLOORS = (
    ("errors", "paths", "files", "words"),
    ("tables",),
    ("boundaries",),
    ("series", "style"),
    ("assess", "formats"),
    ("maps", "charts", "show"),
    ("sentences",),
    ("figures",),
    ("explorer", "batch"),
    ("pages",),
    ("render_command",),
    ("__main__", "__init__"),
)
"""Rooms and single modules, lowest floor first; an import points further down, but on the ground floor."""
HEIGHT = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(module: str) -> str:
    return (module.split(".")[1:] or ["__init__"])[0]


def imports(path: Path) -> list[tuple[int, str]]:
    """Line and module of every import of the package's own, also of those inside functions."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "lnregions":
            whole = [f"lnregions.{alias.name}" for alias in node.names]
            found += [(node.lineno, one) for one in (whole if node.module == "lnregions" else [node.module])]
        elif isinstance(node, ast.Import):
            found += [(node.lineno, one.name) for one in node.names if one.name.startswith("lnregions.")]
    return found


def test_imports_point_downward():
    upward = [
        f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        for path in MODULES
        for own in [path.relative_to(PACKAGE).parts[0].removesuffix(".py")]
        for line, name in imports(path)
        if room_of(name) != own
        and HEIGHT.get(room_of(name), -1) >= max(HEIGHT[own], 1)  # lnregions itself has the version
    ]
    assert not upward, "\n".join(upward)


def test_no_modules_import_each_other_in_a_circle():
    graph = {}
    for path in MODULES:
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        graph[name.removesuffix(".__init__")] = {module for _, module in imports(path)}
    finished: set[str] = set()

    def visit(name, way):
        assert name not in way, " -> ".join([*way[way.index(name) :], name])
        if name not in finished:
            for other in graph.get(name, ()):
                visit(other, [*way, name])
            finished.add(name)

    for name in graph:
        visit(name, [])
