package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.SparkTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.impl.ContextDataFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.StringMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class RunLogTest {
  @BeforeEach
  @AfterEach
  void endTheRun() {
    MDC.remove(RunLog.KEY);
    System.clearProperty(RunLog.PROPERTY);
    SparkTest.context().setLocalProperty(RunLog.KEY, null);
  }

  @Test
  void theThreadAndTheTasksOfARunNameItInTheirLoggingContext() {
    RunLog.begin("fashion-1", SparkTest.context());

    List<String> inTasks =
        SparkTest.context().parallelize(List.of(1, 2), 2).map(i -> MDC.get(RunLog.KEY)).collect();

    assertThat(MDC.get(RunLog.KEY)).isEqualTo("fashion-1");
    assertThat(inTasks).containsExactly("fashion-1", "fashion-1");
  }

  @Test
  void aLineNamesTheRunOfItsThreadOrElseOfItsProcess() throws Exception {
    assertThat(line()).contains(" WARN  - Some: text");

    RunLog.begin("fashion-2", SparkTest.context());
    AtomicReference<String> elsewhere = new AtomicReference<>();
    Thread scheduler = new Thread(() -> elsewhere.set(line()));
    scheduler.start();
    scheduler.join();
    System.setProperty(RunLog.PROPERTY, "another");

    assertThat(elsewhere.get()).contains(" WARN  fashion-2 Some: text");
    assertThat(line()).contains(" WARN  fashion-2 Some: text");
  }

  /** A line of {@code conf/log4j2.properties}, written by this thread. */
  private static String line() {
    StringMap data = ContextDataFactory.createContextData();
    if (MDC.get(RunLog.KEY) != null) {
      data.putValue(RunLog.KEY, MDC.get(RunLog.KEY));
    }
    Log4jLogEvent event =
        Log4jLogEvent.newBuilder()
            .setLoggerName("dev.retort.Some")
            .setLevel(Level.WARN)
            .setMessage(new SimpleMessage("text"))
            .setContextData(data)
            .build();
    return new String(layout().toByteArray(event), StandardCharsets.UTF_8);
  }

  private static Layout<?> layout() {
    Path file = Path.of(System.getProperty("retort.root"), "conf/log4j2.properties");
    try (LoggerContext context = new LoggerContext("test")) {
      Configuration configuration =
          ConfigurationFactory.getInstance().getConfiguration(context, "test", file.toUri());
      configuration.initialize();
      return configuration.<Appender>getAppender("console").getLayout();
    }
  }
}
