"""Report kits: all figures of a folder with README and citation, as one archive or one Word file."""

import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path

from lnregions import __version__
from lnregions.errors import DataError, not_installed
from lnregions.figures.bundles import plain_markdown
from lnregions.files import save_file
from lnregions.paths import root
from lnregions.words import check_language
from lnregions.words.catalogue import tr

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that an archive can carry, so that its bytes do not depend on when it is made."""
_WIDEST_MM = 160.0
_ENDINGS = (".png", ".svg", ".pdf", ".csv", ".json", ".md", ".txt", ".docx", ".cff")


def _figures(folder: Path, language: str) -> dict[str, dict]:
    """Sidecars of the figures of a folder by their path without ending, sorted; their ``words`` are the caption."""
    found = {}
    for path in sorted(folder.rglob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(facts, dict) and facts.get("package") == "lnregions" and "figure" in facts:
            words = facts["caption"].get(language) or next(iter(facts["caption"].values()), "")
            found[path.relative_to(folder).with_suffix("").as_posix()] = facts | {"words": words}
    if not found:
        raise DataError(
            f"The folder {folder.name!r} holds no figure saved by save_figure. Save at least one there first."
        )
    return found


def _archive(entries: dict[str, bytes]) -> bytes:
    """Zip archive that depends on names and contents only."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, entries[name], compresslevel=6)
    return stream.getvalue()


def bundle_zip(
    folder: Path | str,
    path: Path | str,
    *,
    title: str = "",
    language: str = "en",
    citation: str | None = None,
) -> Path:
    """Pack the figures of a folder with a README and a citation; the same folder gives the same bytes.

    Parameters
    ----------
    folder
        Folder that `save_figure` wrote into; folders within it are packed, too.
    path
        The archive to write.
    title
        First line of the README.
    language
        Language of the README, "en" or "zh".
    citation
        Content of ``CITATION.cff``; that of this package if left out.

    Raises
    ------
    DataError
        If the folder holds no figure.
    """
    folder, path = Path(folder), Path(path)
    title = plain_markdown(title or tr("Figures", check_language(language)))
    lines = [f"# {title}", "", f"## {tr('What is in here', language)}", ""]
    for name, facts in _figures(folder, language).items():
        lines.append(f"- **{name}** {plain_markdown(facts['words'])}".rstrip())
        lines.append("  " + ", ".join(f"`{file}`" for file in facts["files"]))
    lines += ["", f"## {tr('How to cite', language)}", "", "CITATION.cff", ""]
    if citation is None:
        shipped = root() / "CITATION.cff"
        citation = shipped.read_text(encoding="utf-8") if shipped.is_file() else f"lnregions {__version__}\n"
    entries = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in _ENDINGS and file.resolve() != path.resolve()
    }
    entries |= {"README.md": "\n".join(lines).encode(), "CITATION.cff": citation.encode()}
    save_file(path, _archive(entries))
    return path


def bundle_docx(folder: Path | str, path: Path | str, *, title: str = "", language: str = "en") -> Path:
    """Put the figures of a folder with their captions into one Word file, each at its own size.

    Raises
    ------
    DataError
        If python-docx is not installed, or the folder holds no figure saved as PNG.
    """
    try:
        import docx
        from docx.shared import Mm
    except ImportError:
        raise not_installed("A Word file", "python-docx", "docx") from None
    folder, path = Path(folder), Path(path)
    check_language(language)
    document = docx.Document()
    document.add_heading(title or tr("Figures", language), level=1)
    for name, facts in _figures(folder, language).items():
        file = folder / f"{name}.png"
        if not file.is_file():
            raise DataError(
                f"The figure {name!r} was not saved as PNG, which Word needs. Save it with format png, too."
            )
        document.add_picture(str(file), width=Mm(min(facts["size_mm"][0], _WIDEST_MM)))
        words = facts["words"] or name
        document.inline_shapes[-1]._inline.docPr.set("descr", facts["alt"].get(language) or words)
        document.add_paragraph(words, style="Caption")
        if f"{Path(name).name}.csv" in facts["files"]:
            document.add_paragraph(tr("Data behind the picture: {file}", language, file=f"{name}.csv"))
    save_file(path, dateless_office(document))
    return path


def dateless_office(document) -> bytes:
    """Word file or workbook without dates of making, inside and in its archive."""
    stream = io.BytesIO()
    document.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    made = f"{datetime(*_EPOCH).isoformat()}Z".encode()
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(
        rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + made, core
    )
    return _archive(parts)
