package dev.retort.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {
  /** FIPS 180-2, appendix B.1. */
  private static final String DIGEST_OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir Path folder;

  @Test
  void digestsAreThoseOfTheStandard() throws IOException {
    byte[] abc = "abc".getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("abc"), abc);

    assertThat(Sha256.of("abc").hex()).isEqualTo(DIGEST_OF_ABC);
    assertThat(Sha256.of(abc)).isEqualTo(Sha256.ofFile(file));
    assertThat(Sha256.of(new ByteArrayInputStream(abc)).toString()).isEqualTo(DIGEST_OF_ABC);
    assertThat(Sha256.of("abc").prefix(12)).isEqualTo("ba7816bf8f01");
  }

  @Test
  void whatIsNoDigestIsRefused() {
    assertThatThrownBy(() -> new Sha256("abc")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFingerprintDoesNotDependOnTheOrderOfItsFields() {
    Sha256 one = Fingerprint.of("label", 1).with("a", 1).with("b", 2).sha256();
    Sha256 other = Fingerprint.of("label", 1).with("b", 2).with("a", 1).sha256();

    assertThat(one).isEqualTo(other);
  }

  @Test
  void aFingerprintChangesWithEveryPart() {
    Sha256 base = Fingerprint.of("label", 1).with("a", "xy").sha256();

    assertThat(Fingerprint.of("labels", 1).with("a", "xy").sha256()).isNotEqualTo(base);
    assertThat(Fingerprint.of("label", 2).with("a", "xy").sha256()).isNotEqualTo(base);
    assertThat(Fingerprint.of("label", 1).with("ax", "y").sha256()).isNotEqualTo(base);
    assertThat(Fingerprint.of("label", 1).with("a", "xz").sha256()).isNotEqualTo(base);
  }

  @Test
  void aFieldIsGivenOnce() {
    Fingerprint fingerprint = Fingerprint.of("label", 1).with("a", 1);

    assertThatThrownBy(() -> fingerprint.with("a", 2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void seedsOfDifferentPurposesDiffer() {
    Seed seed = new Seed(7);

    assertThat(seed.derive("shuffle", 1)).isEqualTo(new Seed(7).derive("shuffle", 1));
    assertThat(seed.derive("shuffle", 1)).isNotEqualTo(seed.derive("shuffle", 2));
    assertThat(seed.derive("shuffle")).isNotEqualTo(seed.derive("split"));
    assertThat(seed.random().nextInt()).isEqualTo(new Seed(7).random().nextInt());
  }

  @Test
  void aProcessorIsKnownByVendorAndInstructionSets() {
    CpuClass cpu =
        CpuClass.parse(
            "amd64",
            List.of(
                "processor\t: 0",
                "vendor_id\t: AuthenticAMD",
                "flags\t\t: fpu avx2 avx avx512_vnni rdseed"));

    assertThat(cpu.name()).isEqualTo("amd64/AuthenticAMD/avx+avx2+avx512_vnni");
    assertThat(CpuClass.parse("riscv", List.of()).name()).isEqualTo("riscv/unknown/");
    assertThat(CpuClass.ofThisMachine().architecture()).isNotEmpty();
  }
}
