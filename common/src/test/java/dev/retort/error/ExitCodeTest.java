package dev.retort.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExitCodeTest {
  @Test
  void eachKindOfFailureHasItsCode() {
    Throwable cause = new IllegalStateException("deeper");

    assertThat(UserError.usage("recipe").exitCode().code()).isEqualTo(2);
    assertThat(UserError.usage("recipe", cause)).hasCause(cause);
    assertThat(UserError.input("data").exitCode().code()).isEqualTo(3);
    assertThat(UserError.input("data", cause)).hasCause(cause).hasMessage("data");
    assertThat(new UnsupportedModelError("op").exitCode().code()).isEqualTo(3);
    assertThat(new LeaseHeldError("held").exitCode().code()).isEqualTo(5);
    assertThat(new InfrastructureError("disk").exitCode().code()).isEqualTo(10);
    assertThat(new InterruptedRunError("stop").exitCode().code()).isEqualTo(130);
    assertThat(ExitCode.GATE_FAILED.code()).isEqualTo(4);
    assertThat(ExitCode.OK.code()).isZero();
    assertThat(ExitCode.BUG.code()).isEqualTo(1);
  }
}
