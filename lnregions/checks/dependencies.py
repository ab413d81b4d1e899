"""The audit of what the project rests on, without the internet: the lock, the packages' files, licences, assets.

``make audit`` runs it. It ends with 1 when the installed set is not the locked one, a file is not the one its
package recorded, a requirement is not met, a licence is refused or unknown, or a bundled asset was changed.
Known vulnerabilities need a database that no package registry carries: where ``pip-audit`` is installed and can
reach one it is asked, and else the audit says plainly that they were not looked for.
"""

import base64
import csv
import hashlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lnregions.paths import root

PROJECT = "lnregions"
BROUGHT_ALONG = {"pip", "setuptools", "wheel", "uv"}
"""What sets an environment up and may stay in it beside the locked packages."""
REFUSED = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|GNU (Library or )?Lesser", re.IGNORECASE)
_LONGEST = 60
_PIP_AUDIT = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off", "-r"]


@dataclass(frozen=True)
class Asset:
    """A file of somebody else's that lies in the repository: name, version, licence, SHA-256."""

    path: str
    name: str
    version: str
    licence: str
    sha256: str


ASSETS = (
    Asset("lnregions/fonts/NotoSansSC-Regular-gb2312.ttf", "Noto Sans SC Regular (cut to GB 2312)", "2.004", "OFL-1.1",
          "ad9c9c3c473a8d3ae50de5b965da541b456c8795c787547ddde46ef93c8fc643"),
    Asset("lnregions/fonts/NotoSansSC-Bold-gb2312.ttf", "Noto Sans SC Bold (cut to GB 2312)", "2.004", "OFL-1.1",
          "a47f4c080e9649573e957f13b1f67fbd288df2a47536c0bceac8da5c502030ca"),
    Asset("lnregions/vendor/leaflet/leaflet.js", "Leaflet", "1.9.4", "BSD-2-Clause",
          "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"),
    Asset("lnregions/vendor/leaflet/leaflet.css", "Leaflet", "1.9.4", "BSD-2-Clause",
          "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6"),
    Asset("tests/browser/vendor/axe.min.js", "axe-core (tests only)", "4.14.1", "MPL-2.0",
          "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"),
)  # fmt: skip


def main() -> int:
    """Print the audit; 0 when nothing is wrong."""
    lock = read_lock((root() / "requirements.txt").read_text(encoding="utf-8"))
    found = {canonicalize_name(one.metadata["Name"]): one for one in distributions()}
    used = closures(found)
    breaches = compare_lock(lock, found)
    print(f"Lock: {len(lock)} locked, {len(found)} installed")
    unmet = unmet_requirements(found)
    print(f"Requirements: those of {len(found)} packages looked at, {len(unmet)} not met")
    files, changed = changed_files(found.values())
    print(f"Files: {files:,} compared with what their packages recorded, {len(changed)} changed")
    breaches += unmet + changed + licence_breaches(found, used)
    print("\nLicences (from each package's own metadata)")
    print(licence_table(found, used))
    print("\nAssets in the repository")
    print(asset_table())
    breaches += asset_breaches(root())
    print(f"\nVulnerabilities: {vulnerabilities(root() / 'requirements.txt')}")
    for breach in breaches:
        print(f"BREACH {breach}")
    print(
        f"\n{len(breaches)} breach{'' if len(breaches) == 1 else 'es'}."
        if breaches
        else "\nNothing is wrong."
    )
    return 1 if breaches else 0


# -- the lock -----------------------------------------------------------------------------------------------


def read_lock(text: str) -> dict[str, tuple[str, str, int]]:
    r"""Return version, marker and number of hashes by name, for what a hashed requirements file locks here.

    Examples
    --------
    >>> read_lock("tqdm==4.70 \\\n    --hash=sha256:aa\n")
    {'tqdm': ('4.70', '', 1)}
    """
    lock = {}
    for line in text.replace("\\\n", " ").splitlines():
        hit = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)\s*(?:;\s*(.*?))?\s*(?=--hash|$)", line)
        if not hit:
            continue
        name, version, marker = canonicalize_name(hit[1]), hit[2], (hit[3] or "").strip()
        if not marker or Marker(marker).evaluate():
            lock[name] = (version, marker, line.count("--hash=sha256:"))
    return lock


def compare_lock(lock: dict[str, tuple[str, str, int]], found: dict[str, Distribution]) -> list[str]:
    """What is missing, of another version, not locked, or locked without a hash."""
    out = [f"{name} is locked without a hash" for name, (_, _, hashes) in lock.items() if not hashes]
    for name, (version, _, _) in lock.items():
        if name not in found:
            out.append(f"{name} {version} is locked but not installed")
        elif found[name].version != version:
            out.append(f"{name} {found[name].version} is installed where {version} is locked")
    extra = sorted(set(found) - set(lock) - BROUGHT_ALONG - {PROJECT})
    return out + [f"{name} {found[name].version} is installed but not locked" for name in extra]


# -- packages -----------------------------------------------------------------------------------------------


def requirements_of(package: Distribution, extras: Iterable[str] = ("",)) -> list[Requirement]:
    """Requirements that apply here, without extras or with the extras named."""
    wanted = (Requirement(text) for text in package.requires or [])
    return [r for r in wanted if not r.marker or any(r.marker.evaluate({"extra": extra}) for extra in extras)]


def unmet_requirements(found: dict[str, Distribution]) -> list[str]:
    """Requirements that no installed package fulfils."""
    out = []
    for name, package in sorted(found.items()):
        for wanted in requirements_of(package):
            have = found.get(canonicalize_name(wanted.name))
            if have is None:
                out.append(f"{name} needs {wanted.name}, which is not installed")
            elif not wanted.specifier.contains(have.version, prereleases=True):
                out.append(f"{name} needs {wanted.name}{wanted.specifier}, and {have.version} is installed")
    return out


def closures(found: dict[str, Distribution]) -> dict[str, str]:
    """Return for each package what needs it: ``run``, an optional part, or ``dev``."""
    own = found[PROJECT]
    parts = sorted(own.metadata.get_all("Provides-Extra") or [])
    used: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    for part in ["", *(one for one in parts if one != "dev"), "dev"]:
        rest = [r for r in requirements_of(own, ("", part)) if canonicalize_name(r.name) != PROJECT]
        while rest:
            wanted = rest.pop()
            key = canonicalize_name(wanted.name), frozenset(wanted.extras)
            if key[0] in found and key not in seen:
                seen.add(key)
                used.setdefault(key[0], part or "run")
                rest += requirements_of(found[key[0]], ("", *wanted.extras))
    return {name: used.get(name, "dev") for name in found if name != PROJECT}


def changed_files(packages: Iterable[Distribution]) -> tuple[int, list[str]]:
    """How many files have a recorded SHA-256, and those that differ from it or are gone."""
    count, out = 0, []
    for package in packages:
        for path, recorded, _ in csv.reader((package.read_text("RECORD") or "").splitlines()):
            if not recorded.startswith("sha256=") or "__editable__" in path:
                continue
            count += 1
            file = Path(str(package.locate_file(path)))
            if not file.is_file():
                out.append(f"{package.metadata['Name']}: {path} is gone")
            elif _digest(file.read_bytes()) != recorded.removeprefix("sha256="):
                out.append(f"{package.metadata['Name']}: {path} is not the file that was recorded")
    return count, out


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


# -- licences -----------------------------------------------------------------------------------------------


def licence_of(package: Distribution) -> str:
    """Return the licence that a package states: its expression, its classifiers, or its first line of text."""
    facts = package.metadata
    classified = [
        c.rsplit("::", 1)[-1].strip() for c in facts.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    lines = [line for line in (facts.get("License") or "").strip().splitlines() if line and line != "UNKNOWN"]
    stated = facts.get("License-Expression") or " AND ".join(classified) or next(iter(lines), "")
    return stated[:_LONGEST]


def licence_breaches(found: dict[str, Distribution], used: dict[str, str]) -> list[str]:
    """Licences that are refused or unknown in what users install; tools of development may have any."""
    out = []
    for name, part in sorted(used.items()):
        licence = licence_of(found[name])
        if part == "dev":
            continue
        if not licence:
            out.append(f"{name} ({part}) states no licence")
        elif REFUSED.search(licence) and not LESSER.search(licence) and " OR " not in licence:
            out.append(f"{name} ({part}) is under {licence}, which is refused in what users install")
    return out


def licence_table(found: dict[str, Distribution], used: dict[str, str]) -> str:
    """Licence of each package and what needs it, what users install first."""
    rows = []
    for name, part in sorted(
        used.items(), key=lambda item: (item[1] != "run", item[1] == "dev", item[1], item[0])
    ):
        package = found[name]
        states = package.metadata.get_all("Classifier") or []
        notes = (
            " (copyleft, tool of development only)"
            if part == "dev" and REFUSED.search(licence_of(package))
            else ""
        )
        notes += (
            " (marked inactive by its authors)" if any("7 - Inactive" in state for state in states) else ""
        )
        rows.append(f"  {part:<8} {name:<28} {package.version:<14} {licence_of(package) or '?'}{notes}")
    return "\n".join(rows)


# -- assets and vulnerabilities -----------------------------------------------------------------------------


def asset_table(assets: Iterable[Asset] = ASSETS) -> str:
    """Name, version, licence and checksum of each asset."""
    return "\n".join(
        f"  {one.name:<38} {one.version:<8} {one.licence:<13} {one.sha256[:12]}  {one.path}" for one in assets
    )


def asset_breaches(folder: Path, assets: Iterable[Asset] = ASSETS) -> list[str]:
    """Assets that are gone or changed, and files beside them that nothing lists."""
    out, assets = [], list(assets)
    for one in assets:
        path = folder / one.path
        if not path.is_file():
            out.append(f"{one.path} is gone")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != one.sha256:
            out.append(f"{one.path} is not {one.name} {one.version} as listed")
    listed = {one.path for one in assets}
    for place in sorted({Path(one.path).parent for one in assets}):
        for path in sorted((folder / place).glob("*")):
            known = (
                path.relative_to(folder).as_posix() in listed
                or "LICENSE" in path.name
                or path.name == "OFL.txt"
            )
            if path.is_file() and not known:
                out.append(f"{path.relative_to(folder).as_posix()} is an asset without version and licence")
    return out


def vulnerabilities(lock: Path) -> str:
    """Return what ``pip-audit`` says of the lock, or why known vulnerabilities were not looked for."""
    if importlib.util.find_spec("pip_audit") is None:
        return "not looked for (pip-audit is not installed; no database of them comes with the packages)."
    try:
        done = subprocess.run(
            [*_PIP_AUDIT, str(lock)], capture_output=True, text=True, timeout=120, check=False
        )
    except subprocess.TimeoutExpired:
        return "not looked for (pip-audit did not reach its database within two minutes)."
    said = (done.stdout or done.stderr).strip().splitlines()
    if done.returncode == 0:
        return "none known to pip-audit."
    if not done.stdout.strip():
        return f"not looked for (pip-audit: {said[-1] if said else 'no answer'})."
    return "\n  ".join(["pip-audit reports (this does not change the exit status):", *said])


if __name__ == "__main__":
    sys.exit(main())
