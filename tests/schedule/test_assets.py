"""Assets by one text or by name and URI."""

from __future__ import annotations

import pytest

from headrace.schedule.assets import whole


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("orders", ("orders", "orders")),
        ("s3://w/orders", ("s3://w/orders", "s3://w/orders")),
        ({"name": "orders", "uri": "s3://w/orders"}, ("orders", "s3://w/orders")),
        ("headrace.model.churn", ("headrace.model.churn", "headrace://model/churn")),
        ("headrace://dataset/churn", ("headrace.dataset.churn", "headrace://dataset/churn")),
        ("headrace.models.churn", ("headrace.models.churn", "headrace.models.churn")),
    ],
)
def test_an_asset_of_a_task_is_whole(written: str | dict[str, str], meant: tuple[str, str]) -> None:
    assert tuple(whole(written)[key] for key in ("name", "uri")) == meant
