"""What the program says today, as text files: record it with ``python tests/golden/record.py``.

A change in these files is a decision: it belongs into the commit that means it.
"""

import inspect
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from click.testing import CliRunner

import lnregions as ln
from lnregions.__main__ import cli
from lnregions.figures import PLAN_KINDS, write_figures
from lnregions.tables import batch_choices

HERE = Path(__file__).parent
PLAN = "ln-2022"
PLANS = ("belt-2025", "ln-2022", "ln-2025", "ln-tourism-2025")
DATES = ("2022-06-30", "2024-06-30", "2025-06-30", "2026-06-30")
COMMANDS = (
    "", "render", "verdicts", "evaluation", "table", "figures", "report", "diff", "notebooks", "plan", "plan new",
    "plan read",
    "check",
)  # fmt: skip
LANGUAGES = ("en", "zh")
REGION, CITY = "belt", "210900"
RENDERED = (
    f"01_plan 03_region_trajectories --language en --region {REGION} --no-report",
    f"02_region_map 04_city_profile --language zh --region {REGION} --adcode {CITY}",
)
"""The render that tests share: every notebook for that region or that city, half of them in each language."""


def verdicts(plan: str) -> str:
    """Verdicts of a plan under every interpretation for each as-of date, as CSV."""
    frames = [pd.DataFrame(ln.judge_interpretations(plan, as_of=date)) for date in DATES]
    return pd.concat(frames, ignore_index=True).to_csv(index=False, lineterminator="\n")


def api() -> str:
    """Public names with their signatures."""
    lines = []
    for name in ln.__all__:
        value = getattr(ln, name)
        lines.append(name + (str(inspect.signature(value)) if inspect.isfunction(value) else ""))
    # where a class is defined in the package, and since Python 3.13 in pathlib, is no part of a signature
    return re.sub(r"\blnregions\.[\w.]*\.(?=\w)|(?<=pathlib\.)_local\.", "", "\n".join(lines)) + "\n"


def helps() -> str:
    """``--help`` of every command, in a terminal of 80 columns or more."""
    parts, looks = [], {"prog_name": "lnregions", "terminal_width": 78}
    for command in COMMANDS:
        said = CliRunner().invoke(cli, [*command.split(), "--help"], **looks).output
        parts.append(f"$ lnregions {command} --help\n{said}")
    return "\n".join(parts)


def files(output: Path) -> str:
    """Parameters and names of the files of each run of a render."""
    runs = json.loads((output / "manifest.json").read_text("utf-8"))["runs"]
    lines = []
    for name, run in sorted(runs.items()):
        given = {key: value for key, value in sorted(run["parameters"].items()) if key != "figures"}
        lines += [
            f"{name} {json.dumps(given, ensure_ascii=False)}",
            *(f"  {path}" for path in sorted(run["outputs"])),
        ]
    return "\n".join(lines) + "\n"


def pictures(folders: Iterable[Path]) -> str:
    """The data behind every picture in some folders, each under its name."""
    found = {path.stem: path for folder in folders for path in sorted(folder.rglob("*.csv"))}
    return "\n".join(f"## {name}\n{found[name].read_text('utf-8-sig')}" for name in sorted(found))


def draw(folder: Path, *, rest: bool = False) -> None:
    """Write the data of the pictures of the plan, its regions and its cities, without the pictures themselves.

    The rest is what the shared render has not drawn, each place in one language only.
    """
    regions, cities = (batch_choices(PLAN)[name] for name in ("region", "adcode"))
    if not rest:
        write_figures(folder, kinds=list(PLAN_KINDS), formats=())
    for number, place in enumerate([*regions, *cities]):
        for language in LANGUAGES:
            if rest and (place in (REGION, CITY) or language != LANGUAGES[number % 2]):
                continue
            if place in regions:
                write_figures(folder, region=place, languages=[language], formats=())
            else:
                draw_city(folder / language, place, language)


def draw_city(folder: Path, city: str, language: str) -> None:
    """Write the data of the pictures of a city."""
    own = {"plan": PLAN, "language": language}
    drawn = [ln.draw_series(city, indicator, **own) for indicator in ("gdp", "population")]
    drawn += [ln.draw_city_growth(city, **own), ln.draw_ranks(city, **own)]
    drawn += [ln.draw_dots(city, "gdp_growth_real", **own)]
    for picture in (ln.draw_city_location(PLAN, city, language=language), *drawn):
        picture.save(str(folder), formats=())


def run(*arguments: str) -> None:
    """Run a command of lnregions; its words on standard output are dropped."""
    subprocess.run([sys.executable, "-m", "lnregions", *arguments], check=True, stdout=subprocess.DEVNULL)


def render_calls(output: Path) -> list[list[str]]:
    """Calls of ``lnregions`` that make the render that tests share."""
    return [["render", *words.split(), "--quiet", "--output", str(output)] for words in RENDERED]


def quick() -> dict[str, str]:
    """What needs no render: file name -> text."""
    return {f"verdicts-{plan}.csv": verdicts(plan) for plan in PLANS} | {
        "api.txt": api(),
        "help.txt": helps(),
    }


def rendered(output: Path, figures: Path) -> dict[str, str]:
    """What a whole render and all figures leave: file name -> text."""
    drawn = {f"pictures-{code}.txt": pictures([output / code, figures / code]) for code in LANGUAGES}
    return {"files.txt": files(output)} | drawn


def main() -> None:
    """Record everything anew."""
    with tempfile.TemporaryDirectory() as folder:
        output, figures = Path(folder, "output"), Path(folder, "figures")
        run("render", "--output", str(output), "--no-report")
        draw(figures)
        for name, text in (quick() | rendered(output, figures)).items():
            (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
