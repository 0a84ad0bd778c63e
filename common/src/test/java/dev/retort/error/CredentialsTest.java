package dev.retort.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://me:hidden@bucket/data",
        "s3a://AKIA:hid/den+x@bucket/data",
        "hdfs://me:hidden@host:8020/data",
        "{format: csv, path: 's3a://me:hidden@bucket/x'}",
        "https://host/x?sv=1&sig=hidden",
        "https://host/x?X-Amz-Signature=hidden&X-Amz-Date=1",
        "https://host/x?access_token=hidden",
        "AccountName=a;AccountKey=hidden;",
        "user=me password=hidden"
      })
  void aCredentialIsFoundAndNotRepeated(String text) {
    assertThatThrownBy(() -> Credentials.refuseIn("--work", text))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageStartingWith("Cannot use --work: it holds a ")
        .hasMessageContaining("must be without credentials; take it out, and give it by core-site")
        .hasMessageNotContainingAny("hid", "AKIA");
    assertThat(Credentials.redacted(text)).contains("***").doesNotContain("hid", "AKIA", "den");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/train",
        "s3a://bucket/data",
        "hdfs://host:8020/a@b",
        "hdfs://host:8020",
        "spark://127.0.0.1:7077",
        "file:///a:b@c/d",
        "abfs://container@account.dfs.core.windows.net/data",
        "s3a://bucket/a:b@c",
        "s3a://bucket/token=5/part",
        "tokenizer.json",
        "a=b.csv"
      })
  void whatOnlyLooksLikeOneIsTakenAsItIs(String text) {
    assertThatCode(() -> Credentials.refuseIn("--work", text)).doesNotThrowAnyException();
    assertThat(Credentials.redacted(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fs.s3a.secret.key",
        "fs.s3a.access.key",
        "fs.s3a.session.token",
        "fs.azure.account.key.me.dfs.core.windows.net",
        "data.train.options.password",
        "API_KEY"
      })
  void aSettingIsACredentialByItsName(String name) {
    assertThatThrownBy(() -> Credentials.refuseIn(name + " (--set)", name, "hidden"))
        .hasMessageStartingWith("Cannot use " + name + " (--set): it holds what its name calls a")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void anEmptySettingAndOtherNamesAreNone() {
    assertThatCode(
            () -> {
              Credentials.refuseIn("x", "data.train.options.password", "");
              Credentials.refuseIn("x", "data.inputs.text.tokenizer", "tokenizer.json");
              Credentials.refuseIn("x", "data.label.column", "password");
              Credentials.refuseIn("x", "runtime.threads", "1");
            })
        .doesNotThrowAnyException();
  }
}
