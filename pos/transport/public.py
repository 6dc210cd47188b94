"""Which addresses belong to the internet at large: where a stranger's address may lead a till, and no further."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# What of IPv6 is given out to hosts (RFC 4291, section 2.4). Python 3.11 calls more than that global, also what has an
# address of the shop's own network inside: ::127.0.0.1, and 64:ff9b::7f00:1, which a gateway translates (RFC 6052).
_INTERNET = IPv6Network("2000::/3")
# In there, but with an IPv4 address inside (RFC 3056), or for examples alone (RFC 9637).
_NO_HOSTS = (IPv6Network("2002::/16"), IPv6Network("3fff::/20"))


def is_public(address: str) -> bool:
    """Tell whether an address is one of a host on the internet. What is no address is none."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return _is_public((isinstance(ip, IPv6Address) and ip.ipv4_mapped) or ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and (ip not in _INTERNET or any(ip in it for it in _NO_HOSTS)):
        return False
    return ip.is_global and not ip.is_multicast


def anywhere(_address: str) -> bool:
    """Let every address be: the shop itself has said where its wallet is."""
    return True
