"""Which addresses are connected to: public ones, under any name and in any notation, and no others."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.capture.guard import Guard, classify_address
from onrecord.errors import FetchError

PUBLIC = ["93.184.215.14", "8.8.8.8", "1.1.1.1", "198.17.255.255", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::200e"]
REFUSED = [
    ("127.0.0.1", "loopback", True),
    ("127.8.9.1", "loopback", True),
    ("::1", "loopback", True),
    ("10.0.0.1", "private", True),
    ("172.16.0.1", "private", True),
    ("172.31.255.255", "private", True),
    ("192.168.1.1", "private", True),
    ("fd12:3456::1", "private", True),
    ("100.64.0.1", "carrier-grade NAT", True),
    ("100.127.255.254", "carrier-grade NAT", True),
    ("169.254.169.254", "metadata", False),
    ("169.254.170.2", "metadata", False),
    ("168.63.129.16", "metadata", False),
    ("100.100.100.200", "metadata", False),
    ("192.0.0.192", "metadata", False),
    ("fd00:ec2::254", "metadata", False),
    ("169.254.1.1", "link-local", False),
    ("fe80::1", "link-local", False),
    ("fe80::1%eth0", "link-local", False),
    ("2606:4700::1%eth0", "link-local", False),
    ("0.0.0.0", "unspecified", False),
    ("0.1.2.3", "unspecified", False),
    ("::", "unspecified", False),
    ("224.0.0.1", "multicast", False),
    ("239.255.255.250", "multicast", False),
    ("ff02::1", "multicast", False),
    ("ff0e::1", "multicast", False),
    ("255.255.255.255", "reserved", False),
    ("240.0.0.1", "reserved", False),
    ("::ffff:127.0.0.1", "IPv4-mapped", False),
    ("::ffff:8.8.8.8", "IPv4-mapped", False),
    ("::127.0.0.1", "IPv4-compatible", False),
    ("64:ff9b::7f00:1", "NAT64", False),
    ("64:ff9b::808:808", "NAT64", False),
    ("64:ff9b:1::a00:1", "NAT64", False),
    ("2002:7f00:1::", "6to4", False),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "protocol assignment", False),
    ("2001:db8::1", "documentation", False),
    ("192.0.2.7", "documentation", False),
    ("198.18.0.1", "benchmarking", False),
    ("fec0::1", "site-local", False),
    ("4000::1", "reserved", False),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert classify_address(address) == (None, False)


@pytest.mark.parametrize(("address", "kind", "may_allow"), REFUSED)
def test_refused_addresses(address: str, kind: str, may_allow: bool) -> None:
    assert classify_address(address) == (kind, may_allow)
    assert Guard().find_objection(address, 80) == kind
    assert Guard(allow_private=True).find_objection(address, 80) == (None if may_allow else kind)


@pytest.mark.parametrize("address", ["", "localhost", "127.1", "0x7f000001", "1.2.3.4.5", "::g"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert Guard(allow_private=True).find_objection(address, 80) == "not an address"


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_form_of_an_address_that_is_not_global_passes(address: IPv4Address) -> None:
    number = int(address)
    forms = [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address(number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
    ]
    assert all(classify_address(str(form))[0] for form in forms)
    if not address.is_global:
        assert classify_address(str(address))[0]


@given(st.integers(0, 2**128 - 1).map(IPv6Address) | st.ip_addresses(v=6))
def test_what_passes_is_global_unicast(address: IPv6Address) -> None:
    if classify_address(str(address))[0] is None:
        assert ip_address(address).is_global
        assert int(address) >> 125 == 1


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    guard = Guard(resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(FetchError, match=r"news\.example: refused, its address 10\.0\.0\.1 .*--allow-private-addresses") as raised:
        guard.find_addresses("news.example", 80)
    assert not raised.value.again


def test_a_metadata_address_names_no_way_round() -> None:
    with pytest.raises(FetchError) as raised:
        Guard(resolve=lambda host, port: ["169.254.169.254"]).find_addresses("cloud.example", 80)
    assert "--allow" not in str(raised.value)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost", "127.0.0.1", "::1"])
def test_notations_of_this_machine(host: str) -> None:
    with pytest.raises(FetchError):
        Guard().find_addresses(host, 80)


def test_an_exemption_is_for_one_port() -> None:
    guard = Guard(exempt=frozenset({("127.0.0.1", 8001)}), resolve=lambda host, port: ["127.0.0.1"])
    assert guard.find_addresses("a.example", 8001) == ["127.0.0.1"]
    with pytest.raises(FetchError):
        guard.find_addresses("a.example", 8002)


def test_names_without_addresses() -> None:
    with pytest.raises(FetchError, match="no address for this name"):
        Guard(resolve=lambda host, port: []).find_addresses("a.example", 80)
