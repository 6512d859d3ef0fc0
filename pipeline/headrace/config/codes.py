"""Every code of the configuration's diagnostics: what it means, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

_TEXT = """
HR101 a file cannot be read, or is not UTF-8
    Configuration is text in UTF-8, with or without a byte-order mark. A file that was saved in another encoding
    (Latin-1, UTF-16) is not guessed at: save it as UTF-8. A link whose target is missing, or that leads back to
    itself, cannot be read either. Otherwise look at the file's permissions.

HR102 the YAML has a syntax error
    The parser stopped here, or a line was taken for a part of the text above it. The usual causes: a tab in the
    indentation, a text with `: ` or a text that begins with @, %, *, & or ` without quotes round it, a bracket or a
    quote that is not closed, a `:` or `-` without a space after it.
    bad:
      owner: @data-team
      description: Note: late flights
      task:binary
    good:
      owner: "@data-team"
      description: "Note: late flights"
      task: binary

HR103 a key is there twice
    YAML would silently keep the second value. One of the two is a mistake: delete it, or merge the two. Several
    anchors are merged with one key: `<<: [*first, *second]`.

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

HR108 a folder, or something else that is no file, where a YAML file should be
    A name that ends in .yaml is an option, and options are ordinary files. A folder of that name, a pipe or a
    device is not read: rename or remove it.

HR109 a link that leaves the configuration folder
    What a pipeline is made of lies below conf/, so that a plan names all of it and a review sees all of it. A link
    to another file below conf/ is fine; one that leads elsewhere is not followed. Copy the file here.

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

HR116 a number that YAML reads differently from people
    YAML 1.1 reads 010 in base 8, 1:30 in base 60 and drops the underscores of 1_000; newer YAML, and people, do
    not agree, and 08 and 0o17 are not numbers at all. Write the number plainly, or quotes round what is a text.
    bad:
      seed: 010
      cron: 6:30
    good:
      seed: 10
      cron: "30 6 * * *"

HR117 a word that YAML takes for true or false
    yes, no, on and off without quotes are true and false to YAML: Norway's `NO` becomes false. Where the schema
    wants true or false that is meant; as a key, as a target's `positive`, among allowed values or as a model's
    parameter it may not be. Write true or false, or quotes round the text.
    bad:
      values: [SE, NO, DK]
      positive: yes
    good:
      values: [SE, "NO", DK]
      positive: "yes"

HR118 a file that nothing uses
    No defaults list reaches this file from conf/config.yaml or a pipeline. Either a pipeline should choose it, or it
    can be deleted. Options that people pick on the command line (models, schedules, runtimes, trackings,
    environments, sweeps, and any option called `none`) may wait unused. A folder that no defaults list and no part of
    the schema knows is most often misspelt.

HR119 an allowance that allows nothing
    `# lint: allow CODE because REASON` at the end of a line accepts a warning on that line; in the comments that a
    file begins with, it accepts a warning about the file. It needs the reason, it accepts warnings only and never an
    error, and it is to be deleted when the warning is gone.

HR120 an argument is not an override
    Overrides are KEY=VALUE (change), +KEY=VALUE (add), ++KEY=VALUE (either), ~KEY (remove) and GROUP=OPTION. A
    value with spaces, commas or brackets as text is quoted twice, once for the shell: "KEY='a, b'".

HR121 an override names a key that is not there
    KEY=VALUE changes what a file wrote, so that a typing error cannot go unnoticed. To add a key that no file
    writes, put a plus before it: +KEY=VALUE.

HR122 an override cannot be applied
    The key is there, but the override does not fit it: it adds what exists, gives several values to a single run
    (add -m to sweep), or chooses an option of a group that nothing chooses from.

HR123 a character that only looks like the one that YAML needs
    Word processors, chats and web pages put curly quotation marks, non-breaking or invisible spaces and full-width
    signs in the place of the plain ones. To YAML these are letters like any other: the text gets quotation marks in
    it, the key gets another name. Type the plain character.

HR124 a file that is not where, or not named as, options are read
    An option is the file conf/GROUP/NAME.yaml. Files that end in .yml or .YAML are not read, and pipelines lie in
    conf/pipeline itself, not in folders below it.

HR125 `_self_` is missing, doubled, or not where a reader expects it
    `_self_` stands for the file itself in its defaults list: what stands below it wins over the file's own values.
    Without it the file's values come last. Write it, as the last entry, unless the options shall win.

HR128 a file without any content
    The file is empty, or has only comments. Fill it or delete it; an option that sets nothing on purpose says so
    with {}.

HR129 a defaults list that leads back to itself
    The files choose each other in a circle, or a file chooses itself, so there is no order to merge them in. Delete
    one of the entries.

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

HR139 a file name that makes trouble
    A pipeline's file name becomes the name of its DAG, its experiment and its model: it begins with a letter or a
    digit, and goes on with letters, digits, `_`, `-` and `.`. Names of options are words on a command line, so
    spaces, control characters and a leading dash are refused there too. Two names that differ only in case are one
    file on many disks.

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

HR162 `min` for a loss, or `max` for a score
    Of some metrics a larger value is better (roc_auc, r2), of others a smaller one (log_loss,
    root_mean_squared_error). A gate with the wrong bound lets bad models in and keeps good ones out.

HR163 a gate's bound that is never reached, or always
    The value is outside of what the metric can be, or `min` is above `max`. Shares are written from 0 to 1: 0.65,
    not 65.

HR164 a gate against the champion says nothing of the first model
    While there is no champion, `if_absent` decides: pass lets the first model in, refuse (the default) leaves it
    to a person.

HR165 the same gate twice
    Two gates on one metric and of one kind: the stricter one decides, and the other one misleads.

HR166 a pipeline that promotes every model
    Without gates each run's model becomes the champion, however bad it is. Add a gate against a bound, against the
    naive baseline or against the champion; or `registry: null`, if nothing is to be promoted.

HR167 a feature that names rows
    The column is different in every row. A model can learn it by heart in training, and it means nothing for a new
    row.

HR168 rows in order of time are split at random
    The source has a `time_column`, so rows come one after another, and in production a model sees only the past. A
    random split lets it learn from rows that are later than those it is tested on, and the scores promise too much.

HR169 a time split by a column that is no time
    The windows of a time split (such as `test: 30d`) are counted back on a date or a datetime.

HR170 no rows are left to train on
    The shares of the test and the validation part together reach the whole.

HR171 not a cron expression
    Five fields: minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or JAN-DEC), day of the week (0-7 or
    SUN-SAT). Or one of @hourly, @daily, @weekly, @monthly, @quarterly, @yearly.

HR172 a schedule that never fires
    No day fits the cron expression (the 30th of February), or the schedule ends before it starts.

HR173 `catchup` that catches up with nothing
    Catching up runs every interval since `start`: it needs `start`, and `cron`.

HR174 runs are due more often than a stage may take
    With one active run at a time, the next run waits until this one has ended. Where `runtime.timeout` is longer than
    the interval, runs can queue up without end.

HR175 the tries of a stage may take longer than the interval
    `retries` more tries of `timeout` each, with the delays between them, reach past the next run, which waits.

HR176 a run in the hour that the clocks skip
    In zones with daylight saving time one hour a year does not exist, and another comes twice. A run that is due then
    comes an hour later.

HR177 the longest delay is shorter than the first one
    `max_retry_delay` bounds the delays that `retry_backoff` doubles.

HR178 a secret in plain text
    Configuration is in git, in plans, in logs and in MLflow. Write ${secret:NAME}: it is looked up in the stage that
    uses it, in the environment, in a secrets file or in Airflow, and written nowhere. A secret that was committed has
    been seen: revoke it.

HR179 an estimator that cannot stop early
    Early stopping watches the validation part after every round of boosting. XGBoost and HistGradientBoosting have
    rounds; a linear model or a forest does not.

HR180 rules that no value can meet
    `min` is above `max`, an empty list of values, a rule that has no meaning for the column's type, or two rules that
    contradict each other.

HR181 not a regular expression
    `matches` holds a regular expression that the whole text must match. A sign with a meaning of its own, such as
    ( [ . * +, is written with a backslash before it where it is meant as text.

HR182 a feature made of what is to be predicted
    The column is followed through the SQL to what it is made of: the target, or a column that `known_at` declares an
    outcome. In production it is not there yet. A window over earlier rows only (LAG, or a frame that ends with
    1 PRECEDING, in ascending order of a column of time) is clear.

HR183 a feature and the target are made of the same column
    That may be fine, if the column is known before the event; or it gives the answer away. Declare the column in
    `known_at` if only the outcome tells it.

HR184 a feature that cannot be followed through the SQL
    What it is made of is not known, so nobody can say whether it is known in time. Columns with their table's name,
    sources with declared `columns`, and SELECTs without `*` can be followed; correlated subqueries, joins by an
    inequality, table functions and PIVOT cannot.

HR185 a feature made of what is known later than its row
    `known_at` says that the column gets its value at another time than the source's `time_column`. If predictions are
    made before that, the value is not there yet.

HR186 `known_at` that means nothing
    It maps a column to `outcome`, or to the column of the same source that holds the time at which its value is known.

HR187 SQL that reads from outside
    A transform sees the sources that the dataset declares, by their names. Files, addresses and variables that it
    reads by itself would be in no version and in no key, and are closed to it.

HR188 SQL whose answer changes from run to run
    The clock and chance make another table of the same data each time. Results are kept by the content of what they
    are made of, so the first answer would stay.

HR189 a numeric feature that is no number
    A rule or a source declares another type for the column. Texts are categorical features; of dates the SQL makes
    numbers, such as the month or the days since.

HR190 two pipelines register one model
    Versions of both would stand under one name, and one champion would replace the other. Give each its own
    `registry.name`; without one it is the pipeline's name.

HR200 an environment of a project that has none
    HEADRACE_ENV chooses conf/env/NAME.yaml for every command, as if env=NAME were given. A project without the
    folder conf/env, or whose conf/config.yaml chooses nothing from it, has no environments to choose from.

HR201 a key that the configuration does not have
    `headrace explain NAME KEY` takes the dotted path of a value of the composed pipeline, such as
    model.params.max_depth or gates.0, or the beginning of one.

HR202 a stage that the pipeline does not have
    `headrace status NAME STAGE` takes one of the stages of the pipeline's plan. Which stages there are depends on
    the parts that the pipeline has.

HR210 the git repository cannot be read
    `headrace plan` reads the past from git's objects. It needs the git command, and a project in a repository that
    git is willing to read: a folder of another user has to be named in safe.directory.

HR211 there is no such commit to compare with
    A shallow clone, as CI makes it, holds the newest commits only: `git fetch --deepen=100`, or `fetch-depth: 0`
    for actions/checkout. Otherwise name a commit, a branch (often origin/main, not main) or a tag.

HR212 the repository has no commits yet
    A change is told against a commit. Commit what there is once; from then on every edit can be told.

HR213 the commit does not have this project
    The folder conf/ was not there in that commit, or was somewhere else in the repository: name a later commit.

HR214 the comment on the pull request could not be written
    The token may not write comments, as for pull requests from forks, or GitHub did not answer. What was to be said
    is in the job's summary.

HR220 a name that a new pipeline cannot have
    The name becomes the name of files, of a table in SQL, of a registered model and of an Airflow DAG: small letters,
    digits and _, with a letter first, and no word that YAML reads as something else than text.

HR221 a file that is not a table of text or Parquet
    `headrace new` reads CSV (plain, .gz or .zip with one member, any separator and encoding) and Parquet. Other
    files (Excel, JSON, web pages) are to be exported first: what they hold is not guessed at.

HR222 a file that cannot be read exactly
    Every row needs as many fields as there are columns, and every value must be what it seems. Nothing is dropped or
    filled in silently: mend the file where the message points.

HR223 the table has no such target column
    `--target` names the column to predict, spelled as in the file. Where the file has no header the columns are called
    column_1, column_2 and so on.

HR224 a target that cannot be predicted
    It is constant, empty, a date, or a text that differs in nearly every row: there is nothing to learn, or nothing
    that a model could say.

HR225 too few rows to learn from
    Rows without a target do not count. With fewer than 30, training and test part are too small to say anything.

HR226 no column can be a feature
    Constants, identifiers, free text and columns that tell the answer are left out, and nothing else is there.

HR227 files are there already
    `headrace new` replaces nothing unless told to with `--force`. Nothing was written.

HR228 no split gives every part enough rows
    Every label must reach the training and the test part. Labels of very few rows are left out where that helps.

HR229 a task that does not fit the target
    A binary target has two values, a multiclass one at most 100, and a regression needs numbers. Without `--task` the
    target decides.

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
        yield code, (meaning, _paragraph(lines))


def _paragraph(lines: Sequence[str]) -> str:
    """The explanation as one paragraph; `bad:` and `good:` begin examples, which keep their lines."""
    words, examples = [], []
    for line in lines:
        bare = line[4:] if line.startswith("    ") else line
        if bare in ("bad:", "good:") or bare.startswith("  "):
            examples.append(bare)
        else:
            words.append(bare.strip())
    return "\n".join([" ".join(words), *examples])


#: Code -> its meaning in one line, and an explanation: a paragraph, and the lines of examples if there are any.
CODES: Mapping[str, tuple[str, str]] = MappingProxyType(dict(_entries(_TEXT)))
