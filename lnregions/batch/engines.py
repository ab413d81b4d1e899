"""The engines that papermill finds by their entry points; the kernels are imported when one is first used.

papermill loads entry points while it is itself being imported, so nothing here may import it.
"""


class _Late(type):
    """Class that answers for the class of the same name in `lnregions.batch.kernels`, imported when first asked."""

    def __getattr__(cls, name):
        from lnregions.batch import kernels

        return getattr(getattr(kernels, cls.__name__), name)


class WarmEngine(metaclass=_Late):
    """Runs a notebook in a kernel forked from a warm process: ``papermill --engine lnregions``."""


class OrdinaryEngine(metaclass=_Late):
    """Runs a notebook in a kernel process of its own, honest about how it ended: ``lnregions-ordinary``."""
