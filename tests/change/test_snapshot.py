from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

from headrace.change.revision import find_revision
from headrace.change.snapshot import is_pointer, snapshot
from repositories import Repository

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12\n"


def read(repo: Repository, name: str) -> bytes:
    past = snapshot(repo.project, find_revision(repo.root, "HEAD"))
    return (past.conf / name).read_bytes()


def test_files_are_as_they_were_committed(repo: Repository) -> None:
    repo.write({"conf/model/crlf.yaml": b"type: a\r\nparams: {}\r\n"})
    repo.commit()
    repo.write({"conf/model/crlf.yaml": b"other"})

    assert read(repo, "model/crlf.yaml") == b"type: a\r\nparams: {}\r\n"


def test_a_link_within_conf_is_followed_and_none_is_made(repo: Repository) -> None:
    (repo.conf / "model" / "link.yaml").symlink_to("../model/forest.yaml")
    (repo.conf / "model" / "outside.yaml").symlink_to("/etc/hostname")
    (repo.conf / "model" / "loop.yaml").symlink_to("loop.yaml")
    repo.commit()

    assert read(repo, "model/link.yaml") == (repo.conf / "model" / "forest.yaml").read_bytes()
    assert read(repo, "model/outside.yaml") == b"/etc/hostname"
    assert read(repo, "model/loop.yaml") == b"loop.yaml"
    past = snapshot(repo.project, find_revision(repo.root, "HEAD"))
    assert not [path for path in past.root.rglob("*") if path.is_symlink()]


def test_a_large_file_is_read_from_where_git_lfs_keeps_it(repo: Repository) -> None:
    digest = "ab" * 32
    repo.write(
        {
            "conf/dataset/large.yaml": POINTER.format(digest=digest),
            "conf/dataset/away.yaml": POINTER.format(digest="0" * 64),
        }
    )
    repo.commit()
    assert is_pointer(read(repo, "dataset/large.yaml"))
    kept = repo.top / ".git" / "lfs" / "objects" / "ab" / "ab" / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"sources: {}\n")

    assert read(repo, "dataset/large.yaml") == b"sources: {}\n"
    assert is_pointer(read(repo, "dataset/away.yaml"))


def test_the_same_tree_is_written_once_and_only_the_last_few_stay(repo: Repository) -> None:
    first = snapshot(repo.project, find_revision(repo.root, "HEAD"))
    repo.git("commit", "--quiet", "--allow-empty", "-m", "another commit, the same tree")

    assert snapshot(repo.project, find_revision(repo.root, "HEAD")).root == first.root
    for number in range(12):
        repo.write({"conf/note.txt": str(number)})
        repo.commit()
        snapshot(repo.project, find_revision(repo.root, "HEAD"))
    kept = list((repo.project.home / "revisions").iterdir())
    assert len(kept) == 8


def test_an_entry_that_no_checkout_would_make_is_left_out(repo: Repository, tmp_path: Path) -> None:
    blob = repo.git("rev-parse", "HEAD:conf/config.yaml")
    listing = tmp_path / "tree"
    listing.write_text(f"100644 blob {blob}\tback\\slash.yaml\n100644 blob {blob}\tconfig.yaml\n")
    with listing.open() as given:
        made = subprocess.run(["git", "mktree"], cwd=repo.top, stdin=given, capture_output=True, text=True, check=True)
    tree = made.stdout.strip()

    past = snapshot(repo.project, replace(find_revision(repo.root, "HEAD"), conf_tree=tree))

    assert [path.name for path in past.conf.iterdir()] == ["config.yaml"]
