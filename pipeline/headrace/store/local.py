"""The store in a folder: content-addressed files, committed by rename, synced to disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from headrace.errors import DamagedBlobError
from headrace.store.contract import Action, Output
from headrace.store.exclusive import put_first

#: What syncing a folder answers on file systems that keep renames in another way, as network folders do.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


class LocalStore:
    """`blobs/ab/cdef…` holds content, `actions/ab/cdef….json` says what made it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, key: str) -> Action | None:
        """The action of that key, if it and all its blobs are there."""
        action = self.load(self._action_path(key))
        is_whole = action is not None and all(self._is_present(output) for output in action.outputs.values())
        return action if is_whole else None

    def load(self, path: Path) -> Action | None:
        """The action in a file, whether or not its blobs are there; None if it is damaged or another version's."""
        document = _read_json(path)
        try:
            outputs = {name: Output(**output) for name, output in (document or {}).pop("outputs").items()}
            return Action(outputs=outputs, **(document or {}))
        except (TypeError, KeyError, AttributeError):
            return None

    def commit(self, action: Action, files: Mapping[str, Path]) -> Action:
        """Take the files in by renaming them, then publish the action; the first one of a key wins."""
        outputs = {name: self._take(path) for name, path in files.items()}
        _sync_folders({self._blob_path(output.digest).parent for output in outputs.values()})
        whole = Action(**{**_fields(action), "outputs": outputs})
        return self._publish(action.key, whole)

    def alias(self, key: str, action: Action) -> None:
        """Publish a committed action under another key too."""
        self._publish(key, action)

    def read(self, output: Output) -> Path:
        """The file, after its content was compared with its digest; DamagedBlobError if it differs."""
        path = self._blob_path(output.digest)
        try:
            with path.open("rb") as file:
                intact = file_digest(file, "sha256").hexdigest() == output.digest
        except OSError as error:
            raise DamagedBlobError(output.digest) from error
        if not intact:
            with suppress(OSError):
                path.unlink()
            raise DamagedBlobError(output.digest)
        return path

    @contextmanager
    def workspace(self, label: str) -> Iterator[Path]:
        """An empty folder on the store's own disk, so that a commit is a rename."""
        folder = self.root / "tmp" / f"{label}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def lock(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """A lock that the operating system frees when its holder ends."""
        from filelock import FileLock, Timeout

        path = self.root / "locks" / f"{name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(path)
        try:
            held.acquire(blocking=wait)
        except Timeout as error:
            raise BlockingIOError(f"{name} is locked") from error
        try:
            yield
        finally:
            held.release()

    def put_document(self, kind: str, name: str, document: Mapping[str, Any]) -> None:
        """Write a document beside its place, then rename it there."""
        path = self.root / kind / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _write_synced(path, json.dumps(document))
        part.replace(path)

    def create_document(self, kind: str, name: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Put a document that was written beside its place there, unless there is one."""
        path = self.root / kind / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _write_synced(path, json.dumps(document))
        try:
            put_first(part, path, lambda there: _read_json(there) is not None)
        except FileExistsError:
            existing = _read_json(path)
            if existing is not None:
                return existing
            part.replace(path)  # what was there is damaged
        finally:
            part.unlink(missing_ok=True)
        return dict(document)

    def get_document(self, kind: str, name: str) -> dict[str, Any] | None:
        """The document; None if it is absent or damaged."""
        return _read_json(self.root / kind / f"{name}.json")

    def documents(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """All documents of a kind, sorted by name."""
        for path in sorted((self.root / kind).glob("*.json")):
            document = _read_json(path)
            if document is not None:
                yield path.stem, document

    def recent_documents(self, kind: str) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """Documents by the times of their files."""
        times: dict[str, float] = {}
        with suppress(FileNotFoundError), os.scandir(self.root / kind) as files:
            times = {file.path: file.stat().st_mtime for file in files if file.name.endswith(".json")}
        for path in sorted(times, key=times.__getitem__, reverse=True):
            document = _read_json(Path(path))
            if document is not None:
                yield datetime.fromtimestamp(times[path], UTC), document

    def actions(self) -> Iterator[Action]:
        """Every action whose files are all there."""
        for path in sorted((self.root / "actions").glob("*/*.json")):
            action = self.find(path.parent.name + path.stem)
            if action is not None:
                yield action

    def _action_path(self, key: str) -> Path:
        return self.root / "actions" / key[:2] / f"{key[2:]}.json"

    def _blob_path(self, digest: str) -> Path:
        return self.root / "blobs" / digest[:2] / digest[2:]

    def _is_present(self, output: Output) -> bool:
        try:
            return self._blob_path(output.digest).stat().st_size == output.size
        except OSError:
            return False

    def _take(self, source: Path) -> Output:
        """Move a finished file under its digest, synced, without copying it."""
        with source.open("rb") as file:
            output = Output(file_digest(file, "sha256").hexdigest(), source.stat().st_size)
            os.fsync(file.fileno())
        path = self._blob_path(output.digest)
        if not self._is_present(output):
            path.parent.mkdir(parents=True, exist_ok=True)
            source.chmod(0o444)
            source.replace(path)
        return output

    def _publish(self, key: str, action: Action) -> Action:
        path = self._action_path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _write_synced(path, json.dumps(asdict(action)))
        try:
            put_first(part, path, lambda _: self.find(key) is not None)  # the first commit wins
        except FileExistsError:
            existing = self.find(key)
            if existing is not None:
                return existing
            part.replace(path)  # what was there names content that is gone
        finally:
            part.unlink(missing_ok=True)
        _sync_folders({path.parent})
        return action


def _fields(action: Action) -> dict[str, Any]:
    return {name: getattr(action, name) for name in Action.__dataclass_fields__}


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _write_synced(path: Path, text: str) -> Path:
    """Write beside `path` under a name nobody else uses; the caller renames it."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    with part.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return part


def _sync_folders(folders: set[Path]) -> None:
    """Make renames last through a power cut; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:
                raise
        finally:
            os.close(descriptor)
