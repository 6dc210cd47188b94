"""What only two can read: the encryptions of Nostr, NIP-44 version 2 and the older NIP-04, and the keys for them."""

import hmac
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256

import coincurve
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.padding import PKCS7

NIP44 = "nip44_v2"
NIP04 = "nip04"

_VERSION = 2
_NONCE, _MAC = 32, 32
# Bytes of plaintext, and so characters of what they become.
_MOST = 65535
_LONGEST = 87472
_AES_BLOCK = 128


class Unreadable(ValueError):
    """What came was not encrypted for us, or not at all. The text holds nothing of it."""


class Key:
    """A private key of Nostr. It shows nothing of itself."""

    def __init__(self, secret: bytes) -> None:
        """Take 32 bytes. Raises ValueError for what can be no key."""
        self._key = coincurve.PrivateKey(secret)
        self.public = self._key.public_key_xonly.format().hex()

    def sign(self, digest: bytes, aux: bytes = b"") -> bytes:
        """Sign 32 bytes as BIP 340 has it, with 32 fresh random bytes where none are given."""
        return self._key.sign_schnorr(digest, aux)

    def shared(self, public: str) -> bytes:
        """Return what only the owner of a public key (64 hex digits) and this one know: the x of their common point.

        Raises ValueError for what is no public key.
        """
        point = coincurve.PublicKey(b"\x02" + bytes.fromhex(public))
        return point.multiply(self._key.secret).format()[1:]


class Box:
    """Encrypts and decrypts between one key and one other's."""

    def __init__(self, key: Key, public: str) -> None:
        self._shared = key.shared(public)
        self._conversation = conversation_key(self._shared)

    def encrypt(self, text: str, encryption: str) -> str:
        """Encrypt a text by nip44_v2 or nip04."""
        if encryption == NIP44:
            return encrypt44(text, self._conversation, secrets.token_bytes(_NONCE))
        return encrypt04(text, self._shared, secrets.token_bytes(_AES_BLOCK // 8))

    def decrypt(self, content: str, encryption: str) -> str:
        """Decrypt what was encrypted by nip44_v2 or nip04. Raises Unreadable."""
        if encryption == NIP44:
            return decrypt44(content, self._conversation)
        return decrypt04(content, self._shared)

    def open(self, content: str) -> str:
        """Decrypt what says by its look how it was encrypted: an answer is like its question, or should be.

        Raises Unreadable.
        """
        return self.decrypt(content, NIP04 if "?iv=" in content else NIP44)


def conversation_key(shared: bytes) -> bytes:
    """Return the key of a conversation: HKDF-extract of the common point."""
    return hmac.digest(b"nip44-v2", shared, sha256)


def padded_length(length: int) -> int:
    """Return to how many bytes a text of so many is padded, so that its length tells little."""
    if length <= 32:
        return 32
    power = 1 << (length - 1).bit_length()
    chunk = 32 if power <= 256 else power // 8
    return chunk * ((length - 1) // chunk + 1)


def encrypt44(text: str, conversation: bytes, nonce: bytes) -> str:
    """Encrypt by NIP-44. Raises ValueError for a text that is empty, or beyond 65535 bytes."""
    plain = text.encode()
    if not 0 < len(plain) <= _MOST:
        raise ValueError(f"a text of {len(plain)} bytes cannot be encrypted")
    padded = len(plain).to_bytes(2, "big") + plain.ljust(padded_length(len(plain)), b"\0")
    chacha, mac_key = _message_keys(conversation, nonce)
    cipher = chacha.encryptor().update(padded)
    mac = hmac.digest(mac_key, nonce + cipher, sha256)
    return b64encode(bytes([_VERSION]) + nonce + cipher + mac).decode()


def decrypt44(content: str, conversation: bytes) -> str:
    """Decrypt by NIP-44. Raises Unreadable."""
    sealed = _unbase64(content)
    if len(content) > _LONGEST or len(sealed) < 1 + _NONCE + 2 + 32 + _MAC or sealed[0] != _VERSION:
        raise Unreadable("it is not encrypted by NIP-44, version 2")
    nonce, cipher, mac = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE : -_MAC], sealed[-_MAC:]
    chacha, mac_key = _message_keys(conversation, nonce)
    if not hmac.compare_digest(hmac.digest(mac_key, nonce + cipher, sha256), mac):
        raise Unreadable("it was encrypted with another key, or changed")
    padded = chacha.decryptor().update(cipher)
    length = int.from_bytes(padded[:2], "big")
    if not length or len(padded) != 2 + padded_length(length):
        raise Unreadable("its padding is wrong")
    return _text(padded[2 : 2 + length])


def encrypt04(text: str, shared: bytes, iv: bytes) -> str:
    """Encrypt by NIP-04."""
    padder = PKCS7(_AES_BLOCK).padder()
    padded = padder.update(text.encode()) + padder.finalize()
    cipher = Cipher(algorithms.AES(shared), modes.CBC(iv)).encryptor().update(padded)
    return f"{b64encode(cipher).decode()}?iv={b64encode(iv).decode()}"


def decrypt04(content: str, shared: bytes) -> str:
    """Decrypt by NIP-04, which does not tell whether it was changed on the way. Raises Unreadable."""
    sealed, _, start = content.partition("?iv=")
    cipher, iv = _unbase64(sealed), _unbase64(start)
    try:
        padded = Cipher(algorithms.AES(shared), modes.CBC(iv)).decryptor().update(cipher)
        unpadder = PKCS7(_AES_BLOCK).unpadder()
        return _text(unpadder.update(padded) + unpadder.finalize())
    except ValueError as error:
        raise Unreadable("it is not encrypted by NIP-04 for us") from error


def _message_keys(conversation: bytes, nonce: bytes) -> tuple[Cipher[None], bytes]:
    keys = HKDFExpand(SHA256(), 76, nonce).derive(conversation)
    # Its first four bytes are the counter of blocks, which begins at nought.
    return Cipher(algorithms.ChaCha20(keys[:32], bytes(4) + keys[32:44]), mode=None), keys[44:]


def _unbase64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise Unreadable("it is not base64") from error


def _text(plain: bytes) -> str:
    try:
        return plain.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("it is not UTF-8") from error
