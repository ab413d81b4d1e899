"""What one check found: how much it compared, what is wrong, which named exceptions it met."""

from dataclasses import dataclass, field

from lnregions.errors import SHOWN, Fault

__all__ = ["Check", "counted", "report_checks", "report_json"]

GROUPS = {
    "tables": ("Tables", "数据表"),
    "shapes": ("Shapes", "边界"),
    "consistency": ("Consistency of the figures", "数据之间的一致性"),
    "pictures": ("From every drawn number to its source", "图中每个数字的来源"),
    "verdicts": ("From every verdict to its source", "每项判断的来源"),
}
"""Sections of the report, in this order."""


@dataclass(frozen=True)
class Check:
    """One check with its count.

    Attributes
    ----------
    group : str
        Section of the report, one of ``GROUPS``.
    name : tuple of str
        What holds when nothing is wrong, in English and Chinese.
    compared : int
        How many comparisons were made. None made is a failure, unless `why_none` says why.
    faults : tuple of Fault
        What is wrong.
    excepted : int
        Differences that are named exceptions.
    why_none : tuple of str
        Why nothing could be compared, in English and Chinese.

    Examples
    --------
    >>> Check("tables", ("every table is sealed", "数据表均已封存"), 9).ok
    True
    >>> Check("tables", ("every table is sealed", "数据表均已封存"), 0).ok
    False
    """

    group: str
    name: tuple[str, str]
    compared: int
    faults: tuple[Fault, ...] = field(default=())
    excepted: int = 0
    why_none: tuple[str, str] = ("", "")

    @property
    def ok(self) -> bool:
        """Whether something was compared, or the reason is known, and nothing is wrong."""
        return not self.faults and bool(self.compared or self.why_none[0])

    def line(self, language: str = "en") -> str:
        """The check in one line: its mark, its count, what holds, its exceptions."""
        zh = language == "zh"
        mark = "ok" if self.ok and self.compared else "--" if self.ok else "!!"
        line = f"{mark} {self.compared:>7,}  {self.name[zh]}"
        if self.excepted:
            line += (
                f"（{self.excepted}处已列名的例外）"
                if zh
                else f" ({counted(self.excepted, 'named exception')})"
            )
        if not self.compared:
            why = self.why_none[zh] or ("没有可比较的内容" if zh else "nothing was compared")
            line += f"：{why}" if zh else f": {why}"
        return line


def report_checks(checks: list[Check], *, language: str = "en") -> str:
    """All checks as text, a section a group, what is wrong below its check, and a last line that sums up."""
    lines, zh = [], language == "zh"
    for group, names in GROUPS.items():
        own = [check for check in checks if check.group == group]
        lines += ["", names[zh]] if own else []
        for check in own:
            lines.append(f"  {check.line(language)}")
            lines += [f"       {fault.message(language)}" for fault in check.faults[:SHOWN]]
            more = len(check.faults) - SHOWN
            if more > 0:
                lines.append(f"       另有 {more} 处" if zh else f"       and {more} more")
    return "\n".join([*lines[1:], "", _summary(checks, zh=zh)])


def _summary(checks: list[Check], *, zh: bool) -> str:
    compared = sum(check.compared for check in checks)
    excepted = sum(check.excepted for check in checks)
    faults = sum(len(check.faults) or (not check.ok) for check in checks)
    if zh:
        found = f"发现 {faults} 处问题" if faults else "未发现问题"
        return f"{len(checks)} 项检查，{compared:,} 次比较，{excepted} 处已列名的例外，{found}。"
    found = counted(faults, "fault") if faults else "nothing is wrong"
    counts = (
        counted(len(checks), "check"),
        counted(compared, "comparison"),
        counted(excepted, "named exception"),
    )
    return f"{', '.join(counts)}: {found}."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as ``1 fault`` or ``1,200 faults``.

    Examples
    --------
    >>> counted(1, "fault"), counted(1200, "fault")
    ('1 fault', '1,200 faults')
    """
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def report_json(checks: list[Check]) -> list[dict]:
    """The checks as records for a program to read."""
    return [
        {
            "group": check.group, "name": check.name[0], "name_zh": check.name[1], "ok": check.ok,
            "compared": check.compared, "excepted": check.excepted, "why_none": check.why_none[0],
            "faults": [fault.message() for fault in check.faults],
        }
        for check in checks
    ]  # fmt: skip
