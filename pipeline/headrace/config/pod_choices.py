"""Fields of a pod that take one of a few words. The API's documentation lists them; its client takes any text.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

_PROFILES = ("RuntimeDefault", "Localhost", "Unconfined")
_OVER_NODES = ("Honor", "Ignore")
#: (what it is a field of, its name) -> the words.
CHOICES: Mapping[tuple[str, str], Sequence[str]] = MappingProxyType(
    {
        ("spec", "restartPolicy"): ("Always", "OnFailure", "Never"),
        ("spec", "dnsPolicy"): ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        ("spec", "preemptionPolicy"): ("PreemptLowerPriority", "Never"),
        ("os", "name"): ("linux", "windows"),
        ("tolerations", "operator"): ("Equal", "Exists", "Gt", "Lt"),
        ("tolerations", "effect"): ("NoSchedule", "PreferNoSchedule", "NoExecute"),
        ("matchExpressions", "operator"): ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
        ("matchFields", "operator"): ("In", "NotIn"),
        ("topologySpreadConstraints", "whenUnsatisfiable"): ("DoNotSchedule", "ScheduleAnyway"),
        ("topologySpreadConstraints", "nodeAffinityPolicy"): _OVER_NODES,
        ("topologySpreadConstraints", "nodeTaintsPolicy"): _OVER_NODES,
        ("containers", "imagePullPolicy"): ("Always", "IfNotPresent", "Never"),
        ("containers", "restartPolicy"): ("Always", "OnFailure", "Never"),
        ("containers", "terminationMessagePolicy"): ("File", "FallbackToLogsOnError"),
        ("ports", "protocol"): ("TCP", "UDP", "SCTP"),
        ("httpGet", "scheme"): ("HTTP", "HTTPS"),
        ("volumeMounts", "mountPropagation"): ("None", "HostToContainer", "Bidirectional"),
        ("volumeMounts", "recursiveReadOnly"): ("Disabled", "IfPossible", "Enabled"),
        ("hostPath", "type"): (
            "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice",
        ),
        ("seccompProfile", "type"): _PROFILES,
        ("appArmorProfile", "type"): _PROFILES,
        ("securityContext", "fsGroupChangePolicy"): ("OnRootMismatch", "Always"),
        ("securityContext", "procMount"): ("Default", "Unmasked"),
    }
)  # fmt: skip
