"""One bounded HTTP call, and what it can fail with. What is said in it is not known here."""

from pos.transport.call import MAX_BYTES, Reply, Transport, TransportError, TransportTimeout

__all__ = ["MAX_BYTES", "Reply", "Transport", "TransportError", "TransportTimeout"]
