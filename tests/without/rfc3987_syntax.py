"""As if rfc3987-syntax were not installed: it takes 1.5 s of every process, and only checks addresses in schemas."""

raise ImportError("left out of the tests")
