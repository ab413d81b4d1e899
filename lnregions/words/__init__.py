"""What readers see in two languages: the catalogue, numbers and units as printed, values as people write them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "catalogue": ["LANGUAGES", "check_language", "tr", "trn"],
        "texts": ["quantity_name"],
        "values": ["is_day", "last_day", "narrow", "parse_code", "parse_date", "parse_number", "parse_year", "visible"],
        "numbers": ["MOST_DECIMALS", "NAMES", "RATE_DECIMALS", "comparison_words", "format_number", "format_value",
                    "places_apart", "places_shown", "rounded", "spans_of", "text", "to_unit", "unit_label",
                    "unit_places", "units", "without_noise", "year_span"],
    },
)  # fmt: skip
