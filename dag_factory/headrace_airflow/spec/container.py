"""Placement -> a container, as Docker's API takes it, without what only its start knows."""

from __future__ import annotations

from typing import Any

from headrace.config.quantity import in_bytes
from headrace.config.schema.placement import Placement
from headrace.config.schema.volume import Resources, Volume


def container(placement: Placement) -> dict[str, Any]:
    """The body of `POST /containers/create`; environment, command and this machine's folders come later."""
    body: dict[str, Any] = {
        "Image": placement.image,
        "Labels": dict(placement.labels),
        "HostConfig": {
            **_limits(placement.resources),
            "Init": True,
            "Mounts": [_mount(volume) for volume in placement.volumes],
        },
    }
    if placement.user:
        body["User"] = placement.user
    if placement.network:
        body["HostConfig"]["NetworkMode"] = placement.network
    return body


def _limits(resources: Resources) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if resources.cpu is not None:
        limits["NanoCpus"] = round(resources.cpu * 1e9)
    if resources.memory is not None:
        limits["Memory"] = limits["MemorySwap"] = in_bytes(resources.memory)  # equal: no swap besides
    if resources.gpu is not None:
        limits["DeviceRequests"] = [{"Driver": "nvidia", "Count": resources.gpu, "Capabilities": [["gpu"]]}]
    return limits


def _mount(volume: Volume) -> dict[str, Any]:
    mount: dict[str, Any] = {"Target": volume.path, "ReadOnly": volume.read_only}
    if volume.memory is not None:
        return {**mount, "Type": "tmpfs", "TmpfsOptions": {"SizeBytes": in_bytes(volume.memory)}}
    kind, source = ("bind", volume.host) if volume.host is not None else ("volume", volume.name)
    return {**mount, "Type": kind, "Source": source}
