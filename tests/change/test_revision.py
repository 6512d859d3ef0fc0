from __future__ import annotations

from pathlib import Path

import pytest

from headrace.change.git import GitError
from headrace.change.revision import NoCommitError, NoProjectError, RevisionError, find_revision
from repositories import Repository, git, repository, state_of


def test_a_commit_by_any_name(repo: Repository) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.git("tag", "-a", "v1", "-m", "a tag that is an object")
    repo.commit("the second")

    assert {find_revision(repo.root, name).commit for name in ("HEAD~1", "v1", first, first[:9], "main~1")} == {first}


@pytest.mark.parametrize("name", ["--upload-pack=touch /tmp/x", "-h", "--", "", " ", "HEAD\nHEAD", "\x00"])
def test_a_name_that_would_be_an_option_or_worse(repo: Repository, name: str) -> None:
    with pytest.raises(RevisionError, match="is not a revision"):
        find_revision(repo.root, name)


@pytest.mark.parametrize("name", ["mian", "HEAD~7", "HEAD..main", "HEAD:conf", "f" * 40, "$(id)", "a b"])
def test_what_is_no_commit_here(repo: Repository, name: str) -> None:
    with pytest.raises(RevisionError, match="there is no commit"):
        find_revision(repo.root, name)


def test_a_slip_is_seen(repo: Repository) -> None:
    with pytest.raises(RevisionError) as caught:
        find_revision(repo.root, "mian")

    assert "did you mean main?" in caught.value.remedy


def test_a_history_that_does_not_go_back_so_far(repo: Repository) -> None:
    with pytest.raises(RevisionError) as caught:
        find_revision(repo.root, "main~7")

    assert caught.value.remedy.startswith("main is there")


def test_no_commits_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "conf").mkdir()

    with pytest.raises(NoCommitError, match="no commits yet"):
        find_revision(tmp_path, None, {})


def test_a_commit_before_the_project(repo: Repository) -> None:
    repo.git("checkout", "--quiet", "--orphan", "empty")
    repo.git("rm", "-r", "--quiet", "--cached", ".")
    repo.git("commit", "--quiet", "--allow-empty", "-m", "nothing")

    with pytest.raises(NoProjectError, match="has no folder conf"):
        find_revision(repo.root, "HEAD")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError):
        find_revision(tmp_path, "HEAD")


def test_a_shallow_clone_works_and_says_how_to_deepen(repo: Repository, tmp_path: Path) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.7")
    repo.commit("the second")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repo.top}", "shallow")
    shallow = Repository(tmp_path / "shallow", tmp_path / "shallow")
    shallow.edit("conf/pipeline/late.yaml", "0.7", "0.8")

    assert shallow.only().gates[0].fate == "tightened"
    with pytest.raises(RevisionError, match="no commit HEAD~1") as caught:
        shallow.change(against="HEAD~1")
    assert "git fetch --deepen" in caught.value.remedy
    assert "fetch-depth: 0" in caught.value.remedy
    with pytest.raises(RevisionError):
        shallow.change(against=first)

    git(shallow.top, "fetch", "--quiet", "--deepen=10")
    assert shallow.only(first).gates[0].before == "roc_auc ≥ 0.65"


def test_a_pull_requests_merge_base(repo: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", f"file://{repo.top}", "clone")
    parted = repo.git("rev-parse", "HEAD")
    git(tmp_path / "clone", "checkout", "--quiet", "-b", "mine")
    git(tmp_path / "clone", "commit", "--quiet", "--allow-empty", "-m", "mine")
    repo.commit("others go on")
    git(tmp_path / "clone", "fetch", "--quiet")

    found = find_revision(tmp_path / "clone", None, {"GITHUB_BASE_REF": "main"})

    assert found.commit == parted
    assert found.asked == "the merge base with origin/main"
    assert find_revision(tmp_path / "clone", "origin/main...", {}).commit == parted
    assert find_revision(tmp_path / "clone", None, {"CI_MERGE_REQUEST_DIFF_BASE_SHA": parted}).commit == parted
    assert find_revision(tmp_path / "clone", None, {}).commit == git(tmp_path / "clone", "rev-parse", "HEAD")


def test_githubs_own_merge_commit_needs_no_more_than_its_parent(repo: Repository, tmp_path: Path) -> None:
    base = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "--quiet", "-b", "mine")
    repo.commit("mine")
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "mine", "-m", "merge")
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{repo.top}", "clone")
    git(tmp_path / "clone", "checkout", "--quiet", "--detach")
    git(tmp_path / "clone", "branch", "--quiet", "-D", "main")
    git(tmp_path / "clone", "update-ref", "-d", "refs/remotes/origin/main")

    environ = {"GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/pull/7/merge"}

    assert find_revision(tmp_path / "clone", None, environ).commit == base
    with pytest.raises(RevisionError, match="does not reach back"):
        find_revision(tmp_path / "clone", None, {"GITHUB_BASE_REF": "main"})


def test_a_project_below_the_top_of_its_repository(tmp_path: Path) -> None:
    repo = repository(tmp_path / "mono repo", "teams/ml [1]")
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.7")

    assert find_revision(repo.root, "HEAD").prefix == "teams/ml [1]/"
    assert repo.only().gates[0].fate == "tightened"


def test_a_worktree_of_its_own(repo: Repository, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "other")
    tree = Repository(tmp_path / "tree", tmp_path / "tree")
    tree.edit("conf/pipeline/late.yaml", "0.65", "0.7")

    assert tree.only().gates[0].fate == "tightened"
    assert not repo.change().has_effect


def test_a_bare_repository_that_git_dir_names(
    repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repo.top), "bare.git")
    folder = Repository(tmp_path / "files", tmp_path / "files")
    folder.root.mkdir()
    (folder.root / "conf").symlink_to(repo.conf)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "bare.git"))

    assert not folder.change().has_effect


def test_in_a_hook_of_a_repository_whose_project_is_below_the_top(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = repository(tmp_path / "mono", "teams/ml")
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("GIT_DIR", ".git")

    assert find_revision(repo.root, "HEAD").prefix == "teams/ml/"


def test_index_refs_and_files_stay_as_they_are(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.7")
    repo.git("add", "--all")
    repo.edit("conf/pipeline/late.yaml", "0.7", "0.8")
    repo.write({"conf/model/untracked.yaml": "type: sklearn.linear_model.Ridge\n"})
    before = state_of(repo)

    assert repo.only().gates[0].after == "roc_auc ≥ 0.8"
    assert state_of(repo) == before
