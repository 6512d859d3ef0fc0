from headrace.models.spelling import did_you_mean, nearest


def test_the_nearest_name_whatever_its_case() -> None:
    assert nearest("MAX_DEPHT", ["max_depth", "max_bin"]) == "max_depth"
    assert nearest("Distance", ["distance"]) == "distance"
    assert nearest("quite different", ["max_depth"]) is None
    assert did_you_mean("tmp", ["temp", "dest"]) == "did you mean temp?"
    assert did_you_mean("tmp", []) == ""
