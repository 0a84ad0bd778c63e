package dev.retort.jobs.spark;

/** Where {@code spark-submit} started the driver: beside the user, or somewhere in the cluster. */
public enum DeployMode {
  /** Where the command was given: its folder, files and console are the user's. */
  CLIENT,
  /** On a node that the cluster chose, in a folder of its own, which is gone afterwards. */
  CLUSTER;

  /** The mode of this process, which is {@link #CLIENT} without {@code spark-submit}. */
  public static DeployMode ofThisProcess() {
    // On Kubernetes the driver's container calls spark-submit again, in client mode.
    boolean inCluster =
        "cluster".equals(System.getProperty("spark.submit.deployMode"))
            || Boolean.getBoolean("spark.kubernetes.submitInDriver");
    return inCluster ? CLUSTER : CLIENT;
  }
}
