"""Files of others: figures as PNG, SVG and PDF, tables as CSV and JSON, words in Markdown, Word and other Office files.

Figures, frames and words come in; bytes and text go out, the same for the same input. Nothing here loads data.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "images": ["FORMATS", "SLIDES", "encode", "screen_png", "small_picture"],
        "office": ["EMU", "LOCALES", "archive_bytes", "dateless_office", "word_document"],
        "text": ["data_csv", "data_records", "plain_markdown"],
    },
)
