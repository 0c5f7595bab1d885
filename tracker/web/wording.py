"""The words of a page in the reader's language; their catalogue is not sought anew for each word."""

from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import Domain
from markupsafe import Markup

from tracker.extensions import babel
from tracker.web.language import choose_language


class Catalogues(Domain):  # type: ignore[misc] # the library says no types
    """The catalogues of the product; a page of the ledger asks some five hundred words."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language of the request, kept in `g` until `in_chinese` changes it."""
        found: NullTranslations | None = g.get("catalogue") if g else None
        if found is None:
            found = super().get_translations()
            if g:
                g.catalogue = found
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
