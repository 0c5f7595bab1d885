"""The words of a page in the reader's language; their catalogue is not sought anew for each word."""

from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from flask_babel import Domain, get_locale
from markupsafe import Markup

from tracker.extensions import babel
from tracker.web.language import choose_language


class Catalogues(Domain):  # type: ignore[misc] # the library says no types
    """The catalogues of the product by language; a page of the ledger asks some three hundred words."""

    def __init__(self) -> None:
        super().__init__()
        self._by_language: dict[Locale | None, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language of the request."""
        language = get_locale()
        found = self._by_language.get(language)
        if found is None:
            found = self._by_language[language] = super().get_translations()
        return found


def add_wording(app: Flask) -> None:
    """Let templates and code find their words in the catalogues, in the language that is chosen."""
    catalogues = Catalogues()
    babel.init_app(app, locale_selector=choose_language)
    babel.domain_instance = catalogues

    def said(word: str, /, **values: Any) -> Markup:
        """Return a word of a template with values put in as text: what `_()` is there."""
        found = Markup(catalogues.get_translations().ugettext(word))
        return found % values if "%" in found else found

    app.jinja_env.globals["_"] = said
