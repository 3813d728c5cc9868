"""What is known about the person that changes an answer, and whether an article is for them."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.models import Article

# EU member states, the three other EEA states and Switzerland, whose citizens register by the EU rules. Source:
# https://european-union.europa.eu/principles-countries-history/eu-countries_en; EEA and free movement agreements.
EU_COUNTRIES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH".split()
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Town (slug) and country of nationality (ISO code); None when not known."""

    municipality: str | None = None
    country: str | None = None

    @property
    def citizenship(self) -> str | None:
        """``eu``, ``non-eu`` or None when the country is not known."""
        if self.country is None:
            return None
        return "eu" if self.country in EU_COUNTRIES else "non-eu"


def excludes(article: Article, profile: Profile) -> bool:
    """True when the article says that it is for others than this person. An unknown answer excludes nothing."""
    wanted = article.audience.citizenship
    return bool(wanted) and profile.citizenship is not None and profile.citizenship not in wanted
