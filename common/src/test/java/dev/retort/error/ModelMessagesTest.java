package dev.retort.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ModelMessagesTest {
  private static final String FILE = "a $1\\b.onnx";

  @Test
  void aRefusalNamesTheFile() {
    assertThatThrownBy(() -> refused(UserError.input("Cannot use the model: x is 1; mend it")))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessage("Cannot use model a $1\\b.onnx: x is 1; mend it")
        .hasCauseInstanceOf(UserError.class);
    assertThatThrownBy(
            () -> refused(new UnsupportedModelError("Cannot put a prefix before the model: no")))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessage("Cannot put a prefix before model a $1\\b.onnx: no");
  }

  @Test
  void aMessageThatNamesItsFileStaysAsItIs() {
    assertThatThrownBy(() -> refused(UserError.input("Cannot read model m.onnx: it is empty")))
        .hasMessage("Cannot read model m.onnx: it is empty");
  }

  @Test
  void otherErrorsPass() {
    UserError usage = UserError.usage("Cannot use the model: no");

    assertThatThrownBy(() -> refused(usage)).isSameAs(usage);
    assertThat(ModelMessages.naming(FILE, () -> 5)).isEqualTo(5);
  }

  @Test
  void namesOfAHostileModelCannotSteerATerminal() {
    assertThatThrownBy(() -> refused(UserError.input("Cannot use the model: \u001b[2J\nx; y")))
        .hasMessage("Cannot use model " + FILE + ": ?[2J?x; y");
    assertThat(ModelMessages.printable("a\tb\u0007ä")).isEqualTo("a?b?ä");
  }

  private static Object refused(RuntimeException error) {
    return ModelMessages.naming(
        FILE,
        () -> {
          throw error;
        });
  }
}
