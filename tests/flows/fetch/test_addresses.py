import socket

import pytest

from flows.fetch import addresses
from flows.fetch.addresses import addresses_of, is_public
from flows.fetch.trouble import Passing, Refused


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_and_its_network(address) -> None:
    assert not is_public(address)


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1", "8.8.8.8")]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Refused, match=r"mixed.example is 10.0.0.1, an address of this machine or its network"):
        addresses_of("mixed.example", 443, allow_private=False)
    assert addresses_of("mixed.example", 443, allow_private=True) == ["8.8.8.8", "10.0.0.1"]


def test_a_name_that_is_not_known_may_be_known_later(monkeypatch) -> None:
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", unknown)
    with pytest.raises(Passing, match=r"the name nowhere\.example cannot be resolved"):
        addresses_of("nowhere.example", 443, allow_private=False)
