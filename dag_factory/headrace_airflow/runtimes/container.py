"""A stage in a Docker container, by Docker's API: its exit code, its output, and its end with all that it started."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from headrace.errors import EXIT_TRANSIENT, EXIT_USAGE
from headrace.project import Project
from headrace_airflow.runtimes.call import CALL, StageCall
from headrace_airflow.runtimes.output import Ended, Lines, StageOutput
from headrace_airflow.spec.model import RuntimeSpec

if TYPE_CHECKING:
    from docker import APIClient  # type: ignore[import-untyped]

_LOG = logging.getLogger(__name__)
#: Seconds between asking a container to end and ending it. Airflow itself ends the task after five.
_GRACE = 3
_SERVER_FAULT = 500


class StageContainer:
    """One container, from its creation to its removal.

    Its name is that of the task in its run: a try that finds the container of an earlier one, whose task was lost,
    goes on with that.
    """

    def __init__(
        self,
        runtime: RuntimeSpec,
        call: StageCall,
        project: Project,
        variables: Mapping[str, str],
        hidden: tuple[str, ...],
        say: Callable[[str], None],
    ) -> None:
        self._runtime = runtime
        self._call = call
        self._body = container_body(runtime, call, project, variables)
        self._output = StageOutput(say, hidden)
        self._client: APIClient | None = None
        self._id: str | None = None

    def run(self) -> Ended:
        """Run it to its end. What Docker refuses is an end of its own: broken, unless Docker itself is at fault."""
        from docker.errors import APIError, DockerException  # type: ignore[import-untyped]
        from requests.exceptions import RequestException

        try:
            return self._ran()
        except APIError as error:
            is_ours = error.status_code is not None and error.status_code < _SERVER_FAULT
            code = EXIT_USAGE if is_ours else EXIT_TRANSIENT
            return self._output.could_not(code, f"Docker refuses: {error.explanation or error}")
        except (DockerException, RequestException) as error:
            return self._output.could_not(EXIT_TRANSIENT, f"Docker cannot be reached: {error}")
        finally:
            self.stop()

    def stop(self) -> None:
        """End the container and remove it."""
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        client, self._client = self._client, None
        identity, self._id = self._id, None
        if client is None or identity is None:
            return
        with suppress(DockerException, RequestException):
            client.stop(identity, timeout=_GRACE)
        with suppress(DockerException, RequestException):
            client.remove_container(identity, v=True, force=True)

    def _ran(self) -> Ended:
        client = self._client = _client(self._runtime.connection)
        found = _earlier(client, self._call)
        if found is None:
            self._fetch(client)
            self._id = client.create_container_from_config(self._body, self._call.name)["Id"]
        else:
            _LOG.info("an earlier try's container %s is still there: going on with it", self._call.name)
            self._id = found
        stream = client.attach(self._id, stdout=True, stderr=True, stream=True, logs=True, demux=True)
        client.start(self._id)  # one that runs already is left as it is
        self._pass_on(stream)
        code = int(client.wait(self._id)["StatusCode"])
        state = client.inspect_container(self._id)["State"]
        if state.get("Error"):
            self._output.say(f"Docker: {state['Error']}")
        return self._output.ended(-9 if state.get("OOMKilled") else as_signal(code))

    def _pass_on(self, stream: Iterator[tuple[bytes | None, bytes | None]]) -> None:
        out, errors = Lines(self._output.take), Lines(self._output.say)
        for from_out, from_errors in stream:
            if from_out:
                out.take(from_out)
            if from_errors:
                errors.take(from_errors)
        out.take(b"")
        errors.take(b"")

    def _fetch(self, client: APIClient) -> None:
        """The image, if it is to be fetched; then Docker's own words say how far it is."""
        image = self._body["Image"]
        if self._runtime.pull == "Never" or (self._runtime.pull != "Always" and _has(client, image)):
            return
        _LOG.info("fetching the image %s", image)
        for progress in client.pull(image, stream=True, decode=True):
            if "error" in progress:
                from docker.errors import ImageNotFound

                raise ImageNotFound(progress["error"], explanation=progress["error"])


def container_body(
    runtime: RuntimeSpec, call: StageCall, project: Project, variables: Mapping[str, str]
) -> dict[str, Any]:
    """The container as Docker's API takes it. Words are passed as they are: no shell, no entry point of the image."""
    root, home = runtime.project or str(project.root), runtime.home or str(project.home)
    mounts = list(runtime.manifest["HostConfig"]["Mounts"])
    if runtime.project is None:
        mounts.append({"Type": "bind", "Source": root, "Target": root, "ReadOnly": True})
    if runtime.home is None:
        mounts.append({"Type": "bind", "Source": home, "Target": home, "ReadOnly": False})
    fixed = {"HEADRACE_PROJECT": root, "HEADRACE_HOME": home, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    user = {}
    if runtime.home is None and "User" not in runtime.manifest:  # what it makes there must not belong to root
        user, fixed["HOME"] = {"User": f"{os.getuid()}:{os.getgid()}"}, home
    return {
        **runtime.manifest,
        **user,
        "Entrypoint": [runtime.python or "python", "-m", "headrace"],
        "Cmd": list(call.words),
        "Env": [f"{name}={value}" for name, value in {**variables, **fixed}.items()],
        "Labels": {**runtime.manifest["Labels"], **call.labels},
        "WorkingDir": root,
        "Tty": False,
        "HostConfig": {**runtime.manifest["HostConfig"], "Mounts": mounts},
    }


def as_signal(code: int) -> int:
    """The exit code of a container, negative for the signal that ended it, as of a process."""
    return 128 - code if 128 < code < 160 else code


def _client(connection: str | None) -> APIClient:
    """Docker as the machine is set up for it (DOCKER_HOST and its like), logged in to the connection's registry."""
    from docker import APIClient
    from docker.utils import kwargs_from_env  # type: ignore[import-untyped]

    if connection is None:
        return APIClient(version="auto", **kwargs_from_env())
    from airflow.providers.docker.hooks.docker import DockerHook

    settings = kwargs_from_env()
    where = settings.get("base_url") or "unix://var/run/docker.sock"
    client: APIClient = DockerHook(connection, base_url=where, tls=settings.get("tls")).api_client
    return client


def _earlier(client: APIClient, call: StageCall) -> str | None:
    """The container that an earlier try of the same call left, if it still works; another of that name is removed."""
    from docker.errors import NotFound

    try:
        found = client.inspect_container(call.name)
    except NotFound:
        return None
    is_same = (found["Config"].get("Labels") or {}).get(CALL) == call.labels[CALL]
    if is_same and found["State"].get("Running"):
        return str(found["Id"])
    client.remove_container(found["Id"], v=True, force=True)
    return None


def _has(client: APIClient, image: str) -> bool:
    from docker.errors import ImageNotFound

    try:
        client.inspect_image(image)
    except ImageNotFound:
        return False
    return True
