"""The name of a host in the letters that name servers know: where a browser goes if `bäckerei.example` is typed.

By UTS 46, as browsers do it. What Python has built in is of 2003, and makes `ss` of a ß: another host than theirs.
"""

import idna


def in_ascii(host: str) -> str:
    """Return a host as it is asked for, and the port behind it if there is one; one in ASCII as it is.

    Raises ValueError for what can be no name.
    """
    if host.isascii():
        return host
    name, colon, port = host.partition(":")
    labels = idna.uts46_remap(name, std3_rules=False).split(".")
    return ".".join(it if it.isascii() else f"xn--{it.encode('punycode').decode()}" for it in labels) + colon + port


def at_host_in_ascii(text: str) -> str:
    """Return a name@host with its host as it is asked for; a text that cannot be one, as it is."""
    name, at, host = text.rpartition("@")
    try:
        return name + at + in_ascii(host)
    except ValueError:
        return text
