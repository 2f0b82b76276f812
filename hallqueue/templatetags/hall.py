"""The template tags of every page: a text and a thing's name in the page's language, and an icon of the sprite."""

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hallqueue.texts import DEFAULT_LANGUAGE, text
from hallqueue.texts import named as name_in

register = template.Library()

SPRITE = "hallqueue/icons/sprite.svg"


@register.simple_tag(takes_context=True)
def t(context: Context, key: str, **params: object) -> str:
    """The text of `key` in the page's `lang`, escaped like any variable."""
    return text(key, context.get("lang") or DEFAULT_LANGUAGE, **params)


@register.simple_tag(takes_context=True)
def named(context: Context, name: str, english: str) -> str:
    """A thing's name in the page's `lang`, escaped like any variable."""
    return name_in(name, english, context.get("lang") or DEFAULT_LANGUAGE)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The sprite's icon `name`, a picture beside a word and therefore hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static(SPRITE), name
    )
