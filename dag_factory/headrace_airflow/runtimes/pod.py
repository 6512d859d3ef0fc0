"""A stage in a pod, by Kubernetes' API: started once, followed to its end, deleted with all that it started."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from headrace.config.pod_fields import STAGE
from headrace.errors import EXIT_TRANSIENT, EXIT_USAGE
from headrace_airflow.runtimes.call import CALL, StageCall
from headrace_airflow.runtimes.container import as_signal
from headrace_airflow.runtimes.output import Ended, StageOutput
from headrace_airflow.runtimes.pod_log import PodLog
from headrace_airflow.spec.model import RuntimeSpec
from headrace_airflow.spec.pod import literal

if TYPE_CHECKING:
    from kubernetes.client import CoreV1Api  # type: ignore[import-untyped]

_LOG = logging.getLogger(__name__)
_CONNECTION = "kubernetes_default"
#: Seconds between two looks at a pod.
_PAUSE = 1.0
#: Seconds that a pod has to end when it is asked to.
_GRACE = 5
#: Seconds to connect, and to wait for an answer.
_PATIENCE = (10, 30)
#: What keeps a container from ever starting. A registry that is slow for a while is not among them.
_HOPELESS = {
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
}
_PULLING = {"ErrImagePull", "ImagePullBackOff"}
_MISSING = ("not found", "does not exist", "manifest unknown", "denied", "unauthorized")
#: What is said of a container whose command does not exist.
_NEVER_BEGAN = {"StartError", "ContainerCannotRun"}
#: Requests that fail by no fault of the manifest: unauthorised (a token that has run out), conflict, too many.
_PASSING = {401, 408, 409, 429}
_KILLED = -9
#: Exit codes of a container that was asked to end, or ended.
_BY_SIGNAL = {137, 143}


class StagePod:
    """One pod, from its creation to its deletion.

    Its name is that of the task in its run: a try that finds the pod of an earlier one, whose task was lost, goes on
    with that.
    """

    def __init__(
        self,
        runtime: RuntimeSpec,
        call: StageCall,
        say: Callable[[str], None],
        told: Mapping[str, str] = MappingProxyType({}),
        api: CoreV1Api | None = None,
    ) -> None:
        self._runtime = runtime
        self._call = call
        self._manifest = pod_manifest(runtime, call, told)
        self._namespace = str(self._manifest["metadata"]["namespace"])
        self._output = StageOutput(say)
        self._api = api
        self._is_there = False

    def run(self) -> Ended:
        """Run it to its end. What the cluster refuses is an end of its own: broken, unless it is so for a while."""
        from kubernetes.client import ApiException
        from urllib3.exceptions import HTTPError

        try:
            return self._ran(self._connected())
        except ApiException as error:
            return self._refused(error)
        except HTTPError as error:
            return self._output.could_not(EXIT_TRANSIENT, f"the cluster cannot be reached: {error}")
        finally:
            self.stop()

    def stop(self) -> None:
        """Delete the pod; its stage is asked to end first."""
        from kubernetes.client import ApiException
        from urllib3.exceptions import HTTPError

        if self._api is None or not self._is_there:
            return
        self._is_there = False
        with suppress(ApiException, HTTPError):
            self._api.delete_namespaced_pod(
                self._call.name, self._namespace, grace_period_seconds=_GRACE, _request_timeout=_PATIENCE
            )

    def _connected(self) -> CoreV1Api:
        if self._api is None:
            from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook

            self._api = KubernetesHook(self._runtime.connection or _CONNECTION).core_v1_client
        return self._api

    def _ran(self, api: CoreV1Api) -> Ended:
        if not self._goes_on(api):
            self._is_there = True  # also when the answer to the request is lost
            api.create_namespaced_pod(self._namespace, self._manifest, _request_timeout=_PATIENCE)
        _LOG.info("pod %s in namespace %s", self._call.name, self._namespace)
        log = PodLog(api, self._call.name, self._namespace, STAGE, self._output.take)
        deadline = time.monotonic() + self._runtime.start_timeout
        told = ""
        while True:
            pod = self._look(api)
            if pod is None:
                self._output.say("the pod is gone: it was deleted, or its node was")
                return self._output.ended(_KILLED)
            state = _stage_state(pod)
            if state.get("terminated"):
                log.follow(until_end=False)
                return self._ended(pod, state["terminated"])
            if state.get("running"):
                log.follow(until_end=True)
            elif pod["status"].get("phase") in {"Failed", "Succeeded"}:
                return self._ended(pod, {})
            else:
                why = _waits_for(pod, state)
                if ended := self._never_starts(state, why, deadline):
                    return ended
                if why and why != told:
                    _LOG.info("the pod waits: %s", why)
                told = why
            time.sleep(_PAUSE)

    def _goes_on(self, api: CoreV1Api) -> bool:
        """Whether the pod of an earlier try of the same call is there; another of that name is deleted first."""
        pod = self._look(api)
        if pod is None:
            return False
        self._is_there = True
        metadata = pod["metadata"]
        if metadata.get("labels", {}).get(CALL) == self._call.labels[CALL] and not metadata.get("deletionTimestamp"):
            _LOG.info("an earlier try's pod %s is still there: going on with it", self._call.name)
            return True
        api.delete_namespaced_pod(
            self._call.name, self._namespace, grace_period_seconds=_GRACE, _request_timeout=_PATIENCE
        )
        deadline = time.monotonic() + self._runtime.start_timeout
        while self._look(api) is not None and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        return False

    def _look(self, api: CoreV1Api) -> dict[str, Any] | None:
        """The pod as it is now; None if there is none. Lost connections are given a few seconds to come back."""
        from kubernetes.client import ApiException
        from urllib3.exceptions import HTTPError

        for pause in (1, 2, 4, 8, 16, 0):
            try:
                return _read(api, self._call.name, self._namespace)
            except ApiException as error:
                if error.status == 404:
                    return None
                if not pause or not _passes(error):
                    raise
            except HTTPError:
                if not pause:
                    raise
            time.sleep(pause)
        raise AssertionError("unreachable")

    def _never_starts(self, state: dict[str, Any], why: str, deadline: float) -> Ended | None:
        reason = state.get("waiting", {}).get("reason")
        is_missing = reason in _PULLING and any(word in why.lower() for word in _MISSING)
        if reason in _HOPELESS or is_missing:
            return self._output.could_not(EXIT_USAGE, f"the pod cannot start: {why}")
        if time.monotonic() > deadline:
            seconds = self._runtime.start_timeout
            message = f"the pod did not start within {seconds:.0f} s: {why or 'the cluster does not say why'}"
            return self._output.could_not(EXIT_TRANSIENT, message, "raise runtime.start_timeout, or ask for less")
        return None

    def _ended(self, pod: dict[str, Any], terminated: dict[str, Any]) -> Ended:
        """How the stage ended, or its pod, where the cluster ended that."""
        status, code = pod["status"], int(terminated.get("exitCode", 137))
        if terminated.get("reason") == "OOMKilled":
            self._output.say("the container was ended: it wanted more memory than runtime.resources gives it")
            return self._output.ended(_KILLED)
        if terminated.get("reason") in _NEVER_BEGAN:
            return self._output.could_not(EXIT_USAGE, f"the container cannot start: {terminated.get('message', '')}")
        if status.get("reason") and code in _BY_SIGNAL:  # Evicted, Preempting, NodeLost, DeadlineExceeded
            self._output.say(f"the pod was ended: {status['reason']}: {status.get('message', '')}".rstrip(": "))
            return self._output.ended(_KILLED)
        return self._output.ended(as_signal(code))

    def _refused(self, error: Any) -> Ended:
        message = _reason(error)
        code = EXIT_TRANSIENT if _passes(error) else EXIT_USAGE
        return self._output.could_not(code, f"the cluster refuses: {message}")


def pod_manifest(
    runtime: RuntimeSpec, call: StageCall, told: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """The pod with its name, its labels, its command and what it is told of its run; nothing in them is expanded."""
    manifest: dict[str, Any] = json.loads(json.dumps(dict(runtime.manifest)))
    metadata = manifest["metadata"]
    metadata["name"] = call.name
    metadata["labels"] = {**metadata.get("labels", {}), **call.labels}
    stage = next(container for container in manifest["spec"]["containers"] if container["name"] == STAGE)
    stage["command"] = [literal(word) for word in (runtime.python or "python", "-m", "headrace")]
    stage["args"] = [literal(word) for word in call.words]
    own = [{"name": name, "value": literal(value)} for name, value in told.items()]
    stage["env"] = [*(entry for entry in stage.get("env", []) if entry["name"] not in told), *own]
    return manifest


def _read(api: CoreV1Api, name: str, namespace: str) -> dict[str, Any]:
    """The pod as the API writes it, which is how its manifest is written too."""
    raw = api.read_namespaced_pod(name, namespace, _preload_content=False, _request_timeout=_PATIENCE)
    found: dict[str, Any] = json.loads(raw.data)
    return found


def _stage_state(pod: dict[str, Any]) -> dict[str, Any]:
    statuses = pod["status"].get("containerStatuses") or ()
    return next((status.get("state", {}) for status in statuses if status["name"] == STAGE), {})


def _waits_for(pod: dict[str, Any], state: dict[str, Any]) -> str:
    """What keeps it from starting, in the cluster's words."""
    waiting = state.get("waiting", {})
    if waiting.get("reason"):
        return ": ".join(part for part in (waiting["reason"], waiting.get("message", "")) if part)
    refused = (c for c in pod["status"].get("conditions") or () if c.get("status") == "False" and c.get("message"))
    return "; ".join(f"{condition.get('reason', '')}: {condition['message']}" for condition in refused)


def _passes(error: Any) -> bool:
    """Whether trying again may help; a quota that is used up is refused as forbidden."""
    status = error.status or 500
    return status >= 500 or status in _PASSING or (status == 403 and "quota" in _reason(error))


def _reason(error: Any) -> str:
    """The message of the cluster's answer."""
    with suppress(TypeError, ValueError, KeyError):
        return str(json.loads(error.body)["message"])
    return str(error.reason or error.status)
