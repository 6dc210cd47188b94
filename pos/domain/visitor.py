"""Who stands behind an address, as far as it matters: how much a stranger may ask."""

from ipaddress import IPv4Address, IPv6Address, ip_address

# Whole networks of this size are given to one home (RFC 6177).
_HOME = 64
# And those of this size to one site.
_SITE, _SITE_4 = 48, 24


def visitor(address: str | None) -> str:
    """Return the one who stands behind an address: of IPv6 the /64, of IPv4 the address itself."""
    ip = _read(address)
    return str(int(ip) >> (128 - _HOME) if isinstance(ip, IPv6Address) else ip)


def network(address: str | None) -> str:
    """Return the network that an address is of: of IPv6 the /48, of IPv4 the /24. A device in it may have another."""
    ip = _read(address)
    if ip is None:
        return ""
    return str(int(ip) >> (128 - _SITE) if isinstance(ip, IPv6Address) else int(ip) >> (32 - _SITE_4))


def is_this_machine(address: str | None) -> bool:
    """Tell whether an address is of this machine; a socket of it has none."""
    ip = _read(address)
    return ip is None or ip.is_loopback


def is_own_network(address: str | None) -> bool:
    """Tell whether an address is one that no stranger on the internet has (RFC 1918, RFC 4193)."""
    ip = _read(address)
    return ip is None or ip.is_private


def _read(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(address or "")
    except ValueError:
        return None
    return (isinstance(ip, IPv6Address) and ip.ipv4_mapped) or ip
