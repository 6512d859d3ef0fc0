"""Where a stage runs: on the machine of its Airflow task, in a container, in a pod."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from headrace.config.schema.strict import Duration, Names, Part
from headrace.config.schema.volume import ContainerPath, ResourceName, Resources, SecretKey, Tolerations, Volumes

RuntimeType = Literal["process", "in_process", "docker", "kubernetes"]
PullPolicy = Literal["Always", "IfNotPresent", "Never"]


def _as_groups(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return tuple(tuple(group) if isinstance(group, list) else group for group in value)


#: Which stages share a task.
Fuse = Annotated[
    bool | Literal["auto", "never"] | tuple[Annotated[tuple[str, ...], Field(min_length=2)], ...],
    BeforeValidator(_as_groups),
]


class Placement(Part):
    """Where a stage runs, and what it finds there. None of it changes a result."""

    type: RuntimeType = "process"
    """`process`: a process on the machine that runs the Airflow task. `docker`: a container. `kubernetes`: a pod.
    `in_process`: the task's own process, for stages of a second.
    """
    python: str | None = None
    """Interpreter that runs the stages: of another environment (process; Airflow's own if not given), or of the image
    (docker, kubernetes; its `python` if not given).

    Example: `/opt/headrace/bin/python`
    """
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables for the stages.

    Example: `{OMP_NUM_THREADS: "4"}`
    """
    image: Annotated[str, Field(pattern=r"^[a-zA-Z0-9][-a-zA-Z0-9._:/@]*$", max_length=500)] | None = None
    """The image that the stages run in, with headrace and its libraries (docker, kubernetes).

    Example: `registry.example.com/flights:1.4`
    """
    pull: PullPolicy = "IfNotPresent"
    """When the image is fetched (docker, kubernetes)."""
    pull_secrets: Names = ()
    """Secrets of the namespace with which the image is fetched (kubernetes).

    Example: `[registry]`
    """
    project: ContainerPath | None = None
    """Folder of the project in the container; docker mounts the project of this machine if not given.

    Example: `/app`
    """
    home: ContainerPath | None = None
    """Folder of the state in the container, which lies on a volume; docker mounts that of this machine if not given.

    Example: `/state`
    """
    resources: Resources = Resources()
    """Processors, memory and graphics processors (docker, kubernetes)."""
    volumes: Volumes = ()
    """Storage that the stages see (docker, kubernetes).

    Example: `[{claim: headrace-state, path: /state}]`
    """
    secrets: dict[str, SecretKey] = Field(default_factory=dict)
    """Where the cluster keeps the secrets that stages look up, by their names in YAML (kubernetes).

    Example: `{DB_PASSWORD: {name: warehouse, key: password}}`
    """
    user: Annotated[str, Field(pattern=r"^[0-9]+(:[0-9]+)?$")] | None = None
    """User, and group, by number, that the stages run as; the image's own if not given (docker, kubernetes).

    Example: `"1000:1000"`
    """
    network: Annotated[str, Field(pattern=r"^[a-zA-Z0-9][-a-zA-Z0-9_.:]*$")] | None = None
    """Docker's network (docker).

    Example: `warehouse`
    """
    connection: Annotated[str, Field(pattern=r"^[-\w.:]+$")] | None = None
    """The Airflow connection by which the cluster, or the image's registry, is reached; `kubernetes_default`, or none,
    if not given (docker, kubernetes).

    Example: `gpu_cluster`
    """
    namespace: ResourceName = "default"
    """The namespace of the pods (kubernetes).

    Example: `ml`
    """
    service_account: ResourceName | None = None
    """The service account of the pods; the namespace's own if not given (kubernetes).

    Example: `headrace-stages`
    """
    node_selector: dict[str, str] = Field(default_factory=dict)
    """Labels that a node must have (kubernetes).

    Example: `{pool: gpu}`
    """
    tolerations: Tolerations = ()
    """Taints of nodes that the pods may run on all the same (kubernetes).

    Example: `[{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]`
    """
    labels: dict[str, str] = Field(default_factory=dict)
    """Labels of the container or pod, besides headrace's own (docker, kubernetes).

    Example: `{team: delays}`
    """
    annotations: dict[str, str] = Field(default_factory=dict)
    """Annotations of the pods (kubernetes).

    Example: `{cluster-autoscaler.kubernetes.io/safe-to-evict: "false"}`
    """
    start_timeout: Duration = "10m"
    """The longest wait for a node and for the image; then the task is tried again (kubernetes).

    Unit: duration
    Example: `10m`
    """
    pod: dict[str, Any] = Field(default_factory=dict)
    """What no other key says, as Kubernetes writes it: merged into the pod, its lists by `name` (kubernetes).

    Example: `{spec: {priorityClassName: batch}}`
    """


_CONTAINER = ("python", "image", "pull", "project", "home", "resources", "volumes", "user", "connection", "labels")
#: The keys that mean something, by type; `type` and `env` always do.
KEYS: dict[str, frozenset[str]] = {
    "process": frozenset({"python"}),
    "in_process": frozenset(),
    "docker": frozenset({*_CONTAINER, "network"}),
    "kubernetes": frozenset(
        {
            *_CONTAINER, "pull_secrets", "secrets", "namespace", "service_account", "node_selector", "tolerations",
            "annotations", "start_timeout", "pod",
        }
    ),
}  # fmt: skip
