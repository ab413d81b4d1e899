"""The set-up files agree with one another."""

import itertools
import re
import tomllib

import pytest
import yaml

from lnregions import __version__
from lnregions import paths as _paths

ROOT = _paths.root()


def requirement(line):
    """Split ``name>=bound`` into a pair."""
    name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?(>=[0-9.]+)?", line).groups()
    return name.lower(), bound or ""


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_conda_environment_names_what_the_package_needs_with_the_same_bounds_and_installs_it(project):
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    named = dict(requirement(line) for line in conda["dependencies"] if isinstance(line, str))
    wanted = dict(map(requirement, project["dependencies"]))
    wanted |= {"python": project["requires-python"], "pip": ""}
    assert named == wanted
    assert [part["pip"] for part in conda["dependencies"] if isinstance(part, dict)] == [["-e ."]]


def test_the_lock_file_is_hashed_and_names_no_address():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^--(index|extra-index|find-links|trusted)", text, re.M)
    pins = re.findall(r"^([a-z0-9._-]+)==[^\s;]+.*\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)*)", text, re.M)
    assert len(pins) > 100
    assert all(hashes for _, hashes in pins)


def test_the_lock_file_holds_every_dependency_and_extra(project):
    text = (ROOT / "requirements.txt").read_text("utf-8")
    locked = set(re.findall(r"^([a-z0-9._-]+)==", text, re.M))
    extras = itertools.chain(*project["optional-dependencies"].values())
    lines = [*project["dependencies"], *extras]
    wanted = {requirement(line)[0] for line in lines if not line.startswith("lnregions")}
    assert wanted <= locked


def test_the_citation_names_the_version_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == __version__
