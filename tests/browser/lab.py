"""JupyterLab as `make lab` starts it, with a home of its own, and a notebook in it driven by Lab's own commands."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

from browser.conftest import open_page
from lnregions.paths import notebooks_dir, root

HERE = Path(__file__).parent
READY = "The server answers."
"""What lab_ready.py, an extension of the server, prints when the address that was printed before answers."""
GUARDED = 'exec 3<&0; (read _ <&3; kill 0) >/dev/null 2>&1 & exec 3<&-; exec "$@" </dev/null'
"""Command of a shell that ends with all it began when who began it is gone, however it went."""
START_SECONDS, READY_SECONDS, END_SECONDS = 300, 300, 120
"""How long an event is waited for; only a hang takes longer, also on a busy machine."""
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/\S*)\?token=(\w+)")
OTHERS = ("JUPYTER", "IPYTHON", "XDG_", "COV", "LNREGIONS", "LC_", "LANG", "DISPLAY", "WAYLAND", "BROWSER")
"""Beginnings of names in the environment that would make a test here differ from one elsewhere."""

IS_READY = """async path => {
  const app = window.jupyterapp;
  if (!app) return 'no application';
  await app.restored;
  const panel = app.shell.currentWidget;
  if (panel?.context?.path !== path || !panel.sessionContext) return `${panel?.context?.path} is shown`;
  await panel.context.ready;
  await panel.sessionContext.ready;
  const kernel = panel.sessionContext.session?.kernel;
  if (!kernel) return 'no kernel';
  const state = `${kernel.connectionStatus}, ${kernel.status}`;
  return state === 'connected, idle' ? '' : state;
}"""
CODE = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(one => one.model.type === 'code')
  .map(({model}) => ({count: model.executionCount, trusted: model.trusted, outputs: model.outputs.toJSON()}))"""
PICTURES = """async () => {
  const found = [];
  for (const img of document.querySelectorAll('.jp-Notebook .jp-OutputArea-output img')) {
    img.scrollIntoView({block: 'center'});
    await img.decode();
    const {width, height} = img.getBoundingClientRect();
    found.push([[img.naturalWidth, img.naturalHeight], [width, height]]);
  }
  return found;
}"""
EXECUTE = """async code => {
  const {kernel} = window.jupyterapp.shell.currentWidget.sessionContext.session;
  let printed = '';
  const request = kernel.requestExecute({code});
  request.onIOPub = message => { printed += message.content.text ?? message.content.evalue ?? ''; };
  await request.done;
  return printed;
}"""
RUN = """async tag => {
  const {commands, shell} = window.jupyterapp;
  const {content} = shell.currentWidget;
  const last = content.widgets.findLastIndex(one => (one.model.getMetadata('tags') ?? []).includes(tag));
  if (tag) content.activeCellIndex = last + 1;
  window.running = commands.execute(tag ? 'notebook:run-all-above' : 'notebook:run-all-cells');
  window.running.finally(() => { window.running = null; });
}"""
HAS_RUN = """() => {
  const {content, sessionContext} = window.jupyterapp.shell.currentWidget;
  const prompts = content.widgets.map(({model}) => model.executionState ?? model.executionCount ?? '-');
  return window.running ? `kernel ${sessionContext.session?.kernel?.status}, cells ${prompts}` : '';
}"""
UNTIL = """async given => {
  const check = %(script)s, end = performance.now() + %(limit)d;
  let answer;
  while ((answer = await check(given)) && performance.now() < end) await new Promise(requestAnimationFrame);
  return answer;
}"""
OPEN = "async path => { await window.jupyterapp.commands.execute('docmanager:open', {path}); }"
END = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel?.sessionContext?.shutdown();
  panel?.dispose();
}"""


def home_environment(home):
    """Environment of a user with an empty home folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    return kept | {"HOME": str(home)}


def copy_notebooks(folder, *, values=()):
    """Copy the project's notebooks into a folder, their first cell's values replaced, for example by Chinese."""
    folder.mkdir(parents=True)
    for path in sorted(notebooks_dir().glob("*.ipynb")):
        text = path.read_text("utf-8")
        for given, wanted in values:
            text = text.replace(given, wanted)
        (folder / path.name).write_text(text, "utf-8")


class Lab:
    """A running JupyterLab: its address, its token, and all that it printed."""

    def __init__(self, folder, *, home):
        options = f"--expose-app-in-browser --ServerApp.root_dir='{folder}'"
        command = ["make", "-C", str(root()), "-o", ".venv/.ready", "lab", f"LAB={options}"]
        command += [f"BIN={Path(sys.executable).parent}"]
        environment = home_environment(home) | {"JUPYTER_CONFIG_PATH": str(HERE / "lab_config")}
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(HERE), os.environ.get("PYTHONPATH", "")])
        )
        self.printed, self.token = [], ""
        self._process = subprocess.Popen(
            ["sh", "-c", GUARDED, "sh", *command], env=environment, text=True,
            start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        guard = threading.Timer(START_SECONDS, self._signal, [signal.SIGKILL])
        guard.start()
        for line in self._process.stdout:
            self.printed.append(line)
            if not self.token and (found := ADDRESS.search(line)):
                self.address, self.first_page, self.token = found.groups()
            if READY in line:
                break
        guard.cancel()
        self._reader = threading.Thread(target=self.printed.extend, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        if not self.token:
            self.close()
            raise RuntimeError("JupyterLab did not start:\n" + "".join(self.printed))

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def close(self):
        """End the server and its kernels; whatever holds on is killed, and False comes back."""
        self._signal(signal.SIGTERM)
        self._reader.join(END_SECONDS)  # ends when the last process that can print here has gone
        clean = not self._reader.is_alive()
        if not clean:
            self._signal(signal.SIGKILL)
        self._process.stdin.close()
        self._process.wait(END_SECONDS)
        return clean


class Tab:
    """JupyterLab in a page of the browser."""

    def __init__(self, browser, lab):
        self.lab, self.page = lab, open_page(browser, viewport={"width": 1600, "height": 900})

    @property
    def amiss(self):
        """What it asked for elsewhere, and what it complained of."""
        own = self.lab.address.removeprefix("http")
        known = (f"http{own}/", f"ws{own}/", "data:", "blob:", "about:")
        return [url for url in self.page.requested if not url.startswith(known)] + self.page.complaints

    def arrive(self):
        """Follow the printed address, which leads to a notebook, and wait until its kernel is there."""
        self.page.goto(f"{self.lab.address}{self.lab.first_page}?token={self.lab.token}&reset")
        self.until(IS_READY, self.lab.first_page.partition("/tree/")[2])

    def open(self, path):
        """Open a notebook and wait until its kernel is there."""
        self.page.evaluate(OPEN, path)
        self.until(IS_READY, path)

    def leave(self):
        """End the kernel of the notebook shown and close it; what was found amiss is forgotten."""
        self.page.evaluate(END)
        self.page.requested.clear()
        self.page.complaints.clear()

    def until(self, script, *given):
        """Wait until the script's answer is empty, which is asked for at each frame of the page."""
        wait = UNTIL % {"script": script, "limit": READY_SECONDS * 1000}
        if answer := self.page.evaluate(wait, given[0] if given else None):
            raise TimeoutError(f"JupyterLab after {READY_SECONDS} s: {answer}")

    def run(self, *, upto=""):
        """Run all cells, or those up to the one with a tag; it comes back when all have run."""
        self.page.evaluate(RUN, upto)
        self.until(HAS_RUN)

    def execute(self, code):
        """Run code in the kernel without a cell, and return what it prints."""
        return self.page.evaluate(EXECUTE, code)

    def code(self):
        """Cells with code as they stand: count, trusted, outputs."""
        return self.page.evaluate(CODE)

    def pictures(self):
        """Width and height of each picture: in its file and as drawn on the screen."""
        return self.page.evaluate(PICTURES)
