"""Compresses a model by schedule: submits Retort's main job, reads its result, branches on the gates.

A DAG for Airflow 3 with the provider apache-spark; deploy/README.md says how to install and test it. The run id
comes from the logical date, so a task that Airflow repeats goes on with the same run where it stopped. Each try has a
result file of its own below <work>/attempts, which the driver writes wherever it runs; its exit code decides:

    0          accept    all gates hold
    4          refuse    the result misses a gate; fails the DAG run at once
    10, 130    again     cluster, store or disk failed, or a signal stopped the driver
    none       again     the driver was lost: its file says "running", or is not there
    others     fail      wrong recipe, data or model, another driver on the run, a defect: repeating does not help
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta

from airflow.exceptions import AirflowException
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import ObjectStoragePath, Param, dag, task
from airflow.sdk.exceptions import AirflowFailException

OK = 0
GATE_FAILED = 4
RETRIED = {10, 130}

# Longer than the 8 s after which the lease of a lost driver has expired.
RETRY_DELAY = timedelta(seconds=int(os.environ.get("RETORT_RETRY_SECONDS", "60")))
SCALAR = {"type": ["string", "number", "boolean"]}


class RetortSubmitOperator(SparkSubmitOperator):
    """Submits one attempt of a run; returns its result, raises what Airflow shall do otherwise."""

    def __init__(self, **kwargs):
        super().__init__(java_class="dev.retort.jobs.cli.Main", name="retort", **kwargs)

    def execute(self, context):
        params = context["params"]
        dag_run = context["dag_run"]
        when = dag_run.logical_date or dag_run.run_after
        run_id = f"{params['name']}-{when:%Y%m%dT%H%M%S}"
        attempts = ObjectStoragePath(as_airflow_reads(f"{params['work']}/attempts"))
        attempt = context["ti"].try_number

        self.application = params["jar"]
        self.files = ",".join(params["files"]) or None
        self.conf = {key: as_text(value) for key, value in params["conf"].items()}
        self.application_args = ["compress", params["recipe"], "--work", params["work"], "--run-id", run_id]
        self.application_args += ["--result", f"{params['work']}/attempts/{run_id}.{attempt}.json"]
        for key, value in params["set"].items():
            self.application_args += ["--set", f"{key}={as_text(value)}"]
        before = results(attempts, run_id, attempt - 1)
        forget(attempts / f"{run_id}.{attempt}.json")
        try:
            super().execute(context)
        except (AirflowException, RuntimeError) as error:
            self.log.warning("spark-submit did not succeed, the result says why: %s", error)
        return self.judge(newest(results(attempts, run_id, attempt), before))

    def judge(self, result):
        """The result of a run that is complete; for others, retry or fail."""
        if result is None:
            raise AirflowException("The driver was lost before it wrote a result; the next try goes on")
        code, message = result["exitCode"], result["message"]
        self.log.info("Run %s: %s, exit code %d. %s", result["runId"], result["status"], code, message)
        if code in (OK, GATE_FAILED):
            return result
        if code in RETRIED:
            raise AirflowException(f"Exit code {code}: {message}; the next try goes on from what is committed")
        raise AirflowFailException(f"Exit code {code}: {message}")


def results(attempts, run_id, last):
    """What the tries up to the last one have left, by number."""
    files = {number: attempts / f"{run_id}.{number}.json" for number in range(1, last + 1)}
    return {number: json.loads(file.read_text()) for number, file in files.items() if file.exists()}


def forget(file):
    """A DAG run that is made again counts its tries from one again: what lies there is not of this try."""
    if file.exists():
        file.unlink()


def newest(now, before):
    """The result of the newest try whose file changed while this one ran; None if there is none.

    In cluster mode a try may rejoin the driver of the one before, which then writes the older file.
    """
    changed = [number for number in now if now[number] != before.get(number)]
    return now[max(changed)] if changed else None


def as_airflow_reads(uri):
    """Hadoop's s3a is s3 for Airflow."""
    return uri.replace("s3a://", "s3://", 1)


def as_text(value):
    """As YAML and Spark write it: true, not True."""
    return value if isinstance(value, str) else json.dumps(value)


@dag(
    dag_id="retort_compress",
    schedule="@weekly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    params={
        "name": Param(
            "compress",
            type="string",
            pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$",
            description="Run ids are this and the logical date.",
        ),
        "recipe": Param(
            "/opt/retort/conf/recipes/fashion-mnist.yaml",
            type="string",
            minLength=1,
            description="A path or URI that the driver reaches, or one of files.",
        ),
        "work": Param(
            "/opt/retort/work",
            type="string",
            pattern="^(/|[A-Za-z][A-Za-z0-9+.-]+:/).*[^/]$",
            description="Work root: an absolute path or URI that driver, executors and Airflow's workers share.",
        ),
        "jar": Param("/opt/retort/jobs/target/retort.jar", type="string", pattern="\\.jar$"),
        "files": Param(
            [],
            type="array",
            items={"type": "string", "pattern": "^[^,]+$"},
            description="For cluster mode: recipe and model, to be shipped to the driver.",
        ),
        "set": Param(
            {},
            type="object",
            additionalProperties=SCALAR,
            description="Keys of the recipe to override, such as runtime.batch: 8.",
        ),
        "conf": Param(
            {},
            type="object",
            propertyNames={"pattern": "^spark\\."},
            additionalProperties=SCALAR,
            description="Spark's properties, such as spark.executor.memory: 4g.",
        ),
    },
)
def retort_compress():
    result = RetortSubmitOperator(
        task_id="compress", conn_id="spark_default", retries=5, retry_delay=RETRY_DELAY
    ).output

    @task.branch
    def gates(result):
        return "accept" if result["exitCode"] == OK else "refuse"

    @task
    def accept(result, params=None):
        """The model that passed, for the tasks that bring it to devices."""
        return f"{params['work']}/runs/{result['runId']}/{result['steps'][-1]['model']}"

    @task
    def refuse(result):
        raise AirflowFailException(result["message"])

    gates(result) >> [accept(result), refuse(result)]


retort_compress()
