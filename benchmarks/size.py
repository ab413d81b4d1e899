"""How large the project is: lines, lines of code, modules and functions by folder (``make size``)."""

import ast
import io
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {
    "lines": 14_000,
    "code": 9_500,
    "modules": 80,
    "in a folder": 12,
    "in a module": 400,
    "tests": 10_000,
}
NO_CODE = {getattr(tokenize, name) for name in ("COMMENT", "NL", "NEWLINE", "INDENT", "DEDENT", "ENDMARKER")}


def code_lines(text: str, tree: ast.Module) -> int:
    """Lines that hold more than comments, blanks and docstrings."""
    rows: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            rows.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            rows.difference_update(range(node.lineno, node.end_lineno + 1))
    return len(rows)


def measure(folder: Path) -> dict[str, Counter]:
    """Counts for each folder below one that holds modules."""
    found: dict[str, Counter] = {}
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py"))}
    called = Counter(
        getattr(node, "id", getattr(node, "attr", ""))
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    )
    for path, tree in trees.items():
        text = path.read_text("utf-8")
        counts = found.setdefault(path.parent.relative_to(ROOT).as_posix(), Counter())
        functions = [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        lines = len(text.splitlines())
        counts.update(lines=lines, code=code_lines(text, tree), modules=1, functions=len(functions))
        counts["private, used once"] += sum(
            one.name.startswith("_") and not one.name.startswith("__") and called[one.name] == 1
            for one in functions
        )
        counts["tests"] += sum(one.name.startswith("test_") for one in functions)
        counts["longest module"] = max(counts["longest module"], lines)
    return found


def main() -> None:
    """Print a table for the package and one for the tests."""
    columns = ("lines", "code", "modules", "functions", "private, used once", "tests", "longest module")
    for part in ("lnregions", "tests"):
        folders = measure(ROOT / part)
        total = Counter()
        print(f"{part:24}" + "".join(f"{name:>20}" for name in columns))
        for name, counts in folders.items():
            print(f"  {name:22}" + "".join(f"{counts[column]:20,}" for column in columns))
            total.update({key: value for key, value in counts.items() if key != "longest module"})
            total["longest module"] = max(total["longest module"], counts["longest module"])
        print(f"  {'together':22}" + "".join(f"{total[column]:20,}" for column in columns))
    print("limits:", ", ".join(f"{name} {limit:,}" for name, limit in LIMITS.items()))


if __name__ == "__main__":
    main()
