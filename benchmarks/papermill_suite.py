"""papermill's and nbclient's own tests, run on our kernels: counts of what passes and what fails, with reasons.

``python benchmarks/papermill_suite.py`` downloads the source of the installed versions into a temporary folder,
with what their tests need beside it, and runs papermill's tests with our engine as the default, and nbclient's
with our kernel manager as the default. ``--theirs`` runs both as they are, for comparison.
Three minutes each; needs PyPI. Exit status 1 if a test fails that is not known to.
"""

import argparse
import importlib.metadata
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

EXTRAS = (
    "azure-datalake-store", "azure-identity", "azure-storage-blob", "black", "boto3", "flaky", "gcsfs",
    "moto>=5,<5.2", "pyarrow", "pygithub", "pytest-asyncio", "pytest-env", "pytest-mock", "testpath", "xmltodict",
)  # fmt: skip
TESTS = {"papermill": "papermill/tests", "nbclient": "tests"}
KNOWN = {
    "test_create_adapter": "papermill's own way fails too: azure-datalake-store has no such attribute any more",
    "TestBrokenNotebook2::test": "papermill's own way fails too: IPython 9 has no IPython.core.display.display",
    "test_custom_kernel_name_and_language": "papermill's own way fails too: its mocks call each other without end",
    "test_merge_kwargs": "papermill's own way fails too, after the tests before it, and passes alone",
    "test_default_start_timeout": "looks into papermill's own client, which is not ours",
    "test_start_timeout": "looks into papermill's own client, which is not ours",
}
"""Tests that fail for a reason of their own, by the end of their name."""


def pytest_configure(config):
    """Make our engine and kernels the default; this file is a plugin of pytest's when it is named so."""
    which = os.environ.get("LNREGIONS_SUITE")
    if which:
        from papermill.engines import papermill_engines

        from lnregions.batch.engine import ForkEngine, ForkManager

        if which == "papermill":
            papermill_engines.register(None, ForkEngine)
        else:
            from nbclient.client import NotebookClient

            NotebookClient.kernel_manager_class.default_value = ForkManager


def pip():
    """Command of pip, fetched if the environment has none."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip"]
    return [sys.executable, "-m", "uv", "tool", "run", "pip"]


def fetch(name, folder):
    """Folder of the unpacked source of an installed distribution."""
    wanted = f"{name}=={importlib.metadata.version(name)}"
    call = [*pip(), "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), wanted]
    subprocess.run(call, check=True)
    packed = next(folder.glob(f"{name}-*.tar.gz"))
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return packed.with_name(packed.name.removesuffix(".tar.gz"))


def fetch_extras(folder):
    """Folder of what the tests need beside what is installed."""
    place = folder / "extras"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    subprocess.run([*uv, "--target", str(place), *EXTRAS], check=True)
    return place


def run(name, source, *, extras, theirs, more):
    """Outcome of one suite by test: ``passed``, ``failed`` ... with the line that says why."""
    here = Path(__file__).resolve()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment["PYTHONPATH"] = os.pathsep.join([str(here.parent), str(extras)])
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    environment["LNREGIONS_SUITE"] = "" if theirs else name
    call = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        here.stem,
        "-p",
        "no:cacheprovider",
        "-q",
        "-rA",
        "--tb=line",
    ]
    call += ["--color=no", "-W", "ignore", "-o", "filterwarnings=default", *more]
    done = subprocess.run([*call, TESTS[name]], cwd=source, env=environment, capture_output=True, text=True)
    lines = re.findall(
        rf"^(PASSED|FAILED|ERROR|SKIPPED|XFAIL)\s+({TESTS[name]}/.*)$", done.stdout, re.MULTILINE
    )
    if not lines:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return lines


def tell(name, lines):
    """Print counts, then each failed test with its reason; the number of those that nobody expects."""
    counts = {
        word: sum(kind == word for kind, _ in lines) for word in ("PASSED", "FAILED", "ERROR", "SKIPPED")
    }
    print(f"{name}: " + ", ".join(f"{number} {word.lower()}" for word, number in counts.items()), flush=True)
    surprising = 0
    for kind, text in lines:
        if kind in ("FAILED", "ERROR"):
            test = text.partition(" - ")[0]
            why = next((reason for end, reason in KNOWN.items() if test.endswith("::" + end)), "")
            surprising += not why
            print(f"  {text[:160]}" + (f"\n    known: {why}" if why else ""))
    return surprising


def main():
    """Fetch, run, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--theirs", action="store_true", help="without our engine, for comparison")
    options.add_argument("--only", choices=TESTS, help="one of the two")
    options.add_argument(
        "--folder", type=Path, help="where to keep the sources (default: a temporary folder)"
    )
    options, more = options.parse_known_args()
    surprising = 0
    with tempfile.TemporaryDirectory() as place:
        folder = options.folder or Path(place)
        folder.mkdir(exist_ok=True)
        extras = fetch_extras(folder)
        for name in [options.only] if options.only else TESTS:
            source = fetch(name, folder)
            lines = run(name, source, extras=extras, theirs=options.theirs, more=more)
            surprising += tell(name, lines)
    return 1 if surprising else 0


if __name__ == "__main__":
    sys.exit(main())
