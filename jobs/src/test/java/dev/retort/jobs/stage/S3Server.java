package dev.retort.jobs.stage;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.run.WorkRoot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A double of S3 on this machine with the bucket {@value #BUCKET}, until it is closed. */
final class S3Server implements AutoCloseable {
  private static final String BUCKET = "retort";
  private static final int TRIES = 300;
  private static final long TRY_MILLIS = 100;

  private final Process process;
  private final String endpoint;

  private S3Server(Process process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts the server that {@code command} is and waits until the bucket is there. */
  static S3Server start(Path command, Path log) throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Process process =
        new ProcessBuilder(command.toString(), "-H", "127.0.0.1", "-p", Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    S3Server server = new S3Server(process, "http://127.0.0.1:" + port);
    server.makeBucket();
    return server;
  }

  /** A place in the bucket. */
  String uri(String path) {
    return "s3a://" + BUCKET + "/" + path;
  }

  /** Hadoop's settings for the bucket. */
  SortedMap<String, String> settings() {
    return new TreeMap<>(
        Map.of(
            "fs.s3a.endpoint", endpoint,
            "fs.s3a.endpoint.region", "us-east-1",
            "fs.s3a.path.style.access", "true",
            "fs.s3a.connection.ssl.enabled", "false",
            "fs.s3a.aws.credentials.provider",
                "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
            "fs.s3a.access.key", "me",
            "fs.s3a.secret.key", Driver.SECRET));
  }

  /** The settings as a user gives them to {@code spark-submit} or to Java. */
  List<String> settings(String prefix) {
    return settings().entrySet().stream()
        .map(entry -> prefix + "spark.hadoop." + entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  WorkRoot root(String path) {
    return WorkRoot.of(uri(path), configuration());
  }

  /** Copies a folder of this machine into the bucket. */
  void upload(Path folder, String path) throws IOException {
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(uri(path));
    FileSystem.get(target.toUri(), configuration())
        .copyFromLocalFile(new org.apache.hadoop.fs.Path(folder.toUri()), target);
  }

  @Override
  public void close() {
    process.destroy();
  }

  private Configuration configuration() {
    Configuration configuration = new Configuration();
    settings().forEach(configuration::set);
    return configuration;
  }

  private void makeBucket() throws IOException, InterruptedException {
    HttpRequest put =
        HttpRequest.newBuilder(URI.create(endpoint + "/" + BUCKET))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    IOException last = new IOException("no answer");
    for (int i = 0; i < TRIES && process.isAlive(); i++) {
      try {
        int status =
            HttpClient.newHttpClient()
                .send(put, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        if (status == 200) {
          return;
        }
        last = new IOException("status " + status);
      } catch (IOException e) {
        last = e;
      }
      Thread.sleep(TRY_MILLIS);
    }
    close();
    throw last;
  }
}
