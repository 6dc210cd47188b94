"""Drafts: what is typed at a till goes to its customer's display, and the page hears who else types there."""

from pos.domain.draft import Draft, till_topic
from pos.shop import Shop

# Seconds. A page that is open says so every five.
SEEN_FOR = 12


def type_draft(shop: Shop, draft: Draft) -> bool:
    """Show what is typed now. Tell whether the till is open in another browser, too. Raises StoreError."""
    shop.store.drafts.put(draft, shop.now())
    shop.broker.publish(till_topic(draft.till))
    return _is_shared(shop, draft.till, draft.browser)


def see_browser(shop: Shop, till: str, browser: str) -> bool:
    """Note that a browser has a till open. Tell whether another one has, too. Raises StoreError."""
    shop.store.drafts.see(till, browser, shop.now())
    return _is_shared(shop, till, browser)


def _is_shared(shop: Shop, till: str, browser: str) -> bool:
    return bool(shop.store.drafts.browsers_at(till, shop.now() - SEEN_FOR) - {browser})
