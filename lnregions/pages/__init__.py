"""The report site over what was rendered, and a region's report as one file, PDF or Word document."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "page_mark": ["update_report"],
        "previews": ["small_picture"],
        "report": ["report_docx", "report_pdf", "single_file", "write_report"],
    },
)
