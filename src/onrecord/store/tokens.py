"""Time-stamp tokens (RFC 3161): how one is asked for, and whether one holds.

What is stamped is the SHA-256 of a head of the log as it is printed: 64 hexadecimal digits, as ASCII. So everybody can check a token
without onrecord (`openssl ts -verify`). The signature is checked here against the certificate that the token carries, so that a token
says something also to those who have no root; whether that certificate leads to a root that the user trusts, at the time that the
token tells, is left to rfc3161-client and its OpenSSL. Both are an extra, `onrecord[stamps]`; this module is imported where it is needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.errors import UsageError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

INSTALL = "pip install 'onrecord[stamps]'"
_NEEDED = ("asn1crypto", "cryptography", "rfc3161_client")
_MOST = 1 << 18  # bytes of an answer; with a long chain of certificates it has some 10,000
_GRANTED = ("granted", "granted_with_mods")


class TokenError(ValueError):
    """An answer or a token that does not hold; why, in a line."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: when, and who signed it."""

    time: datetime
    signer: str


def can_check() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) for name in _NEEDED)


def compute_imprint(head: str) -> bytes:
    """What is stamped of a head of the log."""
    return sha256(head.encode("ascii")).digest()


def load_roots(path: str) -> tuple[Certificate, ...]:
    """The certificates in a file, PEM (several may stand in it) or DER. Raises UsageError."""
    if not can_check():
        raise UsageError(f"time stamps need more than is installed: {INSTALL}")
    from cryptography import x509

    try:
        raw = Path(path).read_bytes()
        return tuple(x509.load_pem_x509_certificates(raw)) if b"-----BEGIN" in raw else (x509.load_der_x509_certificate(raw),)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from None
    except ValueError:
        raise UsageError(f"{path}: no certificate in it: give a PEM or DER file") from None


def build_request(head: str) -> tuple[bytes, int]:
    """A request to stamp a head, as DER, and the nonce in it."""
    from asn1crypto import tsp

    nonce = secrets.randbits(63)
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": compute_imprint(head)}
    return tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}).dump(), nonce


def parse_answer(raw: bytes, nonce: int) -> bytes:
    """The token in an authority's answer. Raises TokenError if it is none, refuses, or answers another request."""
    if len(raw) > _MOST:
        raise TokenError(f"the answer is no time stamp (over {_MOST // 1024} kB)")
    try:
        return _parse_answer(raw, nonce)
    except TokenError:
        raise
    except Exception:  # what parsers make of hostile bytes has no common class
        raise TokenError("the answer is no time stamp") from None


def _parse_answer(raw: bytes, nonce: int) -> bytes:
    from asn1crypto import cms, core, tsp

    parts = core.SequenceOf.load(raw, spec=core.Any, strict=True)
    status = tsp.PKIStatusInfo.load(parts[0].dump())
    word, reasons = str(status["status"].native), status["status_string"].native or ()
    if word not in _GRANTED or len(parts) < 2:
        said = ": ".join([word.replace("_", " "), *(" ".join(str(reason).split())[:120] for reason in reasons)])
        raise TokenError(f"the authority gives no stamp ({said})")
    token = cms.ContentInfo.load(parts[1].dump())
    if token["content"]["encap_content_info"]["content"].parsed["nonce"].native != nonce:
        raise TokenError("the stamp answers another request (its nonce is another)")
    return bytes(token.dump())


def check_token(raw: bytes, head: str, roots: Sequence[Certificate] = ()) -> Token:
    """What a token says, if it holds for `head`; `roots` are the certificates that its own must lead to, if any are given.

    Raises TokenError if it is damaged, stamps something else, or is not signed as it must be.
    """
    try:
        return _check_token(raw, head, roots)
    except TokenError:
        raise
    except Exception:
        raise TokenError("the token is damaged, or none") from None


def _check_token(raw: bytes, head: str, roots: Sequence[Certificate]) -> Token:
    from asn1crypto import cms

    signed = cms.ContentInfo.load(raw, strict=True)["content"]
    content = signed["encap_content_info"]["content"]
    time, imprint = content.parsed["gen_time"].native, content.parsed["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256" or imprint["hashed_message"].native != compute_imprint(head):
        raise TokenError("the token stamps something else than the head")
    (signer,) = signed["signer_infos"]
    certificate = _find_certificate(signed, signer)
    _check_certificate(certificate, time)
    _check_signature(certificate, signer, bytes(content))
    if roots:
        _check_roots(raw, head, roots)
    return Token(time.astimezone(UTC), _find_name(certificate))


def _find_certificate(signed: Any, signer: Any) -> Certificate:
    """The signer's certificate among those in the token. Raises TokenError if it is not there."""
    from cryptography import x509

    sid = signer["sid"].chosen
    for choice in signed["certificates"]:
        one = choice.chosen
        if one.issuer == sid["issuer"] and one.serial_number == sid["serial_number"].native:
            return x509.load_der_x509_certificate(one.dump())
    raise TokenError("the token is without its certificate")


def _check_certificate(certificate: Certificate, time: datetime) -> None:
    """Raises TokenError if the certificate is not for time stamps (RFC 3161, 2.3), or was not valid at the time that is told."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        purposes: Sequence[Any] = tuple(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except (x509.ExtensionNotFound, ValueError):
        purposes = ()
    name = _find_name(certificate)
    if ExtendedKeyUsageOID.TIME_STAMPING not in purposes:
        raise TokenError(f"the certificate of {name} is not one for time stamps")
    if not certificate.not_valid_before_utc <= time <= certificate.not_valid_after_utc:
        first, last = certificate.not_valid_before_utc.date(), certificate.not_valid_after_utc.date()
        raise TokenError(f"the certificate of {name} was not valid at {time.isoformat()}, but from {first} to {last}")


def _check_signature(certificate: Certificate, signer: Any, stamped: bytes) -> None:
    """Raises TokenError if the signed attributes are not signed with the certificate's key, or not of what is stamped (RFC 5652, 5.4)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    attributes = b"\x31" + signer["signed_attrs"].dump()[1:]  # signed as a set, stored under a tag of their own
    digest = next(each["values"][0].native for each in signer["signed_attrs"] if each["type"].native == "message_digest")
    known: dict[str, hashes.HashAlgorithm] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    way = signer["signature_algorithm"].signature_algo
    own = signer["digest_algorithm"]["algorithm"].native
    name = own if way == "rsassa_pkcs1v15" else signer["signature_algorithm"].hash_algo
    key, hashing, signature = certificate.public_key(), known.get(name), signer["signature"].native
    if hashing is None or own not in known:
        raise TokenError(f"the token is signed in a way that is not known ({name})")
    hasher = hashes.Hash(known[own])
    hasher.update(stamped)
    if hasher.finalize() != digest:
        raise TokenError("the token was changed: what it says is not what was signed")
    try:
        if way == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, attributes, padding.PKCS1v15(), hashing)
        elif way == "rsassa_pss" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, attributes, padding.PSS(padding.MGF1(hashing), padding.PSS.AUTO), hashing)
        elif way == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, attributes, ec.ECDSA(hashing))
        else:
            raise TokenError(f"the token is signed in a way that is not known ({way})")
    except InvalidSignature:
        raise TokenError("the token's signature does not match its certificate") from None


def _check_roots(raw: bytes, head: str, roots: Sequence[Certificate]) -> None:
    """Raises TokenError if the token's certificate leads to none of `roots`, at the time that it tells."""
    from asn1crypto import core
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    granted = core.Sequence(contents=core.Integer(0).dump()).dump()
    answer = core.Sequence(contents=granted + raw).dump()
    try:
        VerifierBuilder(roots=list(roots)).build().verify(decode_timestamp_response(answer), compute_imprint(head))
    except (VerificationError, ValueError) as error:
        reason = str(error).split("Verify error:")[-1].split('"')[0].strip() if "Verify error:" in str(error) else "the chain does not hold"
        raise TokenError(f"the token's certificate does not lead to one that was given ({reason})") from None


def _find_name(certificate: Certificate) -> str:
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
