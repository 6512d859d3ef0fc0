"""Every code of the configuration's diagnostics: what it means, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

_TEXT = """
HR101 a file cannot be read, or is not UTF-8
    Configuration is text in UTF-8. A file that was saved in another encoding (Latin-1, UTF-16) is not guessed at:
    save it as UTF-8. Otherwise look at the file's permissions.

HR102 the YAML has a syntax error
    The parser stopped here. The usual causes: a tab in the indentation, a text with `: ` or a text that begins
    with @, %, *, & or ` without quotes round it, a bracket or a quote that is not closed.

HR103 a key is there twice
    YAML would silently keep the second value. One of the two is a mistake: delete it, or merge the two.

HR104 a file holds more than one YAML document
    A line `---` in the middle of a file starts a second document, which nothing would read. Keep one document in
    a file.

HR105 a file is too large, nested too deeply, or its aliases grow without end
    A few bytes of YAML aliases can stand for gigabytes. Values are counted before anything is built, and a file
    past the limit (20,000 values, 50 levels, 1 MB) is refused.

HR106 a shape that configuration cannot have
    A file is a mapping of keys to values (an option file may be a list). Keys are plain names. Tags such as
    !!python/object or !!binary are not supported.

HR107 a merge conflict is left in the file
    A line begins with the markers that git leaves when two branches changed the same lines. Keep one side and
    delete the markers.

HR110 there is no such pipeline or project
    Every file conf/pipeline/NAME.yaml is a pipeline called NAME. Commands run in a folder with conf/config.yaml,
    or below it.

HR111 there is no such group
    A group is a folder below conf/, and its options are the files in it. In a pipeline file a group is written
    with a leading slash (`/model: NAME`), because paths there start at conf/pipeline otherwise.

HR112 a group has no such option
    The option NAME of the group GROUP is the file conf/GROUP/NAME.yaml (not .yml).

HR113 a defaults list that cannot work
    A defaults list has one `group: option` in a line. A group that conf/config.yaml chooses already is changed
    with `override /group: option`; a group that nothing chooses yet is added without `override`. Overrides stand
    after the other entries.

HR114 `# @package` is missing, or stands where it has no effect
    The values of a pipeline file belong at the top of the configuration. The file says so with `# @package
    _global_` as its first line; below any other line it is an ordinary comment, and the values would land under
    `pipeline`.

HR115 the files cannot be composed
    Hydra could not merge the files: often a key is a list in one file and a mapping in another. The message is
    Hydra's own where nothing more is known.

HR120 an argument is not an override
    Overrides are KEY=VALUE (change), +KEY=VALUE (add), ++KEY=VALUE (either), ~KEY (remove) and GROUP=OPTION. A
    value with spaces, commas or brackets as text is quoted twice, once for the shell: "KEY='a, b'".

HR121 an override names a key that is not there
    KEY=VALUE changes what a file wrote, so that a typing error cannot go unnoticed. To add a key that no file
    writes, put a plus before it: +KEY=VALUE.

HR122 an override cannot be applied
    The key is there, but the override does not fit it: it adds what exists, gives several values to a single run
    (add -m to sweep), or chooses an option of a group that nothing chooses from.

HR130 an interpolation names something that is not there
    ${a.b} stands for the value at the path a.b, counted from the top of the composed configuration. A leading
    dot, as in ${.b}, counts from the mapping that the value is in.

HR131 an interpolation leads back to itself
    The values refer to each other in a circle, so none of them has a value. Write one of them out.

HR132 there is no such resolver
    ${name:…} calls a resolver. There are env, secret, and OmegaConf's oc.create, oc.decode, oc.deprecated,
    oc.dict.keys, oc.dict.values and oc.select.

HR133 `_target_` is forbidden
    Configuration chooses among things that are known; it does not import code. An estimator is named by `type`,
    from packages that are allowed (see `model_packages`).

HR134 a resolver that reaches outside is forbidden
    A plan must not depend on where, when or by whom it is made. ${oc.env:…}, ${now:…} and ${hydra:…} do. Use
    ${env:NAME}: its value is recorded with the plan. For what must not be seen use ${secret:NAME}: it is looked
    up in the stage that uses it and written nowhere.

HR135 an environment variable is not set
    ${env:NAME} has no value here. Set the variable, or give a default: ${env:NAME,DEFAULT}.

HR136 a value must be given
    A file leaves the value open with ???. Write it in the pipeline file, or on the command line.

HR137 an interpolation cannot be read
    The text has `${` but what follows is not an interpolation. A dollar and brace that are meant as text are
    written \\${.

HR140 an unknown key
    Nothing reads this key, so it is a mistake: most often a typing error, or an indentation that puts it under
    the wrong parent.

HR141 a key is missing
    The part needs this key. The message points at the part.

HR142 a value of the wrong type
    Types are not converted: 5 is a number, "5" is text. YAML takes yes, no, on and off for true and false, so a
    text like that needs quotes. Environment variables are text: ${oc.decode:${env:NAME}} reads a number.

HR143 a value that is not among the choices
    The message lists the values that are possible.

HR144 a value that is refused
    The type is right but the value is not: out of its range, not finite, empty, or not of the form that it must
    have.

HR150 the target is among the features
    A model that is shown the answer is perfect in every test and useless in production.

HR151 a metric that the task does not have
    Each task (binary, multiclass, regression) has its own metrics. The message lists them.

HR152 a gate on a metric that is not computed
    Gates decide on the metrics that `metrics` lists. A gate on another would always refuse: add the metric to the
    list.

HR153 `positive` is missing, or has no meaning
    A binary target has two values, and `target.positive` says which of them is the event: precision, recall and
    probabilities are about it. Other tasks have no such value.

HR154 several sources and nothing that joins them
    A model learns from one table. With more than one source, `dataset.transform` says how they become one.

HR155 an estimator from a package that is not allowed
    Estimators come from sklearn, xgboost and lightgbm, and from the packages that `model_packages` in
    conf/config.yaml adds. Write the whole import path: sklearn.linear_model.LogisticRegression.

HR156 rules for a table that is not there
    `validation` has one entry for each table: a source by its name, or `table` for the result of the transform.

HR157 the library has no such estimator or parameter
    `model.type` and `model.params` are held against the installed library: names, types, choices and bounds. A
    parameter of null leaves the library's default.

HR158 the transform's SQL is missing
    `transform.file` names a file beside the YAML file that says so, inside the configuration folder; or
    `transform.query` holds the SQL itself. Give one of the two.

HR159 the SQL cannot work
    The SQL does not parse, is not a single SELECT, or selects from a table that is no source. The dialect is
    DuckDB's.

HR160 a column that will not be there
    The column is named here, but the source declares other columns, or the transform's SELECT returns others.
    Only what is sure is reported: a SELECT with * is checked when it runs.

HR161 a random split without a row id
    Rows fall into parts by a hash of their id, so that no row changes its part because another was added. Name
    the columns that identify a row in `dataset.row_id`; a source's `row_number` can be such a column.

HR250 a character that cannot be seen, or a line break in a name
    Some characters change the order in which the text around them is shown, or show as nothing: what a reviewer
    reads is then not what runs. They are refused in files, comments included, and in values. Names, paths and
    addresses are one line. Values of the data itself (`null_values`, `values`, separators) may be anything; write
    such a character as an escape in quotes.

HR251 a name that cannot be what it has to become
    A pipeline's name is that of a DAG, of files and of an MLflow experiment; a source's name is a table and a file;
    a registered model and its alias are parts of addresses. Each has to work as all of these.

HR252 a path that leads elsewhere
    Sources read files of the project, of installed packages (pkg://PACKAGE/FILE), and of the folders that
    `data_roots` in conf/config.yaml declares. `home` is a folder for the state alone. The file that is opened is
    checked again when it is read, with links followed.

HR253 an address that is refused
    Tracking servers are reached by http, https or a database's scheme, webhooks by http or https. The addresses at
    which clouds hand out credentials (169.254.169.254 and its like) are never called. A password is written as
    ${secret:NAME}.

HR254 a template where a value is meant
    Nothing fills in {{ … }} or {% … %}: not headrace, and not Airflow, which gets every value as it is. What differs
    from run to run is the run's clock (`as_of`), what differs from place to place is ${env:NAME}.

HR255 a variable that a pipeline may not set
    Variables such as PATH, PYTHONPATH and LD_PRELOAD decide which code runs, and those of Airflow and headrace
    steer what runs the stages. `runtime.python` chooses the interpreter; what it finds is installed there.

HR256 a package that estimators may not come from
    `model_packages` opens a package to `model.type`. Python's own modules and tools such as headrace, Airflow or
    MLflow have no estimators, and importing them from YAML is never meant.

HR257 an interpreter that is none
    `runtime.python` is the path of one Python interpreter. It is started without a shell, so arguments, pipes and
    variables mean nothing there.

HR258 a name of Python's own, or a private part of a library
    Configuration reaches into no object: keys such as `__class__` are refused everywhere, and `model.type` names
    public classes only.

HR259 a setting of Hydra's that files may not make
    Where Hydra writes, how it logs and whom it calls back is headrace's own affair. Files may choose launchers and
    sweepers, and where option files are found.

HR260 a choice that climbs out of the configuration folder
    Groups and options are folders and files below conf/. A `..` that leads above it is refused.

HR261 a text or a number that is too large
    Names have at most 500 characters, paths and addresses 2,000, descriptions 10,000, SQL 200,000. Whole numbers
    have at most 64 bits.

HR262 interpolations that grow without end
    A value that refers to another twice, which refers to the next one twice, and so on, stands for gigabytes after
    thirty lines. Interpolations are counted while they are resolved.

HR263 a boundary that a pipeline widens for itself
    `data_roots` and `model_packages` decide what pipelines may read and import. They are written in
    conf/config.yaml, or in a file of conf/env/, where whoever looks after the project sees them change; an override
    on the command line may set them too.
"""


def _entries(text: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        code, _, meaning = head.partition(" ")
        yield code, (meaning, " ".join(line.strip() for line in lines))


#: Code -> its meaning in one line, and an explanation.
CODES: Mapping[str, tuple[str, str]] = MappingProxyType(dict(_entries(_TEXT)))
