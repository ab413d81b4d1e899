"""papermill's and nbclient's own tests, run on our kernels: counts of what passes and what fails, with reasons.

``python benchmarks/papermill_suite.py`` downloads the source of the installed versions into a temporary folder,
with what their tests need beside it, and runs papermill's tests with our engine as the default, and nbclient's
with a client whose kernels are forked from the warm process. ``--theirs`` runs both as they are, for comparison.
Three minutes each; needs PyPI. Exit status 1 if a test fails that is not known to ask for ports or processes of
an ordinary kernel.
"""

import argparse
import contextlib
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
    "test_default_start_timeout": "looks into papermill's own client, which is not ours",
    "test_start_timeout": "looks into papermill's own client, which is not ours",
    "TestExecute::test_custom_kernel_manager": "counts calls of a manager of ports, which a forked kernel has not",
}
"""Tests that fail for a reason of their own, by the end of their name."""


def engine_as_default():
    """Make our engine what papermill takes when none is named."""
    from papermill.engines import papermill_engines

    from lnregions.batch.kernels import WarmEngine

    papermill_engines.register(None, WarmEngine)


def client_with_forked_kernels():
    """Put a client in nbclient's place whose kernels are forked, unless a test brings a kernel of its own."""
    import nbclient
    from nbclient.client import NotebookClient
    from nbclient.util import run_hook

    from lnregions.batch.conversation import FrontEnd
    from lnregions.batch.kernels import RunControl, WarmTalk
    from lnregions.batch.warm import warm_process

    class ForkedClient(WarmTalk, NotebookClient):
        @contextlib.asynccontextmanager
        async def async_setup_kernel(self, **kwargs):
            named = self.kernel_name or self.nb.metadata.get("kernelspec", {}).get("name") or "python3"
            if self.km is not None or named not in ("python", "python3") or kwargs:
                async with super().async_setup_kernel(**kwargs):
                    yield
                return
            folder = (self.resources.get("metadata") or {}).get("path") or None
            self.control, self.kernel = RunControl(), warm_process().fork(folder=folder)
            self.kc = self.km = FrontEnd(self.kernel)
            self.kc.kernel_info = lambda: ""
            await run_hook(self.on_notebook_start, notebook=self.nb)
            try:
                yield
            except RuntimeError:  # as nbclient does it
                await run_hook(self.on_notebook_error, notebook=self.nb)
                raise
            finally:
                await run_hook(self.on_notebook_complete, notebook=self.nb)
                self.kernel.end()
                self.kc = self.km = None

        async def async_wait_for_reply(self, msg_id, cell=None):
            if isinstance(self.kc, FrontEnd):
                return {"content": {"language_info": warm_process().language()}}
            return await super().async_wait_for_reply(msg_id, cell)

    for name in ("_async_poll_for_reply", "_async_poll_output_msg", "_async_poll_kernel_alive"):
        setattr(
            ForkedClient, name, _as_the_kernel_asks(getattr(WarmTalk, name), getattr(NotebookClient, name))
        )
    nbclient.NotebookClient = nbclient.client.NotebookClient = ForkedClient


def _as_the_kernel_asks(warm, plain):
    """Method for a forked kernel, and nbclient's own for a kernel that a test made itself."""
    from lnregions.batch.conversation import FrontEnd

    async def method(self, *given):
        return await (warm if isinstance(self.kc, FrontEnd) else plain)(self, *given)

    return method


def pytest_configure(config):
    """Swap what is to be tested; this file is a plugin of pytest's when it is named so."""
    which = os.environ.get("LNREGIONS_SUITE")
    if which == "papermill":
        engine_as_default()
    if which == "nbclient":
        client_with_forked_kernels()


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
