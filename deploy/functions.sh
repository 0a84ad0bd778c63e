# What the scripts of this folder share; they source it. Exit codes are those of deploy/README.md.
# shellcheck shell=bash

# shellcheck disable=SC2034
readonly USAGE=2 INFRASTRUCTURE=10

# fail CODE MESSAGE: ends the script.
fail() {
  echo "$(basename "$0"): $2" >&2
  exit "$1"
}

# Sets java to the JDK 17 of JAVA_HOME, or of the path.
find_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  command -v "$java" >/dev/null 2>&1 ||
    fail $USAGE "Cannot start Java: $java is not there; install JDK 17 or set JAVA_HOME"
  local version
  version=$("$java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)
  case $version in
    17 | 17.*) ;;
    *) fail $USAGE "Cannot use $java: its version is ${version:-unknown}, must be 17; set JAVA_HOME to a JDK 17" ;;
  esac
}

# use_maven_spark ROOT: makes the jars that the build took from Maven the Spark installation.
use_maven_spark() {
  export SPARK_HOME=$1/jobs/target/spark SPARK_SCALA_VERSION=2.12
  [ -d "$SPARK_HOME/jars" ] ||
    fail $USAGE "Cannot use Spark's jars: $SPARK_HOME/jars is not there; build it with $1/deploy/retort version"
}
