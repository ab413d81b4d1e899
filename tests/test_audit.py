"""`make audit`: the lock, the files, the licences and the assets, each found when it is not as it should be."""

import base64
import hashlib
import subprocess
import sys
from email.message import Message

import pytest

from lnregions.checks import dependencies as audit
from lnregions.paths import root


class Package:
    """A distribution as importlib.metadata gives it, made of what a test needs."""

    def __init__(
        self,
        name,
        version="1.0",
        *,
        requires=(),
        licence="MIT",
        extras=(),
        classifiers=(),
        folder=None,
        record="",
    ):
        self.version, self.requires, self._folder, self._record = version, list(requires), folder, record
        self.metadata = Message()
        self.metadata["Name"] = name
        if licence:
            self.metadata["License-Expression"] = licence
        for extra in extras:
            self.metadata["Provides-Extra"] = extra
        for one in classifiers:
            self.metadata["Classifier"] = one

    def read_text(self, name):
        return self._record

    def locate_file(self, path):
        return self._folder / path


def installed(*packages):
    return {package.metadata["Name"]: package for package in packages}


OWN = Package("lnregions", requires=["pandas>=2", "dask>=1; extra == 'cluster'", "codespell; extra == 'dev'"],
              extras=["cluster", "dev"])  # fmt: skip
GOOD = installed(
    OWN, Package("pandas", "2.3", requires=["numpy[fast]>=1"]), Package("dask"),
    Package("codespell", licence="GPL-2.0-only"), Package("numpy", requires=["blas; extra == 'fast'"]), Package("blas"),
)  # fmt: skip
LOCK = "".join(
    f"{name}=={GOOD[name].version} \\\n    --hash=sha256:aa\n" for name in GOOD if name != "lnregions"
)


def test_the_lock_is_read_with_markers_and_hashes():
    text = "Tqdm==4.7 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    text += "odd==1 ; python_version < '3' \\\n    --hash=sha256:c\n"
    assert audit.read_lock(text + "# a comment\nsix==1\n") == {"tqdm": ("4.7", "", 2), "six": ("1", "", 0)}


def test_the_shipped_lock_has_a_hash_for_every_package():
    lock = audit.read_lock((root() / "requirements.txt").read_text())
    assert len(lock) > 100
    assert all(hashes for _, _, hashes in lock.values())


def test_an_installed_set_that_is_the_lock_is_fine():
    assert audit.compare_lock(audit.read_lock(LOCK), GOOD) == []
    assert audit.unmet_requirements(GOOD) == []
    assert audit.licence_breaches(GOOD, audit.closures(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pandas": Package("pandas", "2.4")}, "pandas 2.4 is installed where 2.3 is locked"),
        ({"dask": None}, "dask 1.0 is locked but not installed"),
        ({"left-pad": Package("left-pad")}, "left-pad 1.0 is installed but not locked"),
    ],
)
def test_an_installed_set_that_is_not_the_lock_is_a_breach(change, said):
    found = {name: one for name, one in (GOOD | change).items() if one}
    assert audit.compare_lock(audit.read_lock(LOCK), found) == [said]


def test_a_package_locked_without_a_hash_is_a_breach():
    assert audit.compare_lock({"pandas": ("2.3", "", 0)}, installed(OWN, GOOD["pandas"])) == [
        "pandas is locked without a hash"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pandas": Package("pandas", "1.9")}, "lnregions needs pandas>=2, and 1.9 is installed"),
        ({"numpy": None}, "pandas needs numpy, which is not installed"),
    ],
)
def test_a_requirement_that_is_not_met_is_a_breach(change, said):
    found = {name: one for name, one in (GOOD | change).items() if one}
    assert said in audit.unmet_requirements(found)


def test_each_package_is_put_to_what_needs_it_first():
    assert audit.closures(GOOD) == {
        "pandas": "run", "numpy": "run", "blas": "run", "dask": "cluster", "codespell": "dev",
    }  # fmt: skip


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-or-later", "AGPL-3.0-only", "GNU General Public License v2 (GPLv2)"]
)
@pytest.mark.parametrize("name", ["blas", "dask"])
def test_a_refused_licence_in_what_users_install_is_a_breach(name, licence):
    found = GOOD | {name: Package(name, licence=licence)}
    (breach,) = audit.licence_breaches(found, audit.closures(found))
    assert f"is under {licence}, which is refused" in breach


@pytest.mark.parametrize("licence", ["LGPL-2.1-only", "MIT OR GPL-2.0-only", "MPL-2.0", "BSD-3-Clause"])
def test_a_licence_that_lets_users_be_is_fine(licence):
    found = GOOD | {"blas": Package("blas", licence=licence)}
    assert audit.licence_breaches(found, audit.closures(found)) == []


def test_an_unknown_licence_is_a_breach_and_a_classifier_is_enough():
    found = GOOD | {"blas": Package("blas", licence="")}
    assert audit.licence_breaches(found, audit.closures(found)) == ["blas (run) states no licence"]
    stated = Package("blas", licence="", classifiers=["License :: OSI Approved :: ISC License (ISCL)"])
    assert audit.licence_of(stated) == "ISC License (ISCL)"


def test_the_table_names_tools_under_copyleft_and_packages_without_a_keeper():
    tired = Package("blas", classifiers=["Development Status :: 7 - Inactive"])
    found = GOOD | {"blas": tired}
    table = audit.licence_table(found, audit.closures(found))
    assert "GPL-2.0-only (copyleft, tool of development only)" in table
    assert "MIT (marked inactive by its authors)" in table
    assert table.splitlines()[0].split()[:2] == ["run", "blas"]


def test_a_file_that_is_not_the_recorded_one_is_found(tmp_path):
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"x = 1\n").digest()).rstrip(b"=").decode()
    record = f"a.py,sha256={digest},6\nb.py,sha256={digest},6\nRECORD,,\n"
    package = Package("pandas", folder=tmp_path, record=record)
    assert audit.changed_files([package]) == (2, ["pandas: b.py is gone"])
    (tmp_path / "a.py").write_bytes(b"x = 2\n")
    assert "pandas: a.py is not the file that was recorded" in audit.changed_files([package])[1]


def test_the_shipped_assets_are_those_that_are_listed():
    assert audit.asset_breaches(root()) == []
    assert len(audit.asset_table().splitlines()) == len(audit.ASSETS)


def test_an_asset_that_is_gone_changed_or_not_listed_is_a_breach(tmp_path):
    asset = audit.Asset("js/map.js", "Map", "1.0", "MIT", hashlib.sha256(b"one").hexdigest())
    assert audit.asset_breaches(tmp_path, [asset]) == ["js/map.js is gone"]
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "map.js").write_bytes(b"one")
    (tmp_path / "js" / "LICENSE").write_bytes(b"MIT")
    assert audit.asset_breaches(tmp_path, [asset]) == []
    (tmp_path / "js" / "map.js").write_bytes(b"two")
    (tmp_path / "js" / "more.js").write_bytes(b"two")
    assert audit.asset_breaches(tmp_path, [asset]) == [
        "js/map.js is not Map 1.0 as listed", "js/more.js is an asset without version and licence",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "out", "err", "said"),
    [
        (0, "", "No known vulnerabilities found", "none known to pip-audit."),
        (1, "Name Version ID\nsix 1 X-1\n", "", "six 1 X-1"),
        (1, "", "cannot connect", "not looked for (pip-audit: cannot connect)."),
        (2, "", "", "not looked for (pip-audit: no answer)."),
    ],
)
def test_what_pip_audit_says_is_handed_on(monkeypatch, tmp_path, code, out, err, said):
    monkeypatch.setattr(audit.importlib.util, "find_spec", lambda name: object())
    answer = subprocess.CompletedProcess([], code, out, err)
    monkeypatch.setattr(audit.subprocess, "run", lambda *given, **named: answer)
    assert said in audit.vulnerabilities(tmp_path / "requirements.txt")


def test_without_an_answer_vulnerabilities_are_said_not_to_be_looked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(audit.importlib.util, "find_spec", lambda name: None)
    assert audit.vulnerabilities(tmp_path).startswith("not looked for (pip-audit is not installed")

    def late(*given, **named):
        raise subprocess.TimeoutExpired("pip-audit", 120)

    monkeypatch.setattr(audit.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(audit.subprocess, "run", late)
    assert "did not reach its database" in audit.vulnerabilities(tmp_path)


@pytest.mark.parametrize(
    ("breach", "code", "last"), [([], 0, "Nothing is wrong."), (["six is gone"], 1, "1 breach.")]
)
def test_the_audit_prints_a_table_and_fails_on_a_breach(monkeypatch, capsys, breach, code, last):
    monkeypatch.setattr(audit, "distributions", lambda: GOOD.values())
    monkeypatch.setattr(audit, "read_lock", lambda text: {})
    monkeypatch.setattr(audit, "compare_lock", lambda lock, found: list(breach))
    assert audit.main() == code
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == last
    assert "Noto Sans SC Regular" in out
    assert "Vulnerabilities: " in out


def test_the_make_target_runs_the_module():
    text = (root() / "Makefile").read_text(encoding="utf-8")
    assert "audit: $(READY)" in text
    assert "-m lnregions.checks.dependencies" in text
    assert sys.modules["lnregions.checks.dependencies"] is audit
