"""What all tests share: the count of damaged files at the end."""

import sys


def pytest_terminal_summary(terminalreporter):
    fuzz = sys.modules.get("test_fuzz")
    counts = getattr(fuzz, "OUTCOMES", None)
    if not counts:
        return
    damage, others = sys.modules["damage"], dict(counts)
    refused, right = others.pop(damage.REFUSED, 0), others.pop(damage.RIGHT, 0)
    written, said = others.pop(damage.WRITTEN, 0), others.pop(damage.SAID, 0)
    terminalreporter.write_line(
        f"fuzz: {sum(counts.values()):,} cases: {refused:,} refused, {right + said:,} right ({said:,} of them with a "
        f"word), {written:,} {damage.WRITTEN}, {sum(others.values()):,} wrong (seed {fuzz.SEED})"
    )
