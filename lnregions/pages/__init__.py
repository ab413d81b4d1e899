"""The report site over what was rendered, and a region's report as one file, PDF or Word document.

In: an output folder and a plan. Out: pages. `Site` joins what is there with verdicts and figures, `Page` gives
templates their words and links, `report` fills them, `writing` puts them on disk, `documents` writes files to hand
over.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "documents": ["region_files", "report_docx", "report_pdf", "single_file"],
        "writing": ["update_report", "write_report"],
    },
)
