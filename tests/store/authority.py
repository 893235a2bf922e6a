"""A time-stamp authority of the tests' own: RFC 3161 over HTTP, with a root and a certificate made on the spot.

What it answers can be bent (`bend`) in each way that an authority can be wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from asn1crypto.core import ParsableOctetString
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.web.server import Answer, Handler

REPLY = {"Content-Type": "application/timestamp-reply"}


@dataclass(kw_only=True)
class Authority:
    """What stamps; `key` signs, `certificate` names it, and `root` has signed that."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    root: x509.Certificate
    between: x509.Certificate | None = None  # signed by the root, and signer of the certificate
    bend: dict[str, Any] = field(default_factory=dict)

    def write_root(self, path: Path) -> str:
        path.write_bytes(self.root.public_bytes(Encoding.PEM))
        return str(path)

    def answer(self, handler: Handler) -> Answer:
        """The play of a test server's path."""
        asked = tsp.TimeStampReq.load(handler.rfile.read(int(handler.headers["Content-Length"])))
        return 200, REPLY, self.stamp(asked)

    def stamp(self, asked: tsp.TimeStampReq) -> bytes:
        """The answer to a request, as DER."""
        status = self.bend.get("status", "granted")
        if status not in ("granted", "granted_with_mods"):
            info = tsp.PKIStatusInfo({"status": status, "status_string": ["we are closed"]}).dump()
            return b"\x30" + bytes([len(info)]) + info  # without a token, which asn1crypto cannot leave out
        facts = {
            "version": "v1",
            "policy": "1.2.3.4.1",
            "message_imprint": self.bend.get("imprint", asked["message_imprint"]),
            "serial_number": 7,
            "gen_time": self.bend.get("time", datetime.now(UTC).replace(microsecond=0)),
            "nonce": self.bend.get("nonce", asked["nonce"].native),
        }
        token = self._sign(tsp.TSTInfo(facts))
        return tsp.TimeStampResp({"status": {"status": status}, "time_stamp_token": token}).dump()

    def _find_sent(self, own: asn1_x509.Certificate) -> list[asn1_x509.Certificate]:
        """The certificates that go into the token."""
        if not self.bend.get("certificates", True):
            return []
        between = [asn1_x509.Certificate.load(self.between.public_bytes(Encoding.DER))] if self.between else []
        return [own, *between]

    def _sign(self, info: tsp.TSTInfo) -> cms.ContentInfo:
        own = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [sha256(info.dump()).digest()]},
                {"type": "signing_certificate", "values": [{"certs": [{"cert_hash": sha1(own.dump()).digest()}]}]},
            ]
        )
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
            "signature": self.bend.get("key", self.key).sign(attributes.dump(), padding.PKCS1v15(), SHA256()),
        }
        signed = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "tst_info", "content": ParsableOctetString(info.dump())},
            "certificates": [cms.CertificateChoices("certificate", each) for each in self._find_sent(own)],
            "signer_infos": [signer],
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def build_authority(
    name: str = "Invented Stamps",
    *,
    until: datetime | None = None,
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
    between: bool = False,
) -> Authority:
    """A new authority; `until`: when its certificate runs out; `between`: whether the root has signed another, and that one signs."""
    root_key, middle_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
    by, middle = _name("Invented Root"), _name("Invented Middle")
    root = _build(by, by, root_key, _mark_authority).sign(root_key, SHA256())
    second = _build(middle, by, middle_key, _mark_authority).sign(root_key, SHA256()) if between else None
    issuer, signing = (middle, middle_key) if between else (by, root_key)
    own = _build(_name(name), issuer, key, lambda b: b.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True), until)
    return Authority(key=key, certificate=own.sign(signing, SHA256()), root=root, between=second)


def _mark_authority(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Nobody"), x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _build(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    extend: Callable[[x509.CertificateBuilder], x509.CertificateBuilder],
    until: datetime | None = None,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return extend(builder.not_valid_before(now - timedelta(days=30)).not_valid_after(until or now + timedelta(days=30)))
