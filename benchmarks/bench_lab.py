"""How long a reader waits in JupyterLab: from `make lab` to a drawn map, and from a widget to the new chart.

``python benchmarks/bench_lab.py`` starts JupyterLab several times, in a real Chromium that is already running, and
prints medians; the first start, with an empty home folder, stands beside them. The figures are put into
``benchmarks/latest.json`` beside the others. Without Chromium or playwright it says so and measures nothing.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "browser"))

REGIONS = ("Coastal belt", "Western Liaoning", "Eastern Liaoning", "Shenyang circle")
INDICATORS = ("Resident population", "Real GDP growth", "Urbanisation rate")
STEPS = ("server", "page", "kernel", "map")
START = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
NO_PICTURE = """() => {
  const img = document.querySelector('.jp-OutputArea-output img');
  return img?.complete && img.naturalWidth ? '' : 'no picture';
}"""
HAS_LOADED = (
    "async () => { if (!window.jupyterapp) return 'loading'; await window.jupyterapp.restored; return ''; }"
)
CHANGE = """async ([name, label]) => {
  const explorer = document.querySelector('.ln-explore');
  const shown = () => explorer.querySelector('img');
  const select = [...explorer.querySelectorAll('.widget-dropdown')]
    .find(one => one.querySelector('label').textContent === name).querySelector('select');
  const before = shown().src, began = performance.now();
  select.selectedIndex = [...select.options].findIndex(option => option.value === label);
  select.dispatchEvent(new Event('change', {bubbles: true}));
  if (select.selectedIndex < 0) throw new Error(`no ${label} in ${name}`);
  while (shown()?.src === before || !shown()?.complete) {
    if (performance.now() - began > 60000) throw new Error(`nothing new a minute after ${name}: ${label}`);
    await new Promise(requestAnimationFrame);
  }
  await shown().decode();
  return performance.now() - began;
}"""


def start_to_map(browser, work):
    """Seconds since the start at which server, page, kernel and first map are there; the page and its server."""
    from lab import IS_READY, Lab, Tab

    began, at = time.perf_counter(), []

    def done():
        at.append(time.perf_counter() - began)

    lab = Lab(work, home=work.parent / "home")
    try:
        done()
        tab = Tab(browser, lab)
        path = "notebooks/02_region_map.ipynb"
        tab.page.goto(f"{lab.address}/lab/tree/{path}?token={lab.token}&reset")
        tab.until(HAS_LOADED)
        done()
        tab.until(IS_READY, path)
        done()
        tab.page.evaluate(START)
        tab.until(NO_PICTURE)
        done()
    except BaseException:
        lab.close()
        raise
    return at, tab, lab


def changes(tab):
    """Milliseconds from each change of a widget to the new chart: none of them drawn before."""
    tab.leave()
    tab.open("notebooks/05_explore.ipynb")
    tab.run(upto="interactive")
    tab.page.locator(".ln-explore img").wait_for()
    took = []
    for indicator in INDICATORS:
        took.append(tab.page.evaluate(CHANGE, ["Indicator", indicator]))
        took += [tab.page.evaluate(CHANGE, ["Region", region]) for region in REGIONS]
    return took


def merge(found, path=HERE / "latest.json"):
    """Put figures into the file beside those of the other benchmarks."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps(known | found, indent=1) + "\n", "utf-8")


def report(starts, took):
    """Print the tables, write the figures for programs."""
    steady = starts[1:] or starts
    middle = [statistics.median(column) for column in zip(*steady, strict=True)]
    print(f"seconds from make lab to{'median':>12}{'first':>8}   (median of {len(steady)})")
    for step, one, first in zip(STEPS, middle, starts[0], strict=True):
        print(f"  {step:20}{one:14.1f}{first:8.1f}")
    new = statistics.median(took)
    print(
        f"from a widget to the new chart: median {new:.0f} ms, slowest {max(took):.0f} ms, {len(took)} changes"
    )
    merge(
        {"lab_server_s": round(middle[0], 2), "lab_map_s": round(middle[-1], 2), "lab_widget_ms": round(new)}
    )


def main():
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=4, help="starts of JupyterLab (default: 4)")
    starts = max(1, parser.parse_args().starts)
    try:
        from conftest import FLAGS
        from lab import copy_notebooks
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        print(f"JupyterLab is not measured: {error.name} is not installed (extra: browser).")
        return
    if not (chromium := shutil.which("chromium") or shutil.which("chromium-browser")):
        print("JupyterLab is not measured: Chromium is not installed (Debian: apt-get install chromium).")
        return
    with tempfile.TemporaryDirectory(prefix="bench-lab-", ignore_cleanup_errors=True) as folder:
        work = Path(folder, "work")
        Path(folder, "home").mkdir()
        copy_notebooks(work / "notebooks")
        times, took = [], []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for number in range(starts):
                at, tab, lab = start_to_map(browser, work)
                try:
                    times.append(at)
                    if number == starts - 1:
                        took = changes(tab)
                    tab.close()
                finally:
                    lab.close()
            browser.close()
    report(times, took)


if __name__ == "__main__":
    main()
