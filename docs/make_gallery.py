"""Put the gallery on one page: python docs/make_gallery.py [FOLDER], after its pictures are drawn into FOLDER."""

import sys
from html import escape
from pathlib import Path

WIDTHS = {"single": "85mm", "onehalf": "120mm", "double": "174mm", "slide": "254mm", "a4": "210mm"}
"""Folders of the gallery, and how wide their pictures are in print."""
HEAD = """<!DOCTYPE html>
<meta charset="utf-8">
<title>Gallery</title>
<style>body{background:#ccc;font-family:sans-serif} td{vertical-align:top;padding:2mm} th{text-align:left}</style>
"""


def gallery_page(folder: Path) -> str:
    """Page of all pictures of a gallery in the size of print: a table each, a row a language, a column a width."""
    pictures = sorted({path.stem for path in folder.glob("*/*/*.png")})
    lines = [HEAD, "<p>", *(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in pictures), "</p>"]
    for name in pictures:
        heads = "".join(f"<th>{width}</th>" for width in WIDTHS)
        lines += [f'<h2 id="{escape(name)}">{escape(name)}</h2>', f"<table><tr>{heads}</tr>"]
        for language in ("en", "zh"):
            cells = [
                f'<td><img loading="lazy" style="width:{size}" src="{width}/{language}/{name}.png"></td>'
                for width, size in WIDTHS.items()
            ]
            lines += ["<tr>", *cells, "</tr>"]
        lines.append("</table>")
    return "\n".join(lines)


def main(folder: str = "gallery") -> None:
    """Write the page and print where it is."""
    path = Path(folder, "index.html")
    path.write_text(gallery_page(path.parent), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
