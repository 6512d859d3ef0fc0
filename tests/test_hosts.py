from __future__ import annotations

import pytest

from headrace.hosts import is_closed, leads_to_closed


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.170.2",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "fe80::1%eth0",
        "[fe80::1]",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "metadata.google.internal",
        "METADATA.google.internal.",
        "metadata",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
    ],
)
def test_where_clouds_hand_out_credentials(host: str) -> None:
    assert is_closed(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "::1", "10.0.0.1", "192.168.1.1", "mlflow.example.com", "x169.254.169.254", ""]
)
def test_everything_else_is_open(host: str) -> None:
    assert not is_closed(host)


def test_what_a_name_stands_for_counts_too() -> None:
    assert leads_to_closed("169.254.169.254")
    assert not leads_to_closed("localhost")
    assert not leads_to_closed("no such host")
